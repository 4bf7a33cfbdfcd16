"""Classify values by age: fresh, stale, dead.

By the datastream's own interval, so a section that is sampled monthly is not stale on its second day.
"""

from __future__ import annotations

from enum import StrEnum

from twin.stations.model import Datastream

STALE_INTERVALS, DEAD_INTERVALS, DEAD_S = 3.0, 10.0, 86_400.0
CLOCK_NOISE_S = 0.001
"""A millisecond more makes nothing stale: two clocks' noise adds that."""


class Freshness(StrEnum):
    """Age class of a datastream's newest value.

    By its own interval. Computed, never stored.
    """

    FRESH = "fresh"
    STALE = "stale"  # three nominal intervals without a value
    DEAD = "dead"  # the longer of 24 h and ten intervals
    NEVER = "never"  # no value yet
    UNKNOWN = "unknown"  # whether there is a value is not known: the live service has not said anything yet


def freshness_of(age_s: float | None, *, stale_after_s: float, dead_after_s: float) -> Freshness:
    """Return the freshness of a value of an age, s.

    None where there is no value. ``CLOCK_NOISE_S`` more makes nothing stale.
    """
    if age_s is None:
        return Freshness.NEVER
    age_s = round(age_s, 3)
    if age_s > dead_after_s:
        return Freshness.DEAD
    return Freshness.STALE if age_s > stale_after_s else Freshness.FRESH


def stale_after_s(stream: Datastream) -> float:
    """Return the age at which values are stale: three intervals."""
    return STALE_INTERVALS * stream.interval_s


def dead_after_s(stream: Datastream) -> float:
    """Return the age at which values are dead, s.

    The longer of a day and ten intervals: a section sampled monthly is not dead on its second day.
    """
    return max(DEAD_S, DEAD_INTERVALS * stream.interval_s)
