"""Pack a tile's texture atlas.

The pieces of the source pictures that it uses, side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from meshes.build.surface.pages import Page
from twin.arrays import F32, F64, I32, I64, U8, Bools
from twin.compiled import serial

BLOCK = 8  # texels: pieces that are nearer to each other become one
GUTTER = 3  # texels of surroundings that a piece keeps on each side
WIDEST = 2**15  # texels that a piece may be wide before it is made smaller


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Rectangles in pictures.

    ``sheet`` (n,), ``low`` and ``size`` (n, 2): left and top, width and height in texels, gutters in it.
    ``repeats`` (n,) bool: the piece goes on beyond the picture. ``owner`` (m,) int64 is the piece that each
    triangle looks into.
    """

    sheet: I64
    low: I64
    size: I64
    repeats: Bools
    owner: I64


def packed(
    pages: tuple[Page, ...],
    uv: F32,
    sheet: I32,
    *,
    alphas: tuple[Page | None, ...] | None = None,
    level: int,
    most_px: int,
    fits: float,
) -> tuple[U8, F32, int]:
    """Pack the picture of m triangles.

    Returns (picture (height, width, 3), places in it (m, 3, 2) float32, level). With ``alphas`` of the pages
    the picture has a fourth band. ``uv`` (m, 3, 2) are the triangles' places in the source pictures
    ``pages[sheet]``, ``sheet`` (m,). Each level halves the texels along a side; the first one from ``level``
    on is taken that needs at most ``fits`` texels. Sides are multiples of 16, a block of the JPEG, and at
    most ``most_px``.
    """
    deepest = max(len(page) for page in pages) - 1
    while True:
        size = np.array([[page[0].shape[1], page[0].shape[0]] for page in pages]) / 2.0**level
        low, high, beyond = _needs(uv, size[sheet])
        if (high - low).max() <= WIDEST or level >= deepest + 15:
            pieces = _pieces(low, high, beyond, sheet)
            width, height, corner = _shelves(pieces.size, most_px)
            if height * width <= fits and max(width, height) <= most_px:
                break
        level += 1
    out = _picture(pages, pieces, corner, np.zeros((height, width, 3), np.uint8), level)
    if alphas is not None:
        alpha = _picture(alphas, pieces, corner, np.full((height, width, 3), 255, np.uint8), level)
        out = np.dstack([out, alpha[..., :1]])
    shift = (corner - pieces.low)[pieces.owner]
    scale = 1.0 / np.array([width, height])
    return out, (uv * (size[sheet] * scale)[:, None] + (shift * scale)[:, None]).astype(np.float32), level


def _picture(pages: Sequence[Page | None], pieces: Pieces, corner: I64, out: U8, level: int) -> U8:
    """``out`` with the pieces of all pages that there are."""
    for k in np.unique(pieces.sheet):
        own, levels = pieces.sheet == k, pages[k]
        if levels is not None:
            source = levels[min(level, len(levels) - 1)]
            _copy(out, source, pieces.low[own], pieces.size[own], corner[own], pieces.repeats[own])
    return out


def _pieces(low: I64, high: I64, beyond: Bools, sheet: I32) -> Pieces:
    """Blocks that triangles need and that touch become one piece; so pieces that are shared stand once."""
    owner = np.empty(len(sheet), np.int64)
    sheets: list[int] = []
    count = 0
    for k in np.unique(sheet):
        own = np.flatnonzero(sheet == k)
        base = np.array([low[own, 0].min(), low[own, 1].min()])
        first, last = (low[own] - base) // BLOCK, (high[own] - 1 - base) // BLOCK
        label, found = ndimage.label(_covered(first, last))
        owner[own] = count + label[first[:, 1], first[:, 0]] - 1
        sheets += [int(k)] * found
        count += found
    lows, highs = np.full((count, 2), 2**40), np.full((count, 2), -(2**40))
    repeats = np.zeros(count, np.bool_)
    _join(lows, highs, repeats, owner, low, high, beyond)
    return Pieces(sheet=np.array(sheets), low=lows, size=highs - lows, repeats=repeats, owner=owner)


