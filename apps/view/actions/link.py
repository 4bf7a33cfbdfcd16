"""The permanent link: made of what is shown, and opened again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from apps.view.actions import trigger
from apps.view.actions.flood import FloodActions
from apps.view.board import Board
from twin.errors import TwinError
from twin.scene import MAX_LINK, LayerState, Scene

if TYPE_CHECKING:
    from layers.stage import Stage
    from twin.scene import Camera


class LinkActions:
    """A link holds camera, moment, layers, exaggeration and language."""

    def __init__(self, board: Board, flood: FloodActions) -> None:
        self._board = board
        self._flood = flood

    @trigger
    def make_link(self) -> None:
        """Put the link of what is shown now into the page."""
        self._board.ask(lambda stage: stage.camera, self._publish)

    @trigger
    def open_link(self, link: Annotated[str, Field(max_length=MAX_LINK)]) -> None:
        """Show what a link shows; a damaged one is told in words."""
        board = self._board
        try:
            scene = Scene.from_link(link)
        except TwinError as error:
            board.tell(error)
            return
        self._flood.stop()
        board.session.restore(scene.moment)
        board.exaggeration = scene.exaggeration
        board.area.change(_shows(scene), moving=False)
        board.show_water(moving=False)
        board.publish(language=scene.language)
        board.ask(lambda stage: True, lambda _: board.speak(scene.language))

    def _publish(self, camera: Camera) -> None:
        board = self._board
        scene = Scene(
            camera=camera,
            moment=board.session.moment,
            layers={
                id_: LayerState(visible=layer.visible, opacity=layer.opacity)
                for id_, layer in board.layers.items()
                if layer.state == "ready"
            },
            exaggeration=board.exaggeration,
            language=board.language,
        )
        board.publish(link=scene.to_link())


def _shows(scene: Scene) -> Callable[[Stage], None]:
    def show(stage: Stage) -> None:
        stage.set_exaggeration(scene.exaggeration)
        stage.camera = scene.camera
        for id_, look in scene.layers.items():
            if id_ in stage.layers:
                stage.layers[id_].visible = look.visible
                stage.layers[id_].opacity = look.opacity

    return show
