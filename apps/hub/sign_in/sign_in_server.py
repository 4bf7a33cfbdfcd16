"""Sign people in and out, and identify whose request it is."""

from __future__ import annotations

import asyncio
import logging
import math
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web

from apps.error_messages import say, without_folders
from apps.hub.permissions import Handler, needs
from apps.hub.sign_in import sign_in_page as page
from apps.hub.sign_in.attempts import Attempts
from apps.hub.sign_in.cookies import Cookies
from apps.hub.sign_in.first_link import FirstLink
from apps.hub.sign_in.passwords import Passwords, fingerprint, require_strong
from apps.hub.sign_in.sign_ins import SignIns
from apps.hub.sign_in.user_edits import add_user
from apps.hub.sign_in.users import NAME, User, Users, UsersError
from apps.texts import texts
from twin.bilingual import Language
from twin.disk import refusal
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.hub.audit import AuditJournal
    from apps.hub.sign_in.sign_ins import Via
    from apps.hub.visitor import Visitor
    from twin.catalog.head import CatalogHead

logger = logging.getLogger(__name__)

FLUSH_EVERY_S = 30.0
HOME = "index.html"
_NEXT = re.compile(r"(?![./])[A-Za-z0-9._~/-]*(\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?")
LONGEST_NEXT = 7000


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


