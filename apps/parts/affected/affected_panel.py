"""Affected panel: sums, villages and townships at the moment's level."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping
from math import cos, radians, sin, tan
from typing import TYPE_CHECKING, Any

from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.affected.affected_views import AffectedView, affected_now, affected_view
from apps.parts.part import Part
from apps.parts.triggers import Word, trigger
from apps.parts.widgets import panel, panel_button, switch
from apps.session.controller import Controller
from layers.camera.framing import seeing

if TYPE_CHECKING:
    from twin.scene import Camera

PANEL = "affected"
HOUSE = (
    "M12 2L2 11H5V16H10V11H14V16H19V11H22ZM2 18Q4.5 20.5 7 18.7Q9.5 17 12 18.7Q14.5 20.5 17 18.7"
    "Q19.5 17 22 18.7V21Q19.5 19.3 17 21Q14.5 22.7 12 21Q9.5 19.3 7 21Q4.5 22.7 2 20.5Z"
)
"""Icon: a house over waves."""
DOWNLOAD = "M5 20H19V18H5ZM19 9H15V3H9V9H5L12 16Z"
RADIUS_M = 350.0
"""About how large a village is."""
ASIDE = 0.3
"""Of half the view's width, from the middle to the left: the middle of what panels leave free."""

SHOWN = (
    "affected.rows.filter((row) => (affected_all || row.state !== 'dry')"
    " && (!affected_text || (row.name + ' ' + row.within).toLowerCase()"
    ".includes(affected_text.trim().toLowerCase())))"
    ".sort((a, b) => affected_sort === 'name' ? a.name.localeCompare(b.name, t.language_tag)"
    " : affected_sort === 'size' ? b.size - a.size : a.order - b.order)"
)
"""Villages that pass the filter, in the order chosen; an expression of the page."""


