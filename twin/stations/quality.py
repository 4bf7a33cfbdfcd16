"""Test values automatically, as in QARTOD.

Range, spike, rate of change, flat line. A value is judged by itself and by what came before it of its
datastream; a late one, or a correction, by its range and by what is known beside it in time. A verdict is a
quality and one word of reason.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from twin import comparing
from twin.quantity import Quality
from twin.stations.model import Datastream, StationKind

KEPT = 12
"""Values that are remembered of a datastream."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Usual bounds of a property.

    None leaves a test out. ``low`` and ``high``: outside is "suspect". ``rate_per_h``: a faster change is
    "suspect". ``spike``: a value that stands out from the one before by more than this, where the one before
    did not, is "suspect". ``flat_count``: so many equal values in a row are "suspect" (a stuck sensor).
    """

    low: float | None = None
    high: float | None = None
    rate_per_h: float | None = None
    spike: float | None = None
    flat_count: int | None = None


USUAL: Mapping[str, Bounds] = {
    "rain": Bounds(low=0, high=60),
    "level": Bounds(rate_per_h=3.0, spike=1.0),
    "level_below": Bounds(rate_per_h=3.0, spike=1.5),
    "flow": Bounds(low=0, high=20_000),
    "inflow": Bounds(low=-200, high=15_000),
    "release": Bounds(low=0, high=15_000),
    "water_temperature": Bounds(low=-1, high=38, rate_per_h=6.0),
    "ph": Bounds(low=4, high=11, spike=2.0, flat_count=12),
    "oxygen": Bounds(low=0, high=25, flat_count=12),
    "codmn": Bounds(low=0, high=80, flat_count=12),
    "ammonia": Bounds(low=0, high=60, flat_count=12),
    "phosphorus": Bounds(low=0, high=20, flat_count=12),
    "nitrogen": Bounds(low=0, high=100, flat_count=12),
    "voltage": Bounds(low=9, high=17),
}

STRICTER: Mapping[tuple[StationKind, str], Bounds] = {
    ("reservoir", "level"): Bounds(rate_per_h=0.5, spike=0.3),
}
"""A lake's level is the number that matters most, and cannot move as a brook's does."""


@dataclass
class _Track:
    """The last values of a datastream, and whether the one before was itself a jump."""

    values: deque[tuple[datetime, float]] = field(default_factory=lambda: deque(maxlen=KEPT))
    jumped: bool = False


class QualityControl:
    """Quality control of values in order of arrival.

    Keeps ``KEPT`` values of each datastream, no more.
    """

    def __init__(self) -> None:
        self._tracks: dict[str, _Track] = {}

    def check(
        self, stream: Datastream, kind: StationKind, value: float | None, at: datetime
    ) -> tuple[Quality, str]:
        """Return a value's quality and reason ("" if good)."""
        if value is None:
            return "missing", "missing"
        bounds = STRICTER.get((kind, stream.property)) or USUAL.get(stream.property)
        if bounds is None:
            return "unchecked", ""
        track = self._tracks.setdefault(stream.id, _Track())
        reason = _range(bounds, value)
        if track.values and at <= track.values[-1][0]:
            reason = reason or _late_change(bounds, track, value, at)
            if not reason and at == track.values[-1][0]:  # corrects the newest
                track.values[-1], track.jumped = (at, value), False
            return ("suspect", reason) if reason else ("good", "")
        change = _change(bounds, track, value, at)
        track.jumped = change != "" and not track.jumped
        track.values.append((at, value))
        reason = reason or change or _flat(bounds, track)
        return ("suspect", reason) if reason else ("good", "")


def _range(bounds: Bounds, value: float) -> str:
    below = bounds.low is not None and comparing.above(bounds.low, value)
    return "range" if below or (bounds.high is not None and comparing.above(value, bounds.high)) else ""


def _change(bounds: Bounds, track: _Track, value: float, at: datetime) -> str:
    """A jump from the value before; the second value at the new height is taken for what it is."""
    if not track.values or track.jumped:
        return ""
    return _step(bounds, track.values[-1], (at, value))


def _late_change(bounds: Bounds, track: _Track, value: float, at: datetime) -> str:
    """A jump of a late value, or of a correction, from all that is known beside it in time."""
    before = next((known for known in reversed(track.values) if known[0] < at), None)
    after = next((known for known in track.values if known[0] > at), None)
    steps = [_step(bounds, before, (at, value))] if before is not None else []
    steps += [_step(bounds, (at, value), after)] if after is not None else []
    return steps[0] if steps and all(steps) else ""


def _step(bounds: Bounds, before: tuple[datetime, float], after: tuple[datetime, float]) -> str:
    """The reason why a step between two values is too great; '' where it is not."""
    step, hours = abs(after[1] - before[1]), (after[0] - before[0]).total_seconds() / 3600.0
    if bounds.spike is not None and comparing.above(step, bounds.spike) and hours < 1.0:
        return "spike"
    if bounds.rate_per_h is not None and comparing.above(step, bounds.rate_per_h * max(hours, 1.0 / 12.0)):
        return "rate"
    return ""


def _flat(bounds: Bounds, track: _Track) -> str:
    if bounds.flat_count is None or len(track.values) < bounds.flat_count:
        return ""
    last = [value for _, value in track.values][-bounds.flat_count :]
    return "flat" if comparing.settled(max(last) - min(last)) == 0 else ""
