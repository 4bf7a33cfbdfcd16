"""Layers, viewpoints, the vertical exaggeration and the density of names."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from apps.parts import viewpoints
from apps.parts.triggers import Number, Word, trigger
from apps.session.controller import Controller
from layers.camera import camera as cameras
from twin.scene import Density


class SceneActions:
    """Names that do not exist change nothing."""

    def __init__(self, board: Controller) -> None:
        self._board = board

    @trigger
    def show_layer(self, layer: Word, visible: bool) -> None:
        """Show or hide a layer."""

        self._restyle(layer, visible=visible)

    @trigger
    def layer_opacity(self, layer: Word, percent: Annotated[Number, Field(ge=0, le=100)]) -> None:
        """Make a layer more or less opaque."""

        self._restyle(layer, opacity=percent / 100)

    @trigger
    def exaggerate(self, factor: Annotated[Number, Field(ge=1, le=5)]) -> None:
        """Draw heights so many times as high."""
        self._board.do(lambda scene: scene.changed(exaggeration=float(factor)))
        self._board.publish_views()

    @trigger
    def show_density(self, density: Density) -> None:
        """Show few names and signs, the usual ones, or all."""
        self._board.do(lambda scene: scene.changed(density=density), moving=False)
        self._board.publish_views()

    @trigger
    def go_to(self, place: Word) -> None:
        """Fly to a named viewpoint."""
        basin = self._board.session.basin
        if (view := viewpoints.named(basin.site, place)) is not None:
            self._board.area.fly_to(cameras.at_viewpoint(view, basin.frame))

    @trigger
    def go_to_number(self, number: Annotated[int, Field(ge=1, le=9)]) -> None:
        """Fly to the first, second … named viewpoint."""
        places = self._board.session.basin.site.viewpoints
        if number <= len(places):
            self.go_to(places[number - 1].id)

    @trigger
    def home(self) -> None:
        """Fly back to the overview."""
        session, area = self._board.session, self._board.area
        area.fly_to(cameras.home(session.basin, session.ground, aspect=area.aspect))

    def _restyle(self, layer: str, **state: float) -> None:
        """Change the state of a layer that can be shown."""
        found = self._board.layers.get(layer)
        if found is not None and found.state == "ready":
            self._board.do(lambda scene: scene.with_layer(layer, **state))
            self._board.publish_layers()
