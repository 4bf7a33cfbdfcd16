"""Choose a free position for a label's words about its mark."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from layers.labels.candidates import LabelCandidates
from layers.labels.collision_grid import GAP, CollisionGrid
from layers.labels.theme import THEME
from twin.arrays import F64, I64

LINE: float = THEME["text"]["line"]  # a line's height in units of its size
MARK_PX: float = THEME["mark"]["lift_px"]  # from a mark's middle to the text above it
MARGIN_PX = 6.0

WHOLE, BRIEF = 0, 1
"""A live candidate's two lines; the second alone, where both find no room and it has a value to tell."""
HEIGHTS_PX = np.array(THEME["station"]["height_px"], dtype=np.float64)
"""Their heights in a view 720 high."""
AMPLE = (6, 3), (5, 3)
"""So many columns and rows they keep from others when they come anew, so that they may stay."""

_CROSS = ((1, 0, 0), (0, -1, 0), (-1, 0, 0), (0, 1, 0))
_CORNERS = ((1, -1, 0), (1, 1, 0), (-1, -1, 0), (-1, 1, 0))
_OFF = tuple((x, y, 19 * y) for x in (0.3, -0.3, 1, -1) for y in (-1, 1))
NEAR, FAR = np.array(_CROSS, dtype=np.float64), np.array([*_CORNERS, *_OFF], dtype=np.float64)
"""How far aside and down, in shares of the words' own size, and pixels farther down. Only an alarm's words
and the lake's gauge may stand in the far ones, too."""
ABOVE = 1
"""Of the near ones that of names, which have no other."""

Rows = tuple[F64, list[list[int]], list[list[bool]]]


class PlacedLabel(NamedTuple):
    """Candidate whose words are shown.

    At which ``position``, in which ``form``; ``dx``, ``dy``: their middle from the candidate, pixels.
    """

    number: int
    position: int
    form: int
    dx: float
    dy: float


class LabelPositions:
    """Positions of candidates' labels in a view.

    (n,) numbers in a crowd at ``x``, ``y`` pixels; ``grid`` holds what is occupied. ``half`` (n, 2) are the
    half widths of both forms of their words.
    """

    def __init__(
        self,
        crowd: LabelCandidates,
        candidates: I64,
        x: F64,
        y: F64,
        half: F64,
        *,
        scale: float,
        grid: CollisionGrid,
    ) -> None:
        self._grid = grid
        self._numbers: list[int] = candidates.tolist()
        self._live: list[bool] = crowd.live[candidates].tolist()
        self._alone: list[bool] = (crowd.live & crowd.valued)[candidates].tolist()
        alarm = (crowd.alarmed | crowd.gauge)[candidates]
        self._alarm: list[bool] = alarm.tolist()
        self._near, self._cells, self._fits = _rows(NEAR, crowd, candidates, x, y, half, scale, grid)
        a = np.flatnonzero(alarm)
        self._far, cells, fits = _rows(FAR, crowd, candidates[a], x[a], y[a], half[a], scale, grid)
        self._row = {k: row for row, k in enumerate(a.tolist())}
        for k, row in self._row.items():
            self._cells[k] += cells[row]
            self._fits[k] += fits[row]

    def place(self, k: int, known: PlacedLabel | None) -> PlacedLabel | None:
        """Take the first free position for the k-th candidate.

        The one before where that is free.
        """
        live, cells, fits, grid = self._live[k], self._cells[k], self._fits[k], self._grid
        calm = live and not self._alarm[k]
        if known is not None and known.form == WHOLE and known.position < len(fits) // 2:
            stood = known.position
            if fits[2 * stood] and grid.is_free(cells[8 * stood : 8 * stood + 4]):
                return self._taken(k, stood, WHOLE)
        first: int | None = None
        for position in _order(known and known.position, len(fits) // 2) if live else (ABOVE,):
            # What is brief lies within the whole: where it has no room, neither has the whole.
            if not fits[2 * position + BRIEF]:
                continue
            if not grid.is_free(
                cells[8 * position + 4 : 8 * position + 8], AMPLE[BRIEF] if calm and known is None else GAP
            ):
                continue
            gap = AMPLE[WHOLE] if calm and (known is None or known.form == BRIEF) else GAP
            if fits[2 * position + WHOLE] and grid.is_free(cells[8 * position : 8 * position + 4], gap):
                return self._taken(k, position, WHOLE)
            first = position if first is None else first
        return self._taken(k, first, BRIEF) if self._alone[k] and first is not None else None

    def _taken(self, k: int, position: int, form: int) -> PlacedLabel:
        at = 2 * position + form
        self._grid.occupy(self._cells[k][4 * at : 4 * at + 4])
        near = position < len(NEAR)
        dx, dy = (
            self._near[k, position, form] if near else self._far[self._row[k], position - len(NEAR), form]
        ).tolist()
        return PlacedLabel(self._numbers[k], position, form, dx, dy)


@cache
def _order(stood: int | None, count: int) -> tuple[int, ...]:
    return tuple(sorted(range(count), key=lambda position: (position != stood, position)))


def _rows(
    positions: F64,
    crowd: LabelCandidates,
    candidates: I64,
    x: F64,
    y: F64,
    half: F64,
    scale: float,
    grid: CollisionGrid,
) -> Rows:
    """(n, s, 2, 2) the words' middle from the mark at all positions, in both forms; and by candidate a
    row of the cells that they would cover (8 for a position) and of whether the view holds them (2). Rows are
    flat: many small lists would set the garbage collector going.
    """
    live = crowd.live[candidates, None]
    height = np.where(live, scale * HEIGHTS_PX, LINE * scale * crowd.size_px[candidates, None])
    marked = crowd.lifted[candidates, None]
    radius = scale * crowd.radius_px[candidates, None]
    aside = np.where(live, radius + 3 * scale + half, 0.0)
    up = np.where(live, radius + 2 * scale, np.where(marked, MARK_PX * scale, 0.0))
    up = np.where(live | marked, up + height / 2, 0.0)
    dx = aside[:, None] * positions[:, 0, None]
    dy = up[:, None] * positions[:, 1, None] + scale * positions[:, 2, None]
    at_x, at_y = x[:, None, None] + dx, y[:, None, None] + dy
    half, height = half[:, None], height[:, None]
    below_mark = (y[:, None] + MARK_PX * scale / 2)[:, None]
    left, right, top = at_x - half, at_x + half, at_y - height / 2
    bottom = np.where((marked & ~live)[:, None], below_mark, at_y + height / 2)
    wide, high = grid.size[0] - MARGIN_PX, grid.size[1] - MARGIN_PX
    fits = (left >= MARGIN_PX) & (top >= MARGIN_PX) & (right <= wide) & (bottom <= high)
    cells = grid.cells(np.stack([left, top, right, bottom], axis=3))
    shape = (len(candidates), -1) if len(candidates) else (0, 0)
    return np.stack([dx, dy], axis=3), cells.reshape(shape).tolist(), fits.reshape(shape).tolist()
