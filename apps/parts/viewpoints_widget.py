"""The views panel: named viewpoints and the vertical exaggeration."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html


def build() -> None:
    with html.Section(
        v_if=("panel === 'views'",), classes="panel glass", raw_attrs=[':aria-label="t.views"']
    ):
        html.H2("{{ t.views }}")
        with html.Div(classes="places"):
            with html.Button(
                v_for=("place, number in views.places",),
                key=("place.id",),
                type="button",
                classes="place",
                click="trigger('go_to', [place.id])",
            ):
                html.Kbd("{{ number + 1 }}", v_if=("number < 9",))
                html.Span("{{ place.name }}")
        with html.Label(classes="exaggeration"):
            html.Span("{{ t.exaggeration }}")
            html.B("× {{ views.exaggeration.toFixed(1) }}")
            html.Input(
                type="range",
                classes="range",
                input="trigger('exaggerate', [Number($event.target.value)])",
                raw_attrs=[
                    'min="1"',
                    'max="5"',
                    'step="0.1"',
                    ':value="views.exaggeration"',
                    ":style=\"{ '--part': (views.exaggeration - 1) * 25 + '%' }\"",
                ],
            )
        html.P("{{ t.exaggeration_note }}", classes="note")
