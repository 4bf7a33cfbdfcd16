"""Answers of other people's servers that are too much, packed, damaged or elsewhere."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from twin.stations.feeds.base import FeedError
from twin.stations.feeds.http import HttpPoll, HttpSpec
from twin.stations.feeds.web import Answer, Fetcher
from twin.stations.intake import PART, Receipt
from twin.stations.model import Reading

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]
BODY = json.dumps({"v": 152.3}).encode()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[TestServer] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", handler)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server()
        servers.append(server)
        return str(server.make_url("/now"))

    yield start
    for server in servers:
        await server.close()


async def fetch(url: str) -> Answer | None:
    async with Fetcher(url, timeout_s=5) as fetcher:
        return await fetcher.get(url)


def answer(body: bytes, **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return handle


@pytest.mark.parametrize(
    ("body", "coding"),
    [(BODY, "identity"), (gzip.compress(BODY), "gzip"), (zlib.compress(BODY), "deflate")],
    ids=["identity", "gzip", "deflate"],  # packed bytes hold the time: two workers would collect other names
)
async def test_packed_answers_are_unpacked(serve: Serve, body: bytes, coding: str) -> None:
    url = await serve(answer(body, Content_Encoding=coding, Content_Type="application/json; charset=GBK"))
    found = await fetch(url)
    assert found is not None and (found.data, found.charset) == (BODY, "GBK")


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (gzip.compress(b" " * (20 << 20)), "gzip", "more than 8 MiB"),
        (b" " * (9 << 20), "identity", "more than 8 MiB"),
        (gzip.compress(BODY)[:-9], "gzip", "end too early"),
        (b"no gzip", "gzip", "damaged"),
        (BODY, "br", "packed as 'br'"),
    ],
    ids=["bomb", "large", "cut off", "no gzip", "unknown"],
)
async def test_what_is_too_much_or_damaged_is_one_line(
    serve: Serve, body: bytes, coding: str, words: str
) -> None:
    url = await serve(answer(body, Content_Encoding=coding))
    with pytest.raises(FeedError, match=words):
        await fetch(url)


async def test_a_way_on_the_same_host_is_followed_another_host_is_named(serve: Serve) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/now":
            return web.Response(status=301, headers={"Location": "/then"})
        return web.Response(body=BODY)

    found = await fetch(await serve(handle))
    assert found is not None and found.data == BODY

    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/latest?token=x"})

    with pytest.raises(
        FeedError, match=r"leads to http://169\.254\.169\.254/latest: where that is the right"
    ):
        await fetch(await serve(away))

    async def round_and_round(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/now"})

    with pytest.raises(FeedError, match="leads on and on"):
        await fetch(await serve(round_and_round))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/now", "nobody answers there"),
        ("http://no-such-host.invalid/now", "no such host is known"),
    ],
)
async def test_where_nobody_is_our_words_say_so(url: str, words: str) -> None:
    with pytest.raises(FeedError, match=words):
        await fetch(url)


async def test_a_server_that_hangs_up_is_one_line(serve: Serve) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    with pytest.raises(FeedError, match="hung up"):
        await fetch(await serve(handle))


class Counting:
    """An intake that keeps at once, and notes how many turns others had before each delivery."""

    def __init__(self) -> None:
        self.turns = 0
        self.sizes: list[int] = []
        self.turns_before: list[int] = []

    async def deliver(self, feed: str, readings: Sequence[Reading]) -> Receipt:
        self.sizes.append(len(readings))
        self.turns_before.append(self.turns)
        return Receipt(accepted=len(readings))

    def refuse(self, feed: str, reason: str, message: bytes | str, *, station: str = "") -> None:
        raise AssertionError(reason)

    async def others(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)


async def test_a_large_document_leaves_the_event_loop_to_others_between_its_parts(serve: Serve) -> None:
    """At once it would hold the service for seconds, which is then taken for hung and ended."""
    start, count = datetime(2026, 7, 1, tzinfo=UTC), 5 * PART + 1
    body = [{"v": 1.5, "t": (start + timedelta(minutes=k)).isoformat()} for k in range(count)]
    told = {"station": "'31000001'", "property": "'level'", "value": "v", "time": "t", "items": "@"}
    basic = {"id": "f", "title": {"zh": "源", "en": "feed"}, "driver": "http", "stations": "s"}
    url = await serve(answer(json.dumps(body).encode()))
    spec = HttpSpec.model_validate(basic | {"url": url, "every_s": 60.0, "map": told})
    intake = Counting()
    tasks = [
        asyncio.create_task(HttpPoll(spec, zone=ZoneInfo("Asia/Shanghai")).run(intake)),
        asyncio.create_task(intake.others()),
    ]
    try:
        async with asyncio.timeout(20):
            while sum(intake.sizes) < count:
                await asyncio.sleep(0)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert intake.sizes == [*[PART] * 5, 1]
    assert len(set(intake.turns_before)) == 6
