"""Restrict what browsers may request, and what is sent to them.

trame by itself lets every client write any state, stop the server and read tracebacks. Here a client may
call the methods in ``METHODS``, write the state in :func:`apps.parts.part.writable` with values of the
declared kinds, and is told of a failure only that there was one.
"""

from __future__ import annotations

import inspect
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Container, Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from apps.parts.triggers import InputRefusedError
from apps.stream import scene_protocol as stream
from twin.errors import TwinError

logger = logging.getLogger(__name__)

METHODS = frozenset(
    {
        "trame.state.get",
        "trame.state.update",
        "trame.trigger",
        "trame.error.client",
        "trame.lifecycle.update",
        *stream.METHODS,
    }
)
"""Of all methods that wslink, trame and the stream register, the ones the page needs."""

LARGEST_MESSAGE = 256 * 1024
"""Bytes of one message from a browser; a scene's link is the longest that the page sends."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'self'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""trame compiles its templates in the browser, hence 'unsafe-eval'; nothing is loaded from elsewhere."""


class Gate:
    """Filter between a browser and everything that wslink registered."""

    def __init__(
        self,
        writable: Mapping[str, TypeAdapter[Any]],
        triggers: Container[str],
        *,
        on_refused: Callable[[TwinError], None] = lambda error: None,
    ) -> None:
        self.refused: Counter[str] = Counter()
        self._on_refused = on_refused
        self._writable = writable
        self._triggers = triggers

    def guard(self, endpoint: Any) -> None:
        """Put the gate before the methods of a wslink endpoint."""
        endpoint.functionMap = {
            name: (thing, self._guarded(name, method))
            for name, (thing, method) in endpoint.functionMap.items()
            if name in METHODS
        }
        endpoint.handleSystemMessage = self._capped(endpoint)

    def allowed_changes(self, changes: Any) -> list[dict[str, Any]]:
        """Return the state changes a browser may make, checked.

        The rest is counted and dropped.
        """
        if not isinstance(changes, list):
            self._refuse("state")
            return []
        kept = []
        for change in changes:
            key = change.get("key") if isinstance(change, dict) else None
            kind = self._writable.get(key) if isinstance(key, str) else None
            if kind is None:
                self._refuse(f"state {key!r:.60}")
                continue
            try:
                kept.append({"key": key, "value": kind.validate_python(change.get("value"), strict=True)})
            except ValidationError:
                self._refuse(f"value of {key}")
        return kept

    def _guarded(self, name: str, method: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        async def call(thing: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                if name == "trame.error.client":
                    logger.warning("in a browser: %.500s", args[0] if args else "")
                    return None
                if name == "trame.lifecycle.update":
                    return None  # nothing here hangs on what a browser says of its life
                if name == "trame.state.update":
                    args, kwargs = (self.allowed_changes(args[0] if args else None),), {}
                if name == "trame.trigger" and (not args or args[0] not in self._triggers):
                    self._refuse("trigger")
                    return None
                result = method(thing, *args, **kwargs)
                return await result if inspect.isawaitable(result) else result
            except InputRefusedError as error:
                self._refuse(f"argument {error.data.get('argument')!r:.40} of {error.data.get('trigger')}")
                self._on_refused(error)
                return None
            except Exception:
                logger.exception("%s failed", name)
                return None

        return call

    def _capped(self, handler: Any) -> Callable[..., Awaitable[bool]]:
        original = handler.handleSystemMessage

        async def handle(rpc_id: str, method: str, args: list[Any], client_id: str) -> bool:
            done: bool = await original(rpc_id, method, args, client_id)
            if client_id in handler.unchunkers:
                handler.unchunkers[client_id].set_max_message_size(LARGEST_MESSAGE)
            return done

        return handle

    def _refuse(self, what: str) -> None:
        self.refused[what if len(self.refused) < 100 else "more"] += 1
        logger.warning("refused from a browser: %s", what)


@web.middleware
async def middleware(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse other sites' pages, and send every page with its policy."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        logger.warning("refused from a browser: origin")
        raise web.HTTPForbidden(text="another site's page may not use this server")
    response = await handler(request)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response
