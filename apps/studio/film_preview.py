"""Evaluate a storyboard at a second of its film."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from apps.recorder.overprint.map_inset import make_inset
from apps.recorder.shots import NEARLY, Film
from apps.studio.film_overprint import film_overprint
from apps.studio.shot_edits import starts_s

if TYPE_CHECKING:
    from apps.recorder.film_frame import FilmFrame
    from apps.recorder.overprint.map_inset import InsetMap
    from apps.studio.film_overprint import FilmOverprint
    from layers.heights import Ground
    from twin.basin import Basin
    from twin.storyboard.storyboard import Shot, Storyboard


class FilmPreview:
    """Film over the basin of a session; raises ShotError like :class:`Film`.

    ``before`` is the preview before an edit: what the edit leaves alone is taken over.
    """

    def __init__(
        self, board: Storyboard, basin: Basin, ground: Ground, *, before: FilmPreview | None = None
    ) -> None:
        self.board, self.basin = board, basin
        film = before._film if before is not None and before.basin is basin else None
        self._film: Film = Film(board, basin, ground=ground, before=film)
        self._inset: tuple[tuple[int, int], InsetMap] | None = None

    def frame(self, at_s: float) -> FilmFrame:
        """Return the frame at a second of the film."""
        return self._film.frame(min(len(self._film) - 1, max(0, ceil(at_s * self.board.fps - NEARLY))))

    def overprint(self, frame: FilmFrame, size: tuple[int, int]) -> FilmOverprint:
        """Draw the overprint of a frame.

        ``size`` is (width, height), px. Call it in a thread, one at a time.
        """
        shown = frame.words.inset or (frame.before is not None and frame.before.words.inset)
        if shown and (self._inset is None or self._inset[0] != size):
            self._inset = size, make_inset(self._film.ground, size)
        inset = self._inset[1] if shown and self._inset is not None else None
        return film_overprint(frame, size, basin=self.basin, inset=inset)


def shot_at(board: Storyboard, at_s: float) -> Shot:
    """Return the shot that a second of the film lies in."""
    began = [shot for shot, start_s in zip(board.shots, starts_s(board), strict=True) if start_s <= at_s]
    return began[-1] if began else board.shots[0]
