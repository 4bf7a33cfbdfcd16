"""The time bar: play, speed, the time shown, the track, and the chart below it."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3

from apps.browser.module import Chart, Track


def build() -> None:
    with html.Section(
        v_if=("clock.available",),
        classes=(
            "'timebar glass' + (chart_open ? '' : ' timebar-low') + (clock.active ? ' timebar-active' : '')",
        ),
    ):
        with html.Div(classes="timebar-head"):
            with html.Button(
                type="button",
                classes="play",
                title=("clock.playing ? t.flood_pause : t.flood_play",),
                click="trigger('play_pause')",
                raw_attrs=[':aria-label="clock.playing ? t.flood_pause : t.flood_play"'],
            ):
                v3.VIcon(icon=("clock.playing ? 'mdi-pause' : 'mdi-play'",))
            with html.Div(classes="timebar-name"):
                html.Span("{{ clock.name }}")
                html.B("{{ clock.text }}")
            with html.Div(classes="timebar-values"):
                with html.Span(
                    v_for=("v in clock.values",), key=("v.id",), classes=("'flow flow-' + v.tone",)
                ):
                    html.Span("{{ v.label }}")
                    html.B("{{ v.value }}", v_if=("v.value",))
                    html.I("{{ v.unit }}", v_if=("v.value",))
                    html.Em("{{ v.mark }}", v_if=("v.mark",), classes=("'mark mark-' + v.mark_tone",))
            with html.Div(classes="timebar-tools"):
                with html.Span(classes="legend-note"):
                    html.I(classes="dot")
                    html.Span("{{ t.legend_published }}")
                    html.I(classes="dash")
                    html.Span("{{ t.legend_reconstructed }}")
                with html.Label(classes="speed", title=("t.flood_speed",)):
                    with html.Select(
                        change="trigger('speed', [Number($event.target.value)])",
                        raw_attrs=[':value="clock.speed"', ':aria-label="t.flood_speed"'],
                    ):
                        html.Option(
                            "{{ t.flood_speed_value.replace('{hours}', s) }}",
                            v_for=("s in clock.speeds",),
                            key=("s",),
                            value=("s",),
                        )
                with html.Button(
                    v_if=("clock.active",), type="button", classes="tool", click="trigger('leave_flood')"
                ):
                    html.Span("{{ t.flood_leave }}")
                with html.Button(
                    type="button",
                    classes="tool tool-icon",
                    title=("chart_open ? t.chart_hide : t.chart_show",),
                    click="chart_open = !chart_open",
                    raw_attrs=[
                        ':aria-label="chart_open ? t.chart_hide : t.chart_show"',
                        ':aria-expanded="chart_open"',
                    ],
                ):
                    v3.VIcon(icon=("chart_open ? 'mdi-chevron-down' : 'mdi-chart-line'",))
        with Track(clock=("clock",), label=("t.flood_scrub",)):
            with html.Div(v_if=("chart_open",), classes="chart"):
                Chart(figure=("chart",))
