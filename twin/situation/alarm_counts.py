"""Count standing alarms by rank, acknowledged and not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.stations.snapshot import AlarmNow

RANKS = (1, 2, 3, 4)
OPEN = ("unacknowledged", "returned")
"""States that wait for an acknowledgement."""


@dataclass(frozen=True, kw_only=True)
class RankCount:
    """Standing alarms of a rank, and how many of them are unacknowledged."""

    rank: int
    standing: int = 0
    open: int = 0


def alarm_counts(alarms: Sequence[AlarmNow]) -> tuple[RankCount, ...]:
    """Return counts of every rank, the gravest first; shelved ones left out."""
    standing = [alarm for alarm in alarms if alarm.state != "shelved"]
    return tuple(
        RankCount(
            rank=rank,
            standing=sum(alarm.rank == rank for alarm in standing),
            open=sum(alarm.rank == rank and alarm.state in OPEN for alarm in standing),
        )
        for rank in RANKS
    )


def gravest_first(alarms: Sequence[AlarmNow]) -> list[AlarmNow]:
    """Sort standing alarms: unacknowledged first, by rank, newest first."""
    standing = [alarm for alarm in alarms if alarm.state != "shelved"]
    return sorted(standing, key=lambda a: (a.state not in OPEN, a.rank, -a.raised_at.timestamp(), a.id))