@serial
def _needs(uv: F32, size: F64) -> tuple[I64, I64, Bools]:
    """(first texel (m, 2), one after the last (m, 2), goes beyond the picture (m,)) of each triangle."""
    low = np.empty((len(uv), 2), np.int64)
    high = np.empty((len(uv), 2), np.int64)
    beyond = np.zeros(len(uv), np.bool_)
    for t in range(len(uv)):
        for k in range(2):
            least = min(uv[t, 0, k], uv[t, 1, k], uv[t, 2, k])
            most = max(uv[t, 0, k], uv[t, 1, k], uv[t, 2, k])
            low[t, k] = int(np.floor(least * size[t, k] - 0.5)) - GUTTER
            high[t, k] = int(np.floor(most * size[t, k] + 0.5)) + 1 + GUTTER
            if least < -1e-4 or most > 1 + 1e-4:
                beyond[t] = True
    return low, high, beyond


@serial
def _covered(first: I64, last: I64) -> U8:
    """Blocks under rectangles of blocks, from ``first`` to ``last`` (m, 2), 1 where there are any."""
    columns = rows = 0
    for t in range(len(last)):
        columns = max(columns, last[t, 0] + 2)
        rows = max(rows, last[t, 1] + 2)
    edges = np.zeros((rows, columns), np.int32)  # summed both ways, they count the rectangles over a block
    for t in range(len(first)):
        left, top, right, bottom = first[t, 0], first[t, 1], last[t, 0] + 1, last[t, 1] + 1
        edges[top, left] += 1
        edges[bottom, right] += 1
        edges[top, right] -= 1
        edges[bottom, left] -= 1
    out = np.zeros((rows, columns), np.uint8)
    for i in range(rows):
        over = np.int32(0)
        for j in range(columns):
            over += edges[i, j]
            edges[i, j] = over
            if i:
                edges[i, j] += edges[i - 1, j]
            out[i, j] = edges[i, j] > 0
    return out


@serial
def _join(lows: I64, highs: I64, repeats: Bools, owner: I64, low: I64, high: I64, beyond: Bools) -> None:
    for t in range(len(owner)):
        p = owner[t]
        for k in range(2):
            lows[p, k] = min(lows[p, k], low[t, k])
            highs[p, k] = max(highs[p, k], high[t, k])
        repeats[p] = repeats[p] or beyond[t]


def _shelves(size: I64, most_px: int) -> tuple[int, int, I64]:
    """(width, height, left and top of each piece (n, 2)): the highest first, row after row."""
    area = int((size[:, 0] * size[:, 1]).sum())
    width = max(int(size[:, 0].max()), min(round((1.1 * area) ** 0.5), most_px))
    width = -(-width // 16) * 16
    order = np.lexsort((np.arange(len(size)), -size[:, 0], -size[:, 1]))
    corner = np.zeros_like(size)
    height = _shelve(size, order, corner, width)
    return width, -(-height // 16) * 16, corner


@serial
def _shelve(size: I64, order: I64, corner: I64, width: int) -> int:
    left = top = shelf = 0
    for p in order:
        if left + size[p, 0] > width:
            top += shelf
            left = shelf = 0
        corner[p, 0] = left
        corner[p, 1] = top
        left += size[p, 0]
        shelf = max(shelf, size[p, 1])
    return int(top + shelf)


@serial
def _copy(out: U8, source: U8, low: I64, size: I64, corner: I64, repeats: Bools) -> None:
    height, width = source.shape[:2]
    for p in range(len(low)):
        for i in range(size[p, 1]):
            row = low[p, 1] + i
            row = row % height if repeats[p] else min(max(row, 0), height - 1)
            if low[p, 0] >= 0 and low[p, 0] + size[p, 0] <= width:
                left, start, stop = corner[p, 0], low[p, 0], low[p, 0] + size[p, 0]
                out[corner[p, 1] + i, left : left + stop - start] = source[row, start:stop]
                continue
            for j in range(size[p, 0]):
                col = low[p, 0] + j
                col = col % width if repeats[p] else min(max(col, 0), width - 1)
                for k in range(3):
                    out[corner[p, 1] + i, corner[p, 0] + j, k] = source[row, col, k]
