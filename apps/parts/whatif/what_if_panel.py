"""Panel of the what-if: fields, the answer, chart, crossings."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trame.widgets import html

from apps.browser.module import FieldElement, PlanElement
from apps.parts.part import Part
from apps.parts.whatif import what_if_forecasts, what_if_kept, what_if_supply
from apps.parts.whatif.what_if_actions import WhatIfActions
from apps.parts.whatif.what_if_view import WhatIfView, live_mark
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller

ICON = (
    "M13.5,8H12V13L16.28,15.54L17,14.33L13.5,12.25V8M13,3A9,9 0 0,0 4,12H1L4.96,16.03L9,12H6A7,7 0 0,1 13,5"
    "A7,7 0 0,1 20,12A7,7 0 0,1 13,19C11.07,19 9.32,18.21 8.06,16.94L6.64,18.36C8.27,20 10.5,21 13,21"
    "A9,9 0 0,0 22,12A9,9 0 0,0 13,3"
)


def build() -> None:
    with panel("whatif", wide=True):
        with html.Div(classes="whatif"):
            with html.Header(classes="panel-head"):
                html.H2("{{ t.whatif_title }}")
                html.Button(
                    "{{ t.whatif_anew }}",
                    type="button",
                    classes="tool",
                    click="trigger('what_if_anew')",
                    title=("t.whatif_anew_hint",),
                )
            with html.Template(v_if=("what_if.ready",)):
                _fields()
                _answer()
            PlanElement(
                chart=("what_if.chart",),
                clock=("clock_at",),
                run=("clock_run",),
                live=("live_mark",),
                t=("t",),
            )
            with html.Template(v_if=("what_if.ready",)):
                what_if_forecasts.build()
                _crossings()
                _series()
                what_if_supply.build(_input)
                what_if_kept.build()


def _fields() -> None:
    with html.Div(classes="whatif-fields"):
        _field("start", "t.whatif_start", "t.unit_level", more="start_error", more_unit="t.unit_level")
        _days()
        _flow("inflow", more="inflow_error")
        _flow("release")
        _field("target", "t.whatif_target", "t.unit_level")
        html.P("{{ what_if.start_note }}", classes="note")
    html.P(
        "{{ what_if.refused }}",
        v_if=("what_if.refused",),
        classes="gauge-refused",
        raw_attrs=['role="alert"'],
    )


def _days() -> None:
    with html.Div(classes="whatif-row"):
        html.Label("{{ t.whatif_days }}", raw_attrs=['for="whatif-days"'])
        with html.Select(
            classes="choice",
            change="trigger('what_if_set', ['days', $event.target.value])",
            raw_attrs=[
                'id="whatif-days"',
                ":value=\"what_if.auto_days ? 'auto' : String(what_if.days)\"",
            ],
        ):
            html.Option("{{ t.whatif_days_auto }}", value="auto")
            html.Option(
                "{{ t.whatif_days_value.replace('{days}', n) }}",
                v_for=("n in what_if.day_choices",),
                key=("n",),
                value=("String(n)",),
            )
            html.Option(
                "{{ t.whatif_days_value.replace('{days}', what_if.days.toFixed(1)) }}",
                v_if=("!what_if.auto_days && !what_if.day_choices.includes(what_if.days)",),
                value=("String(what_if.days)",),
            )


def _field(name: str, label: str, unit: str, *, more: str = "", more_unit: str = "") -> None:
    with html.Div(classes="whatif-row"):
        html.Label(f"{{{{ {label} }}}}", raw_attrs=[f'for="whatif-{name}"'])
        _input(name, f"what_if.{name}", f"trigger('what_if_set', ['{name}', $event])")
        html.Span(f"{{{{ {unit} }}}}")
        if more:
            _more(more, more_unit)


def _flow(name: str, *, more: str = "") -> None:
    """A constant flow, or that there is a series; ``more`` is its bounds."""
    number = {"inflow": 0, "release": 1}[name]
    with html.Div(classes="whatif-row"):
        html.Label(f"{{{{ t.whatif_{name} }}}}", raw_attrs=[f'for="whatif-{name}"'])
        _input(
            name,
            f"what_if.series[{number}].value",
            f"trigger('what_if_flow', ['{name}', $event])",
            placeholder=f"t.whatif_series.replace('{{n}}', what_if.series[{number}].count)",
        )
        html.Span("{{ t.unit_flow }}")
        if more:
            _more(more, "'%'")


def _more(name: str, unit: str) -> None:
    html.Span("±")
    _input(
        name,
        f"what_if.{name}",
        f"trigger('what_if_set', ['{name}', $event])",
        label=f"t.whatif_{name}",
    )
    html.Span(f"{{{{ {unit} }}}}")


def _input(name: str, value: str, typed: str, *, label: str = "", placeholder: str = "") -> None:
    attributes = [
        f'id="whatif-{name}"',
        f':value="{value}"',
        'maxlength="60"',
        f":aria-invalid=\"what_if.refused_field === '{name}'\"",
    ]
    attributes += [f':aria-label="{label}"'] if label else []
    attributes += [f':placeholder="{placeholder}"'] if placeholder else []
    FieldElement(classes=f"whatif-{name}", taken=("what_if.taken",), typed=typed, raw_attrs=attributes)


def _answer() -> None:
    with html.Div(v_if=("what_if.answer",), classes="whatif-answer", raw_attrs=['aria-live="polite"']):
        html.B("{{ what_if.answer }}")
        html.Span("{{ what_if.answer_bounds }}", v_if=("what_if.answer_bounds",))
        html.Button(
            "{{ t.whatif_show }}",
            v_if=("what_if.answer_at !== null",),
            type="button",
            classes="tool",
            click="trigger('what_if_at', [what_if.answer_at])",
        )


def _crossings() -> None:
    html.P("{{ what_if.peak }}", classes="whatif-peak")
    html.P("{{ what_if.end }}", v_if=("what_if.end",), classes="layer-reason")
    with html.Ul(classes="whatif-crossings", raw_attrs=[':aria-label="t.whatif_crossings"']):
        with html.Li(v_for=("row in what_if.crossings",), key=("row.at + row.name",)):
            with html.Button(
                type="button",
                classes="whatif-crossing",
                click="trigger('what_if_at', [row.at])",
                title=("row.bounds",),
            ):
                html.Span("{{ row.rising ? '↑' : '↓' }}", raw_attrs=['aria-hidden="true"'])
                html.Span("{{ row.name }} {{ row.level }}", classes="whatif-crossing-name")
                html.Span("{{ row.time }}", classes="whatif-crossing-time")
                html.Em("{{ row.bounds }}")
    html.P("{{ what_if.bounds_note }}", classes="note")


def _series() -> None:
    with html.Details(classes="whatif-series"):
        html.Summary("{{ t.whatif_table }}")
        with html.Label(classes="tool whatif-file"):
            html.Span("{{ t.whatif_file }}")
            html.Input(
                type="file",
                change="window.twinDesk.planFile($event)",
                raw_attrs=['accept=".csv,.txt,text/csv"'],
            )
        html.P("{{ what_if.source || t.whatif_file_note }}", classes="note")
        with html.Section(v_for=("one in what_if.series",), key=("one.id",)):
            html.H3("{{ one.name }}{{ one.unit ? ' (' + one.unit + ')' : '' }}")
            html.P(
                "{{ t.whatif_many.replace('{n}', one.count) }}", v_if=("!one.points.length",), classes="note"
            )
            with html.Div(
                v_for=("point in one.points",), key=("point.number + point.time",), classes="whatif-point"
            ):
                _cell("time", "point.time", "[one.id, point.number, $event, point.value]")
                _cell("value", "point.value", "[one.id, point.number, point.time, $event]")
                html.Button(
                    "×",
                    v_if=("one.points.length > 1",),
                    type="button",
                    classes="tool tool-icon",
                    click="trigger('what_if_remove', [one.id, point.number])",
                    raw_attrs=[':aria-label="t.whatif_remove + point.time"'],
                )
            html.Button(
                "{{ t.whatif_add }}",
                v_if=("one.points.length",),
                type="button",
                classes="tool",
                click="window.twinDesk.planAdd(one.id)",
            )


def _cell(name: str, value: str, arguments: str) -> None:
    FieldElement(
        taken=("what_if.taken",),
        typed=f"trigger('what_if_point', {arguments})",
        raw_attrs=[
            f':value="{value}"',
            'maxlength="40"',
            f":aria-label=\"one.name + ' ' + t.whatif_{name}\"",
        ],
    )


def _view(controller: Controller) -> Mapping[str, Any]:
    return {"what_if": controller.what_if() or WhatIfView()}


def _caption(controller: Controller) -> Mapping[str, Any]:
    moment = controller.session.scene.moment
    shown = moment.mode in ("what-if", "forecast") and moment.valid_at is not None
    run = moment.run if moment.mode == "forecast" else None
    return {
        "clock_at": moment.valid_at.timestamp() if shown and moment.valid_at else None,
        "clock_run": run or "",
        "live_mark": live_mark(controller.session, controller.language)
        if controller.panel == "whatif"
        else None,
    }


def _button() -> None:
    panel_button("whatif", ICON, key="I")


PART = Part(
    id="whatif",
    state={"what_if": WhatIfView(), "clock_at": None, "clock_run": "", "live_mark": None},
    view=_view,
    caption=_caption,
    client_only=("clock_at", "clock_run", "live_mark"),
    build=build,
    panel="whatif",
    actions=(WhatIfActions,),
    button=_button,
    tools="head",
    keys={"i": ("panel", "whatif")},
    help=(("I", "whatif"),),
)
