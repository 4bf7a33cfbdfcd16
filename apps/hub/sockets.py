"""Carry messages between a browser's WebSocket and its desk.

Reading never waits for sending: answers, state and pictures go to an outbox, which a task of its own empties
as fast as the browser takes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from apps.hub.browser_socket import BrowserSocket, SocketWatch
from apps.hub.calls import (
    FAILED,
    LARGEST_MESSAGE,
    METHOD_NOT_FOUND,
    BrowserMessageError,
    Call,
    as_answer,
    as_error,
    pieces,
    read_call,
)
from apps.hub.desk_server import Desk
from apps.hub.kept_desks import KeptDesks
from apps.hub.kept_desks_file import Kept
from apps.hub.outbox import Outbox
from apps.hub.permissions import Identify
from apps.hub.refusal_counter import refusals
from apps.hub.sign_in.language_cookie import language_of
from apps.hub.studio.studio_desk import StudioDesk, StudioHub
from apps.hub.visitor import visitor_of
from apps.hub.wall.wall_server import Wall
from apps.rooms.room import Room
from apps.rooms.studio import ROOM as STUDIO
from apps.stream.pacing import Credit
from apps.texts import texts

logger = logging.getLogger(__name__)

HELLO_S = 5.0
"""A page says hello at once; a socket that does not is closed, and has cost no desk."""
GOODBYE_S = 2.0
"""So long a socket that is closed may take to answer."""
SHARE, BURST_S = 0.2, 0.2
"""Of a core for one browser's calls (a hand takes 0.03), and seconds at once; more is read slowly."""
HELLO = "wslink.hello"
FULL = 4029
"""Code of a close for want of room; ``www/socket.js`` shows its reason."""
WBITS = 15
"""Window of compression: the first state becomes five times less, what lies over a picture three times."""


class Page(Protocol):
    """Page of one browser: a :class:`Desk`, or a view of the wall.

    ``credit`` counts its pictures, ``light`` is whether its messages are compressed now.
    """

    name: str

    @property
    def credit(self) -> Credit: ...
    @property
    def light(self) -> bool: ...
    async def connect(self, outbox: Outbox) -> Any: ...
    async def begin(self) -> None: ...
    def gone(self) -> None: ...


class DeskLifecycle(StudioHub, Protocol):
    """Start and end of desks; :class:`apps.hub.hub_server.Hub` has them."""

    kept: KeptDesks
    identify: Identify
    watch: SocketWatch

    @property
    def wall(self) -> Wall: ...
    def leave(self, desk: Desk) -> None: ...


async def talk(hub: DeskLifecycle, request: web.Request, room: Room) -> web.WebSocketResponse:
    """Connect a browser with a room's desk until either side is gone."""
    socket = web.WebSocketResponse(
        max_msg_size=LARGEST_MESSAGE, autoping=False, compress=True, timeout=GOODBYE_S
    )
    await socket.prepare(request)
    socket._writer.compress = 0  # type: ignore[union-attr]  # no message but those that ask for it
    hello = await _hello(socket)
    if hello is None:
        await socket.close()
        return socket
    visitor = visitor_of(request)
    if hub.watch.is_full(request.remote or "", visitor.name):
        refusals.refuse("a desk beyond the limit", visitor.name)
        await socket.close(code=FULL, message=full_line())
        return socket
    if room.shared:
        watcher = hub.wall.watch(room, visitor)
        await _carry(hub, request, socket, hello, watcher)
        return socket
    name, kept = hub.kept.take(request.query.get("session", ""), visitor.name)
    if kept is None:
        kept = Kept(owner=visitor.name, language=language_of(request))
    make = StudioDesk if room is STUDIO else Desk
    desk = make(hub, name, visitor, room=room, kept=kept)
    hub.kept.follow(name, lambda: desk.kept)
    try:
        await _carry(hub, request, socket, hello, desk)
    finally:
        hub.kept.keep(name, desk.kept)
        hub.leave(desk)
    return socket


