"""Layers, viewpoints, the vertical exaggeration and the density of names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from apps.view import viewpoints
from apps.view.actions import Number, Word, trigger
from apps.view.board import Board
from twin.scene import Density

if TYPE_CHECKING:
    from layers.layer import Layer
    from layers.stage import Stage
    from twin.scene import Camera


class SceneActions:
    """Names that do not exist change nothing."""

    def __init__(self, board: Board) -> None:
        self._board = board

    @trigger
    def show_layer(self, layer: Word, visible: bool) -> None:
        """Show or hide a layer."""

        def restyle(it: Layer) -> None:
            it.visible = visible

        self._restyle(layer, restyle)

    @trigger
    def layer_opacity(self, layer: Word, percent: Annotated[Number, Field(ge=0, le=100)]) -> None:
        """Make a layer more or less opaque."""

        def restyle(it: Layer) -> None:
            it.opacity = percent / 100

        self._restyle(layer, restyle)

    @trigger
    def exaggerate(self, factor: Annotated[Number, Field(ge=1, le=5)]) -> None:
        """Draw heights so many times as high."""
        self._board.exaggeration = factor
        self._board.area.change(lambda stage: stage.set_exaggeration(factor))
        self._board.publish_views()

    @trigger
    def show_density(self, density: Density) -> None:
        """Show few names and signs, the usual ones, or all."""
        self._board.density = density

        def tell(stage: Stage) -> None:
            stage.density = density

        self._board.area.change(tell, moving=False)
        self._board.publish_views()

    @trigger
    def go_to(self, place: Word) -> None:
        """Fly to a named viewpoint."""
        if viewpoints.named(self._board.session.basin.site, place) is not None:
            self._fly(lambda stage: stage.viewpoint(place))

    @trigger
    def go_to_number(self, number: Annotated[int, Field(ge=1, le=9)]) -> None:
        """Fly to the first, second … named viewpoint."""
        places = self._board.session.basin.site.viewpoints
        if number <= len(places):
            self.go_to(places[number - 1].id)

    @trigger
    def home(self) -> None:
        """Fly back to the overview."""
        self._fly(lambda stage: stage.home())

    def _restyle(self, layer: str, restyle: Callable[[Layer], None]) -> None:
        if layer in self._board.layers:
            self._board.area.change(lambda stage: restyle(stage.layers[layer]))
            self._board.ask(lambda stage: True, lambda _: self._board.publish_layers())

    def _fly(self, where: Callable[[Stage], Camera]) -> None:
        self._board.ask(where, self._board.area.fly_to)
