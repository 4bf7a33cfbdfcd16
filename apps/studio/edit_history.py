"""Undo and redo edits of a storyboard: a list of values."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.storyboard.storyboard import Storyboard

MOST = 200
"""States that can be gone back to."""


@dataclass
class EditHistory:
    """States of one storyboard, and which of them is now."""

    board: Storyboard
    _before: list[Storyboard] = field(default_factory=list)
    _after: list[Storyboard] = field(default_factory=list)

    def do(self, board: Storyboard) -> bool:
        """Make a state the present one; whether it is another."""
        if board == self.board:
            return False
        self._before = [*self._before[-MOST + 1 :], self.board]
        self._after.clear()
        self.board = board
        return True

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def undo(self) -> bool:
        """Go back one state; whether there is one."""
        if not self._before:
            return False
        self._after.append(self.board)
        self.board = self._before.pop()
        return True

    def redo(self) -> bool:
        """Go forward one state; whether there is one."""
        if not self._after:
            return False
        self._before.append(self.board)
        self.board = self._after.pop()
        return True
