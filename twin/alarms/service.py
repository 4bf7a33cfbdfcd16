"""Serve the live alarms of a basin.

Evaluated as values come, written to the journal, and only then shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from twin.alarms.lifecycle import AlarmError, AlarmLifecycle, Change
from twin.alarms.operating import AlarmOperation, AlarmOutcome
from twin.alarms.rules import Rules
from twin.alarms.sample_duty import acknowledge_old, is_sample
from twin.errors import Reason
from twin.stations.clocks import Clocks
from twin.stations.heights import working_level_m
from twin.stations.model import Observation, Station
from twin.stations.network import Network
from twin.stations.snapshot import AlarmNow, FeedNow, RainNow
from twin.stations.store.events import Event
from twin.store import StoreError

if TYPE_CHECKING:
    from twin.catalog import Catalog
    from twin.stations.snapshot import ValueNow

Record = Callable[[Sequence[Event]], Awaitable[None]]
"""Writes lines of the journal durably; raises StoreError."""

KIND = "alarm"
_ALARM: TypeAdapter[AlarmNow] = TypeAdapter(AlarmNow)


class AlarmService:
    """Owner of the live :class:`AlarmLifecycle`.

    What :meth:`standing` returns was recorded before.
    """

    def __init__(self, catalog: Catalog, network: Network, *, record: Record, clocks: Clocks) -> None:
        zone = ZoneInfo(catalog.site.time_zone)
        settings = catalog.head.vertical

        def to_working_m(station: Station, value_m: float, at: datetime) -> float:
            return working_level_m(station, value_m, at, settings=settings, zone=zone)

        self._rules = Rules(catalog.site, network, zone=zone, to_working_m=to_working_m)
        self._lifecycle = AlarmLifecycle()
        self._record = record
        self._clocks = clocks
        self._rain: dict[str, RainNow] | None = None
        self._aside_s: dict[str, float] = {}
        self._waiting: list[Change] = []
        self._standing: dict[str, AlarmNow] = {}
        self._writing = asyncio.Lock()
        feeds = [feed for feed in catalog.site.feeds if feed.enabled]
        self._sample = catalog.head.synthetic and is_sample(feeds)

    def remember(self, lines: Iterable[tuple[int, Event]]) -> None:
        """Restore alarms from the journal's lines."""
        self._lifecycle.fold(change for _, line in lines if (change := change_of(line)) is not None)
        self._standing = dict(self._lifecycle.standing)
        self._count_down()

    def remember_values(self, datastream: str, values: Iterable[tuple[datetime, float, int]]) -> None:
        """Restore values that sums and means need.

        From before this program's start: :meth:`Rules.remember`.
        """
        self._rain = None
        self._rules.remember(datastream, values)

    def rain(self) -> dict[str, RainNow]:
        """Return rain of the last hours, by station.

        Recounted after new rain only.
        """
        if self._rain is None:
            self._rain = self._rules.rain()
        return self._rain

    def standing(self) -> tuple[AlarmNow, ...]:
        """Return all standing alarms, the gravest first, then the newest."""
        return tuple(sorted(self._standing.values(), key=lambda a: (a.rank, -a.raised_at.timestamp())))

    def evaluate(self, many: Iterable[Observation]) -> None:
        """Evaluate observations.

        What follows is recorded and shown by :meth:`write`.
        """
        self._rain = None
        for o in many:
            for evaluation in self._rules.evaluate(o):
                if (change := self._lifecycle.update(evaluation)) is not None:
                    self._waiting.append(change)

    async def tick(self, values: dict[str, ValueNow], feeds: Sequence[FeedNow]) -> bool:
        """Apply what follows from time alone; return whether anything changed."""
        now = self._clocks.now()
        for evaluation in self._rules.silences(values, feeds, now, elapsed_s=self._clocks.elapsed_s()):
            if (change := self._lifecycle.update(evaluation)) is not None:
                self._waiting.append(change)
        elapsed_s = self._clocks.elapsed_s()
        over = [id_ for id_, until_s in self._aside_s.items() if until_s <= elapsed_s]
        self._waiting += self._lifecycle.expire(over, now)
        for id_ in over:
            del self._aside_s[id_]
        if self._sample:
            self._waiting += acknowledge_old(self._lifecycle, now)
        return await self.write()

    async def write(self) -> bool:
        """Record what waits, then show it; whether anything has changed.

        What cannot be kept waits on.
        """
        async with self._writing:
            changes = list(self._waiting)
            if not changes:
                return False
            try:
                await self._record([line_of(change, self._clocks.now()) for change in changes])
            except StoreError:
                return False  # the intake says so already
            del self._waiting[: len(changes)]
            self._show(changes)
            return True

    async def operate(self, operation: AlarmOperation) -> AlarmOutcome:
        """Acknowledge, shelve or unshelve alarms; durable when this returns.

        All that can be changed are, in one record; the others are named with the reason. Raises StoreError:
        nothing has changed then.
        """
        await self.write()
        async with self._writing:
            before, at = dict(self._lifecycle.standing), self._clocks.now()
            changes: list[Change] = []
            refused: dict[str, Reason] = {}
            for alarm in dict.fromkeys(operation.alarms):
                try:
                    changes.append(self._act(operation, alarm, at))
                except AlarmError as error:
                    refused[alarm] = Reason.of(error)
            if not changes:
                return AlarmOutcome(refused=refused)
            try:
                await self._record([line_of(change, at) for change in changes])
            except StoreError:
                for change in changes:
                    self._lifecycle.put_back(change.id, before.get(change.id))
                raise
            self._show(changes)
        for change in changes:
            self._aside_s.pop(change.id, None)
        self._count_down()
        return AlarmOutcome(done=tuple(change.id for change in changes), refused=refused)

    def _act(self, operation: AlarmOperation, alarm: str, at: datetime) -> Change:
        said: dict[str, Any] = {"by": operation.by, "at": at, "note": operation.note}
        if operation.act == "acknowledge":
            return self._lifecycle.acknowledge(alarm, **said)
        if operation.act == "unshelve":
            return self._lifecycle.unshelve(alarm, **said)
        if operation.until is None:
            raise AlarmError("an alarm is put aside until a time", id=alarm)
        return self._lifecycle.shelve(alarm, until=operation.until, **said)

    def _count_down(self) -> None:
        """Note when what is put aside comes back, by the clock that nobody sets: no step hides it longer."""
        now, elapsed_s = self._clocks.now(), self._clocks.elapsed_s()
        for id_, until in self._lifecycle.aside.items():
            self._aside_s.setdefault(id_, elapsed_s + (until - now).total_seconds())

    def _show(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.alarm is None:
                self._standing.pop(change.id, None)
            else:
                self._standing[change.id] = change.alarm


def line_of(change: Change, received_at: datetime) -> Event:
    """Convert a change to a line of the journal."""
    alarm = None if change.alarm is None else _ALARM.dump_python(change.alarm, mode="json")
    data: dict[str, Any] = {"what": change.what, "alarm": alarm}
    if change.note:
        data["note"] = change.note
    return Event(at=change.at, received_at=received_at, kind=KIND, subject=change.id, by=change.by, data=data)


def change_of(line: Event) -> Change | None:
    """Convert a line of the journal to a change.

    None for one that is not whole.
    """
    data = dict(line.data or {})
    try:
        alarm = None if data["alarm"] is None else _ALARM.validate_python(data["alarm"])
        what, note = str(data["what"]), str(data.get("note", ""))
        return Change(id=line.subject, what=what, at=line.at, by=line.by, note=note, alarm=alarm)
    except (KeyError, ValidationError):
        return None
