"""Snapshot of newest values, alarms and feeds, for screens.

Ages are given, not computed from a clock of the reader's: a value's age goes on by the reader's monotonic
clock, so no step of a clock makes an old value look fresh.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Literal

from twin.errors import Reason
from twin.quantity import Quality
from twin.stations.freshness import CLOCK_NOISE_S, Freshness, freshness_of

Trend = Literal["rising", "steady", "falling"]
AlarmState = Literal["unacknowledged", "acknowledged", "returned", "shelved"]
Tone = Literal["", "blue", "yellow", "orange", "red"]
RANK_TONES: Mapping[int, Tone] = {1: "red", 2: "orange", 3: "yellow", 4: "blue"}
"""The colours of the four warning grades (Emergency Response Law of the PRC, 2007, article 42)."""
FeedState = Literal["starting", "running", "waiting", "stopped"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueNow:
    """Newest value of a datastream.

    ``value`` is None where the station sent "missing"; the last known one is then ``last_value`` (uncertain,
    of ``last_at``). ``received_at`` is when it came here.
    """

    datastream: str
    value: float | None
    phenomenon_at: datetime | None
    age_s: float | None
    stale_after_s: float
    dead_after_s: float
    quality: Quality = "unchecked"
    reason: str = ""
    trend: Trend | None = None
    feed: str = ""
    last_value: float | None = None
    last_at: datetime | None = None
    received_at: datetime | None = None

    def freshness(self, *, elapsed_s: float = 0.0) -> Freshness:
        """Return the freshness, ``elapsed_s`` after the snapshot.

        Monotonic seconds.
        """
        age_s = None if self.age_s is None else self.age_s + elapsed_s
        return freshness_of(age_s, stale_after_s=self.stale_after_s, dead_after_s=self.dead_after_s)

    def lasts_s(self, *, elapsed_s: float = 0.0) -> float:
        """Return seconds until the freshness is another, infinite where it stays."""
        if self.age_s is None:
            return inf
        left_s = (after_s - self.age_s - elapsed_s for after_s in (self.stale_after_s, self.dead_after_s))
        return min((left + CLOCK_NOISE_S for left in left_s if left > -CLOCK_NOISE_S), default=inf)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmNow:
    """Standing alarm.

    ``rank``: 1 is the gravest, 4 a notice. ``text``: what is wrong. ``group`` names the event (a storm, a
    feed that is away) that it belongs to, or is empty. ``signal`` is the colour that a warning is named by,
    whatever rank the site gives it. ``note`` is what was said when it was acknowledged or shelved; ``until``
    when a shelved one comes back.
    """

    id: str
    station: str
    datastream: str
    rule: str
    rank: int
    state: AlarmState
    text: Mapping[str, str]
    raised_at: datetime
    changed_at: datetime
    value: float | None = None
    limit: float | None = None
    by: str = ""
    group: str = ""
    signal: Tone = ""
    note: str = ""
    until: datetime | None = None

    @property
    def tone(self) -> Tone:
        """Colour of the alarm.

        The warning's own, else that of its rank.
        """
        return self.signal or RANK_TONES.get(self.rank, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusalNow:
    """Refusals of one reason and station.

    The reason is a slug, the station '' where none is known: how often, when last, and how the last of it
    began.
    """

    reason: str
    station: str
    count: int
    last_at: datetime
    message: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedNow:
    """State of a feed.

    ``refused``: how many messages and readings were refused, by reason; ``refusals`` the newest of them by
    reason and station. ``why`` it does not run, where that is known.
    """

    id: str
    title: Mapping[str, str]
    driver: str
    state: FeedState
    since: datetime
    why: Reason | None = None
    accepted: int = 0
    refused: Mapping[str, int] | None = None
    synthetic: bool = False
    refusals: tuple[RefusalNow, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RainNow:
    """Rain of the last hours at a station, mm.

    Up to its newest value; ``known`` is the share of 24 h that is known. Where that is less than one the sums
    are lower bounds. None: the station's amounts are of longer periods.
    """

    station: str
    h1_mm: float | None
    h3_mm: float | None
    h6_mm: float | None
    h24_mm: float | None
    known: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Now:
    """Snapshot of all that is known now.

    ``trouble`` is a slug of what keeps values from being stored, '' for nothing. ``made_s``: when, seconds of
    a clock of the teller's that nobody sets; 0: not told.
    """

    values: Mapping[str, ValueNow]
    rain: Mapping[str, RainNow] = field(default_factory=dict)
    alarms: tuple[AlarmNow, ...] = ()
    feeds: tuple[FeedNow, ...] = ()
    trouble: str = ""
    made_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """Stretch of one datastream, oldest first.

    Times are seconds since 1970 UTC, None is missing. ``counts``: of how many values an hour is that stands
    for what was thinned out, 0 for an observation as it came; empty where all are. What an hour is of a
    property (mean, sum, last): ``properties.over_time``.
    """

    datastream: str
    times_s: tuple[float, ...]
    values: tuple[float | None, ...]
    qualities: tuple[Quality, ...]
    counts: tuple[int, ...] = ()
