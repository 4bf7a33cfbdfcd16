"""Sign and read the cookies of sign-ins."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from itsdangerous import BadData, BadSignature, Signer, URLSafeTimedSerializer

from apps.hub.sign_in.user_edits import write_private
from apps.hub.sign_in.users import UsersError
from twin.disk import refusal, sync

DEVICE_S = 180 * 86400
BEGUN_S = 600


class Cookies:
    """Cookies signed with a secret that is made at the first start.

    Their names end with a digest of the secret: two servers on one host leave each other's alone. The one of
    a sign-in carries its secret; the one of a device names a user who has signed in there before.
    """

    def __init__(self, secret: str) -> None:
        self._signers = {
            kind: Signer(secret, salt=f"twin {kind}", key_derivation="hmac", digest_method=hashlib.sha256)
            for kind in ("sign-in", "device")
        }
        self._begun = URLSafeTimedSerializer(secret, salt="twin oidc")
        self._mark = hashlib.sha256(f"name {secret}".encode()).hexdigest()[:8]

    @classmethod
    def beside(cls, users: Path) -> Cookies:
        """Use the secret beside a file of users, or make one.

        Raises UsersError where it cannot be read, or where others can read it.
        """
        path = users.with_suffix(".key")
        try:
            if not path.exists():
                _make_secret(path)
            if path.stat().st_mode & 0o077:
                raise UsersError(f"{path}: others can read this secret; run: chmod 600 '{path}'")
            secret = path.read_text("ascii").strip()
        except OSError as error:
            raise UsersError(str(refusal(error, path))) from error
        except UnicodeDecodeError:
            secret = ""
        if len(secret) < 64:
            raise UsersError(f"{path}: not a whole secret; remove it, and everybody signs in anew")
        return cls(secret)

    def token(self, request: web.Request) -> str:
        """Return the secret of a request's sign-in.

        '' for none, or one that was not signed here.
        """
        return self._read(request, "sign-in")

    def device(self, request: web.Request) -> tuple[str, str]:
        """Return (user, device) of a request's device; '' for none."""
        user, _, device = self._read(request, "device").partition(":")
        return user, device

    def set(self, request: web.Request, response: web.Response, token: str, *, stay_days: int | None) -> None:
        """Set the cookie of a sign-in.

        It goes with the browser unless it stays for days.
        """
        max_age = None if stay_days is None else stay_days * 86400
        self._write(request, response, "sign-in", token, max_age=max_age)

    def set_device(self, request: web.Request, response: web.Response, user: str) -> None:
        """Set the cookie of a device of a user."""
        self._write(request, response, "device", f"{user}:{secrets.token_hex(8)}", max_age=DEVICE_S)

    def forget(self, request: web.Request, response: web.Response) -> None:
        """Delete the cookie of a sign-in."""
        response.del_cookie(self._name(request, "sign-in"), path="/", secure=request.secure)

    def set_begun(self, request: web.Request, response: web.StreamResponse, begun: Mapping[str, str]) -> None:
        """Set the cookie of a sign-in begun at the office's service."""
        text = self._begun.dumps(dict(begun))
        self._put(request, response, "oidc", str(text), max_age=BEGUN_S)

    def begun(self, request: web.Request) -> Mapping[str, str]:
        """Return what :meth:`set_begun` kept in this browser.

        Empty for nothing, or after ten minutes.
        """
        try:
            found = self._begun.loads(request.cookies.get(self._name(request, "oidc"), ""), max_age=BEGUN_S)
        except (BadData, UnicodeError):
            return {}
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    def forget_begun(self, request: web.Request, response: web.StreamResponse) -> None:
        """Delete the cookie of a begun sign-in: it is good once."""
        response.del_cookie(self._name(request, "oidc"), path="/", secure=request.secure)

    def _name(self, request: web.Request, kind: str) -> str:
        # A browser takes a name with __Host- from this host alone, and only by TLS.
        return f"{'__Host-' if request.secure else ''}twin-{kind}-{self._mark}"

    def _read(self, request: web.Request, kind: str) -> str:
        text = request.cookies.get(self._name(request, kind), "")
        with suppress(BadSignature, UnicodeError):  # a header may hold any bytes
            return self._signers[kind].unsign(text).decode("utf-8", "replace")
        return ""

    def _write(
        self, request: web.Request, response: web.StreamResponse, kind: str, text: str, *, max_age: int | None
    ) -> None:
        self._put(request, response, kind, self._signers[kind].sign(text).decode(), max_age=max_age)

    def _put(
        self, request: web.Request, response: web.StreamResponse, kind: str, text: str, *, max_age: int | None
    ) -> None:
        response.set_cookie(
            self._name(request, kind),
            text,
            max_age=max_age,
            path="/",
            httponly=True,
            secure=request.secure,
            samesite="Lax",
        )


def _make_secret(path: Path) -> None:
    """Write a new secret; of two servers that start at once, one writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        write_private(mine, secrets.token_hex(32) + "\n")
        with suppress(FileExistsError):
            os.link(mine, path)
        sync(path.parent)
    finally:
        mine.unlink(missing_ok=True)
