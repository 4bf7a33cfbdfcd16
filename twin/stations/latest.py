"""Newest value of every datastream, with age and trend.

An age is the longer of two: by the time of day since the value's own time, and by the clock that nobody sets
since the value came. The time of day is asked anew each time, so a clock that was wrong for a while leaves no
wrong age behind; it is that of ``ForwardClocks``, so a clock set back makes no old value look fresh.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from twin import comparing
from twin.stations.clocks import Clocks
from twin.stations.freshness import dead_after_s, stale_after_s
from twin.stations.model import Datastream, Observation
from twin.stations.network import Network
from twin.stations.properties import over_time
from twin.stations.snapshot import Trend, ValueNow

TREND_VALUES = 6
STEADY_PER_H = {"level": 0.02, "level_below": 0.02, "flow": 0.5, "inflow": 2.0, "release": 2.0}
STEADY_SHARE_PER_H = 0.01


@dataclass(kw_only=True)
class _LatestEntry:
    stream: Datastream
    observation: Observation | None = None
    came_s: float = 0.0
    good: deque[tuple[datetime, float]] = field(default_factory=lambda: deque(maxlen=TREND_VALUES))


class LatestValues:
    """Newest values, from observations in any order."""

    def __init__(self, network: Network, clocks: Clocks) -> None:
        self._clocks = clocks
        self._entries = {id_: _LatestEntry(stream=stream) for id_, stream in network.datastreams.items()}

    def update(self, many: Iterable[Observation]) -> None:
        """Update by observations newer than what is known.

        Or corrections of it.
        """
        elapsed_s = self._clocks.elapsed_s()
        for o in many:
            entry = self._entries.get(o.datastream)
            if entry is None:
                continue
            known = entry.observation
            if known is not None and not _takes_its_place(o, known):
                continue
            corrects = known is not None and o.phenomenon_at == known.phenomenon_at
            entry.observation = o
            if not corrects:
                entry.came_s = elapsed_s
            _remember(entry, o)

    def now(self) -> dict[str, ValueNow]:
        """Return every datastream's newest value.

        One without any has no age.
        """
        now, elapsed_s = self._clocks.now(), self._clocks.elapsed_s()
        return {id_: _value(entry, now, elapsed_s) for id_, entry in self._entries.items()}


def _takes_its_place(o: Observation, known: Observation) -> bool:
    """Whether ``o`` is the newer one of a datastream.

    Where just one of them is ahead of the clock it came under, their times do not compare: what came later is
    newer, else a clock that was an hour fast would hide an hour of true values.
    """
    if (o.reason == "future") != (known.reason == "future"):
        return (o.received_at, o.phenomenon_at) > (known.received_at, known.phenomenon_at)
    return (o.phenomenon_at, o.revision) >= (known.phenomenon_at, known.revision)


def value_at(stream: Datastream, o: Observation | None, at: datetime) -> ValueNow:
    """Return a datastream's value at a past time.

    Its age is the one it had then, and it has no trend.
    """
    return ValueNow(
        datastream=stream.id,
        value=None if o is None else o.value,
        phenomenon_at=None if o is None else o.phenomenon_at,
        age_s=None if o is None else max(0.0, (at - o.phenomenon_at).total_seconds()),
        stale_after_s=stale_after_s(stream),
        dead_after_s=dead_after_s(stream),
        quality="missing" if o is None else o.quality,
        reason="" if o is None else o.reason,
        feed="" if o is None else o.feed,
        received_at=None if o is None else o.received_at,
    )


def _remember(entry: _LatestEntry, o: Observation) -> None:
    if o.value is None or o.quality in ("suspect", "poor"):
        return
    if entry.good and entry.good[-1][0] == o.phenomenon_at:
        entry.good.pop()
    if not entry.good or entry.good[-1][0] < o.phenomenon_at:
        entry.good.append((o.phenomenon_at, o.value))


def _value(entry: _LatestEntry, now: datetime, elapsed_s: float) -> ValueNow:
    stream, o = entry.stream, entry.observation
    stale, dead = stale_after_s(stream), dead_after_s(stream)
    if o is None:
        return ValueNow(
            datastream=stream.id,
            value=None,
            phenomenon_at=None,
            age_s=None,
            stale_after_s=stale,
            dead_after_s=dead,
            quality="missing",
        )
    by_day = (now - o.phenomenon_at).total_seconds()
    by_clock = elapsed_s - entry.came_s
    last = entry.good[-1] if entry.good else None
    return ValueNow(
        datastream=stream.id,
        value=o.value,
        phenomenon_at=o.phenomenon_at,
        age_s=max(0.0, by_day, by_clock),
        stale_after_s=stale,
        dead_after_s=dead,
        quality=o.quality,
        reason=o.reason,
        trend=_trend(entry),
        feed=o.feed,
        last_value=None if last is None or o.value is not None else last[1],
        last_at=None if last is None or o.value is not None else last[0],
        received_at=o.received_at,
    )


def _trend(entry: _LatestEntry) -> Trend | None:
    """By the line that fits the last good values best; nothing where there are fewer than three."""
    if len(entry.good) < 3 or over_time(entry.stream.id) == "amount":
        return None  # what fell in a period neither rises nor falls
    start = entry.good[0][0]
    hours = [(at - start).total_seconds() / 3600.0 for at, _ in entry.good]
    values = [value for _, value in entry.good]
    mean_h, mean = sum(hours) / len(hours), sum(values) / len(values)
    spread = sum((h - mean_h) ** 2 for h in hours)
    slope = sum((h - mean_h) * (v - mean) for h, v in zip(hours, values, strict=True)) / spread
    steady = STEADY_PER_H.get(entry.stream.property, STEADY_SHARE_PER_H * max(abs(mean), 1e-9))
    if not comparing.above(abs(slope), steady):
        return "steady"
    return "rising" if slope > 0 else "falling"
