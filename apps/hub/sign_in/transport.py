"""Take a request's origin from a trusted proxy; keep browsers to TLS."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from apps.hub.permissions import Handler

if TYPE_CHECKING:
    from apps.hub.sign_in.listening import Network

logger = logging.getLogger(__name__)

HSTS = "max-age=15552000"
"""Half a year: a browser that has come by TLS does not come without it."""


def transport(proxies: Sequence[Network]) -> Any:
    """Return the middleware that comes before all others.

    ``proxies`` are the networks whose ``X-Forwarded-For``, ``-Proto`` and ``-Host`` are believed. Where there
    are some, all others but this machine are refused: they would come past the proxy, without TLS.
    """

    @web.middleware
    async def carry(request: web.Request, handler: Handler) -> web.StreamResponse:
        if proxies:
            peer = _address(request.remote or "")
            if _is_of(peer, proxies):
                request = _forwarded(request, proxies)
            elif peer is None or not peer.is_loopback:
                logger.warning("refused from %s: not the proxy", request.remote)
                raise web.HTTPForbidden(text="this server is reached through its proxy only")
        # "localhost" is the host of whatever else runs on a reader's machine, without TLS.
        stays = request.secure and request.host.partition(":")[0] != "localhost"
        try:
            response = await handler(request)
        except web.HTTPException as error:
            if stays:
                error.headers["Strict-Transport-Security"] = HSTS
            raise
        if stays and not response.prepared:
            response.headers["Strict-Transport-Security"] = HSTS
        return response

    return carry


def _forwarded(request: web.Request, proxies: Sequence[Network]) -> web.Request:
    """The request as the proxy got it.

    Of several addresses the last that is no proxy's; those before it may be invented.
    """
    changed = {}
    for text in reversed(",".join(request.headers.getall("X-Forwarded-For", [])).split(",")):
        address = _address(text.strip())
        if address is None:
            break
        changed["remote"] = str(address)
        if address.is_loopback or not _is_of(address, proxies):
            break
    scheme = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
    if scheme in ("http", "https"):
        changed["scheme"] = scheme
    host = request.headers.get("X-Forwarded-Host", "").rpartition(",")[2].strip()
    if host:
        changed["host"] = host
    return request.clone(**changed)  # type: ignore[arg-type]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, proxies: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in proxies)
