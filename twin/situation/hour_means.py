"""Reduce a stretch of a state to hourly means, gaps kept."""

from __future__ import annotations

from collections.abc import Sequence

from twin.stations.snapshot import Past

HOUR_S = 3600
TRUSTED = ("good", "unchecked", "estimate")
"""Values of other qualities count for no hour, as in the store (``stations.store.hours``)."""


def hour_means(past: Past, *, start_s: float, end_s: float) -> list[float | None]:
    """Return the mean of each whole hour of a stretch, oldest first.

    From ``start_s`` to ``end_s``, seconds since 1970, the hours being those of the clock: [07:00, 08:00).
    An hour without a trusted value is
    None, so a gap stays one. Where old values were thinned out an hour has one value, its mean.
    """
    first, last = int(start_s // HOUR_S), int(end_s // HOUR_S)
    sums, counts = [0.0] * (last - first), [0] * (last - first)
    for at, value, quality in zip(past.times_s, past.values, past.qualities, strict=True):
        hour = int(at // HOUR_S) - first
        if value is not None and quality in TRUSTED and 0 <= hour < len(sums):
            sums[hour] += value
            counts[hour] += 1
    return [total / count if count else None for total, count in zip(sums, counts, strict=True)]


def runs_of(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Split a series at its gaps: (index, value), one list a run."""
    runs: list[list[tuple[int, float]]] = []
    before = None
    for index, value in enumerate(values):
        if value is not None:
            if before is None:
                runs.append([])
            runs[-1].append((index, value))
        before = value
    return runs
