"""Cards of the wall: water left, basin right."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from trame.widgets import html

from apps.browser.module import WallAge, WallFigureElement, WallLine
from apps.parts.alarms.alarm_rows import AlarmsView
from apps.parts.part import Part

NOT_LIVE = "wall_mode.mode"
"""Expression of the page: the scene shows another moment than the present."""

MOST_ALARMS = 2
GROUPS = "alarms.groups.filter((one) => one.rows.some((row) => !row.aside))"


@contextmanager
def card(name: str, *, age: str = "") -> Iterator[None]:
    """Add a card of live figures.

    Marked so in every frame that is not live. ``name`` is the key of its title, ``age``
    that of the age in its corner.
    """
    with html.Section(classes=f"wall-card wall-card-{name}", raw_attrs=[f':aria-label="t.wall_{name}"']):
        with html.Header(classes="wall-card-head"):
            html.H2(f"{{{{ t.wall_{name} }}}}")
            html.Span("{{ t.mode_live }}", v_if=(NOT_LIVE,), classes="wall-live")
            if age:
                WallAge(age=(f"situation_ages['{age}']",), t=("t",))
        yield


def _figure(figure: str, *, size: str = "plain", **how: object) -> None:
    WallFigureElement(figure=(figure,), ages=("situation_ages",), t=("t",), size=size, **how)


def water() -> None:
    """Add storage with its line, level, flows and the next level."""
    with card("water_storage"):
        with html.Div(v_if=("situation.water",)):
            _figure("situation.water.storage", size="huge")
            with html.Div(v_if=("situation.water.fill !== null",), classes="wall-fill"):
                with html.Span(classes="wall-fill-bar"):
                    html.Span(style=("{ width: Math.min(100, situation.water.fill) + '%' }",))
                html.Span("{{ situation.water.fill_text }}")
            _figure("situation.water.curve", size="line", v_if=("situation.water.curve",))
        html.P("{{ situation.why || t.live_starting }}", v_if=("!situation.water",), classes="wall-why")
        _line()
    with card("water_level"):
        with html.Div(v_if=("situation.water",)):
            _figure("situation.water.level", size="large")
            _figure("row", size="line", v_for=("row in situation.water.margins",), key=("row.id",))
        html.P("{{ situation.why || t.live_starting }}", v_if=("!situation.water",), classes="wall-why")
    with card("water_flows", age="inflow"):
        with html.Div(v_if=("situation.water",), classes="wall-flows"):
            _figure("row", size="line", v_for=("row in situation.water.flows",), key=("row.id",))
            _figure("situation.water.next", size="line")
        html.P("{{ situation.why || t.live_starting }}", v_if=("!situation.water",), classes="wall-why")


def _line() -> None:
    WallLine(v_if=("situation.line.paths.length",), line=("situation.line",), label=("t.wall_line",))
    html.P("{{ situation.line.why }}", v_if=("situation.line.why",), classes="wall-why")


def basin() -> None:
    """Add alarms, rain, water quality and villages."""
    with card("alarms"):
        with html.Ul(v_if=("alarms.known || alarms.count",), classes="wall-ranks"):
            with html.Li(
                v_for=("one in situation.alarms",),
                key=("one.rank",),
                classes=(
                    "'wall-rank warn-' + ['red', 'orange', 'yellow', 'blue'][one.rank - 1]"
                    " + (one.standing ? '' : ' wall-rank-none') + (one.open ? ' wall-open' : '')",
                ),
                raw_attrs=[":aria-label=\"t['wall_rank_' + one.rank] + ' ' + one.standing\""],
            ):
                html.I(classes=("'alarm-sign alarm-grade-' + one.rank",))
                html.Span("{{ t['wall_rank_' + one.rank] }}")
                html.B("{{ one.standing }}")
        html.P("{{ alarms.note || t.alarms_unknown }}", v_if=("!alarms.known",), classes="wall-doubt")
        html.P("{{ t.alarms_none }}", v_if=("alarms.known && !alarms.count",), classes="wall-calm")
        with html.Ul(classes="wall-alarms"):
            with html.Li(
                v_for=(f"group in {GROUPS}.slice(0, {MOST_ALARMS})",),
                key=("group.id",),
                classes=("'wall-alarm warn-' + group.tone + (group.open ? ' wall-open' : '')",),
            ):
                html.I(classes=("'alarm-sign alarm-grade-' + group.rank",))
                html.B("{{ group.rows.length > 1 ? group.title : group.rows[0].name }}")
                html.Span(
                    "{{ group.rows[0].text }}", v_if=("group.rows.length === 1",), classes="wall-alarm-text"
                )
                html.Span(
                    "{{ group.rows[0].time.slice(5) }} · "
                    "{{ group.open ? t.alarms_open_brief.replace('{n}', group.open) : group.rows[0].state }}",
                    classes="wall-alarm-state",
                )
        html.P(
            f"{{{{ t.wall_alarm_more.replace('{{n}}', {GROUPS}.length - {MOST_ALARMS}) }}}}",
            v_if=(f"{GROUPS}.length > {MOST_ALARMS}",),
            classes="wall-why",
        )
    with card("villages"):
        with html.Div(v_if=("!situation.villages.why",), classes="wall-villages"):
            with html.P(classes=("'wall-count' + (situation.villages.tone ? ' wall-over' : '')",)):
                html.B("{{ situation.villages.certain }}")
                html.Span("{{ t.wall_certain }}")
            with html.P(classes="wall-count"):
                html.B("{{ situation.villages.possible }}")
                html.Span("{{ t.wall_possible }}")
            html.P("{{ situation.villages.places }}", classes="wall-why")
        html.P("{{ situation.villages.why }}", v_if=("situation.villages.why",), classes="wall-why")
    with card("rain", age="rain"):
        html.P("{{ situation.rain.text }}", v_if=("situation.rain.text",), classes="wall-lead")
        with html.Table(v_if=("situation.rain.rows.length",), classes="wall-table"):
            with html.Thead():
                with html.Tr():
                    html.Th("{{ t.wall_wettest }}")
                    html.Th("{{ t.wall_h1 }}")
                    html.Th("{{ t.wall_h24 }}")
            with html.Tbody():
                with html.Tr(v_for=("row in situation.rain.rows",), key=("row.name",)):
                    html.Td("{{ row.name }}")
                    html.Td("{{ value }}", v_for=("(value, k) in row.values",), key=("k",))
        html.P("{{ situation.rain.note }}", v_if=("situation.rain.note",), classes="wall-why")
        html.P("{{ situation.rain.why }}", v_if=("situation.rain.why",), classes="wall-why")
    with card("quality", age="quality"):
        with html.Ul(v_if=("situation.quality.cells.length",), classes="wall-classes"):
            with html.Li(
                v_for=("cell in situation.quality.cells",),
                key=("cell.name",),
                classes=("(cell.count ? '' : 'wall-class-none') + (cell.worse ? ' wall-over' : '')",),
            ):
                html.B("{{ cell.count }}")
                html.Span("{{ cell.name }}")
        html.P("{{ situation.quality.text }}", v_if=("situation.quality.text",), classes="wall-lead")
        with html.P(v_for=("row in situation.quality.rows",), key=("row.name",), classes="wall-worse"):
            html.Span("{{ row.name }}")
            html.B("{{ row.values[0] }}")
        html.P("{{ situation.quality.why }}", v_if=("situation.quality.why",), classes="wall-why")


def _columns() -> None:
    with html.Aside(classes="wall-side wall-left", raw_attrs=[':aria-label="t.wall_side_water"']):
        water()
    with html.Aside(classes="wall-side wall-right", raw_attrs=[':aria-label="t.wall_side_basin"']):
        with html.Div(classes="wall-flow"):
            basin()


PART = Part(id="wall_cards", state={"alarms": AlarmsView()}, build=_columns)
