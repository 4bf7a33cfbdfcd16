"""Measure panel: points are clicked on the picture while it is open."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, get_args

from pydantic import Field
from trame.widgets import html

from apps.browser.module import ChartElement
from apps.parts.measure.results import MeasureView, view
from apps.parts.part import Part
from apps.parts.triggers import Number, trigger
from apps.parts.widgets import panel, panel_button, switch
from apps.session.controller import Controller
from twin.scene import MOST_MEASURED, MeasuredShape, MeasureKind

if TYPE_CHECKING:
    from apps.painter.messages import Picked

PANEL = "measure"
RULER = (
    "M1.39,18.36L3.16,16.6L4.58,18L5.64,16.95L4.22,15.54L5.64,14.12L8.11,16.6L9.17,15.54L6.7,13.06L8.11,11.65L9.53,"
    "13.06L10.59,12L9.17,10.59L10.59,9.17L13.06,11.65L14.12,10.59L11.65,8.11L13.06,6.7L14.47,8.11L15.54,7.05L14.12,"
    "5.64L15.54,4.22L18,6.7L19.07,5.64L16.6,3.16L18.36,1.39L22.61,5.64L5.64,22.61L1.39,18.36Z"
)
Height = Annotated[Number, Field(ge=0, le=1000)]


class MeasureActions:
    """Collect points of the picture while the panel is open."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._kind: MeasureKind = "distance"
        self._points: list[tuple[float, float]] = []
        self._heights = {"eye_m": 2.0, "target_m": 0.0}
        self._kept = False
        self._otherwise = controller.pick
        controller.pick = self.pick
        controller.on_moment.append(self._show)
        controller.on_language.append(self._show)

    @trigger
    def measure_kind(self, kind: MeasureKind) -> None:
        """Measure something else with the same points."""
        self._kind = kind
        if kind == "sight":
            self._points = self._points[:1] + self._points[-1:] if len(self._points) > 2 else self._points
        self._publish()

    @trigger
    def measure_heights(self, eye_m: Height, target_m: Height) -> None:
        """Set heights above ground of a line of sight's ends, m."""
        self._heights = {"eye_m": float(eye_m), "target_m": float(target_m)}
        self._publish()

    @trigger
    def measure_undo(self) -> None:
        """Remove the last point."""
        self._points = self._points[:-1]
        self._publish()

    @trigger
    def measure_clear(self) -> None:
        """Remove all points."""
        self._points = []
        self._publish()

    @trigger
    def measure_keep(self, kept: bool) -> None:
        """Keep what is measured in the Scene, for links; or not."""
        self._kept = kept
        self._publish()

    def pick(self, x: float, y: float) -> None:
        """Add the point under a place of the picture.

        While the panel is open; otherwise it is a question.
        """
        controller = self._controller
        if controller.panel != PANEL:
            self._otherwise(x, y)
            return
        controller.query(controller.area.pick(x, y), self._add)

    def _add(self, found: Picked) -> None:
        if found.place is None or len(self._points) >= MOST_MEASURED:
            return
        east, north, _ = found.place
        if self._kind == "sight" and len(self._points) >= 2:
            self._points = []
        if (east, north) not in self._points[-1:]:
            self._points = [*self._points, (east, north)]
        self._publish()

    def view(self) -> MeasureView:
        """Return the state of measuring in the present language."""
        controller = self._controller
        found = view(
            controller.session,
            self._kind,
            self._points,
            controller.language,
            **self._heights,
            rem_px=controller.rem_px,
        )
        return replace(found, kept=self._kept)

    @property
    def _measured(self) -> MeasuredShape | None:
        """What of it belongs into the Scene."""
        if not (self._kept and self._points):
            return None
        return MeasuredShape(kind=self._kind, points=tuple(self._points), **self._heights)

    def _publish(self) -> None:
        """Show it, and write it to the Scene where it is kept there."""
        measured, session = self._measured, self._controller.session
        if session.do(lambda scene: scene.changed(measured=measured)):
            self._controller.publish(link=session.scene.to_link())
        self._show()

    def _show(self) -> None:
        """Show it; that of the Scene where a link has brought another."""
        measured = self._controller.session.scene.measured
        if measured != self._measured:
            self._kept = measured is not None
            if measured is not None:
                self._kind, self._points = measured.kind, list(measured.points)
                self._heights = {"eye_m": measured.eye_m, "target_m": measured.target_m}
        if self._points or self._controller.panel == PANEL:
            self._controller.publish(measure=self.view())


def build() -> None:
    with panel(PANEL):
        html.H2("{{ t.measure }}")
        switch(
            get_args(MeasureKind),
            chosen="measure.kind",
            click="trigger('measure_kind', ['{choice}'])",
            text="measure",
        )
        html.P("{{ t.measure_how }}", classes="note")
        with html.Div(v_if=("measure.kind === 'sight'",), classes="measure-heights"):
            for name in ("eye_m", "target_m"):
                with html.Label():
                    html.Span(f"{{{{ t.sight_{name} }}}}")
                    others = "[Number($event.target.value), measure.target_m]"
                    if name == "target_m":
                        others = "[measure.eye_m, Number($event.target.value)]"
                    html.Input(
                        type="number",
                        classes="field",
                        change=f"trigger('measure_heights', {others})",
                        raw_attrs=['min="0"', 'max="1000"', 'step="0.5"', f':value="measure.{name}"'],
                    )
        with html.Dl(classes="rows measure-rows", raw_attrs=['aria-live="polite"']):
            with html.Template(v_for=("row in measure.rows",), key=("row.label",)):
                html.Dt("{{ row.label }}")
                html.Dd("{{ row.value }}", classes=("row.tone ? 'tone-' + row.tone : ''",))
        with html.Div(v_if=("measure.figure",), classes="measure-chart"):
            ChartElement(figure=("measure.figure",))
        html.P("{{ measure.note }}", v_if=("measure.note",), classes="note")
        with html.Label(classes="check"):
            html.Input(
                type="checkbox",
                change="trigger('measure_keep', [$event.target.checked])",
                raw_attrs=[':checked="measure.kept"'],
            )
            html.Span("{{ t.measure_keep }}")
        with html.Div(classes="measure-tools"):
            for action, text in (("measure_undo", "measure_undo"), ("measure_clear", "measure_clear")):
                html.Button(
                    f"{{{{ t.{text} }}}}",
                    type="button",
                    classes="tool",
                    click=f"trigger('{action}')",
                    raw_attrs=[':disabled="!measure.points.length"'],
                )
            html.Button(
                "{{ t.link_copy }}",
                type="button",
                classes="tool",
                click="window.twinDesk.copyText(measure.copy)",
                raw_attrs=[':disabled="!measure.copy"'],
            )


def _button() -> None:
    panel_button(PANEL, RULER, key="R")


PART = Part(
    id="measure",
    state={"measure": asdict(MeasureView())},
    build=build,
    panel=PANEL,
    actions=(MeasureActions,),
    button=_button,
    keys={"r": ("panel", PANEL)},
    help=(("R", "measure"),),
)
