"""Feeds over HTTP against a real server: mapped JSON, and SensorThings with pages and outages."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.stations.feeds.memory import gate, running, until
from tests.twin.stations.nets import network
from twin.stations.clocks import SystemClocks
from twin.stations.feeds.base import FeedContext, FeedError, make_feed
from twin.stations.feeds.document import DocumentError, parse_document
from twin.stations.feeds.http import HttpPoll, HttpSpec
from twin.stations.feeds.json_map import JsonMap
from twin.stations.feeds.mapped_json import Mapper
from twin.stations.feeds.sensorthings import SensorThings, SensorThingsSpec

ZONE = ZoneInfo("Asia/Shanghai")
NETWORK = network()
NOW = datetime.now(UTC).replace(microsecond=0)
MAP = {
    "items": "data.rows",
    "station": "code",
    "property": "kind",
    "value": "v",
    "time": "at",
    "properties": {"Z": "level"},
}


class Source:
    """A server whose answers a test decides."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.down = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(unquote(request.path_qs))
        self.headers.append(dict(request.headers))
        if self.down:
            return web.Response(status=503)
        answer = self.answers[request.path]
        return await answer(request) if callable(answer) else answer

    def at(self, server: TestServer, path: str) -> str:
        return str(server.make_url(path))


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
async def server(source: Source) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", source.handle)
    async with TestServer(app, host="127.0.0.1") as it:
        yield it


def http_feed(url: str, **more: Any) -> HttpSpec:
    return HttpSpec.model_validate(
        {
            "id": "web",
            "title": {"zh": "网", "en": "web"},
            "driver": "http",
            "stations": "stations",
            "url": url,
            "every_s": 0.02,
            "map": MAP,
        }
        | more
    )


def rows(*values: Any) -> dict[str, Any]:
    start = NOW - timedelta(hours=1)
    return {
        "data": {
            "rows": [
                {
                    "code": "31000001",
                    "kind": "Z",
                    "v": value,
                    "at": (start + k * timedelta(minutes=5)).isoformat(),
                }
                for k, value in enumerate(values)
            ]
        }
    }


async def test_mapped_json_is_polled_and_what_is_wrong_in_it_refused(
    source: Source, server: TestServer
) -> None:
    source.answers["/now"] = web.json_response(rows(1.5, "1.6", 1.7))
    intake, kept = gate(NETWORK)
    source.answers["/now"] = lambda request: _respond(rows(1.5, "1.6", 1.7))
    async with running(HttpPoll(http_feed(source.at(server, "/now")), zone=ZONE), intake) as task:
        await until(lambda: len(source.asked) > 2, task)
        assert kept.values("31000001.level") == [1.5, 1.7]
        assert set(intake.refused("web")) == {"no-number"}


async def _respond(document: Any, **more: Any) -> web.Response:
    return web.json_response(document, **more)


async def test_texts_are_numbers_where_the_map_says_so_and_times_are_the_sites(
    source: Source, server: TestServer
) -> None:
    document = [{"s": 31000001, "p": "level", "x": "1.25", "t": "2026-07-28 14:00:00"}]
    source.answers["/now"] = lambda request: _respond(document)
    map_ = {"station": "s", "property": "p", "value": "x", "time": "t", "text": True, "items": "@"}
    intake, kept = gate(NETWORK)
    feed = HttpPoll(http_feed(source.at(server, "/now"), map=map_), zone=ZONE)
    async with running(feed, intake) as task:
        await until(lambda: bool(kept.rows), task)
    assert kept.rows[0].phenomenon_at == datetime(2026, 7, 28, 6, 0, tzinfo=UTC)
    assert kept.rows[0].value == 1.25


async def test_an_unchanged_document_is_not_sent_again(source: Source, server: TestServer) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"7"':
            return web.Response(status=304)
        return web.json_response(rows(1.5), headers={"ETag": '"7"'})

    source.answers["/now"] = answer
    intake, kept = gate(NETWORK)
    async with running(HttpPoll(http_feed(source.at(server, "/now")), zone=ZONE), intake) as task:
        await until(lambda: len(source.asked) > 3, task)
    assert all("If-None-Match" in headers for headers in source.headers[1:])
    assert kept.values("31000001.level") == [1.5]


