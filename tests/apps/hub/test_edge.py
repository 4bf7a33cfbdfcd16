"""What is no page of ours gets one line, whatever it sends; every answer carries the policies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web

from apps.hub import edge as module
from apps.hub.edge import HEADERS, LARGEST_BODY, EdgeRunner, is_known
from apps.hub.hub_server import Hub
from apps.hub.refusal_counter import refusals


@pytest.fixture
async def port(small_basin: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(module, "BODY_S", 0.3)
    runner = EdgeRunner(Hub(small_basin).app, keepalive_timeout=0.5, lingering_time=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def raw(port: int, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """All that is answered to bytes, until the connection is closed by the other side."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(10):
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause_s)
            return await reader.read(-1)
        except ConnectionError:
            return b""
        finally:
            writer.close()


def quiet(record: logging.LogRecord) -> bool:
    return record.exc_info is None and record.levelno < logging.ERROR and "\n" not in record.getMessage()


def head(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost", True),
        ("LOCALHOST:8080", True),
        ("127.0.0.1:80", True),
        ("[::1]:8080", True),
        ("192.168.1.7:8080", True),
        ("", False),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost@evil.example", False),
        ("evil.example:x", False),
        ("[::1", False),
        ("a" * 5000, False),
    ],
)
def test_without_tls_only_numbers_and_localhost_are_known(host: str, known: bool) -> None:
    assert is_known(host) is known


@pytest.mark.parametrize("path", ["", "index.html", "alive", "socket.js", "nothing", "ws"])
async def test_another_name_that_points_here_reaches_nothing(port: int, path: str) -> None:
    async with ClientSession() as session:
        url = f"http://127.0.0.1:{port}/{path}"
        async with session.get(url, headers={"Host": "evil.example"}, allow_redirects=False) as answer:
            assert answer.status == 421 and "localhost" in await answer.text()
        async with session.get(url, headers={"Host": "10.1.2.3:80"}, allow_redirects=False) as answer:
            assert answer.status != 421


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "ftp://127.0.0.1:{port}",
        "x" * 900,
    ],
)
async def test_a_socket_of_another_page_is_refused(port: int, origin: str) -> None:
    async with ClientSession() as session:
        with pytest.raises(WSServerHandshakeError) as refused:
            await session.ws_connect(
                f"http://127.0.0.1:{port}/ws", headers={"Origin": origin.format(port=port)}
            )
        assert refused.value.status == 403


async def test_a_socket_of_our_page_and_of_a_program_without_origin_open(port: int) -> None:
    async with ClientSession() as session:
        for headers in ({"Origin": f"http://127.0.0.1:{port}"}, {"Origin": f"https://127.0.0.1:{port}"}, {}):
            async with session.ws_connect(f"http://127.0.0.1:{port}/ws", headers=headers) as socket:
                assert not socket.closed


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "index.html", 200),
        ("HEAD", "index.html", 200),
        ("OPTIONS", "index.html", 405),
        ("DELETE", "index.html", 405),
        ("PROPFIND", "index.html", 405),
        ("GET", "nothing", 404),
        ("GET", "vue.global.js", 200),
        ("HEAD", "vue.global.js", 200),
        ("GET", "ws", 400),
        ("GET", "../../etc/passwd", 404),
        ("GET", "%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET", "..%2f..%2fetc%2fpasswd", 404),
        ("GET", "assets/%00", 404),
    ],
)
async def test_every_answer_carries_the_policies(port: int, method: str, path: str, status: int) -> None:
    answer = await raw(
        port, f"{method} /{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert int(answer.split(b" ", 2)[1]) == status
    for name, value in HEADERS.items():
        assert f"\r\n{name}: {value}".encode() in head(answer)
    assert b"aiohttp" not in answer and b"Traceback" not in answer


REQUEST = b"GET /alive HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (REQUEST + b"X: " + b"x" * 20_000 + b"\r\n\r\n", 400),
        (REQUEST + b"".join(b"X%d: y\r\n" % k for k in range(2000)) + b"\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (b"hello\r\n\r\n", 400),
        (b"G@T / HTTP/1.1\r\n\r\n", 400),
        (b"GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (REQUEST + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde", 400),
        (b"GET /alive HTTP/9.9\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /alive HTTP/1.0\r\n\r\n", 421),
        (b"GET /alive HTTP/1.0\r\nHost: localhost\r\n\r\n", 200),
        (REQUEST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (REQUEST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde", 400),
        (REQUEST + b"Content-Length: -1\r\n\r\n", 400),
        (REQUEST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        (REQUEST + b" folded: x\r\n\r\n", 400),
        (REQUEST + b"X: a\x00b\r\n\r\n", 400),
        (b"POST /paraview/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n", 408),
        (b"POST /paraview/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc", 408),
        (
            b"POST /paraview/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (2 * LARGEST_BODY)
            + bytes(2 * LARGEST_BODY),
            413,
        ),
    ],
)
async def test_what_is_too_long_or_ambiguous_is_refused_and_no_traceback_leaves(
    port: int, request_: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = refusals.counts.total()
    answer = await raw(port, request_)
    assert int(answer.split(b" ", 2)[1]) == status
    assert answer.count(b"HTTP/1.") == 1 and b"Traceback" not in answer and b"aiohttp" not in answer
    for name, value in HEADERS.items():
        assert f"\r\n{name}: {value}".encode() in head(answer)
    assert refusals.counts.total() == before + (status in (400, 408, 421))
    assert all(quiet(record) for record in caplog.records)


async def test_garbage_after_a_request_is_refused_too(port: int, caplog: pytest.LogCaptureFixture) -> None:
    before = refusals.counts["a request that is no HTTP"]
    answer = await raw(port, REQUEST + b"\r\n", b"G@T / HTTP/1.1\r\n\r\n", pause_s=0.05)
    first, second = answer.split(b"HTTP/1.")[1:]
    assert first.startswith(b"1 200") and second.startswith(b"0 400") and b"aiohttp" not in second
    assert refusals.counts["a request that is no HTTP"] == before + 1
    assert all(quiet(record) for record in caplog.records)


@pytest.mark.parametrize("first", [b"Content-Length: 5\r\n\r\nab", b"Transfer-Encoding: chunked\r\n\r\n"])
async def test_a_browser_that_leaves_within_a_body_is_counted(
    port: int, first: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    before = refusals.counts["a body that does not come"]
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST + first)
    await writer.drain()
    writer.close()
    async with asyncio.timeout(10):
        while refusals.counts["a body that does not come"] == before:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0)
    assert all(quiet(record) for record in caplog.records)


@pytest.mark.parametrize("first", [b"", b"GET / HT", REQUEST, REQUEST + b"\r\n" + REQUEST])
async def test_a_connection_without_a_whole_request_is_closed(port: int, first: bytes) -> None:
    await raw(port, first, *[b"X: y\r\n"] * 20, pause_s=0.05)
