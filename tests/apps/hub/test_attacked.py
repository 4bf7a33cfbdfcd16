"""What is done to the hub by one browser, or by what is none, is nobody else's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import msgpack
import pytest
from aiohttp import ClientSession, WSMsgType
from aiohttp.test_utils import TestServer

from apps.hub.browser_socket import DeskLimits, SocketWatch
from apps.hub.hub_server import Hub
from apps.hub.sockets import FULL, full_line
from tests.apps.hub.bot import Bot
from tests.apps.hub.test_hub import opened

HEADERS = [struct.pack("<III", k, 0, 256 * 1024) for k in range(2000)]
"""24 kB, each declaring a message of 256 kB."""


_CALL = msgpack.packb(
    {"wslink": "1.0", "id": "system:c0:0", "method": "wslink.hello", "args": [{}], "kwargs": {}}
)
HELLO = struct.pack("<III", 1, 0, len(_CALL)) + _CALL


@pytest.fixture
def hub(small_basin: Path) -> Hub:
    return Hub(small_basin)


@pytest.fixture
async def url(hub: Hub) -> AsyncIterator[str]:
    async with TestServer(hub.app) as server:
        yield str(server.make_url("/"))


async def ended(bot: Bot) -> None:
    async with asyncio.timeout(10):
        await bot.closed.wait()


@pytest.mark.parametrize("before_hello", [True, False])
async def test_headers_of_messages_that_never_come_allocate_nothing(url: str, before_hello: bool) -> None:
    async with Bot(url) as bot:
        if not before_hello:
            await bot.hello()
        with contextlib.suppress(ConnectionError):
            for header in HEADERS:
                await bot._socket.send_bytes(header)
        await ended(bot)


@pytest.mark.parametrize("before_hello", [True, False])
async def test_a_text_message_reaches_the_log_escaped(
    url: str, before_hello: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with Bot(url) as bot:
        if not before_hello:
            await bot.hello()
        await bot._socket.send_str("hello\nCRITICAL another line\x1b[31m" + "x" * 10_000)
        await ended(bot)
    for record in caplog.records:
        assert record.levelno < logging.ERROR and "\n" not in record.getMessage()
        assert len(record.getMessage()) < 300


async def test_one_that_has_not_said_hello_calls_nothing_and_costs_no_desk(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.hub.sockets.Desk", None)
    async with Bot(url) as bot:
        await bot._post({"id": "rpc:1", "method": "trame.state.get"})
        await ended(bot)


async def test_one_that_stops_reading_with_nothing_waiting_is_cut_too(hub: Hub, url: str) -> None:
    """Two pictures fit into the system's buffers: what is missing is the answer to a ping."""
    async with Bot(url) as stays, Bot(url) as stops:
        await asyncio.gather(opened(stays), opened(stops))
        await stops.until(lambda: bool(stops.pictures) and stops.pictures[-1]["smooth"])
        stops._reading.cancel()
        transport = stops._socket._response.connection.transport  # type: ignore[union-attr]
        transport.pause_reading()
        reset = {"wslink": "1.0", "id": "rpc:r", "method": "twin.scene.reset", "args": [], "kwargs": {}}
        await stops._post(reset)
        loop, gaps = asyncio.get_running_loop(), []
        began = loop.time()
        while len(hub.watch) > 1:
            asked, count = loop.time(), len(stays.pictures)
            assert asked - began < 5.5
            await stays.call("twin.scene.reset")
            await stays.until(lambda seen=count: len(stays.pictures) > seen)  # type: ignore[misc]
            gaps.append(loop.time() - asked)
        assert max(gaps) < 2.0


async def test_a_flood_of_calls_is_read_slowly_and_nobody_else_waits(url: str) -> None:
    async with Bot(url) as stays, Bot(url) as floods:
        await asyncio.gather(opened(stays), opened(floods))
        floods._reading.cancel()  # what is measured is the hub, which is in this process
        answered = asyncio.create_task(_count(floods))
        call = {"id": "rpc:f", "method": "trame.state.update", "args": [[{"key": "x" * 99}] * 100]}
        message = msgpack.packb(call)
        flooding = asyncio.create_task(_flood(floods, struct.pack("<III", 1, 0, len(message)) + message))
        loop, waits = asyncio.get_running_loop(), []
        end = loop.time() + 2.0
        while loop.time() < end:
            asked = loop.time()
            await stays.call("twin.scene.event", {"type": "hello"})
            waits.append(loop.time() - asked)
        for task in (flooding, answered):
            task.cancel()
        await asyncio.gather(flooding, answered, return_exceptions=True)
        assert max(waits) < 0.5 and len(waits) > 20


async def _count(bot: Bot) -> None:
    while True:
        await bot._socket.receive()


async def test_a_message_that_unfolds_to_more_than_its_size_is_refused(url: str) -> None:
    async with ClientSession() as session, session.ws_connect(f"{url}ws", compress=15) as socket:
        await socket.send_bytes(bytes(64 * 1024 * 1024))
        closed = await socket.receive(timeout=10)
        assert closed.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)


async def _flood(bot: Bot, message: bytes) -> None:
    while True:
        await bot._socket.send_bytes(message)


async def test_a_desk_beyond_the_limit_is_refused_with_a_line_for_people(hub: Hub, url: str) -> None:
    hub.watch.limits = DeskLimits(desks=2)
    async with Bot(url) as one, Bot(url) as two:
        await asyncio.gather(one.hello(), two.hello())
        async with ClientSession() as session, session.ws_connect(f"{url}ws") as third:
            await third.send_bytes(HELLO)
            closed = await third.receive(timeout=10)
            assert closed.type == WSMsgType.CLOSE and closed.data == FULL
            assert (
                closed.extra == full_line().decode() and "太多" in closed.extra and "Too many" in closed.extra
            )
    async with asyncio.timeout(10):
        while len(hub.watch):
            await asyncio.sleep(0.05)
    async with Bot(url) as again:
        await again.hello()


def test_the_line_fits_into_a_close_frame() -> None:
    assert len(full_line()) <= 123


@pytest.mark.parametrize(
    ("address", "visitor", "full"),
    [
        ("10.0.0.1", "", True),
        ("10.0.0.2", "", False),
        ("127.0.0.1", "", False),
        ("10.0.0.2", "li", True),
        ("10.0.0.2", "wang", False),
    ],
)
def test_desks_are_limited_by_address_and_by_who_has_signed_in(
    address: str, visitor: str, full: bool
) -> None:
    watch = SocketWatch(DeskLimits(desks=100, of_address=3, of_visitor=2))
    for _ in range(3):
        watch.add(_Open("10.0.0.1", ""))  # type: ignore[arg-type]
        watch.add(_Open("127.0.0.1", "li"))  # type: ignore[arg-type]
    assert watch.is_full(address, visitor) is full


class _Open:
    """Stands for a socket."""

    def __init__(self, address: str, visitor: str) -> None:
        self.address, self.visitor = address, visitor
