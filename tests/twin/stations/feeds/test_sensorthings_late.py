"""SensorThings: what comes late, what is corrected, and links of services that call themselves otherwise."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.twin.stations.feeds.memory import gate, running, until
from tests.twin.stations.nets import network
from twin.stations.clocks import SystemClocks
from twin.stations.feeds.base import FeedError
from twin.stations.feeds.sensorthings import FAR_EVERY_S, SensorThings, SensorThingsSpec

NETWORK = network()
NOW = datetime.now(UTC).replace(microsecond=0)


class Service:
    """One datastream behind a name of its own; pages of three."""

    def __init__(self) -> None:
        self.rows: dict[datetime, Any] = {}
        self.name = "http://frost:8080/FROST-Server/v1.1"
        self.next_link = ""
        self.looks = 0
        self.asked: list[str] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.host}{request.path}")
        if request.path == "/sta/v1.1/Datastreams":
            stream = {
                "@iot.selfLink": f"{self.name}/Datastreams('a-1')",
                "unitOfMeasurement": {"symbol": "m"},
                "Thing": {"name": " 31000001 "},
                "ObservedProperty": {"name": "level"},
            }
            other = stream | {"ObservedProperty": {"name": "Stage (raw)"}}
            foreign = stream | {"Thing": {"name": "elsewhere"}}
            return web.json_response({"value": [stream, other, foreign]})
        assert request.path == "/sta/v1.1/Datastreams('a-1')/Observations"
        since = re.search(r"gt ([^&]+)", unquote(request.query_string))
        assert since is not None
        skip = int(request.query.get("$skip", "0"))
        self.looks += skip == 0
        newer = sorted(at for at in self.rows if at > datetime.fromisoformat(since[1]))
        page: dict[str, Any] = {
            "value": [
                {"phenomenonTime": at.isoformat(), "result": self.rows[at]} for at in newer[skip : skip + 3]
            ]
        }
        if len(newer) > skip + 3:
            query = f"$filter=phenomenonTime gt {since[1]}&$skip={skip + 3}"
            page["@iot.nextLink"] = self.next_link or f"{self.name}/Datastreams('a-1')/Observations?{query}"
        return web.json_response(page)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def url(service: Service) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", service.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/sta/v1.1"))


def feed(url: str, *, clock_s: Any = None, **more: Any) -> SensorThings:
    spec = SensorThingsSpec.model_validate(
        {
            "id": "sta",
            "title": {"zh": "服务", "en": "service"},
            "driver": "sensorthings",
            "stations": "stations",
            "url": url,
            "every_s": 0.02,
        }
        | more
    )
    extra = {} if clock_s is None else {"clock_s": clock_s}
    return SensorThings(spec, NETWORK, clocks=SystemClocks(), **extra)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


async def test_links_that_name_another_host_are_followed_on_the_feed_s_own_base(
    service: Service, url: str
) -> None:
    service.rows = {ago(5 * k): 1.0 + k / 100 for k in range(1, 12)}
    intake, kept = gate(NETWORK)
    async with running(feed(url), intake) as task:
        await until(lambda: len(kept.rows) == 11, task)
    host = url.split("/")[2]
    assert {asked.split("/")[0] for asked in service.asked} == {host}


async def test_a_backlog_and_a_correction_after_newer_values_come_through(service: Service, url: str) -> None:
    service.rows = {ago(5): 1.5}
    intake, kept = gate(NETWORK)
    async with running(feed(url), intake) as task:
        await until(lambda: len(kept.rows) == 1, task)
        service.rows |= {ago(60): 1.3, ago(55): 1.35}
        await until(lambda: len(kept.rows) == 3, task)
        service.rows[ago(60)] = 1.31
        await until(lambda: len(kept.rows) == 4, task)
        service.rows[ago(60)] = 1.3
        looked = service.looks
        await until(lambda: service.looks > looked + 1, task)
    assert kept.values("31000001.level") == [1.3, 1.31, 1.35, 1.5]


async def test_what_is_later_than_the_overlap_comes_with_the_far_look(service: Service, url: str) -> None:
    service.rows = {ago(5): 1.5}
    now = [0.0]
    intake, kept = gate(NETWORK)
    async with running(feed(url, clock_s=lambda: now[0], overlap_min=30), intake) as task:
        await until(lambda: len(kept.rows) == 1, task)
        service.rows[ago(20 * 60)] = 1.1
        looked = service.looks
        await until(lambda: service.looks > looked + 2, task)
        assert len(kept.rows) == 1, "it lies further back than each poll looks"
        now[0] = FAR_EVERY_S + 1
        await until(lambda: len(kept.rows) == 2, task)
    assert kept.values("31000001.level") == [1.1, 1.5]


async def test_the_same_refusal_is_counted_once(service: Service, url: str) -> None:
    service.rows = {ago(5): "high", ago(10): 1.5}
    intake, kept = gate(NETWORK)
    async with running(feed(url), intake) as task:
        await until(lambda: service.looks > 5, task)
    assert intake.refused("sta") == {"no-number": 1, "unknown-property": 1}
    assert {(r.reason, r.station) for r in intake.listed_refusals("sta")} >= {
        ("unknown-property", "31000001")
    }
    assert len(kept.rows) == 1


async def test_pages_that_lead_in_a_circle_end(service: Service, url: str) -> None:
    service.rows = {ago(5 * k): 1.0 + k / 100 for k in range(1, 9)}
    service.next_link = "Datastreams('a-1')/Observations?$filter=phenomenonTime gt 2000-01-01T00:00:00Z"
    intake, kept = gate(NETWORK)
    async with running(feed(url), intake) as task:
        await until(lambda: "page-loop" in intake.refused("sta"), task)
        await until(lambda: len(kept.rows) >= 3, task)


@pytest.mark.parametrize(
    "link",
    [
        "http://169.254.169.254/latest/meta-data",
        "//evil.example.org/x",
        "file:///etc/passwd",
        "http://frost/v1.1/Datastreams('a-1')/../../admin",
        "http://frost/Things(1)",
    ],
)
async def test_a_link_that_leads_nowhere_here_is_not_followed(service: Service, url: str, link: str) -> None:
    service.rows = {ago(5 * k): 1.0 + k / 100 for k in range(1, 9)}
    service.next_link = link
    intake, _ = gate(NETWORK)
    with pytest.raises(FeedError, match="leads to another host"):
        await feed(url).run(intake)


async def test_the_site_s_word_on_units_wins(service: Service, url: str) -> None:
    service.rows = {ago(5): 150.0}
    intake, kept = gate(NETWORK)
    async with running(feed(url, units={"level": "cm"}), intake) as task:
        await until(lambda: len(kept.rows) == 1, task)
    assert kept.values("31000001.level") == [1.5]
