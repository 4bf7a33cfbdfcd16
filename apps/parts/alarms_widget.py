"""The alarms panel: groups, their alarms, and the name of who acknowledges them."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from trame.widgets import html
from trame.widgets import vuetify3 as v3


def build() -> None:
    with html.Section(
        v_if=("panel === 'alarms'",), classes="panel panel-wide glass", raw_attrs=[':aria-label="t.alarms"']
    ):
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
            v3.VIcon("mdi-alert-outline")
            html.Span("{{ alarms.note || t.alarms_unknown }}")
        with html.Label(v_if=("alarms.count",), classes="operator"):
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
    """A button for those rows of a group for which ``rows`` holds, if any; it needs a name."""
    html.Button(
        f"{{{{ t.alarm_{action} }}}}",
        v_if=(f"group.rows.some((row) => {rows})",),
        type="button",
        classes="tool",
        click=(
            f"trigger('{action}', [group.rows.filter((row) => {rows}).map((row) => row.id), "
            f"operator.trim(){more}])"
        ),
        raw_attrs=[
            ':disabled="!operator.trim()"',
            f':title="operator.trim() ? t.alarm_{action}_hint : t.operator_hint"',
        ],
    )
