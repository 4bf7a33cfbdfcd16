"""What the live service tells of; ``twin.live`` is the real one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from twin.stations.snapshot import Now, Past, ValueNow


class LiveSource(Protocol):
    """All live things of one basin, as the service asks for them on its event loop."""

    def now(self) -> Now:
        """What is known now; cheap enough to be asked several times a second."""

    def on_change(self, call: Callable[[], None]) -> None:
        """``call`` after anything in :meth:`now` has changed."""

    async def past(self, datastream: str, start: datetime, end: datetime) -> Past:
        """A stretch of the past. Raises TwinError for an unknown datastream."""

    async def then(self, valid_at: datetime, known_at: datetime | None) -> tuple[ValueNow, ...]:
        """What every datastream said at a time, as known at ``known_at`` (None: by now). Raises TwinError."""

    async def acknowledge(self, alarm: str, by: str) -> None:
        """Acknowledge an alarm, durably. Raises TwinError where there is no such alarm."""

    async def shelve(self, alarm: str, by: str, until: datetime) -> None:
        """Put an alarm aside until a time, durably. Raises TwinError where there is no such alarm."""
