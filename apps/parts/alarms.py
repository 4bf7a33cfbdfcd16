"""Alarms panel.

Standing alarms, the gravest first, one group for each cause and place.
"""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints
from trame.widgets import html

from apps.browser.module import Icon
from apps.formatting import written
from apps.parts.part import Part
from apps.parts.triggers import InputRefusedError, Number, operator_trigger
from apps.parts.widgets import panel
from apps.session.controller import Controller, Live
from apps.texts import texts
from twin.bilingual import Language

if TYPE_CHECKING:
    from twin.stations.model import Station
    from twin.stations.snapshot import AlarmNow, Now


@dataclass(frozen=True, kw_only=True)
class AlarmRowView:
    """Row of one standing alarm.

    ``open`` ones wait for an acknowledgement, ``aside`` ones are shelved.
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


@dataclass(frozen=True, kw_only=True)
class DutyView:
    """Whether the visitor may operate, and in which name.

    The name is '' where nobody signs in: it is typed then.
    """

    may: bool = False
    name: str = ""


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


def build() -> None:
    with panel("alarms", shown="stations.available", wide=True):
        with html.Header(classes="panel-head"):
            html.H2("{{ t.alarms }}")
            for number in ("count", "open", "aside"):
                html.Span(
                    f"{{{{ t.alarms_{number}.replace('{{n}}', alarms.{number}) }}}}",
                    v_if=(f"alarms.{number}",),
                    classes="chip",
                )
        html.P("{{ t.alarms_none }}", v_if=("alarms.known && !alarms.groups.length",), classes="note")
        with html.P(v_if=("!alarms.known",), classes="layer-reason"):
            Icon("alert-outline")
            html.Span("{{ alarms.note || t.alarms_unknown }}")
        html.P("{{ t.alarms_watch_only }}", v_if=("alarms.count && !duty.may",), classes="note")
        with html.Label(v_if=("alarms.count && duty.may && !duty.name",), classes="operator"):
            html.Span("{{ t.operator }}")
            html.Input(
                type="text",
                classes="field",
                v_model=("operator",),
                raw_attrs=['maxlength="40"', ':placeholder="t.operator_hint"'],
            )
        with html.Ul(classes="alarms"):
            with html.Li(
                v_for=("group in alarms.groups",),
                key=("group.id",),
                classes=("'alarm-group warn-' + group.tone + (group.open ? ' alarm-open' : '')",),
            ):
                with html.Div(classes="alarm-head"):
                    html.I(classes=("'alarm-sign alarm-grade-' + group.rank",))
                    html.B("{{ group.title }}")
                    _button("acknowledge", rows="row.open")
                    _button("shelve", rows="!row.aside", more=", 8")
                with html.Ul(classes="alarm-rows"):
                    with html.Li(v_for=("row in group.rows.slice(0, 8)",), key=("row.id",)):
                        with html.Button(
                            type="button",
                            classes="alarm-row",
                            click="trigger('open_station', [row.station, true])",
                            raw_attrs=[':disabled="!row.station"'],
                        ):
                            html.Span("{{ row.name }}", classes=("'alarm-name warn-' + row.tone",))
                            html.Span("{{ row.text }}", v_if=("group.rows.length > 1",), classes="alarm-text")
                            html.Span("{{ row.time }} · {{ row.state }}", classes="alarm-state")
                html.P(
                    "{{ t.alarm_more.replace('{n}', group.rows.length - 8) }}",
                    v_if=("group.rows.length > 8",),
                    classes="note",
                )


def _button(action: str, *, rows: str, more: str = "") -> None:
    """A button for those rows of a group for which ``rows`` holds, if any; it needs a role, and a name."""
    html.Button(
        f"{{{{ t.alarm_{action} }}}}",
        v_if=(f"duty.may && group.rows.some((row) => {rows})",),
        type="button",
        classes="tool",
        click=(
            f"trigger('{action}', [group.rows.filter((row) => {rows}).map((row) => row.id), "
            f"operator.trim(){more}])"
        ),
        raw_attrs=[
            ':disabled="!duty.name && !operator.trim()"',
            f':title="duty.name || operator.trim() ? t.alarm_{action}_hint : t.operator_hint"',
        ],
    )


Typed = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""Who did something, where nobody signs in: no control characters. Passed over where somebody has."""
Ids = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=1000)]


class AlarmActions:
    """Acknowledge alarms, or put them aside."""

    def __init__(self, controller: Controller, live: Live) -> None:
        self._live = live

    @operator_trigger
    def acknowledge(self, alarms: Ids, typed: Typed) -> None:
        """Acknowledge alarms in the visitor's name."""
        by = self._by(typed)
        self._live.acknowledge(alarms, by)

    @operator_trigger
    def shelve(self, alarms: Ids, typed: Typed, hours: Annotated[Number, Field(gt=0, le=72)]) -> None:
        """Shelve alarms for some hours in the visitor's name."""
        by = self._by(typed)
        self._live.shelve(alarms, by, hours)

    def _by(self, typed: str) -> str:
        """Who has signed in; the name that was typed where nobody does."""
        if not (by := self._live.who or typed):
            words = "a name is needed, nothing has changed"
            raise InputRefusedError(words, trigger="alarms", argument="typed")
        return by


def _tool() -> None:
    """Add the bell: how many alarms stand, in the gravest one's colour while one waits to be seen."""
    with html.Button(
        v_if=("stations.available",),
        type="button",
        classes=(
            "'tool tool-alarms warn-' + (alarms.open ? alarms.tone : '')"
            " + (panel === 'alarms' ? ' tool-on' : '')",
        ),
        title=(
            "!alarms.count ? t.alarms_hint : [t.alarms_count.replace('{n}', alarms.count),"
            " t.alarms_open.replace('{n}', alarms.open), alarms.worst].join(' · ')",
        ),
        click="panel = panel === 'alarms' ? '' : 'alarms'",
        raw_attrs=[":aria-expanded=\"panel === 'alarms'\""],
    ):
        Icon("bell-outline")
        html.Span("{{ t.alarms }}")
        html.B(
            "{{ alarms.count || '' }}{{ alarms.known ? '' : '?' }}",
            v_if=("alarms.count || !alarms.known",),
        )
        html.Em("{{ t.alarms_open_brief.replace('{n}', alarms.open) }}", v_if=("alarms.open",))


PART = Part(
    id="alarms",
    state={"alarms": AlarmsView(), "duty": DutyView(), "operator": ""},
    client_only=("operator",),
    build=build,
    panel="alarms",
    live_actions=(AlarmActions,),
    button=_tool,
    keys={"a": ("panel", "alarms")},
    help=(("A", "key_panels"),),
)
