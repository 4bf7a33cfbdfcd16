"""Check Host, Origin and body of requests; send policies with every answer."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from typing import Any
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
LARGEST_BODY = 256 * 1024
"""Bytes; a form of sign-in takes less than 1 kB."""


class HttpLog(logging.LoggerAdapter[logging.Logger]):
    """Log of the HTTP server, without tracebacks of malformed requests."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:
        """Log an exception, or count a refusal."""
        if isinstance(exc_info, http_exceptions.HttpProcessingError):
            refusals.refuse("a request that is no HTTP", type(exc_info).__name__)
        else:
            super().exception(msg, *args, exc_info=exc_info, **kwargs)


SERVER_OPTIONS: dict[str, Any] = {
    "access_log": None,
    "keepalive_timeout": HEADER_S,
    "lingering_time": 2.0,
    "shutdown_timeout": 2.0,
    "logger": HttpLog(logging.getLogger("apps.hub.http")),
}
"""Options of :class:`aiohttp.web.AppRunner`."""


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


async def put_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the policies into every answer, errors and files too."""
    del request
    server = HEADERS["Server"]
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = server
