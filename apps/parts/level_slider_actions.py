"""The level slider: dragged, typed into, or a mark clicked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from apps.parts.state import TypedView, Unit
from apps.parts.timebar_actions import FloodActions
from apps.parts.triggers import Number, Word, trigger
from apps.parts.typed import asked
from apps.session.controller import Controller
from apps.session.session import Basis
from twin.errors import TwinError

Typed = Annotated[str, Field(max_length=4096)]
"""What was typed, as it is: a text cut to fit would be another number."""


class WaterActions:
    """Whatever asks for a level ends a replay."""

    def __init__(self, board: Controller, flood: FloodActions) -> None:
        self._board = board
        self._flood = flood

    @trigger
    def set_water(self, unit: Unit, value: Number, seen: Number | None = None) -> None:
        """Show a level in metres or a storage in the reservoir's unit; refused in words outside the range.

        ``seen`` is the browser's time of the movement.
        """
        self._show(unit, value, seen=seen)

    def _show(self, unit: Unit, value: float, *, seen: float | None = None, basis: Basis = "given") -> None:
        board = self._board
        try:
            board.session.ask(unit, value, basis=basis)
        except TwinError as error:
            board.tell(error)
            return
        self._flood.stop()
        board.refuse_typed(TypedView())
        board.area.changed(seen=seen)
        board.publish_moment_soon()

    @trigger
    def type_water(self, unit: Unit, text: Typed) -> bool:
        """Show a value that was typed, or say why not and what may have been meant; whether it is shown."""
        board = self._board
        found = asked(board.session, unit, text, board.language)
        if isinstance(found, TypedView):
            board.refuse_typed(found)
            return False
        self._show(*found)
        return True

    @trigger
    def set_mark(self, mark: Word) -> None:
        """Show a characteristic level."""
        level_m = self._board.session.level_named(mark)
        if level_m is not None:
            self._show("level", level_m, basis="mark")

    @trigger
    def follow_live(self) -> None:
        """Show the present."""
        self._flood.stop()
        self._board.session.follow()
        self._board.refuse_typed(TypedView())
        self._board.area.changed()
        self._board.publish_moment()
