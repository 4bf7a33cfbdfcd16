"""The card that answers: where a number comes from, what is known of a point, how a station stands."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3

from apps.browser.module import Chart


def build() -> None:
    with html.Section(
        v_if=("card.kind",), classes="card glass", raw_attrs=['aria-live="polite"', ':data-card="card.kind"']
    ):
        with html.Header(classes="card-head"):
            html.H2("{{ card.title }}")
            with html.Button(
                type="button",
                classes="tool tool-icon",
                title=("t.close",),
                click="trigger('close_card')",
                raw_attrs=[':aria-label="t.close"'],
            ):
                v3.VIcon("mdi-close")
        html.P("{{ card.value }}", v_if=("card.value",), classes=("'card-value tone-' + card.tone",))
        with html.Div(v_if=("card.kind === 'station' && station_chart.stream",), classes="past"):
            with html.Select(
                v_if=("station_chart.streams.length > 1",),
                classes="choice",
                change="trigger('choose_stream', [$event.target.value])",
                raw_attrs=[':value="station_chart.stream"', ':aria-label="t.chart_of"'],
            ):
                html.Option(
                    "{{ s.name }}", v_for=("s in station_chart.streams",), key=("s.id",), value=("s.id",)
                )
            html.P("{{ station_chart.state }}", v_if=("station_chart.state",), classes="note")
            with html.Div(v_if=("!station_chart.state",), classes="past-chart"):
                Chart(figure=("station_chart.figure",))
        with html.Dl(classes="rows"):
            with html.Template(v_for=("row in card.rows",), key=("row.label",)):
                html.Dt("{{ row.label }}")
                html.Dd("{{ row.value }}", classes=("row.tone ? 'tone-' + row.tone : ''",))
        html.P("{{ card.note }}", v_if=("card.note",), classes="note")
