"""Rows of the alarms panel.

Standing alarms, the gravest first, one group for each cause and place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from apps.error_messages import told
from apps.formatting import written
from apps.texts import texts
from twin.bilingual import Language

if TYPE_CHECKING:
    from twin.alarms.operating import AlarmOperation, AlarmOutcome
    from twin.stations.model import Station
    from twin.stations.snapshot import AlarmNow, Now


@dataclass(frozen=True, kw_only=True)
class AlarmRowView:
    """Row of one standing alarm.

    ``open`` ones wait for an acknowledgement, ``aside`` ones are shelved. ``note`` is the reason that was
    given for either.
    """

    id: str
    station: str
    name: str
    text: str
    time: str
    state: str
    tone: str
    open: bool
    aside: bool
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AlarmGroupView:
    """Alarms of one cause and place, or a single alarm."""

    id: str
    title: str
    rank: int
    open: int
    tone: str = ""
    rows: list[AlarmRowView] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AlarmsView:
    """State of the alarms panel.

    ``count`` are standing, ``open`` of them wait for an acknowledgement, ``aside`` more are shelved.
    ``known`` only while the live service is heard: otherwise ``note`` says of when the list is, or that
    nothing is known, and no list of none reads as "no alarms". ``tone`` is the gravest one's colour and
    ``worst`` what it says, '' for none.
    """

    known: bool = False
    note: str = ""
    tone: str = ""
    worst: str = ""
    count: int = 0
    open: int = 0
    aside: int = 0
    groups: list[AlarmGroupView] = field(default_factory=list)


Doubt = Literal["", "unkept", "unfed"]
"""Why alarms may be missing: values cannot be kept and are not judged, or no feed runs."""
OPEN = ("unacknowledged", "returned")


def view(
    alarms: Sequence[AlarmNow] | None,
    stations: Mapping[str, Station],
    zone: ZoneInfo,
    language: Language,
    *,
    last_heard: datetime | None = None,
    doubt: Doubt = "",
) -> AlarmsView:
    """Return the panel in a language.

    ``alarms`` is None where none were received yet. ``last_heard`` marks alarms that are no longer followed
    with the time of the last word on them, ``doubt`` says why new ones may be missing although the service is
    heard.
    """
    t = texts(language)
    if alarms is None:
        return AlarmsView(note=t["alarms_unknown"])
    note = t[f"alarms_{doubt}"] if doubt else ""
    if last_heard is not None:
        words = t["alarms_last_known" if alarms else "alarms_last_none"]
        note = words.format(time=written(last_heard, zone))
    groups: dict[str, list[AlarmNow]] = {}
    for alarm in alarms:
        groups.setdefault(alarm.group or alarm.id, []).append(alarm)
    views = [_group(key, members, stations, zone, language) for key, members in groups.items()]
    views.sort(key=lambda group: (group.open == 0, group.rank))
    standing = [alarm for alarm in alarms if alarm.state != "shelved"]
    worst = min(standing, key=lambda alarm: alarm.rank, default=None)
    return AlarmsView(
        known=not note,
        note=note,
        tone="" if worst is None else worst.tone,
        worst="" if worst is None else worst.text[language],
        count=len(standing),
        open=sum(alarm.state in OPEN for alarm in standing),
        aside=len(alarms) - len(standing),
        groups=views,
    )


def doubt_of(now: Now | None) -> Doubt:
    """Return why what is known now may lack alarms."""
    if now is None:
        return ""
    if now.trouble.startswith("store"):
        return "unkept"
    return "unfed" if now.feeds and all(feed.state != "running" for feed in now.feeds) else ""


def _group(
    key: str,
    members: Sequence[AlarmNow],
    stations: Mapping[str, Station],
    zone: ZoneInfo,
    language: Language,
) -> AlarmGroupView:
    t = texts(language)
    members = sorted(members, key=lambda a: (a.state not in OPEN, a.rank, a.raised_at))
    rows = [_row(alarm, stations, zone, language) for alarm in members]
    first, worst = members[0], min(members, key=lambda alarm: alarm.rank)
    title = rows[0].text
    if len(members) > 1:
        place = _place(members, stations)
        what = t.get(f"rule_{first.rule.partition(':')[0]}", title)
        if worst.signal:
            what = t["alarm_up_to"].format(what=what, worst=t[f"signal_{worst.signal}"])
        title = t["alarm_group"].format(n=len(members), what=what, place=place).strip()
    return AlarmGroupView(
        id=key,
        title=title,
        rank=worst.rank,
        tone=worst.tone,
        open=sum(row.open for row in rows),
        rows=rows,
    )


def _place(members: Sequence[AlarmNow], stations: Mapping[str, Station]) -> str:
    """What the places of a group have in common: watershed, else township, else nothing."""
    known = [stations[a.station] for a in members if a.station in stations]
    for names in ({s.watershed for s in known}, {s.township for s in known}):
        if len(names) == 1:
            return names.pop()
    return ""


def _row(
    alarm: AlarmNow, stations: Mapping[str, Station], zone: ZoneInfo, language: Language
) -> AlarmRowView:
    t, station = texts(language), stations.get(alarm.station)
    state = t[f"alarm_{alarm.state}"]
    if alarm.until is not None:
        state = t["alarm_shelved_until"].format(time=written(alarm.until, zone))
    if alarm.by:
        state = f"{state} · {alarm.by}"
    return AlarmRowView(
        id=alarm.id,
        station=alarm.station,
        name=station.name[language] if station is not None else "",
        text=alarm.text[language],
        time=written(alarm.raised_at, zone),
        state=state,
        tone=alarm.tone,
        open=alarm.state in OPEN,
        aside=alarm.state == "shelved",
        note=alarm.note,
    )


def outcome_words(operation: AlarmOperation, outcome: AlarmOutcome, language: Language) -> str:
    """Format how many alarms an operation changed, and why others were not."""
    t = texts(language)
    words = t[f"alarm_did_{operation.act}"].format(n=len(outcome.done))
    if outcome.refused:
        why = told(next(iter(outcome.refused.values())), language)
        words = t["alarm_did_not"].format(did=words, n=len(outcome.refused), why=why)
    return words
