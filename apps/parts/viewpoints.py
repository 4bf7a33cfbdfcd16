"""Viewpoints panel: named viewpoints, vertical exaggeration, label density."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from trame.widgets import html

from apps.parts.part import Part
from apps.parts.triggers import Number, Word, trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller
from layers.camera import camera as cameras
from twin.bilingual import Language
from twin.scene import Density

if TYPE_CHECKING:
    from twin.catalog.site import Site, Viewpoint
    from twin.scene import Density


@dataclass(frozen=True, kw_only=True)
class PlaceView:
    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ViewsView:
    """Viewpoints, the vertical exaggeration, and how many names lie over the picture."""

    places: list[PlaceView] = field(default_factory=list)
    exaggeration: float = 1.0
    density: Density = "normal"


def view(site: Site, exaggeration: float, density: Density, language: Language) -> ViewsView:
    """Return the panel in a language."""
    return ViewsView(
        places=[PlaceView(id=place.id, name=place.name[language]) for place in site.viewpoints],
        exaggeration=exaggeration,
        density=density,
    )


def named(site: Site, id_: str) -> Viewpoint | None:
    """Return the viewpoint with an id, or None."""
    return next((place for place in site.viewpoints if place.id == id_), None)


def build() -> None:
    with panel("views"):
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


class ViewActions:
    """Names that do not exist change nothing."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    @trigger
    def exaggerate(self, factor: Annotated[Number, Field(ge=1, le=5)]) -> None:
        """Draw heights so many times as high."""
        self._controller.do(lambda scene: scene.changed(exaggeration=float(factor)))
        self._controller.publish_part("viewpoints")

    @trigger
    def show_density(self, density: Density) -> None:
        """Show few names and signs, the usual ones, or all."""
        self._controller.do(lambda scene: scene.changed(density=density), moving=False)
        self._controller.publish_part("viewpoints")

    @trigger
    def go_to(self, place: Word) -> None:
        """Fly to a named viewpoint."""
        basin = self._controller.session.basin
        if (view := named(basin.site, place)) is not None:
            self._controller.area.fly_to(cameras.at_viewpoint(view, basin.frame))

    @trigger
    def go_to_number(self, number: Annotated[int, Field(ge=1, le=9)]) -> None:
        """Fly to the first, second … named viewpoint."""
        places = self._controller.session.basin.site.viewpoints
        if number <= len(places):
            self.go_to(places[number - 1].id)


def _view(controller: Controller) -> Mapping[str, Any]:
    scene = controller.session.scene
    return {
        "views": view(controller.session.basin.site, scene.exaggeration, scene.density, controller.language)
    }


def _button() -> None:
    panel_button("views", "camera-outline", key="V")


PART = Part(
    id="viewpoints",
    state={"views": ViewsView()},
    view=_view,
    build=build,
    panel="views",
    actions=(ViewActions,),
    button=_button,
    tools="view",
    keys={"v": ("panel", "views")} | {str(n): ("trigger", "go_to_number", [n]) for n in range(1, 10)},
    help=(("V", "views"), ("1 – 9", "key_places")),
)
