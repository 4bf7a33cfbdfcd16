"""Carry messages between a browser's WebSocket and its desk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from apps.hub.desk_server import Desk, HubServices
from apps.hub.gate import LARGEST_MESSAGE
from apps.hub.kept_desks import KeptDesks
from apps.hub.permissions import Identify
from apps.hub.visitor import visitor_of

logger = logging.getLogger(__name__)

HEARTBEAT_S = 30.0
HELLO_S = 5.0
"""A browser signs in at once; a socket that does not is closed."""
SIGNED_IN_EVERY_S = 3.0
"""A desk is closed so soon after its visitor was signed out, removed or given other rights."""
LOOK_EVERY_S = 0.5
STUCK_TICKS = 4
"""A browser that takes nothing for two seconds of what waits for it is cut; its page comes back by itself."""
MOST_WAITING = 64 * 1024 * 1024
"""Bytes that may wait for one browser."""


class DeskLifecycle(HubServices, Protocol):
    """Start and end of desks; :class:`apps.hub.hub_server.Hub` has them."""

    kept: KeptDesks
    identify: Identify

    async def welcome(self, desk: Desk) -> None: ...
    def leave(self, desk: Desk) -> None: ...


async def talk(hub: DeskLifecycle, request: web.Request) -> web.WebSocketResponse:
    """Connect a browser with a desk until either side is gone."""
    socket = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE, heartbeat=HEARTBEAT_S, compress=False)
    await socket.prepare(request)
    name, kept = hub.kept.take(request.query.get("session", ""), visitor_of(request).name)
    desk = Desk(hub, name, visitor_of(request), kept)
    guards: list[asyncio.Task[None]] = []
    try:
        connection = await _connect(desk)
        guards = [
            asyncio.create_task(_cut_when_stuck(socket, request)),
            asyncio.create_task(_cut_without_hello(socket, desk)),
            asyncio.create_task(_cut_when_signed_out(hub.identify, socket, request, desk)),
        ]

        async def send(binary: bool, content: Any) -> None:
            if not socket.closed:
                with contextlib.suppress(ConnectionError):
                    await (socket.send_bytes(content) if binary else socket.send_str(content))

        connection.on_message(send)
        await hub.welcome(desk)
        async for message in socket:
            if message.type != WSMsgType.BINARY:
                logger.warning("refused from a browser: a message that is not binary")
                break
            await connection.send(True, message)
        await connection.close()
    except Exception:  # what one browser does must not end the hub
        logger.exception("a desk ended")
    finally:
        for guard in guards:
            guard.cancel()
        hub.kept.keep(name, desk.kept)
        hub.leave(desk)
    return socket


async def _connect(desk: Desk) -> Any:
    """Start a desk's server and connect to it."""
    desk.server.start(backend="generic", exec_mode="task", disable_logging=True, show_connection_info=False)
    await desk.server.ready
    endpoint = desk.server._server.ws  # trame offers no other way to its socket
    desk.gate.guard(endpoint)
    return await endpoint.connect()


async def _cut_without_hello(socket: web.WebSocketResponse, desk: Desk) -> None:
    await asyncio.sleep(HELLO_S)
    if not desk.server._server.ws.authentified_client_ids:
        logger.warning("a browser that did not sign in within %g s was cut", HELLO_S)
        await socket.close()


async def _cut_when_signed_out(
    identify: Identify, socket: web.WebSocketResponse, request: web.Request, desk: Desk
) -> None:
    while identify(request) == desk.visitor:
        await asyncio.sleep(SIGNED_IN_EVERY_S)
    await socket.close()


async def _cut_when_stuck(socket: web.WebSocketResponse, request: web.Request) -> None:
    """Cut a browser that takes nothing of what waits for it, or for which too much waits."""
    last, ticks = 0, 0
    while (transport := request.transport) is not None:
        await asyncio.sleep(LOOK_EVERY_S)
        waiting = transport.get_write_buffer_size()
        ticks = ticks + 1 if waiting and waiting >= last else 0
        last = waiting
        if ticks >= STUCK_TICKS or waiting > MOST_WAITING:
            logger.warning("a browser that did not take %d bytes was cut", waiting)
            transport.abort()
            return
