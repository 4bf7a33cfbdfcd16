"""The level slider: dragged, typed into, or a mark clicked."""

from __future__ import annotations

from apps.view.actions import Number, Word, trigger
from apps.view.actions.flood import FloodActions
from apps.view.board import Board
from apps.view.numbers import typed
from apps.view.state import Unit


class WaterActions:
    """Whatever asks for a level ends a replay."""

    def __init__(self, board: Board, flood: FloodActions) -> None:
        self._board = board
        self._flood = flood

    @trigger
    def set_water(self, unit: Unit, value: Number, seen: Number | None = None) -> None:
        """Show a level in metres or a storage in 亿m³; ``seen`` is the browser's time of the movement."""
        self._flood.stop()
        self._board.session.ask(unit, value)
        self._board.show_water(seen=seen)
        self._board.publish_moment_soon()

    @trigger
    def type_water(self, unit: Unit, text: Word) -> None:
        """Show a value that was typed; what is no number changes nothing."""
        value = typed(text)
        if value is not None:
            self.set_water(unit, value)

    @trigger
    def set_mark(self, mark: Word) -> None:
        """Show a characteristic level."""
        level_m = self._board.session.level_named(mark)
        if level_m is not None:
            self.set_water("level", level_m)

    @trigger
    def follow_live(self) -> None:
        """Show the present."""
        self._flood.stop()
        self._board.session.follow()
        self._board.show_water()
        self._board.publish_moment()