async def test_a_token_is_sent(source: Source, server: TestServer) -> None:
    source.answers["/now"] = lambda request: _respond(rows(1.5))
    intake, kept = gate(NETWORK)
    feed = HttpPoll(http_feed(source.at(server, "/now")), zone=ZONE, token="s3cret")
    async with running(feed, intake) as task:
        await until(lambda: bool(kept.rows), task)
    assert source.headers[0]["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (web.Response, "answers 500"),
        (lambda status: web.Response(status=302, headers={"Location": "http://other/"}), "answers 302"),
        (lambda status: web.Response(body=b"[" + b" " * (9 << 20) + b"]"), "more than 8 MiB"),
    ],
)
async def test_a_source_that_answers_badly_is_away(
    source: Source, server: TestServer, answer: Any, words: str
) -> None:
    async def respond(request: web.Request) -> web.Response:
        made: web.Response = answer(status=500)
        return made

    source.answers["/now"] = respond
    intake, _ = gate(NETWORK)
    with pytest.raises(FeedError, match=words):
        await HttpPoll(http_feed(source.at(server, "/now")), zone=ZONE).run(intake)


async def test_a_source_that_is_not_there_is_away() -> None:
    intake, _ = gate(NETWORK)
    with pytest.raises(FeedError, match=r"cannot be reached: nobody answers there \(connection refused\)$"):
        await HttpPoll(http_feed("http://127.0.0.1:9/now", timeout_s=2), zone=ZONE).run(intake)


async def test_a_host_s_name_that_is_none_is_told_in_our_words() -> None:
    intake, _ = gate(NETWORK)
    with pytest.raises(FeedError, match=r"cannot be reached: is no address$"):
        await HttpPoll(http_feed("http://a..b/now", timeout_s=2), zone=ZONE).run(intake)


