"""Serve the pages of sign-in, and lead to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web

from apps.hub.permissions import Handler
from apps.hub.sign_in.accounts import Accounts
from apps.hub.sign_in.attempts import Attempts
from apps.hub.sign_in.first_link import FirstLink
from apps.hub.sign_in.office_sign_in import OfficeSignIn
from apps.hub.sign_in.password_sign_in import PasswordSignIn
from apps.hub.sign_in.passwords import Passwords

if TYPE_CHECKING:
    from apps.hub.audit import AuditJournal
    from twin.catalog.head import CatalogHead


class SignIn:
    """Sign-in by password, by the office's service, and by the first link.

    ``users`` is the file of users. Raises UsersError where it, or what lies beside it, cannot be used.
    """

    def __init__(
        self,
        users: Path,
        *,
        head: CatalogHead,
        audit: AuditJournal,
    ) -> None:
        self.accounts = Accounts(users, head=head, audit=audit)
        self.identify = self.accounts.identify
        self._passwords = passwords = Passwords()
        self.first_link = FirstLink(self.accounts, passwords)
        self._ways = (
            self.first_link,
            PasswordSignIn(self.accounts, passwords, Attempts()),
            OfficeSignIn(self.accounts),
        )

    def add_routes(self, app: web.Application) -> None:
        """Add the pages, and what keeps the list of sign-ins."""
        for way in self._ways:
            way.add_routes(app)
        app.cleanup_ctx.append(self.accounts.keep)

    @property
    def middleware(self) -> Any:
        """Middleware that redirects pages to the sign-in page before sign-in."""

        @web.middleware
        async def lead(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except web.HTTPUnauthorized:
                is_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
                if not is_page:
                    raise
            asked = request.path_qs.removeprefix("/")
            # Relative to the request: a proxy may have put the server below an address of its own.
            up = "../" * (request.path.count("/") - 1)
            raise web.HTTPFound(f"{up}sign-in?{urlencode({'next': asked})}" if asked else f"{up}sign-in")

        return lead
