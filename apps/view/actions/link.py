"""The permanent link: made of what is shown, and opened again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from apps.view.actions import trigger
from apps.view.actions.flood import FloodActions
from apps.view.board import Board
from apps.view.link_check import refuse_foreign, unknown_in
from twin.errors import TwinError
from twin.scene import MAX_LINK, Scene


class LinkActions:
    """A link holds camera, moment, layers, exaggeration and language."""

    def __init__(self, board: Board, flood: FloodActions) -> None:
        self._board = board
        self._flood = flood

    @trigger
    def open_link(self, link: Annotated[str, Field(max_length=MAX_LINK)]) -> None:
        """Show what a link shows; a damaged one is told in words."""
        board = self._board
        try:
            scene = Scene.from_link(link)
            refuse_foreign(scene, board.session)
        except TwinError as error:
            board.tell(error)
            return
        self._flood.stop()
        board.session.restore(scene.moment)
        board.exaggeration = scene.exaggeration
        board.area.change(lambda stage: stage.apply(scene), moving=False)
        board.show_water(moving=False)
        board.publish(language=scene.language)
        board.ask(lambda stage: True, lambda _: board.speak(scene.language))
        if (unknown := unknown_in(scene, board.session, board.layers)) is not None:
            board.tell(unknown)

    def make_link(self) -> None:
        """Put the link of what is shown now into the page."""
        board = self._board
        moment = board.session.moment
        board.ask(lambda stage: stage.scene(moment).to_link(), lambda link: board.publish(link=link))
