"""Prometheus counters and histograms of the hub's process.

Counted where it happens; :mod:`apps.hub.metrics` adds what is asked for at a scrape. Labels have few values,
all of them written in the program: nothing that a browser or a feed sends becomes one.
"""

from __future__ import annotations

import asyncio

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
FRAMES = ("wall", "moving", "quick", "still")
_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
LOOK_EVERY_S = 0.5

FRAME_WAIT = Histogram(
    "twin_frame_wait_seconds",
    "Time a frame waited for a painter.",
    ["kind"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
FRAME_DRAW = Histogram(
    "twin_frame_draw_seconds",
    "Time a painter took for a frame; its count is the frames drawn.",
    ["kind"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
ACTS = Counter("twin_acts", "Lines of the audit journal.", ["act"], registry=REGISTRY)
CHILD_ENDS = Counter(
    "twin_child_ends", "Ends of child processes that should run.", ["child"], registry=REGISTRY
)
LOOP_LAG = Histogram(
    "twin_event_loop_lag_seconds",
    "Delay of the hub's event loop, measured twice a second.",
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
    registry=REGISTRY,
)

for _kind in FRAMES:  # a series that is not there yet cannot be told from one that nobody counts
    FRAME_WAIT.labels(_kind)
    FRAME_DRAW.labels(_kind)


async def watch_loop() -> None:
    """Measure the event loop's delay until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due_s = loop.time() + LOOK_EVERY_S
        await asyncio.sleep(LOOK_EVERY_S)
        LOOP_LAG.observe(max(0.0, loop.time() - due_s))
