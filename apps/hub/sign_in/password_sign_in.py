"""Sign people in by their password, and out."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

from aiohttp import web

from apps.error_messages import say
from apps.hub.permissions import needs
from apps.hub.sign_in import sign_in_page as page
from apps.hub.sign_in.accounts import HOME, form_of, name_of, next_of
from apps.hub.sign_in.language_cookie import keep_language, language_of
from apps.texts import texts
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.hub.sign_in.accounts import Accounts
    from apps.hub.sign_in.attempts import Attempts
    from apps.hub.sign_in.passwords import Passwords
    from apps.hub.sign_in.users import User

logger = logging.getLogger(__name__)


class SignInRefusedError(TwinError):
    """Sign-in is refused; ``status`` of the answer, ``wait_s`` until the next try."""

    zh = "不能登录"
    status = 401
    wait_s = 0


class WrongPasswordError(SignInRefusedError):
    """User is unknown, or has another password."""

    zh = "用户名或密码不正确"


class DisabledUserError(SignInRefusedError):
    """User is disabled."""

    zh = "此账号已停用，请联系管理员"
    status = 403


class TooManyAttemptsError(SignInRefusedError):
    """Too many wrong passwords; ``wait_s``."""

    zh = "尝试次数过多，请在 {wait_s} 秒后再试"
    status = 429


class TooManySignInsError(SignInRefusedError):
    """Too many passwords wait to be checked."""

    zh = "登录的人太多，请稍候再试"
    status = 503
    wait_s = 5


class PasswordSignIn:
    """Sign-in page, and sign-out."""

    def __init__(self, accounts: Accounts, passwords: Passwords, attempts: Attempts) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._attempts = attempts

    def add_routes(self, app: web.Application) -> None:
        """Add the page, what its form is sent to, and sign-out."""
        app.router.add_get("/sign-in", self._show)
        app.router.add_post("/sign-in", self._sign_in)
        app.router.add_post("/sign-out", self._sign_out)

    @needs(None)
    async def _show(self, request: web.Request) -> web.Response:
        language, then = language_of(request, request.query), next_of(request.query)
        if self._accounts.identify(request) is not None:
            raise web.HTTPSeeOther(then or HOME)
        office = self._accounts.users.oidc
        label = None if office is None else office.label
        head = self._accounts.head
        if not self._accounts.users.all() and office is None:
            response = page.respond(head, language=language, fields=(), lead="sign_in_nobody")
        else:
            response = page.respond(head, language=language, kept={"next": then}, office=label)
        keep_language(request, response)
        return response

    @needs(None)
    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        language, then, name = language_of(request, form), next_of(form), name_of(form)
        try:
            user = await self._checked(request, name, form.get("password", ""))
            await self._accounts.let_in(request, name, user, then=then)
        except SignInRefusedError as error:
            wrong, status, wait_s = say(error, language), error.status, error.wait_s
        except (TwinError, OSError) as error:
            logger.error("twin: %s could not be signed in: %s", name, error)
            wrong, status, wait_s = texts(language)["sign_in_failed"], 503, 0
        office = self._accounts.users.oidc
        return page.respond(
            self._accounts.head,
            language=language,
            kept={"next": then},
            typed=name,
            wrong=wrong,
            office=None if office is None else office.label,
            status=status,
            headers={"Retry-After": str(wait_s)} if wait_s else {},
        )

    async def _checked(self, request: web.Request, name: str, password: str) -> User:
        """Return the user whose password it is; raises SignInRefusedError."""
        device_user, device = self._accounts.cookies.device(request)
        tried = (name, request.remote or "", device if device_user == name else "")
        if self._passwords.busy:
            raise TooManySignInsError("too many people are signing in: try again in a moment")
        if (left_s := self._attempts.begin(*tried)) > 0:
            wait_s = math.ceil(left_s)
            raise TooManyAttemptsError(f"too many attempts: try again in {wait_s} s", wait_s=wait_s)
        user = self._accounts.users.get(name)
        if not await self._passwords.check(None if user is None else user.password, password) or user is None:
            # A name that is no user's is not written down: it may be a password.
            who, reason = (name, "wrong password") if user else ("", "unknown user")
            await self._accounts.record_refused(request, who, reason)
            raise WrongPasswordError("user name or password is wrong")
        if user.disabled:
            await self._accounts.record_refused(request, name, "disabled")
            raise DisabledUserError("this account is disabled: ask your administrator")
        self._attempts.succeeded(*tried)
        return user

    @needs(None)
    async def _sign_out(self, request: web.Request) -> web.Response:
        await self._accounts.sign_out(request)
