"""Keep tokens of programs, and identify whose request carries one.

``users.tokens.json`` beside ``users.toml`` holds a digest of each token, never the token. A token is 256
random bits, so its SHA-256 tells nothing of it, and nobody guesses one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import secrets
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from aiohttp import web
from pydantic import Field, TypeAdapter, ValidationError

from apps.hub.permissions import Identify
from apps.hub.sign_in.user_edits import write_private
from apps.hub.sign_in.users import NAME, NAME_WORDS, UsersError
from apps.hub.visitor import Role, Visitor
from twin.catalog.types import Access, Strict
from twin.disk import refusal
from twin.strict_json import JsonError, parse_json

logger = logging.getLogger(__name__)

SCHEME = "Bearer "
PREFIX = "twin_"
"""Tokens begin so: scanners of secrets and people recognise them."""


class ProgramToken(Strict):
    """Rights of a program, and digest of its token; times in UTC."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    role: Role
    sees: Access
    made: datetime
    expires: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Return whether it has not expired."""
        return self.expires is None or now < self.expires


_FILE = TypeAdapter(dict[str, ProgramToken])


class ProgramTokens:
    """Tokens of a file, read anew whenever it changes.

    A file that is missing has none. One that cannot be used is logged, and has none: no token is valid that
    may have been removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: object = None
        self._by_digest: Mapping[str, tuple[str, ProgramToken]] = {}

    @classmethod
    def beside(cls, users: Path) -> ProgramTokens:
        """Return the tokens beside a file of users."""
        return cls(users.with_suffix(".tokens.json"))

    def visitor(self, token: str, *, now: datetime | None = None) -> Visitor | None:
        """Return the visitor of a token.

        None for an unknown or expired one.
        """
        found = self._all().get(hashlib.sha256(token.encode("utf-8", "replace")).hexdigest())
        if found is None or not found[1].is_valid(now or datetime.now(UTC)):
            return None
        name, kept = found
        return Visitor(name=f"{name} (token)", role=kept.role, sees=kept.sees)

    def identify(self, others: Identify) -> Identify:
        """Return what identifies requests by their token, and ``others`` without one."""

        def identify(request: web.Request) -> Visitor | None:
            told = request.headers.get("Authorization", "")
            if told[: len(SCHEME)].lower() == SCHEME.lower():
                return self.visitor(told[len(SCHEME) :].strip())
            return others(request)

        return identify

    def _all(self) -> Mapping[str, tuple[str, ProgramToken]]:
        try:
            stat = self.path.stat()
            mark: object = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            mark = None
        if mark != self._mark:
            self._mark = mark
            try:
                self._by_digest = {one.digest: (name, one) for name, one in read_tokens(self.path).items()}
            except UsersError as error:
                logger.error("twin: %s; no token is valid", error)
                self._by_digest = {}
        return self._by_digest


def read_tokens(path: Path) -> dict[str, ProgramToken]:
    """Read a file of tokens, by the programs' names.

    A missing file has none. Raises UsersError.
    """
    try:
        return _FILE.validate_python(parse_json(path.read_bytes()), strict=False)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsersError(str(refusal(error, path))) from error
    except (JsonError, ValidationError) as error:
        raise UsersError(
            f"{path}: is no file of tokens; remove it, and make them anew with 'twin token add'"
        ) from error


def add_token(path: Path, name: str, *, role: Role, sees: Access, days: int | None) -> str:
    """Make a token and keep its digest.

    Returns the token, to be shown once. Raises UsersError where the name is taken or cannot be one.
    """
    token, now = PREFIX + secrets.token_urlsafe(32), datetime.now(UTC).replace(microsecond=0)
    with _changed(path) as known:
        require_unknown(name, known, path)
        known[name] = ProgramToken(
            digest=hashlib.sha256(token.encode()).hexdigest(),
            role=role,
            sees=sees,
            made=now,
            expires=None if days is None else now + timedelta(days=days),
        )
    return token


def remove_token(path: Path, name: str) -> None:
    """Remove a program's token, which is refused from then on.

    Raises UsersError where there is none of that name.
    """
    with _changed(path) as known:
        require_token(name, known, path)
        del known[name]


def require_unknown(name: str, known: Container[str], path: Path) -> None:
    """Raise UsersError where a name has a token or cannot be one."""
    if not NAME.fullmatch(name):
        raise UsersError(f"{name!r:.80} cannot be a program's name: {NAME_WORDS}")
    if name in known:
        raise UsersError(f"{path}: {name} has a token already: remove it with 'twin token remove'")


def require_token(name: str, known: Mapping[str, ProgramToken], path: Path) -> None:
    """Raise UsersError where there is no token of a name."""
    names = sorted(known)
    if name not in names:
        raise UsersError(
            f"{path}: there is no token of {name!r:.80}; there are: {', '.join(names) or 'none'}"
        )


@contextmanager
def _changed(path: Path) -> Iterator[dict[str, ProgramToken]]:
    """The tokens of a file, written when the block ends without an error; two changes wait for each other."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            known = read_tokens(path)
            yield known
            told = _FILE.dump_python(known, mode="json")
            write_private(path, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        finally:
            os.close(folder)
    except OSError as error:
        raise UsersError(str(refusal(error, path))) from error
