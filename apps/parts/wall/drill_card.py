"""Drill on the wall: its figures and alarms; start and end it."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import StringConstraints
from trame.widgets import html

from apps.formatting import fixed, storage, written
from apps.line_translation import translated
from apps.parts.alarms import alarm_rows
from apps.parts.alarms.alarm_actions import Ids
from apps.parts.alarms.alarm_rows import AlarmGroupView
from apps.parts.part import Part
from apps.parts.triggers import operator_trigger
from apps.parts.wall.control_actions import Reason
from apps.session.controller import Controller
from apps.session.wall_operator import WallOperator
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import TwinError
from twin.stations.properties import PROPERTIES

if TYPE_CHECKING:
    from apps.session.session import Session
    from twin.drills.drill_check import CheckedDrill
    from twin.drills.drill_run import DrillRun
    from twin.stations.snapshot import Now

FileName = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^/\\\x00-\x1f\x7f]+$")]
MOST_ALARMS = 3
TITLE = "group.rows.length > 1 ? group.title : group.rows[0].name + ' ' + group.rows[0].text"
OPEN_FIRST = f"wall_drill.groups.slice(0, {MOST_ALARMS})"


@dataclass(frozen=True, kw_only=True)
class DrillRowView:
    """Figure of a drill."""

    label: str
    value: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class DrillFileView:
    """Drill to choose; ``why`` its file cannot be run."""

    file: str
    name: str
    note: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class DrillView:
    """Drill that runs, files to choose from.

    ``of`` names the drill, its author and file, '' where none runs; ``real`` are real alarms that came since
    its start and wait.
    """

    of: str = ""
    told: str = ""
    rows: list[DrillRowView] = field(default_factory=list)
    groups: list[AlarmGroupView] = field(default_factory=list)
    count: int = 0
    real: list[str] = field(default_factory=list)
    files: list[DrillFileView] = field(default_factory=list)


def view(controller: Controller) -> Mapping[str, Any]:
    """Return the drill of the wall in its language."""
    state = None if controller.wall is None else controller.wall.drill
    if state is None:
        return {"wall_drill": DrillView()}
    language, session = controller.language, controller.session
    files = [_file(checked, language) for checked in state.files]
    if state.run is None:
        return {"wall_drill": DrillView(files=files)}
    t, run = texts(language), state.run
    stations = run.stations
    now = run.now()
    panel = alarm_rows.view(now.alarms, stations, session.zone, language)
    real = [
        f"{stations[one.station].name[language] if one.station in stations else one.station} "
        f"{one.text[language]}"
        for one in state.real
    ]
    name, author = run.drill.name[language], run.drill.author
    shown = DrillView(
        of=t["wall_drill_of"].format(name=name, author=author, file=run.file),
        told=t["wall_drill_told"].format(
            by=run.by or t["wall_operator"],
            since=written(run.started_at, session.zone),
            until=written(run.ends_at, session.zone),
        ),
        rows=[*_rows(run, now, session, language)],
        groups=panel.groups,
        count=panel.count,
        real=real,
        files=files,
    )
    return {"wall_drill": shown}


def _file(checked: CheckedDrill, language: Language) -> DrillFileView:
    t, drill = texts(language), checked.drill
    if drill is None:
        first = checked.problems[0]
        why = t["wall_drill_wrong"].format(
            line=first.line, why=f"{first.key} {translated(first.message, language)}".strip()
        )
        return DrillFileView(file=checked.path.name, name=checked.path.name, why=why)
    note = t["wall_drill_file"].format(
        author=drill.author, file=checked.path.name, minutes=f"{drill.minutes:g}"
    )
    return DrillFileView(file=checked.path.name, name=drill.name[language], note=note)


def _rows(run: DrillRun, now: Now, session: Session, language: Language) -> Iterator[DrillRowView]:
    """Flows that the drill gives for the lake, and its wettest station."""
    t = texts(language)
    for property_ in ("inflow", "release", "storage"):
        told = now.values.get(f"{run.lake.station}.{property_}")
        if told is None or told.value is None:
            continue
        kind = PROPERTIES[property_]
        value, unit = fixed(told.value, kind.decimals), kind.shown
        if property_ == "storage":
            value, unit = (
                storage(told.value, session.levels.storage_unit),
                t[session.levels.storage_unit.text],
            )
        label = t["storage"] if property_ == "storage" else t[f"wall_{property_}"]
        yield DrillRowView(label=label, value=value, unit=unit)
    wettest = max(now.rain.values(), key=lambda one: one.h24_mm or 0.0, default=None)
    if wettest is not None and wettest.h24_mm:
        name = run.stations[wettest.station].name[language]
        yield DrillRowView(
            label=t["wall_drill_rain"].format(name=name), value=fixed(wettest.h24_mm, 1), unit="mm"
        )


class WallDrillActions:
    """Actions that start and end a drill, and acknowledge its alarms."""

    def __init__(self, operator: WallOperator) -> None:
        self._operator = operator

    @operator_trigger
    def wall_drill_start(self, file: FileName) -> None:
        """Start the drill of a file."""
        try:
            self._operator.start_drill(file)
        except TwinError as error:
            self._operator.refuse(error)

    @operator_trigger
    def wall_drill_end(self) -> None:
        """End the drill."""
        self._operator.end_drill()

    @operator_trigger
    def wall_drill_acknowledge(self, alarms: Ids, reason: Reason) -> None:
        """Acknowledge alarms of the drill, for a reason."""
        self._operator.acknowledge_drill(alarms, reason)


def figures() -> None:
    """Add the drill's figures and alarms to the scene's own figures."""
    with html.P(v_for=("row in wall_drill.rows",), key=("row.label",), classes="wall-drill-row"):
        html.Span("{{ row.label }}")
        html.B("{{ row.value }}")
        html.I("{{ row.unit }}")
    with html.Div(v_if=("wall_drill.of",), classes="wall-drill"):
        with html.P(v_for=(f"group in {OPEN_FIRST}",), key=("group.id",), classes=("'warn-' + group.tone",)):
            html.I(classes=("'alarm-sign alarm-grade-' + group.rank",))
            html.Span("{{ t.wall_drill_alarm }}", classes="wall-drill-mark")
            html.B(f"{{{{ {TITLE} }}}}")
            html.Span("{{ group.rows[0].time.slice(5) }} · {{ group.rows[0].state }}")
        html.P(
            f"{{{{ t.wall_alarm_more.replace('{{n}}', wall_drill.groups.length - {MOST_ALARMS}) }}}}",
            v_if=(f"wall_drill.groups.length > {MOST_ALARMS}",),
        )
        html.P("{{ wall_drill.of }} · {{ t.wall_drill_invented }}", classes="wall-drill-of")


def real() -> None:
    """Add real alarms that came while a drill runs, as real ones."""
    with html.Section(
        v_if=("wall_drill.of && wall_drill.real.length",), classes="wall-real", raw_attrs=['role="alert"']
    ):
        html.B("{{ t.wall_drill_real }}")
        html.Span("{{ line }}", v_for=("line in wall_drill.real.slice(0, 3)",), key=("line",))
        html.Span(
            "+ {{ wall_drill.real.length - 3 }}",
            v_if=("wall_drill.real.length > 3",),
        )


def control() -> None:
    """Add choice, start and end of a drill to the wall's control."""
    with html.Section(
        v_if=("wall_drill.of || wall_drill.files.length",),
        classes=("'control-section' + (wall_drill.of ? ' control-running' : '')",),
    ):
        html.H2("{{ t.wall_drill }}")
        with html.Div(v_if=("wall_drill.of",), classes="control-drill"):
            html.B("{{ wall_drill.of }}")
            html.P("{{ wall_drill.told }}", classes="note")
            html.P("{{ t.wall_drill_real }} {{ line }}", v_for=("line in wall_drill.real",), key=("line",))
            html.Input(
                v_if=("wall_drill.groups.some((group) => group.open)",),
                type="text",
                classes="field control-wide",
                v_model=("wall_drill_reason",),
                raw_attrs=['maxlength="120"', ':placeholder="t.wall_reason"', ':aria-label="t.wall_reason"'],
            )
            with html.Ul(classes="control-alarms"):
                with html.Li(
                    v_for=("group in wall_drill.groups",),
                    key=("group.id",),
                    classes=("'warn-' + group.tone",),
                ):
                    html.B(f"{{{{ t.wall_drill_alarm }}}} {{{{ {TITLE} }}}}")
                    html.Span("{{ group.rows[0].time }} · {{ group.rows[0].state }}")
                    html.Button(
                        "{{ t.alarm_acknowledge }}",
                        v_if=("group.open",),
                        type="button",
                        classes="control-button",
                        click=(
                            "trigger('wall_drill_acknowledge', [group.rows.filter((row) => row.open)"
                            ".map((row) => row.id), wall_drill_reason.trim()]); wall_drill_reason = ''"
                        ),
                        raw_attrs=[
                            ':disabled="wall_drill_reason.trim().length < 2"',
                            ':title="t.wall_reason"',
                        ],
                    )
            html.Button(
                "{{ t.wall_drill_end }}",
                type="button",
                classes="control-button",
                click="trigger('wall_drill_end')",
            )
        with html.Ul(v_if=("!wall_drill.of",), classes="control-drills"):
            with html.Li(v_for=("one in wall_drill.files",), key=("one.file",)):
                html.B("{{ one.name }}")
                html.P("{{ one.why || one.note }}", classes="note")
                with html.Div(v_if=("!one.why",), classes="control-row"):
                    html.Button(
                        "{{ t.wall_drill_start }}",
                        v_if=("wall_drill_chosen !== one.file",),
                        type="button",
                        classes="control-button",
                        click="wall_drill_chosen = one.file",
                    )
                    html.Button(
                        "{{ t.wall_drill_sure }}",
                        v_if=("wall_drill_chosen === one.file",),
                        type="button",
                        classes="control-button control-sure",
                        click="trigger('wall_drill_start', [one.file]); wall_drill_chosen = ''",
                    )
                    html.Button(
                        "{{ t.wall_drill_not }}",
                        v_if=("wall_drill_chosen === one.file",),
                        type="button",
                        classes="control-button",
                        click="wall_drill_chosen = ''",
                    )


PART = Part(
    id="wall_drill",
    state={"wall_drill": DrillView(), "wall_drill_reason": "", "wall_drill_chosen": ""},
    view=view,
    client_only=("wall_drill_reason", "wall_drill_chosen"),
    build=real,
    wall_actions=(WallDrillActions,),
)

CONTROL = Part(
    id="wall_drill",
    state=PART.state,
    view=view,
    client_only=PART.client_only,
    wall_actions=PART.wall_actions,
)
"""The same on the control, whose section stands in its column."""