class AffectedActions:
    """Show what the level affects, and fly to a village."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        controller.on_moment.append(self._show)
        controller.on_panel.append(self._show)

    def _show(self) -> None:
        if self._controller.panel == PANEL:
            self._controller.publish_part("affected")

    @trigger
    def go_to_village(self, village: Word) -> None:
        """Fly to a village of the list; an unknown one changes nothing."""
        session = self._controller.session
        report = affected_now(session)
        row = next((row for row in (*report.villages, *report.dry) if row.id == village), None)
        if row is not None:
            camera = seeing(session.scene, session.ground, row.east, row.north, radius_m=RADIUS_M)
            self._controller.area.fly_to(beside_panel(camera, self._controller.area.aspect))


def beside_panel(camera: Camera, aspect: float) -> Camera:
    """Return the camera turned aside, so that no panel covers its target.

    ``aspect`` is the view's width over its height; on a phone nothing is free beside the panel.
    """
    if aspect < 1.2:
        return camera
    aside_m = ASIDE * camera.distance_m * tan(radians(camera.view_angle_deg) / 2.0) * aspect
    heading = radians(camera.heading_deg)
    return camera.model_copy(
        update={
            "target_east_m": camera.target_east_m + aside_m * cos(heading),
            "target_north_m": camera.target_north_m - aside_m * sin(heading),
        }
    )


def build() -> None:
    with panel(PANEL, wide=True):
        with html.Header(classes="panel-head"):
            html.H2("{{ t.affected_at.replace('{level}', affected.level) }}")
            html.Span("{{ head.mode }}", v_if=("head.mode",), classes="chip")
            with html.A(
                v_if=("affected.known",),
                href=("affected.file",),
                download=True,
                classes="tool",
                title=("t.affected_csv_hint",),
            ):
                Icon(DOWNLOAD)
                html.Span("CSV")
        _sums()
        html.P("{{ affected.belt }}", v_if=("affected.known",), classes="note")
        with html.P(v_for=("note in affected.notes",), key=("note",), classes="layer-reason"):
            Icon("alert-outline")
            html.Span("{{ note }}")
        with html.Div(v_if=("affected.known",), classes="affected-list"):
            _choices()
            _villages()
            _townships()
            html.P("{{ affected.following }}", v_if=("affected.following",), classes="affected-next")
            html.P("{{ affected.source }}", classes="note")


def _sums() -> None:
    with html.Table(v_if=("affected.known",), classes="affected-sums"):
        with html.Thead():
            with html.Tr():
                html.Td()
                for column in ("certain", "possible", "most"):
                    html.Th(f"{{{{ t.affected_{column} }}}}", raw_attrs=['scope="col"'])
        with html.Tbody():
            with html.Tr(v_for=("sum in affected.sums",), key=("sum.id",), raw_attrs=[':data-sum="sum.id"']):
                html.Th("{{ sum.name }}", raw_attrs=['scope="row"'])
                html.Td("{{ sum.certain }}", classes="affected-certain")
                html.Td("{{ sum.possible }}", classes="affected-possible")
                html.Td("{{ sum.most }}")


def _choices() -> None:
    with html.Div(classes="affected-tools"):
        html.Input(
            type="search",
            classes="field",
            v_model=("affected_text",),
            placeholder=("t.affected_filter",),
            raw_attrs=[':aria-label="t.affected_filter"'],
        )
        switch(
            ("village", "township"),
            chosen="affected_by",
            click="affected_by = '{choice}'",
            text="affected_by",
        )
        with html.Label(v_if=("affected_by === 'village'",), classes="affected-all"):
            html.Input(type="checkbox", v_model=("affected_all",))
            html.Span("{{ t.affected_all }}")


SORTS = {"name": "name", "level": "level", "households": "size"}
"""Columns that the villages are sorted by, and their orders."""


def _columns(*, sorts: bool = False) -> None:
    with html.Div(classes="affected-row affected-columns"):
        for column in ("name", "level", "households", "people", "buildings"):
            order = SORTS.get(column)
            if order is None or not sorts:
                html.Span(f"{{{{ t.affected_column_{column} }}}}")
                continue
            html.Button(
                f"{{{{ t.affected_column_{column} }}}}",
                type="button",
                title=("t.affected_order",),
                classes=(f"affected_sort === '{order}' ? 'affected-by' : ''",),
                click=f"affected_sort = '{order}'",
                raw_attrs=[f":aria-pressed=\"affected_sort === '{order}'\""],
            )


def _cells() -> None:
    with html.Span(classes="affected-name"):
        html.I(
            classes=("'affected-sign affected-' + row.state",),
            raw_attrs=['role="img"', ":aria-label=\"t['affected_' + row.state]\""],
        )
        html.B("{{ row.name }}")
        html.Small("{{ row.within }}")
    with html.Span(classes="affected-level", title=("row.above ? t.affected_above : ''",)):
        html.Span("{{ row.level }}")
        html.Small("{{ row.above }}")
    for column in ("households", "people", "buildings"):
        name = f"t.affected_{column} + ' ' + row.{column}"
        html.Span(f"{{{{ row.{column} }}}}", raw_attrs=[f':aria-label="{name}"'])


def _villages() -> None:
    with html.Div(v_if=("affected_by === 'village'",), classes="affected-part"):
        _columns(sorts=True)
        with html.Ul(classes="affected-rows"):
            with html.Li(v_for=(f"row in {SHOWN}",), key=("row.id",)):
                with html.Button(
                    type="button",
                    classes="affected-row",
                    click="trigger('go_to_village', [row.id])",
                    raw_attrs=[':data-village="row.id"', ':title="t.affected_fly"'],
                ):
                    _cells()
        html.P("{{ t.affected_none }}", v_if=(f"!{SHOWN}.length",), classes="note")


def _townships() -> None:
    with html.Div(v_if=("affected_by === 'township'",), classes="affected-part"):
        _columns()
        with html.Ul(classes="affected-rows"):
            with html.Li(v_for=("row in affected.townships",), key=("row.id",)):
                with html.Button(
                    type="button",
                    classes="affected-row",
                    click="affected_text = row.name; affected_by = 'village'",
                ):
                    _cells()
        html.P("{{ t.affected_none }}", v_if=("!affected.townships.length",), classes="note")


def _view(controller: Controller) -> Mapping[str, Any]:
    if controller.panel != PANEL:
        return {}
    return {"affected": affected_view(controller.session, controller.language)}


def _button() -> None:
    panel_button(PANEL, HOUSE, key="F")


PART = Part(
    id="affected",
    state={
        "affected": AffectedView(),
        "affected_text": "",
        "affected_sort": "level",
        "affected_by": "village",
        "affected_all": False,
    },
    view=_view,
    client_only=("affected_text", "affected_sort", "affected_by", "affected_all"),
    build=build,
    panel=PANEL,
    actions=(AffectedActions,),
    button=_button,
    tools="head",
    keys={"f": ("panel", PANEL)},
    help=(("F", "affected"),),
)
