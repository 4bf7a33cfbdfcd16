"""Fold the append-only record to a state at a time.

What was shown can be shown again, as it was known then. Observations carry the time they were received; alarm
changes, commands and generation switches are lines of the journal. Nothing is ever changed or taken away, so
a fold over what was received until ``known_at`` gives what was known then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from twin.alarms.lifecycle import AlarmLifecycle
from twin.alarms.service import KIND as ALARM
from twin.alarms.service import change_of
from twin.stations.model import Observation
from twin.stations.snapshot import AlarmNow
from twin.stations.store import Reader
from twin.stations.store.events import Event

GENERATION = "generation"


@dataclass(frozen=True, kw_only=True)
class JournalState:
    """State at ``valid_at`` as known at ``known_at``.

    ``values`` is each datastream's newest observation of a time up to ``valid_at``; ``alarms`` those that
    stood; ``generation`` the build that was shown, '' where none was recorded.
    """

    valid_at: datetime
    known_at: datetime
    values: Mapping[str, Observation]
    alarms: Mapping[str, AlarmNow]
    generation: str = ""


def state(reader: Reader, *, valid_at: datetime, known_at: datetime) -> JournalState:
    """Fold the record.

    Times are aware. Raises StoreError where it cannot be read.
    """
    lifecycle = AlarmLifecycle()
    generation = ""
    for _, line in reader.events(kinds=(ALARM, GENERATION), known_at=known_at):
        if line.at > valid_at:
            continue
        if line.kind == GENERATION:
            generation = line.subject
        elif (change := change_of(line)) is not None:
            lifecycle.fold([change])
    return JournalState(
        valid_at=valid_at,
        known_at=known_at,
        values=reader.latest(known_at=known_at, valid_at=valid_at),
        alarms=dict(lifecycle.standing),
        generation=generation,
    )


def opened(generation: str, at: datetime) -> Event:
    """Return the journal line of a generation's opening."""
    return Event(at=at, received_at=at, kind=GENERATION, subject=generation)
