"""Check Host, Origin and body of requests; send policies with every answer."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from aiohttp import http_exceptions, web

from apps.hub.permissions import Handler
from apps.hub.refusal_counter import refusals

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'self'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "miyun-twin",
}
"""trame compiles its templates in the browser, hence 'unsafe-eval'; nothing is loaded from elsewhere."""

HEADER_S = 10.0
"""A connection without a whole request header is closed: aiohttp's own default is an hour."""
BODY_S = 10.0
NO_HTTP = "this is no HTTP that can be read; a line of it has 8,190 bytes at most"
LARGEST_BODY = 256 * 1024
"""Bytes; a form of sign-in takes less than 1 kB."""


UNREADABLE = (http_exceptions.HttpProcessingError, web.RequestPayloadError)
"""What aiohttp's parser raises of a request line or headers, and of a body."""

OPTIONS: dict[str, Any] = {
    "access_log": None,
    "keepalive_timeout": HEADER_S,
    "lingering_time": 2.0,
    "logger": logging.getLogger("apps.hub.http"),
}
"""Options of :class:`aiohttp.web.RequestHandler`."""


class EdgeProtocol(web.RequestHandler):
    """Answer what is no HTTP with a line, and count it."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the answer to a request that raised.

        One that cannot be parsed has met no middleware and no ``put_headers``; aiohttp would
        log its traceback, and send its own version and the parser's words.
        """
        if not isinstance(exc, UNREADABLE):
            return super().handle_error(request, status, exc, message)
        refusals.refuse("a request that is no HTTP", type(exc).__name__)
        response = web.Response(status=400, text=NO_HTTP, headers=HEADERS)
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log an exception, but none of a refused request's rest."""
        if not isinstance(kw.get("exc_info"), UNREADABLE):
            super().log_exception(*args, **kw)


class EdgeRunner(web.AppRunner):
    """Run an application with :class:`EdgeProtocol`; ``options`` replace those of OPTIONS."""

    __slots__ = ("_options",)

    def __init__(self, app: web.Application, *, handle_signals: bool = False, **options: Any) -> None:
        super().__init__(app, handle_signals=handle_signals, shutdown_timeout=2.0)
        self._options = {**OPTIONS, **options}

    @property
    def server(self) -> web.Server | None:
        """Server that the sites call for each connection."""
        if (server := super().server) is None:
            return None
        loop = asyncio.get_running_loop()
        return cast(web.Server, partial(EdgeProtocol, server, loop=loop, **self._options))


@web.middleware
async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign hosts and origins, and bodies that do not come.

    A name that an attacker's DNS points here would otherwise let its pages use this server (rebinding). An
    address in numbers cannot be pointed, and over TLS the certificate names the server.
    """
    host = request.headers.get("Host", "")
    if not (request.secure or is_known(host)):
        refusals.refuse("a host", host)
        raise web.HTTPMisdirectedRequest(
            text="without TLS this server is reached as localhost, or by its address in numbers"
        )
    origin = request.headers.get("Origin")
    if origin is not None and not is_own(origin, request):
        refusals.refuse("an origin", origin)
        raise web.HTTPForbidden(text="another site's page may not use this server")
    if request.can_read_body:
        await _read_body(request)
    return await handler(request)


def is_known(host: str) -> bool:
    """Return whether a Host header is localhost or an address in numbers."""
    try:
        found = urlsplit(f"//{host}")
        name, _ = found.hostname or "", found.port
        return found.username is None and (name == "localhost" or bool(ipaddress.ip_address(name)))
    except ValueError:
        return False


def is_own(origin: str, request: web.Request) -> bool:
    """Return whether a page of this server sent a request.

    Behind a proxy that ends TLS the page is https and the request is not; the other way round is refused.
    """
    try:
        found = urlsplit(origin)
    except ValueError:
        return False
    schemes = ("https",) if request.secure else ("https", "http")
    return found.scheme in schemes and found.netloc == request.host


async def _read_body(request: web.Request) -> None:
    """Read a body of bounded size in bounded time; it is kept for the handler."""
    try:
        async with asyncio.timeout(BODY_S):
            await request.read()
    except TimeoutError:
        refusals.refuse("a body that does not come")
        raise web.HTTPRequestTimeout(text="the body did not come in time") from None
    except ConnectionError as error:  # nobody is left to answer
        refusals.refuse("a body that does not come", type(error).__name__)
        raise web.HTTPBadRequest(text="the connection ended within the body") from None


async def put_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the policies into every answer, errors and files too."""
    del request
    server = HEADERS["Server"]
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = server
