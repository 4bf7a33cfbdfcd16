"""Keep the shift log in the journal: remarks, changes of shift.

Nothing is ever changed or taken away; an entry that was wrong is followed by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import TypeAdapter, ValidationError

from twin.stations.store.events import Event

if TYPE_CHECKING:
    from twin.stations.snapshot import AlarmNow

KIND = "shift"
EntryKind = Literal["note", "handover"]


@dataclass(frozen=True, kw_only=True)
class AlarmMention:
    """Alarm that an entry is about, as it read then."""

    id: str
    station: str
    text: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ShiftSummary:
    """Alarms at a change of shift, and changes since the last one.

    ``open`` ones wait for an acknowledgement; ``since`` is that one's time; None where there was none.
    """

    standing: int = 0
    open: int = 0
    shelved: int = 0
    raised: int = 0
    acknowledged: int = 0
    ended: int = 0
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ShiftEntry:
    """Entry of the shift log.

    ``link`` is a permanent link's scene, '' for none; ``to`` takes over at a hand-over.
    """

    at: datetime
    by: str
    text: str
    kind: EntryKind = "note"
    to: str = ""
    alarms: tuple[AlarmMention, ...] = ()
    link: str = ""
    summary: ShiftSummary | None = None
    number: int = field(default=0, compare=False)


_ENTRY: TypeAdapter[ShiftEntry] = TypeAdapter(ShiftEntry)


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