async def test_a_token_s_line_end_is_taken_off_and_one_within_it_refused(
    source: Source, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made() -> Any:
        spec = http_feed(source.at(server, "/now"), token_env="TWIN_TOKEN")
        return make_feed(spec, FeedContext(network=NETWORK, zone=ZONE, clocks=SystemClocks()))

    source.answers["/now"] = lambda request: _respond(rows(1.5))
    intake, kept = gate(NETWORK)
    monkeypatch.setenv("TWIN_TOKEN", "s3cret\r\n")
    async with running(made(), intake) as task:
        await until(lambda: bool(kept.rows), task)
    assert source.headers[0]["Authorization"] == "Bearer s3cret"
    monkeypatch.setenv("TWIN_TOKEN", "s3\ncret")
    with pytest.raises(FeedError, match="TWIN_TOKEN holds a line's end"):
        await made().run(intake)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a": NaN}', "not-finite"),
        (b'{"a": 1e400}', "not-finite"),
        (b'{"a": Infinity}', "not-finite"),
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b"[" * 100_000 + b"]" * 100_000, "no-json"),
        (b'{"a": "\xff"}', "not-utf-8"),
        (b'{"a": ', "no-json"),
        (b"", "no-json"),
        (b'["' + b"x" * (9 << 20) + b'"]', "too-large"),
        (b"1" * 5000, "not-finite"),
    ],
)
def test_json_that_is_none_is_refused_for_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        parse_document(data)


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["data", "rows", "code", "kind", "v", "at"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(documents)
async def test_whatever_a_document_holds_each_item_is_taken_or_refused(document: Any) -> None:
    mapper = Mapper(JsonMap.model_validate(MAP), zone=ZONE)
    intake, _ = gate(NETWORK)
    try:
        found = list(mapper.readings(document))
    except DocumentError:
        return
    receipt = await intake.deliver("web", found)
    assert receipt.accepted + receipt.refused == len(found)


# -- SensorThings -----------------------------------------------------------------------------------------


class Things:
    """A SensorThings service with one datastream, two observations a page."""

    def __init__(self, source: Source, server: TestServer) -> None:
        self.observations: list[tuple[datetime, Any]] = []
        self.base = source.at(server, "/v1.1")
        source.answers["/v1.1/Datastreams"] = self._streams
        source.answers["/v1.1/Datastreams(1)/Observations"] = self._page

    async def _streams(self, request: web.Request) -> web.Response:
        stream = {
            "@iot.selfLink": f"{self.base}/Datastreams(1)",
            "unitOfMeasurement": {"symbol": "cm"},
            "Thing": {"name": "Yunxi", "properties": {"code": "31000001"}},
            "ObservedProperty": {"name": "Water Level"},
        }
        return web.json_response({"value": [stream, {"@iot.selfLink": "x", "Thing": {}}, "odd"]})

    async def _page(self, request: web.Request) -> web.Response:
        since = re.search(r"gt ([^&]+)", unquote(request.query_string))
        skip = int(request.query.get("$skip", "0"))
        assert since is not None
        first = datetime.fromisoformat(since.group(1))
        newer = sorted((o for o in self.observations if o[0] > first), key=lambda o: o[0])
        page: dict[str, Any] = {
            "value": [
                {"phenomenonTime": f"{at.isoformat()}/{at.isoformat()}", "result": result}
                for at, result in newer[skip : skip + 2]
            ]
        }
        if len(newer) > skip + 2:
            query = f"$filter=phenomenonTime gt {since.group(1)}&$skip={skip + 2}"
            page["@iot.nextLink"] = f"{self.base}/Datastreams(1)/Observations?{query}"
        return web.json_response(page)


@pytest.fixture
def things(source: Source, server: TestServer) -> Things:
    return Things(source, server)


def sensorthings(things: Things) -> SensorThings:
    spec = SensorThingsSpec.model_validate(
        {
            "id": "sta",
            "title": {"zh": "服务", "en": "service"},
            "driver": "sensorthings",
            "stations": "stations",
            "url": things.base,
            "every_s": 0.02,
            "station": "properties.code",
            "properties": {"Water Level": "level"},
        }
    )
    return SensorThings(spec, NETWORK, clocks=SystemClocks())


def at(minute: int) -> datetime:
    return NOW - timedelta(hours=2) + timedelta(minutes=minute)


async def test_observations_come_page_by_page_in_our_unit_and_new_ones_follow(things: Things) -> None:
    things.observations = [(at(5 * k), 100 + k) for k in range(5)]
    intake, kept = gate(NETWORK)
    async with running(sensorthings(things), intake) as task:
        await until(lambda: len(kept.rows) == 5, task)
        things.observations.append((at(30), 150.0))
        await until(lambda: len(kept.rows) == 6, task)
    assert kept.values("31000001.level") == pytest.approx([1.0, 1.01, 1.02, 1.03, 1.04, 1.5])


async def test_what_was_missed_while_the_service_was_away_is_fetched(things: Things, source: Source) -> None:
    things.observations = [(at(0), 100.0)]
    feed = sensorthings(things)
    intake, kept = gate(NETWORK)
    async with running(feed, intake) as task:
        await until(lambda: len(kept.rows) == 1, task)
        source.down = True
        with pytest.raises(FeedError, match="answers 503"):
            await task
    things.observations += [(at(5 * k), 100.0 + k) for k in range(1, 12)]
    source.down = False
    async with running(feed, intake) as task:
        await until(lambda: len(kept.rows) == 12, task)
    assert kept.values("31000001.level") == pytest.approx([1.0 + k / 100 for k in range(12)])


async def test_a_next_link_to_another_host_is_not_followed(things: Things, source: Source) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.json_response({"value": [{"result": 1}], "@iot.nextLink": "http://169.254.169.254/latest"})

    source.answers["/v1.1/Datastreams(1)/Observations"] = page
    intake, _ = gate(NETWORK)
    with pytest.raises(FeedError, match="another host"):
        await sensorthings(things).run(intake)


async def test_a_page_that_is_no_json_is_refused_and_counted(things: Things, source: Source) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(body=b'{"value": [{"result": NaN}]}')

    source.answers["/v1.1/Datastreams(1)/Observations"] = page
    intake, kept = gate(NETWORK)
    async with running(sensorthings(things), intake) as task:
        await until(lambda: bool(intake.refused("sta")), task)
    assert set(intake.refused("sta")) == {"not-finite"}
    assert kept.rows == []


def test_json_is_what_the_standard_library_says_where_it_is_sound() -> None:
    text = json.dumps(rows(1.5, None, -3))
    assert parse_document(text) == json.loads(text)
