"""Alarms of a replayed flood, in their own log, marked as history."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from trame.widgets import html

from apps.formatting import clock
from apps.parts.part import Part
from apps.texts import texts
from twin.alarms.runs import alarms_of_levels

if TYPE_CHECKING:
    from apps.session.controller import Controller
    from apps.session.session import Session
    from twin.alarms.lifecycle import Change
    from twin.bilingual import Language
    from twin.stations.snapshot import AlarmNow


_KNOWN: MutableMapping[Session, Sequence[Change]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class ReplayAlarmView:
    """Change of a replay's alarm.

    ``at`` is its time in seconds since 1970.
    """

    at: float
    time: str
    text: str
    what: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplayAlarmsView:
    """Alarms of the replay up to the time shown, newest first."""

    active: bool = False
    name: str = ""
    rows: list[ReplayAlarmView] = field(default_factory=list)


def changes_of(session: Session) -> Sequence[Change]:
    """Evaluate the flood's levels by the site's alarm rules, once a session."""
    flood = session.flood
    if flood is None:
        return ()
    if session in _KNOWN:
        return _KNOWN[session]
    levels = [
        (datetime.fromtimestamp(float(at), UTC), float(level_m))
        for at, level_m in zip(flood.times, flood.level, strict=True)
    ]
    every_s = float(flood.times[1] - flood.times[0]) if len(flood.times) > 1 else 3600.0
    _KNOWN[session] = alarms_of_levels(session.basin.site, levels, every_s=every_s)
    return _KNOWN[session]


def view(session: Session, changes: Sequence[Change], language: Language) -> ReplayAlarmsView:
    """Return the log in a language; inactive outside a replay."""
    flood = session.flood
    if flood is None or not session.replaying:
        return ReplayAlarmsView()
    t = texts(language)
    texts_of: dict[str, AlarmNow] = {}
    rows: list[ReplayAlarmView] = []
    for change in changes:
        at = change.at.timestamp()
        if at > session.flood_s:
            break
        if change.alarm is not None:
            texts_of[change.id] = change.alarm
        alarm = texts_of.get(change.id)
        if alarm is None:
            continue
        rows.append(
            ReplayAlarmView(
                at=at,
                time=clock(at, session.zone),
                text=alarm.text[language],
                what=t[f"replay_{change.what}"],
                tone=alarm.tone if change.alarm is not None and change.what != "returned" else "",
            )
        )
    return ReplayAlarmsView(active=True, name=flood.name[language], rows=rows[::-1])


def build() -> None:
    """Add the log to the alarms panel, during a replay."""
    with html.Section(
        v_if=("replay_alarms.active",), classes="replay-alarms", raw_attrs=[':aria-label="t.replay_alarms"']
    ):
        with html.H3():
            html.Em("{{ t.mode_past_brief }}", classes="replay-mark")
            html.Span("{{ t.replay_alarms }} · {{ replay_alarms.name }}")
        html.P("{{ t.replay_none }}", v_if=("!replay_alarms.rows.length",), classes="note")
        with (
            html.Ul(),
            html.Li(v_for=("row in replay_alarms.rows",), key=("row.at + row.text + row.what",)),
            html.Button(
                type="button",
                classes="alarm-row",
                click="trigger('scrub', [row.at])",
                title=("t.replay_seek",),
            ),
        ):
            html.Span("{{ row.what }}", classes=("'alarm-name warn-' + row.tone",))
            html.Span("{{ row.text }}", classes="alarm-text")
            html.Span("{{ row.time }}", classes="alarm-state")


def _caption(controller: Controller) -> Mapping[str, Any]:
    session = controller.session
    changes = changes_of(session) if session.replaying else ()
    return {"replay_alarms": view(session, changes, controller.language)}


PART = Part(
    id="replay_alarms",
    state={"replay_alarms": ReplayAlarmsView()},
    caption=_caption,
    client_only=("replay_alarms",),
)