async def _carry(
    hub: DeskLifecycle, request: web.Request, socket: web.WebSocketResponse, hello: Call, page: Page
) -> None:
    """Carry a page's messages until either side is gone."""
    visitor, outbox = visitor_of(request), Outbox()
    browser = BrowserSocket(
        socket, request, page.credit, lambda: hub.identify(request) == visitor, visitor.name
    )
    light = (lambda: page.light) if socket.compress else (lambda: False)
    writing = asyncio.create_task(_write(socket, outbox, light))
    hub.watch.add(browser)
    try:
        endpoint = await page.connect(outbox)
        outbox.answer(as_answer(hello.id, {"clientID": f"c{page.name}", "maxMsgSize": LARGEST_MESSAGE}))
        await page.begin()
        await _read(browser, endpoint, outbox)
    except Exception:  # what one browser does must not end the hub
        logger.exception("a page ended")
    finally:
        hub.watch.discard(browser)
        writing.cancel()
        page.gone()


def full_line() -> bytes:
    """Return why there is no desk, in both languages.

    123 bytes at most (RFC 6455).
    """
    return " · ".join(texts(language)["desks_full"] for language in ("zh", "en")).encode()


async def _hello(socket: web.WebSocketResponse) -> Call | None:
    """The first call of a page, None where something else came or nothing did."""
    try:
        async with asyncio.timeout(HELLO_S):
            message = await socket.receive()
    except TimeoutError:
        refusals.refuse("a socket without hello")
        return None
    call = _call(message)
    if call is not None and call.method != HELLO:
        refusals.refuse("a call before hello", call.method)
        return None
    return call


def _call(message: Any) -> Call | None:
    """The call in a message; None where the socket has ended, or is to end."""
    if message.type == WSMsgType.BINARY:
        try:
            return read_call(message.data)
        except BrowserMessageError as error:
            refusals.refuse(str(error))
    elif message.type == WSMsgType.TEXT:
        refusals.refuse("a text message", message.data)
    elif message.type == WSMsgType.ERROR:
        refusals.refuse("a message that is no WebSocket's or too long")
    return None


async def _read(browser: BrowserSocket, endpoint: Any, outbox: Outbox) -> None:
    """Carry out a browser's calls until it is gone, or sends what no page sends."""
    pace = _Pace()
    async for message in browser.socket:
        pace.begin()
        browser.liveness.heard()
        if message.type == WSMsgType.PING:
            await browser.socket.pong(message.data)
        elif message.type == WSMsgType.PONG:
            browser.liveness.answered()
        else:
            call = _call(message)
            if call is None or outbox.overfull:
                if call is not None:
                    refusals.refuse("more calls than their answers are taken")
                browser.cut()
                return
            outbox.answer(await _answer(endpoint, call))
        await pace.end()


async def _answer(endpoint: Any, call: Call) -> bytes:
    if call.method not in endpoint.functionMap:
        refusals.refuse("a method", call.method)
        return as_error(call.id, METHOD_NOT_FOUND, "no such method")
    thing, method = endpoint.functionMap[call.method]
    result = await method(thing, *call.args, **call.kwargs)
    try:
        return as_answer(call.id, result)
    except Exception:
        logger.exception("the answer to %s cannot be packed", call.method)
        return as_error(call.id, FAILED, "no answer")


class _Pace:
    """Gives a browser a share of the processor, and the event loop a turn between its calls."""

    def __init__(self) -> None:
        self._left_s, self._at, self._spent_s = BURST_S, time.monotonic(), time.thread_time()

    def begin(self) -> None:
        self._spent_s = time.thread_time()

    async def end(self) -> None:
        now, spent_s = time.monotonic(), time.thread_time() - self._spent_s
        self._left_s = min(BURST_S, self._left_s + (now - self._at) * SHARE) - spent_s
        self._at = now
        if (
            self._left_s < BURST_S - 0.005
        ):  # messages that are there already are read without a turn of the loop
            await asyncio.sleep(max(0.0, -self._left_s / SHARE))


async def _write(socket: web.WebSocketResponse, outbox: Outbox, light: Callable[[], bool]) -> None:
    """Send what waits, one message after the other, each when the browser has taken those before."""
    with contextlib.suppress(ConnectionError):
        while not socket.closed:
            message = await outbox.next()
            for piece in pieces(message):
                await socket.send_bytes(piece, WBITS if light() else None)
