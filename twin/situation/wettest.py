"""Rank rain stations by what fell in the last hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twin import comparing
from twin.stations.freshness import Freshness
from twin.stations.snapshot import Now, RainNow

RAINS_MM = 0.1
"""A bucket's tip: less in an hour is no rain."""


@dataclass(frozen=True, kw_only=True)
class RainSituation:
    """Rain of the stations that report.

    ``wettest`` by the last hour while it rains anywhere, else by 24 h, the wettest first, none without rain.
    ``mean_24h_mm`` is the plain mean of the reporting stations, None without any; ``partly`` says that some
    of their sums lack hours and are lower bounds.
    """

    reporting: int
    stations: int
    raining: int
    wettest: tuple[RainNow, ...]
    mean_24h_mm: float | None
    partly: bool = False


def rain_situation(
    now: Now, *, elapsed_s: Callable[[str], float], streams: Mapping[str, str], most: int = 3
) -> RainSituation:
    """Return the rain situation.

    ``streams`` has each rain station's datastream; one whose newest value is stale does not report: its sums
    are of another time. ``elapsed_s``: since a datastream's value was received.
    """
    fresh: list[RainNow] = []
    for station, stream in streams.items():
        rain, value = now.rain.get(station), now.values.get(stream)
        if (
            rain is None
            or value is None
            or value.freshness(elapsed_s=elapsed_s(stream)) is not Freshness.FRESH
        ):
            continue
        fresh.append(rain)
    raining = [rain for rain in fresh if comparing.reaches(rain.h1_mm or 0.0, RAINS_MM)]
    by_hour = sorted(raining, key=lambda r: (-(r.h1_mm or 0.0), -(r.h24_mm or 0.0), r.station))
    wet = [rain for rain in fresh if comparing.reaches(rain.h24_mm or 0.0, RAINS_MM)]
    by_day = sorted(wet, key=lambda r: (-(r.h24_mm or 0.0), r.station))
    known = [rain.h24_mm for rain in fresh if rain.h24_mm is not None]
    return RainSituation(
        reporting=len(fresh),
        stations=len(streams),
        raining=len(raining),
        wettest=tuple((by_hour or by_day)[:most]),
        mean_24h_mm=comparing.total(known) / len(known) if known else None,
        partly=any(rain.known < 1 for rain in fresh),
    )
