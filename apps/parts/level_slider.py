"""The level slider: its range, ticks and marks, by level or by storage."""

from __future__ import annotations

from datetime import UTC, date, datetime

from apps.formatting import clock, decimals, exact_level, fixed, nice, ticks, written
from apps.parts.state import GaugeView, Language, MarkView, Unit
from apps.session.session import Session
from apps.texts import texts

TONES = {"flood-limit": "flood", "design": "danger", "check": "danger"}
"""How marks are coloured, by the id of their characteristic level."""

PLACES = 4000
"""About how many places the handle can stand at: a hundredth of a metre, or of 亿m³, for Miyun."""


def view(session: Session, unit: Unit, language: Language) -> GaugeView:
    """The slider in a unit and a language."""
    t = texts(language)
    low, high = _value(session, unit, session.lowest_m), _value(session, unit, session.highest_m)
    fine = nice((high - low) / PLACES)
    moment = session.scene.moment
    fallen = moment.highest_m > moment.level_m + 0.005
    return GaugeView(
        unit=t[_unit_text(session, unit)],
        kind=unit,
        label=f"{t[unit]} ({t[_unit_text(session, unit)]})",
        minimum=low,
        maximum=high,
        value=_value(session, unit, moment.level_m),
        step=10 * fine,
        fine=fine,
        digits=decimals(fine),
        ticks=ticks(low, high),
        marks=_marks(session, unit, language),
        highest=_value(session, unit, moment.highest_m) if fallen else None,
        highest_text=_highest(session, t) if fallen else "",
    )


def _highest(session: Session, t: dict[str, str]) -> str:
    """The highest level and from when on it is known: of a time before, nothing is claimed."""
    level, since = fixed(session.scene.moment.highest_m, 2), None
    if session.replaying and session.flood is not None:
        since = clock(session.flood.start, session.zone)
    elif session.scene.moment.is_live and session.live_since is not None:
        since = written(session.live_since, session.zone)
    return t["highest_plain" if since is None else "highest"].format(level=level, since=since)


def _marks(session: Session, unit: Unit, language: Language) -> list[MarkView]:
    day = _day(session)
    return [
        MarkView(
            id=level.id,
            value=_value(session, unit, level.level_m),
            name=level.name.zh if language == "zh" else level.name.en,
            text=exact_level(level.level_m, 1)
            if unit == "level"
            else fixed(_value(session, unit, level.level_m), session.storage_unit.digits),
            tone=TONES.get(level.id, ""),
        )
        for level in session.basin.site.levels_on(day)
        if session.lowest_m <= level.level_m <= session.highest_m
    ]


def _day(session: Session) -> date:
    """The day whose season counts: the moment's, or today where a what-if has none."""
    return (session.scene.moment.valid_at or datetime.now(UTC)).astimezone(session.zone).date()


def _value(session: Session, unit: Unit, level_m: float) -> float:
    if unit == "level":
        return level_m
    return float(session.basin.water.at(level_m=level_m).storage_m3) / session.storage_unit.m3


def _unit_text(session: Session, unit: Unit) -> str:
    return "unit_level" if unit == "level" else session.storage_unit.text
