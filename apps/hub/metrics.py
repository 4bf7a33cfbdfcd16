"""Serve ``/metrics`` for Prometheus.

Open to administrators and to whoever sees all data, such as a program with a token for that. An address is no
proof: behind a proxy everybody comes from this machine.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from apps.counters import REGISTRY
from apps.hub.permissions import needs
from apps.hub.refusal_counter import refusals
from apps.hub.visitor import visitor_of
from apps.memory import process_memory

if TYPE_CHECKING:
    from apps.hub.kept_desks import KeptDesks
    from apps.hub.startup import Startup
    from apps.live.live_feed import LiveFeed
    from apps.painter.pool import PainterPool
    from twin.store import Generation, Store


class MeasuredHub(Protocol):
    """Parts of a hub that are measured at a scrape."""

    shelf: Store
    painter: PainterPool
    startup: Startup
    live: LiveFeed | None
    kept: KeptDesks

    @property
    def open_desks(self) -> int: ...
    @property
    def generation(self) -> Generation | None: ...


def add_routes(app: web.Application, hub: MeasuredHub) -> None:
    """Add ``/metrics``."""
    app.router.add_get("/metrics", _Metrics(hub).respond)


class _Metrics(Collector):
    """What is known of a hub at the moment of a scrape."""

    def __init__(self, hub: MeasuredHub) -> None:
        self._hub = hub
        self._measured: tuple[dict[str, float], float] = {}, 0.0
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    @needs("watch")
    async def respond(self, request: web.Request) -> web.Response:
        """Respond to a scrape."""
        visitor = visitor_of(request)
        if not (visitor.may("administer") or visitor.may_see("restricted")):
            raise web.HTTPForbidden(text="this needs the role administer, or access to restricted data")
        self._measured = await asyncio.to_thread(_measure, self._hub.shelf.folder)
        body = generate_latest(REGISTRY) + generate_latest(self._registry)
        return web.Response(
            body=body, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        )

    def collect(self) -> Iterable[Metric]:
        """Yield the gauges."""
        hub, (memory, free) = self._hub, self._measured
        pool, building = hub.painter.status(), hub.startup.building
        idle = pool.ready - pool.drawing
        yield _gauge(
            "twin_painters", "Painters that can be used.", state={"drawing": pool.drawing, "idle": idle}
        )
        yield _gauge("twin_frames_waiting", "Requests that wait for a painter.", pool.waiting)
        yield _gauge("twin_leases", "Views that have a painter.", pool.leased)
        yield _gauge("twin_tasks", "Tasks of the hub's event loop.", len(asyncio.all_tasks()))
        desks = {"open": hub.open_desks, "asleep": hub.kept.asleep}
        yield _gauge("twin_sessions", "Desks, open and kept.", state=desks)
        yield _gauge("twin_build_running", "Whether a build runs.", float(building is not None))
        yield _gauge(
            "twin_build_progress", "Part of the build that is done.", building.done if building else 1.0
        )
        yield _gauge("twin_build_failed", "Whether the last build failed.", float(hub.startup.build_failed))
        yield _gauge("twin_memory_bytes", "Memory of processes (PSS).", process=memory)
        yield _gauge("twin_store_free_bytes", "Free space of the store's disk.", free)
        refused = CounterMetricFamily(
            "twin_refused", "Messages that were refused and browsers that were cut.", labels=["kind"]
        )
        for kind, count in refusals.counts.items():
            refused.add_metric([kind], count)
        yield refused
        if (generation := hub.generation) is not None:
            labels = {"generation": generation.id, "catalog": generation.catalog}
            info = GaugeMetricFamily("twin_generation_info", "Generation that is shown.", labels=list(labels))
            info.add_metric(list(labels.values()), 1.0)
            yield info
            made_s = datetime.fromisoformat(generation.created).timestamp()
            yield _gauge("twin_generation_created_seconds", "When it was built, s since 1970.", made_s)
        if hub.live is not None:
            yield from _live(hub.live)


def _live(live: LiveFeed) -> Iterator[Metric]:
    client = live.client
    yield _gauge("twin_live_connected", "Whether the live service is heard.", float(client.connected))
    if (now := client.now) is None:
        return
    yield _gauge("twin_live_trouble", "Whether values cannot be stored or judged.", float(bool(now.trouble)))
    ages: dict[str, float] = {}
    for name, value in now.values.items():
        if value.age_s is not None:
            age_s = value.age_s + client.elapsed_s(name)
            ages[value.feed] = min(age_s, ages.get(value.feed, age_s))
    if ages:
        yield _gauge("twin_last_observation_age_seconds", "Age of the newest value.", min(ages.values()))
    told = "Age of a feed's newest value."
    yield _gauge("twin_feed_last_observation_age_seconds", told, feed=ages)
    running = {feed.id: float(feed.state == "running") for feed in now.feeds}
    yield _gauge("twin_feed_running", "Whether a feed runs.", feed=running)
    accepted = CounterMetricFamily(
        "twin_feed_accepted", "Readings of a feed that were kept.", labels=["feed"]
    )
    refused = CounterMetricFamily(
        "twin_feed_refused", "Messages and readings that were refused.", labels=["feed", "reason"]
    )
    for feed in now.feeds:
        accepted.add_metric([feed.id], feed.accepted)
        for reason, count in (feed.refused or {}).items():
            refused.add_metric([feed.id, reason], count)
    yield from (accepted, refused)
    standing = Counter(str(alarm.rank) for alarm in now.alarms)
    ranks = {str(rank): float(standing[str(rank)]) for rank in range(1, 5)}
    yield _gauge("twin_alarms_standing", "Standing alarms; rank 1 is the gravest.", rank=ranks)


def _gauge(name: str, what: str, value: float | None = None, **by: Mapping[str, float]) -> Metric:
    """One value, or one for each value of one label."""
    family = GaugeMetricFamily(name, what, value=value, labels=list(by) or None)
    for values in by.values():
        for label, one in values.items():
            family.add_metric([label], one)
    return family


def _measure(store: Path) -> tuple[dict[str, float], float]:
    """Memory by process, bytes, and free space of the store's disk."""
    while not store.exists():
        store = store.parent
    return process_memory(), float(shutil.disk_usage(store).free)
