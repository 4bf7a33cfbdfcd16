"""Check each request's visitor against the role that its route needs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from aiohttp import web

from apps.hub.visitor import OPEN, VISITOR, Role, Visitor

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Identify = Callable[[web.Request], Visitor | None]
"""Return a request's visitor; None for one who has not signed in."""
H = TypeVar("H", bound=Callable[..., Any])


def needs(role: Role | None) -> Callable[[H], H]:
    """Declare the role that a route's handler needs.

    None for routes that anybody may use.

    A route whose handler declares nothing is refused.
    """

    def declare(handler: H) -> H:
        handler.needs = role  # type: ignore[attr-defined]
        return handler

    return declare


def everybody(request: web.Request) -> Visitor:
    """Return the visitor of an open server."""
    del request
    return OPEN


def permissions(identify: Identify) -> Any:
    """Return a middleware that refuses what visitors may not use.

    401 before sign-in, 403 after.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        route = request.match_info.route
        if isinstance(route.resource, web.StaticResource) or request.match_info.http_exception is not None:
            return await handler(request)  # the program's own files; an address that is none
        visitor = identify(request)
        if visitor is not None:
            request[VISITOR] = visitor
        role: Role | Literal["undeclared"] | None = getattr(route.handler, "needs", "undeclared")
        if role is None:
            return await handler(request)
        if role == "undeclared":
            logger.error("%s declares no role and is refused", request.path)
            raise web.HTTPForbidden(text="nobody may use this address")
        if visitor is None:
            raise web.HTTPUnauthorized(text="sign in first")
        if not visitor.may(role):
            raise web.HTTPForbidden(text=f"this needs the role {role}")
        return await handler(request)

    return check
