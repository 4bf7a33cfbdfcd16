"""Source of the live service's data; ``twin.live`` implements it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from twin.alarms.operating import AlarmOperation, AlarmOutcome
from twin.alarms.shift_entry import ShiftEntry, ShiftSummary
from twin.stations.snapshot import Now, Past, ValueNow


class LiveSource(Protocol):
    """Live data of a basin, called on the service's event loop."""

    def now(self) -> Now:
        """Return what is known now.

        Cheap enough to be called several times a second.
        """

    def on_change(self, call: Callable[[], None]) -> None:
        """Register ``call`` for changes of anything in :meth:`now`."""

    async def past(self, datastream: str, start: datetime, end: datetime) -> Past:
        """Return a stretch of the past.

        Raises TwinError for an unknown datastream.
        """

    async def then(self, valid_at: datetime, known_at: datetime | None) -> tuple[ValueNow, ...]:
        """Return every datastream's value at a time.

        As known at ``known_at`` (None: by now). Raises TwinError.
        """

    async def operate(self, operation: AlarmOperation) -> AlarmOutcome:
        """Acknowledge, shelve or unshelve alarms, durably.

        Raises TwinError where nothing can be kept.
        """

    async def write_shift(self, entry: ShiftEntry, alarms: Sequence[str] = ()) -> ShiftEntry:
        """Append an entry to the shift log, durably.

        Raises TwinError where nothing can be kept.
        """

    async def shifts(self, most: int) -> tuple[list[ShiftEntry], ShiftSummary]:
        """Return the newest entries of the shift log, and a summary.

        Raises TwinError.
        """
