"""Serve the two addresses of sign-in by an office's service."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp import web

from apps.error_messages import say
from apps.hub.permissions import needs
from apps.hub.sign_in import sign_in_page as page
from apps.hub.sign_in.accounts import next_of
from apps.hub.sign_in.language_cookie import language_of
from apps.hub.sign_in.oidc_settings import OidcError
from apps.texts import texts
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.hub.sign_in.accounts import Accounts
    from apps.hub.sign_in.oidc import OfficeService
    from twin.bilingual import Language

logger = logging.getLogger(__name__)


class OfficeSignIn:
    """Sign-in by the service that ``[oidc]`` of the file of users names."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._known: OfficeService | None = None

    def add_routes(self, app: web.Application) -> None:
        """Add where it begins, and where the service sends people back to."""
        app.router.add_get("/oidc", self._begin)
        app.router.add_get("/oidc-done", self._finish)

    def _service(self) -> OfficeService:
        settings = self._accounts.users.oidc
        if settings is None:
            raise web.HTTPNotFound(text="this server knows no sign-in service of an office")
        from apps.hub.sign_in.oidc import OfficeService  # noqa: PLC0415  (authlib and httpx2: 20 MB)

        if self._known is None or self._known.settings != settings:
            self._known = OfficeService(settings)
        return self._known

    @needs(None)
    async def _begin(self, request: web.Request) -> web.Response:
        service, language = self._service(), language_of(request, request.query)
        try:
            address, begun = await service.begin(_back(request))
        except OidcError as error:
            return self._refused(error, language)
        response = web.HTTPFound(address)
        kept = {**begun, "next": next_of(request.query), "language": language}
        self._accounts.cookies.set_begun(request, response, kept)
        raise response

    @needs(None)
    async def _finish(self, request: web.Request) -> web.Response:
        service, begun = self._service(), self._accounts.cookies.begun(request)
        language = language_of(request, begun)
        try:
            who = await service.finish(request.query, begun, _back(request))
            if who.name in self._accounts.users.all():
                raise OidcError(f"{who.name} is a user of this server already, and signs in by password")
            await self._accounts.let_in_by_office(request, who, then=next_of(begun))
        except OidcError as error:
            name = str(error.data.get("user", ""))
            await self._accounts.record_refused(request, name, str(error))
            return self._refused(error, language, request)
        except (TwinError, OSError) as error:
            logger.error("twin: nobody can be signed in: %s", error)
            return self._refused(None, language, request)

    def _refused(
        self, error: OidcError | None, language: Language, request: web.Request | None = None
    ) -> web.Response:
        """The sign-in page with the reason: whoever has a password here can still come in."""
        if error is not None:
            logger.warning("twin: %s", error)
        wrong = texts(language)["sign_in_failed"] if error is None else say(error, language)
        office = self._accounts.users.oidc
        response = page.respond(
            self._accounts.head,
            language=language,
            wrong=wrong,
            office=None if office is None else office.label,
            status=503 if error is None else error.status,
        )
        if request is not None:
            self._accounts.cookies.forget_begun(request, response)
        return response


def _back(request: web.Request) -> str:
    """The address that the service sends people back to; it is registered there."""
    return f"{request.scheme}://{request.host}/oidc-done"
