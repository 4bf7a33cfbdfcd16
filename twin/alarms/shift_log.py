"""Keep the shift log in the journal: remarks, changes of shift.

Nothing is ever changed or taken away; an entry that was wrong is followed by another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from twin.alarms.service import KIND as ALARM
from twin.alarms.shift_entry import AlarmMention, ShiftEntry, ShiftSummary
from twin.stations.store.events import Event

if TYPE_CHECKING:
    from twin.stations.snapshot import AlarmNow
    from twin.stations.store import Reader

KIND = "shift"

_ENTRY: TypeAdapter[ShiftEntry] = TypeAdapter(ShiftEntry)


class ShiftLog:
    """Shift log of a live basin: entries are appended, never changed.

    ``record`` appends to the journal, ``standing`` returns the alarms of now.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        record: Callable[[Sequence[Event]], Awaitable[None]],
        standing: Callable[[], Sequence[AlarmNow]],
        now: Callable[[], datetime],
    ) -> None:
        self._reader, self._record = reader, record
        self._standing, self._now = standing, now

    async def write(self, entry: ShiftEntry, alarms: Sequence[str]) -> ShiftEntry:
        """Append an entry about alarms, by their ids; durable when this returns.

        A hand-over gets the summary. Raises StoreError.
        """
        now = self._now()
        about = mentions(alarms, self._standing())
        summary = (await self.newest(1))[1] if entry.kind == "handover" else None
        written = replace(entry, at=now, alarms=about, summary=summary)
        await self._record([entry_event(written)])
        return written

    async def newest(self, most: int) -> tuple[list[ShiftEntry], ShiftSummary]:
        """Return the newest entries of the log, and a summary.

        Oldest first; the summary counts since the last hand-over. Raises StoreError.
        """
        entries = entries_of(await asyncio.to_thread(self._reader.events, kinds=[KIND]))
        last = next((entry for entry in reversed(entries) if entry.kind == "handover"), None)
        line = 0 if last is None else last.number  # changes of before are not read again
        changes = await asyncio.to_thread(self._reader.events, kinds=[ALARM], since=line)
        since = None if last is None else last.at
        return entries[-most:], summary_of(self._standing(), changes, since=since)


def mentions(ids: Iterable[str], standing: Iterable[AlarmNow]) -> tuple[AlarmMention, ...]:
    """Return the standing alarms with these ids, as they read now."""
    known = {alarm.id: alarm for alarm in standing}
    found = [known[id_] for id_ in dict.fromkeys(ids) if id_ in known]
    return tuple(AlarmMention(id=a.id, station=a.station, text=a.text) for a in found)


def entry_event(entry: ShiftEntry) -> Event:
    """Convert an entry to a line of the journal."""
    data = _ENTRY.dump_python(entry, mode="json", exclude={"number"})
    return Event(at=entry.at, received_at=entry.at, kind=KIND, subject=entry.kind, by=entry.by, data=data)


def entries_of(lines: Iterable[tuple[int, Event]]) -> list[ShiftEntry]:
    """Return the entries of journal lines, oldest first.

    What is not whole is left out.
    """
    found = []
    for number, line in lines:
        try:
            found.append(_ENTRY.validate_python({**dict(line.data or {}), "number": number}))
        except ValidationError:
            continue
    return found


def summary_of(
    standing: Iterable[AlarmNow], lines: Iterable[tuple[int, Event]], *, since: datetime | None
) -> ShiftSummary:
    """Count standing alarms, and changes of alarms after a time."""
    states = [alarm.state for alarm in standing]
    done = {"raised": 0, "acknowledged": 0, "ended": 0}
    for _, line in lines:
        if since is not None and line.received_at <= since:
            continue
        what = str((line.data or {}).get("what", ""))
        if what in done:
            done[what] += 1
        if what == "acknowledged" and (line.data or {}).get("alarm") is None:
            done["ended"] += 1  # its reason was gone already
    return ShiftSummary(
        standing=len(states),
        open=sum(state in ("unacknowledged", "returned") for state in states),
        shelved=states.count("shelved"),
        since=since,
        **done,
    )
