"""The level slider's card: the unit switch, the staff gauge and a field to type into."""

from __future__ import annotations

from trame.widgets import html

from apps.browser.module import Gauge

SUBMIT = (
    "trigger('type_water', [gauge.kind, $event.target.elements[0].value])"
    ".then((taken) => taken && $event.target.reset())"
)
"""What is refused stays in the field, to be mended."""


def build() -> None:
    with html.Section(v_if=("gauge.marks.length || readout.figures.length",), classes="gauge-card glass"):
        with html.Div(classes="switch", raw_attrs=['role="radiogroup"']):
            for unit in ("storage", "level"):
                html.Button(
                    f"{{{{ t.gauge_{unit} }}}}",
                    type="button",
                    classes=(f"'switch-part' + (unit === '{unit}' ? ' switch-on' : '')",),
                    click=f"unit = '{unit}'",
                    raw_attrs=['role="radio"', f":aria-checked=\"unit === '{unit}'\""],
                )
        Gauge(gauge=("gauge",), hint=("t.gauge_hint",), mark="trigger('set_mark', [$event])")
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