class SignIn:
    """Sign-in page of a server, and the people who are signed in.

    ``users`` is the file of users; the secret of cookies and the list of sign-ins lie beside it. Raises
    UsersError where one of them cannot be used.
    """

    def __init__(
        self,
        users: Path,
        *,
        head: CatalogHead,
        audit: AuditJournal,
        passwords: Passwords | None = None,
        attempts: Attempts | None = None,
    ) -> None:
        self.users = Users(users)
        self.users.check()
        self.cookies = Cookies.beside(users)
        self.sign_ins = SignIns(users)
        self.first_link = FirstLink(self.users)
        self._head = head
        self._audit = audit
        self._passwords = passwords or Passwords()
        self._attempts = attempts or Attempts()

    def add_routes(self, app: web.Application) -> None:
        """Add the pages, and what keeps the list of sign-ins."""
        app.router.add_get("/sign-in", self._show)
        app.router.add_post("/sign-in", self._sign_in)
        app.router.add_post("/sign-out", self._sign_out)
        app.cleanup_ctx.append(self._keep)

    async def _keep(self, app: web.Application) -> AsyncIterator[None]:
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

    # -- whose request it is --------------------------------------------------------------------------

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
        user = None if found is None else self.users.get(found.user)
        if found is None or user is None or user.disabled or fingerprint(user.password) != found.stamp:
            return None
        return user.visitor(found.user)

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
            raise web.HTTPFound(_up(request) + _asked(next=request.path_qs.removeprefix("/")))

        return lead

    # -- pages ----------------------------------------------------------------------------------------

    @needs(None)
    async def _show(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        language, then = _language(asked), _next(asked)
        if first := asked.get("first", ""):
            return self._first_page(language, first, typed="admin")
        if self.identify(request) is not None:
            raise web.HTTPSeeOther(then or HOME)
        if not self.users.all():
            return page.respond(self._head, language=language, fields=(), lead="sign_in_nobody")
        return page.respond(self._head, language=language, kept={"next": then})

    @needs(None)
    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        if "first" in form:
            return await self._sign_in_first(request, form)
        language, then, name = _language(form), _next(form), _name(form)
        try:
            user = await self._checked(request, name, form.get("password", ""))
            return await self._let_in(request, name, user, via="password", then=then)
        except SignInRefusedError as error:
            wrong, status, wait_s = say(error, language), error.status, error.wait_s
        except (TwinError, OSError) as error:
            logger.error("twin: %s could not be signed in: %s", name, error)
            wrong, status, wait_s = texts(language)["sign_in_failed"], 503, 0
        headers = {"Retry-After": str(wait_s)} if wait_s else {}
        return page.respond(
            self._head,
            language=language,
            kept={"next": then},
            typed=name,
            wrong=wrong,
            status=status,
            headers=headers,
        )

    async def _checked(self, request: web.Request, name: str, password: str) -> User:
        """Return the user whose password it is; raises SignInRefusedError."""
        address = request.remote or ""
        device_user, device = self.cookies.device(request)
        tried = (name, address, device if device_user == name else "")
        if self._passwords.busy:
            raise TooManySignInsError("too many people are signing in: try again in a moment")
        if (left_s := self._attempts.begin(*tried)) > 0:
            wait_s = math.ceil(left_s)
            raise TooManyAttemptsError(f"too many attempts: try again in {wait_s} s", wait_s=wait_s)
        user = self.users.get(name)
        if not await self._passwords.check(None if user is None else user.password, password) or user is None:
            # A name that is no user's is not written down: it may be a password.
            who, reason = (name, "wrong password") if user else ("", "unknown user")
            await self._record_refused(who, address, reason)
            raise WrongPasswordError("user name or password is wrong")
        if user.disabled:
            await self._record_refused(name, address, "disabled")
            raise DisabledUserError("this account is disabled: ask your administrator")
        self._attempts.succeeded(*tried)
        return user

    async def _let_in(
        self, request: web.Request, name: str, user: User, *, via: Via, then: str
    ) -> web.StreamResponse:
        """Start a sign-in under a new secret, and go on to what was asked for.

        Raises UsersError or OSError where it cannot be written down: nobody is signed in unrecorded.
        """
        address, browser = request.remote or "", request.headers.get("User-Agent", "")
        await asyncio.to_thread(self._audit.record, name, "signed_in", address=address, via=via)
        before = self.cookies.token(request)
        if before:
            await asyncio.to_thread(self.sign_ins.end, token=before)
        token = await asyncio.to_thread(
            self.sign_ins.start,
            name,
            via=via,
            stamp=fingerprint(user.password),
            address=address,
            browser=browser,
            stay_days=user.stay_days,
        )
        response = web.HTTPSeeOther(then or HOME)
        self.cookies.set(request, response, token, stay_days=user.stay_days)
        if self.cookies.device(request)[0] != name:
            self.cookies.set_device(request, response, name)
        raise response

    async def _record_refused(self, name: str, address: str, reason: str) -> None:
        try:
            await asyncio.to_thread(
                self._audit.record, name, "sign_in_refused", address=address, reason=reason
            )
        except OSError as error:  # refused all the same
            logger.error("twin: %s", refusal(error, self._audit.path))

    @needs(None)
    async def _sign_out(self, request: web.Request) -> web.StreamResponse:
        visitor, token = self.identify(request), self.cookies.token(request)
        if token:
            await asyncio.to_thread(self.sign_ins.end, token=token)
        if visitor is not None:
            try:
                await asyncio.to_thread(
                    self._audit.record, visitor, "signed_out", address=request.remote or ""
                )
            except OSError as error:  # out all the same
                logger.error("twin: %s", refusal(error, self._audit.path))
        response = web.HTTPSeeOther("sign-in")
        self.cookies.forget(request, response)
        raise response

    # -- the first administrator ----------------------------------------------------------------------

    def _first_page(
        self, language: Language, token: str, *, wrong: str = "", typed: str = ""
    ) -> web.Response:
        if not self.first_link.is_valid(token):
            wrong = texts(language)["sign_in_link_over"]
            return page.respond(
                self._head, language=language, fields=(), lead="sign_in_lead", wrong=wrong, status=403
            )
        return page.respond(
            self._head,
            language=language,
            fields=page.FIRST,
            lead="sign_in_first",
            button="sign_in_set",
            kept={"first": token},
            wrong=wrong,
            typed=typed,
            status=400 if wrong else 200,
        )

    async def _sign_in_first(self, request: web.Request, form: Mapping[str, str]) -> web.StreamResponse:
        language, token = _language(form), form["first"]
        name, password = _name(form), form.get("password", "")
        t = texts(language)
        wrong = ""
        if not NAME.fullmatch(name):
            wrong = t["sign_in_bad_name"]
        elif password != form.get("again", ""):
            wrong = t["sign_in_differ"]
        else:
            try:
                require_strong(password, name)
            except UsersError as error:
                wrong = say(error, language)
        if wrong or not self.first_link.is_valid(token):
            return self._first_page(language, token, wrong=wrong, typed=name)
        address = request.remote or ""
        try:
            with self.first_link.used():
                hashed = await asyncio.to_thread(self._passwords.hash, password)
                what = {"what": "user added", "user": name, "role": "administer", "sees": "restricted"}
                await asyncio.to_thread(self._audit.record, name, "administered", **what, address=address)
                await asyncio.to_thread(
                    add_user, self.users.path, name, password=hashed, role="administer", sees="restricted"
                )
            user = self.users.all()[name]
            return await self._let_in(request, name, user, via="link", then="")
        except (TwinError, OSError) as error:
            wrong = without_folders(say(error if isinstance(error, TwinError) else refusal(error), language))
            return self._first_page(language, token, wrong=wrong, typed=name)


def _language(asked: Mapping[str, str]) -> Language:
    return "en" if asked.get("language") == "en" else "zh"


def _name(asked: Mapping[str, str]) -> str:
    return asked.get("user", "").strip().lower()[:65]


def _next(asked: Mapping[str, str]) -> str:
    """The address that was asked for, if it is one of this server; '' else."""
    then = asked.get("next", "")
    own = len(then) <= LONGEST_NEXT and _NEXT.fullmatch(then) and "//" not in then.partition("?")[0]
    return then if own and ".." not in then.partition("?")[0] else ""


def _asked(**asked: str) -> str:
    return "sign-in?" + urlencode({key: value for key, value in asked.items() if value})


def _up(request: web.Request) -> str:
    """From a request's address to the server's root, wherever a proxy has put that."""
    return "../" * (request.path.count("/") - 1)
