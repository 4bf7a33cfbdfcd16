"""Prometheus learns how a server is, and nobody else does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from apps import counters
from apps.build_process import BuildState
from apps.counters import REGISTRY
from apps.hub.audit import AuditJournal
from apps.hub.gate import Gate
from apps.hub.hub_server import Hub
from apps.hub.kept_desks import KeptDesks
from apps.hub.metrics import add_routes
from apps.hub.permissions import permissions
from apps.hub.refusal_counter import refusals
from apps.hub.visitor import Visitor
from apps.painter.pool import PoolStatus
from apps.parts.part import writable
from apps.rooms import desk
from tests.apps.hub.bot import Bot
from tests.apps.hub.test_hub import opened
from twin.stations.snapshot import AlarmNow, FeedNow, Now, ValueNow
from twin.store import Generation, Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    families = text_string_to_metric_families(text)
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in families
        for one in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, tuple(sorted(labels.items()))]


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Pool:
    def status(self) -> PoolStatus:
        return PoolStatus(ready=2, drawing=1, waiting=3, leased=4)


@dataclass
class Opening:
    building: BuildState | None = None
    build_failed: bool = False


@dataclass
class Client:
    now: Now | None = None
    connected: bool = True

    def elapsed_s(self, datastream: str) -> float:
        return 5.0


@dataclass
class Live:
    client: Client


@dataclass
class Measured:
    """A hub that nobody has to start."""

    shelf: Store
    painter: Any = field(default_factory=Pool)
    startup: Any = field(default_factory=Opening)
    live: Any = None
    kept: KeptDesks = field(default_factory=KeptDesks)
    open_desks: int = 2
    generation: Generation | None = None


def visitor(request: web.Request) -> Visitor | None:
    role: Any = request.headers.get("role")
    sees: Any = request.headers.get("sees", "public")
    return None if role is None else Visitor(name="li", role=role, sees=sees)


async def scraped(hub: Measured, **headers: str) -> tuple[int, str]:
    app = web.Application(middlewares=[permissions(visitor)])
    add_routes(app, hub)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/metrics", headers=headers)
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"role": "watch"}, 403),
        ({"role": "operate", "sees": "internal"}, 403),
        ({"role": "watch", "sees": "restricted"}, 200),
        ({"role": "administer"}, 200),
    ],
)
async def test_an_administrator_may_ask_and_who_sees_everything(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    assert (await scraped(Measured(Store(tmp_path)), **headers))[0] == status


async def test_a_scrape_tells_painters_sessions_build_and_memory(tmp_path: Path) -> None:
    generation = Generation(id="abc", catalog="small", created="2026-01-01T00:00:00Z", products={})
    startup = Opening(building=BuildState(title={}, done=0.25, seconds_left=9))
    _, text = await scraped(
        Measured(Store(tmp_path), generation=generation, startup=startup), role="administer"
    )
    found = samples(text)
    assert value(found, "twin_painters", state="drawing") == value(found, "twin_painters", state="idle") == 1
    assert value(found, "twin_frames_waiting") == 3 and value(found, "twin_leases") == 4
    assert value(found, "twin_sessions", state="open") == 2
    assert value(found, "twin_tasks") >= 1
    assert value(found, "twin_sessions", state="asleep") == 0
    assert value(found, "twin_build_running") == 1 and value(found, "twin_build_progress") == 0.25
    assert value(found, "twin_generation_info", generation="abc", catalog="small") == 1
    assert value(found, "twin_generation_created_seconds") == NOW.timestamp()
    assert value(found, "twin_memory_bytes", process="hub") > 1e6
    assert value(found, "twin_store_free_bytes") > 0
    assert value(found, "process_cpu_seconds_total") > 0
    assert value(found, "twin_frame_draw_seconds_count", kind="moving") >= 0


async def test_feeds_have_an_age_and_it_goes_on(tmp_path: Path) -> None:
    def of(name: str, feed: str, age_s: float | None) -> ValueNow:
        return ValueNow(
            datastream=name,
            value=1.0,
            phenomenon_at=NOW,
            age_s=age_s,
            stale_after_s=60,
            dead_after_s=600,
            feed=feed,
        )

    def feed(id_: str, state: Any) -> FeedNow:
        refused = {"unit": 4}
        return FeedNow(id=id_, title={}, driver="mqtt", state=state, since=NOW, accepted=7, refused=refused)

    alarm = AlarmNow(
        id="1",
        station="s",
        datastream="a",
        rule="level",
        rank=1,
        state="unacknowledged",
        text={},
        raised_at=NOW - timedelta(hours=1),
        changed_at=NOW,
    )
    values = [of("a", "river", 10.0), of("b", "river", 90.0), of("c", "rain", 1000.0), of("d", "rain", None)]
    now = Now(
        values={one.datastream: one for one in values},
        feeds=(feed("river", "running"), feed("rain", "waiting")),
        alarms=(alarm,),
        trouble="full",
    )
    _, text = await scraped(Measured(Store(tmp_path), live=Live(Client(now))), role="administer")
    found = samples(text)
    assert value(found, "twin_feed_last_observation_age_seconds", feed="river") == 15.0
    assert value(found, "twin_feed_last_observation_age_seconds", feed="rain") == 1005.0
    assert value(found, "twin_last_observation_age_seconds") == 15.0
    assert (
        value(found, "twin_feed_running", feed="river") == 1 != value(found, "twin_feed_running", feed="rain")
    )
    assert value(found, "twin_feed_accepted_total", feed="rain") == 7
    assert value(found, "twin_feed_refused_total", feed="rain", reason="unit") == 4
    assert value(found, "twin_live_connected") == value(found, "twin_live_trouble") == 1
    assert value(found, "twin_alarms_standing", rank="1") == 1
    assert value(found, "twin_alarms_standing", rank="4") == 0


async def test_before_the_live_service_is_heard_no_age_is_made_up(tmp_path: Path) -> None:
    live = Live(Client(connected=False))
    _, text = await scraped(Measured(Store(tmp_path), live=live), role="administer")
    found = samples(text)
    assert value(found, "twin_live_connected") == 0
    assert not [name for name, _ in found if "age" in name]


async def test_nothing_that_a_browser_sends_becomes_a_label(tmp_path: Path) -> None:
    gate = Gate(writable(desk.PARTS), {})
    before = refusals.counts["state"]
    for k in range(50):
        gate.allowed_changes([{"key": f"secret{k} x", "value": 1}, {"key": "language", "value": k}, k])
    _, text = await scraped(Measured(Store(tmp_path)), role="administer")
    assert value(samples(text), "twin_refused_total", kind="state") == before + 100
    assert "secret" not in text


def test_acts_of_the_audit_journal_are_counted(tmp_path: Path) -> None:
    before = counted("twin_acts_total", act="sign_in_refused")
    AuditJournal(tmp_path / "audit.jsonl").record("li", "sign_in_refused")
    assert counted("twin_acts_total", act="sign_in_refused") == before + 1


@pytest.fixture
async def url(small_basin: Path) -> AsyncIterator[str]:
    async with TestServer(Hub(small_basin, painters=1).app) as server:
        yield str(server.make_url("/"))


async def test_a_hub_counts_what_it_draws(url: str) -> None:
    stills = counted("twin_frame_draw_seconds_count", kind="still")
    async with Bot(url) as bot:
        await opened(bot)
        async with ClientSession() as session, session.get(f"{url}metrics") as answer:
            found = samples(await answer.text())
        assert value(found, "twin_sessions", state="open") == 1
        assert value(found, "twin_frame_draw_seconds_count", kind="still") > stills
        assert value(found, "twin_memory_bytes", process="painter") > 1e7
        assert sum(value(found, "twin_painters", state=state) for state in ("idle", "drawing")) == 1
        (generation,) = [dict(labels)["generation"] for name, labels in found if name.endswith("_info")]
        assert re.fullmatch(r"[0-9a-f]{12}", generation)


async def test_every_alert_asks_for_a_metric_that_there_is(tmp_path: Path, project: Path) -> None:
    value_now = ValueNow(
        datastream="a", value=1.0, phenomenon_at=NOW, age_s=1.0, stale_after_s=60, dead_after_s=600
    )
    feed = FeedNow(id="river", title={}, driver="mqtt", state="running", since=NOW)
    now = Now(values={"a": value_now}, feeds=(feed,))
    counters.CHILD_ENDS.labels("painter")
    counters.ACTS.labels("sign_in_refused")
    _, text = await scraped(Measured(Store(tmp_path), live=Live(Client(now))), role="administer")
    there = {name for name, _ in samples(text)}
    groups = yaml.safe_load((project / "docs" / "alerts.yml").read_text("utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) > 8
    for rule in rules:
        asked = set(re.findall(r"\btwin_\w+", rule["expr"]))
        assert asked <= there and (asked or "up{" in rule["expr"]), rule["alert"]
        assert rule["annotations"]["summary"] and rule["labels"]["severity"] in ("warning", "critical")
