"""The alarms panel: what stands, the gravest first, one group for each cause and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from apps.formatting import written
from apps.parts.state import AlarmGroupView, AlarmRowView, AlarmsView, Language
from apps.texts import texts

if TYPE_CHECKING:
    from twin.stations.model import Station
    from twin.stations.snapshot import AlarmNow, Now

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
    """The panel in a language; ``alarms`` is None where none were told yet.

    ``last_heard`` marks alarms that are no longer followed with the time of the last word on them, ``doubt``
    says why new ones may be missing although the service is heard.
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
    """Whether what is known now may lack alarms."""
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
        title = t["alarm_group"].format(n=len(members), what=what, place=place)
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
    )
