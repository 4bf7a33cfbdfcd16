"""Level slider.

Its range, ticks and marks, by level or by storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import Field
from trame.widgets import html

from apps.browser.module import LevelSliderElement
from apps.formatting import clock, decimals, exact_level, fixed, nice, ticks, written
from apps.parts.part import Part
from apps.parts.triggers import Number, Word, trigger
from apps.parts.typed import asked
from apps.parts.widgets import switch
from apps.session.controller import Controller
from apps.session.session import Basis, Session
from apps.session.views import TypedView, Unit
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import TwinError


@dataclass(frozen=True, kw_only=True)
class MarkView:
    """Characteristic level beside the slider, in the slider's unit."""

    id: str
    value: float
    name: str
    text: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class GaugeView:
    """State of the level slider.

    All numbers are in the unit that it shows: metres, or 亿m³ (1e8 m³).
    """

    unit: str = "m"
    kind: Unit = "level"
    label: str = ""
    minimum: float = 0.0
    maximum: float = 1.0
    value: float = 0.0
    text: str = ""
    step: float = 0.1
    fine: float = 0.01
    digits: int = 2
    ticks: list[float] = field(default_factory=list)
    marks: list[MarkView] = field(default_factory=list)
    highest: float | None = None
    highest_text: str = ""


TONES = {"flood-limit": "flood", "design": "danger", "check": "danger"}
"""How marks are coloured, by the id of their characteristic level."""

PLACES = 4000
"""About how many places the handle can stand at: a hundredth of a metre, or of 亿m³, for Miyun."""


def view(session: Session, unit: Unit, language: Language) -> GaugeView:
    """Return the slider's state in a unit and a language."""
    t = texts(language)
    low, high = (
        _value(session, unit, session.levels.lowest_m),
        _value(session, unit, session.levels.highest_m),
    )
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
    elif session.scene.moment.is_live and session.live_peak.since is not None:
        since = written(session.live_peak.since, session.zone)
    return t["highest_plain" if since is None else "highest"].format(level=level, since=since)


def _marks(session: Session, unit: Unit, language: Language) -> list[MarkView]:
    day = _day(session)
    return [
        MarkView(
            id=level.id,
            value=_value(session, unit, level.level_m),
            name=level.name[language],
            text=exact_level(level.level_m, 1)
            if unit == "level"
            else fixed(_value(session, unit, level.level_m), session.levels.storage_unit.digits),
            tone=TONES.get(level.id, ""),
        )
        for level in session.basin.site.levels_on(day)
        if session.levels.lowest_m <= level.level_m <= session.levels.highest_m
    ]


def _day(session: Session) -> date:
    """The day whose season counts: the moment's, or today where a what-if has none."""
    return (session.scene.moment.valid_at or datetime.now(UTC)).astimezone(session.zone).date()


def _value(session: Session, unit: Unit, level_m: float) -> float:
    if unit == "level":
        return level_m
    return float(session.basin.water.at(level_m=level_m).storage_m3) / session.levels.storage_unit.m3


def _unit_text(session: Session, unit: Unit) -> str:
    return "unit_level" if unit == "level" else session.levels.storage_unit.text


SUBMIT = (
    "trigger('type_water', [gauge.kind, $event.target.elements[0].value])"
    ".then((taken) => taken && $event.target.reset())"
)
"""What is refused stays in the field, to be mended."""


def build() -> None:
    with html.Section(v_if=("gauge.marks.length || readout.figures.length",), classes="gauge-card glass"):
        switch(("storage", "level"), chosen="unit", click="unit = '{choice}'", text="gauge")
        LevelSliderElement(gauge=("gauge",), hint=("t.gauge_hint",), mark="trigger('set_mark', [$event])")
        with html.Form(
            classes="gauge-type",
            submit=SUBMIT,
            raw_attrs=['onsubmit="return false"'],
        ):
            html.Input(
                type="text",
                inputmode="decimal",
                placeholder=("t.gauge_type",),
                raw_attrs=[':aria-label="t.gauge_type"', ':aria-invalid="Boolean(typed.refused)"'],
            )
            html.Span("{{ gauge.unit }}")
        with html.Div(v_if=("typed.refused",), classes="gauge-refused", raw_attrs=['role="alert"']):
            html.P("{{ typed.refused }}")
            html.Button(
                "{{ typed.offer }}",
                v_if=("typed.offer",),
                type="button",
                classes="tool",
                click="trigger('set_water', [typed.unit, typed.value])",
            )
        with html.P(v_if=("gauge.highest !== null",), classes="gauge-highest-text"):
            html.I()
            html.Span("{{ gauge.highest_text }}")


Typed = Annotated[str, Field(max_length=4096)]
"""What was typed, as it is: a text cut to fit would be another number."""


class WaterActions:
    """Actions that set the level; any of them ends a replay."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    @trigger
    def set_water(self, unit: Unit, value: Number, seen: Number | None = None) -> None:
        """Show a level in metres or a storage in its unit.

        The unit is the reservoir's. Refused in words outside the range. ``seen`` is the browser's time of the
        movement.
        """
        self._show(unit, value, seen=seen)

    def _show(self, unit: Unit, value: float, *, seen: float | None = None, basis: Basis = "given") -> None:
        controller = self._controller
        try:
            controller.session.show_what_if(unit, value, basis=basis)
        except TwinError as error:
            controller.show_error(error)
            return
        self._controller.stop_replay()
        controller.refuse_typed(TypedView())
        controller.area.changed(seen=seen)
        controller.publish_moment_soon()

    @trigger
    def type_water(self, unit: Unit, text: Typed) -> bool:
        """Show a typed value, or why not; returns whether it is shown.

        Where it is not, what may have been meant is offered.
        """
        controller = self._controller
        found = asked(controller.session, unit, text, controller.language)
        if isinstance(found, TypedView):
            controller.refuse_typed(found)
            return False
        self._show(*found)
        return True

    @trigger
    def set_mark(self, mark: Word) -> None:
        """Show a characteristic level."""
        level_m = self._controller.session.levels.named(mark)
        if level_m is not None:
            self._show("level", level_m, basis="mark")

    @trigger
    def follow_live(self) -> None:
        """Show the present."""
        self._controller.stop_replay()
        self._controller.session.follow()
        self._controller.refuse_typed(TypedView())
        self._controller.area.changed()
        self._controller.publish_moment()


def _view(controller: Controller) -> Mapping[str, Any]:
    return {"gauge": view(controller.session, controller.unit, controller.language)}


PART = Part(
    id="level_slider",
    state={"gauge": GaugeView(), "typed": TypedView(), "unit": "storage"},
    view=_view,
    writable={"unit": Unit},
    build=build,
    place="right",
    actions=(WaterActions,),
    keys={"w": ("focus", ".gauge-handle"), "u": ("turn", "unit", ["storage", "level"])},
    help=(("W", "key_focus"), ("↑ ↓ · PgUp PgDn", "key_gauge"), ("U", "key_unit")),
)
