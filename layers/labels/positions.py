"""Where words may stand about their mark, and which of these spots is taken."""

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
"""A live anchor's two lines; the second alone, where both find no room and it has a value to tell."""
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
    """An anchor whose words are shown: at which spot, in which form, and how far from the anchor their middle
    stands, pixels."""

    number: int
    spot: int
    form: int
    dx: float
    dy: float


class LabelPositions:
    """The spots of candidates, (n,) numbers in a crowd at ``x``, ``y`` pixels, in what room a view has.

    ``half`` (n, 2) are the half widths of both forms of their words.
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
        room: CollisionGrid,
    ) -> None:
        self._room = room
        self._numbers: list[int] = candidates.tolist()
        self._live: list[bool] = crowd.live[candidates].tolist()
        self._alone: list[bool] = (crowd.live & crowd.valued)[candidates].tolist()
        alarm = (crowd.alarmed | crowd.gauge)[candidates]
        self._alarm: list[bool] = alarm.tolist()
        self._near, self._cells, self._fits = _rows(NEAR, crowd, candidates, x, y, half, scale, room)
        a = np.flatnonzero(alarm)
        self._far, cells, fits = _rows(FAR, crowd, candidates[a], x[a], y[a], half[a], scale, room)
        self._row = {k: row for row, k in enumerate(a.tolist())}
        for k, row in self._row.items():
            self._cells[k] += cells[row]
            self._fits[k] += fits[row]

    def take(self, k: int, known: PlacedLabel | None) -> PlacedLabel | None:
        """Takes the first spot with room for the words of the k-th candidate; as they stood, if they can."""
        live, cells, fits, room = self._live[k], self._cells[k], self._fits[k], self._room
        calm = live and not self._alarm[k]
        if known is not None and known.form == WHOLE and known.spot < len(fits) // 2:
            stood = known.spot
            if fits[2 * stood] and room.is_free(cells[8 * stood : 8 * stood + 4]):
                return self._taken(k, stood, WHOLE)
        first: int | None = None
        for spot in _order(known and known.spot, len(fits) // 2) if live else (ABOVE,):
            # What is brief lies within the whole: where it has no room, neither has the whole.
            if not fits[2 * spot + BRIEF]:
                continue
            if not room.is_free(
                cells[8 * spot + 4 : 8 * spot + 8], AMPLE[BRIEF] if calm and known is None else GAP
            ):
                continue
            gap = AMPLE[WHOLE] if calm and (known is None or known.form == BRIEF) else GAP
            if fits[2 * spot + WHOLE] and room.is_free(cells[8 * spot : 8 * spot + 4], gap):
                return self._taken(k, spot, WHOLE)
            first = spot if first is None else first
        return self._taken(k, first, BRIEF) if self._alone[k] and first is not None else None

    def _taken(self, k: int, spot: int, form: int) -> PlacedLabel:
        at = 2 * spot + form
        self._room.take(self._cells[k][4 * at : 4 * at + 4])
        near = spot < len(NEAR)
        dx, dy = (
            self._near[k, spot, form] if near else self._far[self._row[k], spot - len(NEAR), form]
        ).tolist()
        return PlacedLabel(self._numbers[k], spot, form, dx, dy)


@cache
def _order(stood: int | None, count: int) -> tuple[int, ...]:
    return tuple(sorted(range(count), key=lambda spot: (spot != stood, spot)))


def _rows(
    spots: F64,
    crowd: LabelCandidates,
    candidates: I64,
    x: F64,
    y: F64,
    half: F64,
    scale: float,
    room: CollisionGrid,
) -> Rows:
    """(n, s, 2, 2) how far the words' middle is from the mark at all spots, in both forms; and by candidate a
    row of the cells that they would cover (8 for a spot) and of whether the view holds them (2). Rows are
    flat: many small lists would set the garbage collector going.
    """
    live = crowd.live[candidates, None]
    height = np.where(live, scale * HEIGHTS_PX, LINE * scale * crowd.size_px[candidates, None])
    marked = crowd.lifted[candidates, None]
    radius = scale * crowd.radius_px[candidates, None]
    aside = np.where(live, radius + 3 * scale + half, 0.0)
    up = np.where(live, radius + 2 * scale, np.where(marked, MARK_PX * scale, 0.0))
    up = np.where(live | marked, up + height / 2, 0.0)
    dx = aside[:, None] * spots[:, 0, None]
    dy = up[:, None] * spots[:, 1, None] + scale * spots[:, 2, None]
    at_x, at_y = x[:, None, None] + dx, y[:, None, None] + dy
    half, height = half[:, None], height[:, None]
    below_mark = (y[:, None] + MARK_PX * scale / 2)[:, None]
    left, right, top = at_x - half, at_x + half, at_y - height / 2
    bottom = np.where((marked & ~live)[:, None], below_mark, at_y + height / 2)
    wide, high = room.size[0] - MARGIN_PX, room.size[1] - MARGIN_PX
    fits = (left >= MARGIN_PX) & (top >= MARGIN_PX) & (right <= wide) & (bottom <= high)
    cells = room.cells(np.stack([left, top, right, bottom], axis=3))
    shape = (len(candidates), -1) if len(candidates) else (0, 0)
    return np.stack([dx, dy], axis=3), cells.reshape(shape).tolist(), fits.reshape(shape).tolist()
