"""Identify whose request it is, and start and end sign-ins."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from aiohttp import web

from apps.hub.sign_in.cookies import Cookies
from apps.hub.sign_in.passwords import fingerprint
from apps.hub.sign_in.sign_ins import OFFICE_LONGEST_S, SignIns
from apps.hub.sign_in.users import User, Users, UsersError
from apps.hub.visitor import Visitor
from twin.disk import refusal

if TYPE_CHECKING:
    from apps.hub.audit import Act, AuditJournal
    from apps.hub.sign_in.oidc_settings import OfficeUser
    from apps.hub.sign_in.sign_ins import SignedIn, Via
    from twin.catalog.head import CatalogHead

logger = logging.getLogger(__name__)

FLUSH_EVERY_S = 30.0
HOME = "index.html"
LONGEST_NEXT = 7000
_NEXT = re.compile(r"(?![./])[A-Za-z0-9._~/-]*(\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?")


class Accounts:
    """Users of a server, and who is signed in.

    ``users`` is the file of users; the secret of cookies and the list of sign-ins lie beside it. Raises
    UsersError where one of them cannot be used.
    """

    def __init__(self, users: Path, *, head: CatalogHead, audit: AuditJournal) -> None:
        self.users = Users(users)
        self.users.check()
        self.cookies = Cookies.beside(users)
        self.sign_ins = SignIns(users)
        self.head = head
        self._audit = audit

    async def keep(self, app: web.Application) -> AsyncIterator[None]:
        """Write when sign-ins were used, while an application runs."""
        del app
        keeping = asyncio.create_task(self._flush())
        yield
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        try:
            self.sign_ins.close()
        except UsersError as error:
            logger.error("twin: %s", error)

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            if self.sign_ins.due:
                try:
                    await asyncio.to_thread(self.sign_ins.flush)
                except UsersError as error:  # a full disk ends no sign-in
                    logger.error("twin: %s", error)

    def identify(self, request: web.Request) -> Visitor | None:
        """Return the signed-in visitor of a request, or None."""
        token = self.cookies.token(request)
        if not token:
            return None
        try:
            found = self.sign_ins.find(token)
        except UsersError as error:
            logger.error("twin: %s", error)
            return None
        return None if found is None else self._visitor(found)

    def _visitor(self, found: SignedIn) -> Visitor | None:
        """Who it is, by what holds now: a user's entry, or the office's service as it is set up."""
        if found.via == "oidc":
            office = self.users.oidc
            if office is None or office.stamp != found.stamp:
                return None
            return Visitor(name=found.user, role=found.role, sees=found.sees, full_name=found.full_name)
        user = self.users.get(found.user)
        if user is None or user.disabled or fingerprint(user.password) != found.stamp:
            return None
        return user.visitor(found.user)

    async def let_in(
        self, request: web.Request, name: str, user: User, *, via: Via = "password", then: str = ""
    ) -> NoReturn:
        """Start a user's sign-in, and redirect to ``then``.

        Raises UsersError or OSError where it cannot be written down: nobody is signed in unrecorded.
        """
        await self._end_before(request, name, via)
        token = await asyncio.to_thread(
            self.sign_ins.start,
            name,
            via=via,
            stamp=fingerprint(user.password),
            stay_days=user.stay_days,
            address=request.remote or "",
            browser=request.headers.get("User-Agent", ""),
        )
        response = web.HTTPSeeOther(then or HOME)
        self.cookies.set(request, response, token, stay_days=user.stay_days)
        if self.cookies.device(request)[0] != name:
            self.cookies.set_device(request, response, name)
        raise response

    async def let_in_by_office(self, request: web.Request, who: OfficeUser, *, then: str) -> NoReturn:
        """Start the sign-in of a user of the office's service.

        Raises as :meth:`let_in` does.
        """
        office = self.users.oidc
        if office is None or who.name in self.users.all():
            raise UsersError(
                f"{who.name} is a user of users.toml, and cannot come in by the office's service"
            )
        await self._end_before(request, who.name, "oidc")
        token = await asyncio.to_thread(
            self.sign_ins.start,
            who.name,
            via="oidc",
            stamp=office.stamp,
            role=who.rights.role,
            sees=who.rights.sees,
            full_name=who.full_name,
            longest_s=OFFICE_LONGEST_S,
            address=request.remote or "",
            browser=request.headers.get("User-Agent", ""),
        )
        response = web.HTTPSeeOther(then or HOME)
        self.cookies.set(request, response, token, stay_days=None)
        self.cookies.forget_begun(request, response)
        raise response

    async def _end_before(self, request: web.Request, name: str, via: Via) -> None:
        """Record a sign-in, and end the one this browser had: a sign-in has a new secret."""
        await self.record(request, name, "signed_in", via=via)
        if before := self.cookies.token(request):
            await asyncio.to_thread(self.sign_ins.end, token=before)

    async def sign_out(self, request: web.Request) -> NoReturn:
        """End a browser's sign-in; also where that cannot be written down."""
        visitor, token = self.identify(request), self.cookies.token(request)
        try:
            if token:
                await asyncio.to_thread(self.sign_ins.end, token=token)
            if visitor is not None:
                await self.record(request, visitor.name, "signed_out")
        except UsersError as error:
            logger.error("twin: %s", error)
        except OSError as error:
            logger.error("twin: %s", refusal(error))
        response = web.HTTPSeeOther("sign-in")
        self.cookies.forget(request, response)
        raise response

    async def record(self, request: web.Request, name: str, act: Act, **what: str) -> None:
        """Write to the audit journal; raises OSError."""
        await asyncio.to_thread(self._audit.record, name, act, address=request.remote or "", **what)

    async def record_refused(self, request: web.Request, name: str, reason: str) -> None:
        """Write a refusal to the audit journal, or to the log."""
        try:
            await self.record(request, name, "sign_in_refused", reason=reason)
        except OSError as error:
            logger.error("twin: %s", refusal(error))


async def form_of(request: web.Request) -> dict[str, str]:
    """Read the texts of a form.

    Raises HTTPBadRequest where it cannot be read.
    """
    try:
        posted = await request.post()
    except web.HTTPException:
        raise
    except Exception as error:  # whatever aiohttp's parsers make of bytes that are none
        raise web.HTTPBadRequest(text="this form cannot be read") from error
    texts = {key: value for key, value in posted.items() if isinstance(value, str)}
    return {key: value.encode("utf-8", "replace").decode("utf-8") for key, value in texts.items()}


def next_of(asked: Mapping[str, str]) -> str:
    """Return the address requested before sign-in.

    '' for one of another site.
    """
    then = asked.get("next", "")
    path = then.partition("?")[0]
    own = len(then) <= LONGEST_NEXT and _NEXT.fullmatch(then) and "//" not in path and ".." not in path
    if then.startswith("?"):  # of the root: a Location of a query alone would ask the sign-in page
        then = HOME + then
    return then if own else ""


def name_of(asked: Mapping[str, str]) -> str:
    """Return the user's name that was typed."""
    return asked.get("user", "").strip().lower()[:65]
