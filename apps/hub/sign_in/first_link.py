"""Make the first administrator by a link that the server prints."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from apps.error_messages import say, without_folders
from apps.hub.permissions import needs
from apps.hub.sign_in import sign_in_page as page
from apps.hub.sign_in.accounts import form_of, name_of
from apps.hub.sign_in.language_cookie import keep_language, language_of
from apps.hub.sign_in.passwords import require_strong
from apps.hub.sign_in.user_edits import add_user
from apps.hub.sign_in.users import NAME, UsersError
from apps.texts import texts
from twin.disk import refusal
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.hub.sign_in.accounts import Accounts
    from apps.hub.sign_in.passwords import Passwords
    from twin.bilingual import Language

VALID_S = 3600.0
RIGHTS = {"role": "administer", "sees": "restricted"}


class FirstLink:
    """Link that makes one administrator.

    Good for an hour, while there are no users. Who reads the server's output may use it; nobody can guess it.
    """

    def __init__(
        self, accounts: Accounts, passwords: Passwords, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._clock = clock
        self._key = secrets.token_urlsafe(24)
        self._until = clock() + VALID_S
        self._in_use = False

    def add_routes(self, app: web.Application) -> None:
        """Add the page, and what its form is sent to."""
        app.router.add_get("/first-sign-in", self._show)
        app.router.add_post("/first-sign-in", self._make)

    @property
    def address(self) -> str:
        """Address below the server's root; '' where there are users already."""
        return "" if self._accounts.users.all() else f"first-sign-in?key={self._key}"

    def _is_valid(self, key: str) -> bool:
        known = hmac.compare_digest(key.encode("utf-8", "replace"), self._key.encode())
        return known and not self._in_use and self._clock() < self._until and not self._accounts.users.all()

    @needs(None)
    async def _show(self, request: web.Request) -> web.Response:
        language, key = language_of(request, request.query), request.query.get("key", "")
        response = self._page(language, key, typed="admin")
        keep_language(request, response)
        return response

    def _page(self, language: Language, key: str, *, wrong: str = "", typed: str = "") -> web.Response:
        head = self._accounts.head
        if not self._is_valid(key):
            wrong = texts(language)["sign_in_link_over"]
            return page.respond(head, language=language, fields=(), wrong=wrong, status=403)
        return page.respond(
            head,
            language=language,
            fields=page.FIRST,
            action="first-sign-in",
            lead="sign_in_first",
            button="sign_in_set",
            kept={"key": key},
            wrong=wrong,
            typed=typed,
            status=400 if wrong else 200,
        )

    @needs(None)
    async def _make(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        language, key, name = language_of(request, form), form.get("key", ""), name_of(form)
        wrong = _wrong(form, name, language)
        if wrong or not self._is_valid(key):
            return self._page(language, key, wrong=wrong, typed=name)
        self._in_use = True  # of two at once one makes the administrator; where that fails it is good again
        try:
            hashed = await asyncio.to_thread(self._passwords.hash, form["password"])
            await self._accounts.record(request, name, "administered", what="user added", user=name, **RIGHTS)
            path = self._accounts.users.path
            await asyncio.to_thread(add_user, path, name, password=hashed, **RIGHTS)
            await self._accounts.let_in(request, name, self._accounts.users.all()[name], via="link")
        except (TwinError, OSError) as error:
            told = error if isinstance(error, TwinError) else refusal(error)
            self._in_use = False
            return self._page(language, key, wrong=without_folders(say(told, language)), typed=name)
        finally:
            self._in_use = False


def _wrong(form: Mapping[str, str], name: str, language: Language) -> str:
    """What is wrong with what was typed, '' for nothing."""
    t, password = texts(language), form.get("password", "")
    if not NAME.fullmatch(name):
        return t["sign_in_bad_name"]
    if password != form.get("again", ""):
        return t["sign_in_differ"]
    try:
        require_strong(password, name)
    except UsersError as error:
        return say(error, language)
    return ""
