"""Evaluate a storyboard at a second of its film."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from apps.recorder.shots import NEARLY, Film
from apps.studio.shot_edits import starts_s

if TYPE_CHECKING:
    from apps.recorder.film_frame import FilmFrame
    from layers.heights import Ground
    from twin.basin import Basin
    from twin.storyboard.storyboard import Shot, Storyboard


class FilmPreview:
    """Film over the basin of a session; raises ShotError like :class:`Film`."""

    def __init__(self, board: Storyboard, basin: Basin, ground: Ground) -> None:
        self.board, self.basin = board, basin
        self._film = Film(board, basin, ground=ground)

    def frame(self, at_s: float) -> FilmFrame:
        """Return the frame at a second of the film."""
        return self._film.frame(min(len(self._film) - 1, max(0, ceil(at_s * self.board.fps - NEARLY))))


def shot_at(board: Storyboard, at_s: float) -> Shot:
    """Return the shot that a second of the film lies in."""
    began = [shot for shot, start_s in zip(board.shots, starts_s(board), strict=True) if start_s <= at_s]
    return began[-1] if began else board.shots[0]
