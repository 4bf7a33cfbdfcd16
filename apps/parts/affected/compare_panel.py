"""Compare panel: the level shown and another.

As colours on the ground, a swipe and numbers.
"""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from trame.widgets import html

from apps.browser.module import SwipeElement
from apps.parts.affected.compare_views import CompareView, choices_of, compare_view
from apps.parts.part import Part
from apps.parts.triggers import Number, Word, trigger
from apps.parts.typed import asked
from apps.parts.widgets import icon_button, panel, panel_button
from apps.session.controller import Controller
from apps.session.views import TypedView
from twin.errors import TwinError
from twin.scene import Marks

PARTED = "M3 3H11V21H3ZM13 3H21V21H13V19H19V5H13Z"
"""Icon: a picture in two halves."""

Share = Annotated[Number, Field(ge=0, le=1)]


class CompareActions:
    """Choose the level compared with, and where the picture is parted."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        controller.on_moment.append(self._show)
        controller.on_panel.append(self._show)

    def _show(self) -> None:
        if self._controller.panel == "compare" or self._controller.session.scene.marks.compared_m is not None:
            self._controller.publish_part("compare")

    @trigger
    def compare_with(self, choice: Word) -> None:
        """Compare with a level by its id.

        The live one, a characteristic one, or ``shown``: the one shown now. An unknown choice changes
        nothing.
        """
        session = self._controller.session
        levels = {id_: level_m for id_, _, level_m in choices_of(session, "en")}
        levels["shown"] = session.scene.moment.level_m
        if choice in levels:
            self._compare(levels[choice])

    @trigger
    def compare_typed(self, text: Annotated[str, Field(max_length=4096)]) -> bool:
        """Compare with a typed level, m, or refuse it in words."""
        controller = self._controller
        found = asked(controller.session, "level", text, controller.language)
        if isinstance(found, TypedView):
            controller.publish(compare_refused=found.refused)
            return False
        try:
            level_m = controller.session.levels.level_of(*found)
        except TwinError as error:
            controller.show_error(error)
            return False
        self._compare(level_m)
        return True

    def _compare(self, level_m: float) -> None:
        self._mark(compared_m=round(level_m, 4))

    @trigger
    def compare_nothing(self) -> None:
        """End the comparison."""
        self._mark(compared_m=None, swipe=None)

    @trigger
    def swipe(self, share: Share | None) -> None:
        """Split the picture at a share of its width.

        None shows colours instead.
        """
        if self._controller.session.scene.marks.compared_m is not None:
            self._mark(swipe=None if share is None else round(share, 4))

    def _mark(self, **marks: Any) -> None:
        controller = self._controller
        controller.do(
            lambda scene: scene.changed(marks=Marks(**{**dict(scene.marks), **marks})),
            moving=marks.get("swipe") is not None,
        )
        controller.publish(compare_refused="")
        controller.publish_part("compare")


def _build_swipe() -> None:
    SwipeElement(
        v_if=("compare.on && compare.swipe !== null",),
        share=("compare.swipe",),
        before=("compare.level",),
        after=("compare.shown",),
        label=("t.compare_swipe_label",),
        moved="trigger('swipe', [$event])",
    )


def build() -> None:
    with html.Aside(
        v_if=("compare.on",), classes="compare-legend glass", raw_attrs=[':aria-label="t.compare"']
    ):
        html.B("{{ compare.title }}")
        with html.Ul(v_if=("compare.swipe === null",)):
            with html.Li(v_for=("entry in compare.legend",), key=("entry.text",)):
                html.I(classes="swatch", style=("{ '--colour': entry.colour }",))
                html.Span("{{ entry.text }}")
        html.Button(
            "{{ compare.swipe === null ? t.compare_swipe : t.compare_colours }}",
            type="button",
            classes=("'tool' + (compare.swipe === null ? '' : ' tool-on')",),
            click="trigger('swipe', [compare.swipe === null ? 0.5 : null])",
        )
        icon_button("close", "trigger('compare_nothing')", "compare_end")
    with panel("compare", wide=True):
        html.H2("{{ t.compare }}")
        html.P("{{ t.compare_note.replace('{level}', compare.shown) }}", classes="note")
        _choices()
        _table()


def _choices() -> None:
    with html.Div(classes="places compare-choices"):
        with html.Button(
            v_for=("choice in compare.choices",),
            key=("choice.id",),
            type="button",
            classes=("'place' + (choice.on ? ' place-on' : '')",),
            click="trigger('compare_with', [choice.id])",
            raw_attrs=[':aria-pressed="choice.on"', ':data-choice="choice.id"'],
        ):
            html.Span("{{ choice.name }}")
            html.B("{{ choice.text }}")
        with html.Button(type="button", classes="place", click="trigger('compare_with', ['shown'])"):
            html.Span("{{ t.compare_pin }}")
            html.B("{{ compare.shown }}")
    with html.Form(
        classes="link-row",
        submit="trigger('compare_typed', [$event.target.elements[0].value])"
        ".then((taken) => taken && $event.target.reset())",
        raw_attrs=['onsubmit="return false"'],
    ):
        html.Input(
            type="text",
            inputmode="decimal",
            placeholder=("t.compare_type",),
            raw_attrs=[':aria-label="t.compare_type"', ':aria-invalid="Boolean(compare_refused)"'],
        )
        html.Button("{{ t.compare }}", type="submit", classes="tool")
    html.P(
        "{{ compare_refused }}",
        v_if=("compare_refused",),
        classes="gauge-refused",
        raw_attrs=['role="alert"'],
    )


def _table() -> None:
    with html.Table(v_if=("compare.on",), classes="affected-sums compare-rows"):
        with html.Thead():
            with html.Tr():
                html.Td()
                html.Th("{{ compare.level }}", raw_attrs=['scope="col"'])
                html.Th("{{ compare.shown }}", raw_attrs=['scope="col"'])
                html.Th("{{ t.compare_difference }}", raw_attrs=['scope="col"'])
        with html.Tbody():
            with html.Tr(v_for=("row in compare.rows",), key=("row.id",), raw_attrs=[':data-row="row.id"']):
                with html.Th(raw_attrs=['scope="row"']):
                    html.Span("{{ row.name }}")
                    html.Small("{{ row.unit }}")
                with html.Td(
                    v_for=("cell, column in row.cells",),
                    key=("column",),
                    classes=("column === 2 ? 'compare-difference' : ''",),
                ):
                    html.Span("{{ cell }}")
                    html.Small(
                        "{{ t.compare_most.replace('{n}', row.most[column]) }}", v_if=("row.most.length",)
                    )


def _view(controller: Controller) -> Mapping[str, Any]:
    if controller.panel != "compare" and controller.session.scene.marks.compared_m is None:
        return {"compare": CompareView()}
    return {"compare": compare_view(controller.session, controller.language)}


def _button() -> None:
    panel_button("compare", PARTED, key="D")


SWIPE = Part(id="swipe", build=_build_swipe)
"""Over the scene and under everything else."""

PART = Part(
    id="compare",
    state={"compare": CompareView(), "compare_refused": ""},
    view=_view,
    client_only=("compare_refused",),
    build=build,
    panel="compare",
    actions=(CompareActions,),
    button=_button,
    keys={"d": ("panel", "compare")},
    help=(("D", "compare"),),
)
