"""Build mipmaps of source pictures without bleeding.

No texel takes colour from outside the surface. A plain pyramid lets the background between an atlas's pieces
into them, more at each level. Here a coarser texel is the mean of those finer ones that the surface uses, and
what the surface does not use takes the colour of the texel over it.
"""

from __future__ import annotations

import almeshopt
import numpy as np
from scipy.ndimage import distance_transform_edt

from twin.arrays import F32, U8, Bools
from twin.compiled import serial

Page = tuple[U8, ...]
"""A picture and its coarser levels, (height, width, 3) uint8, each half of the one before, down to 1 × 1."""

MOST_SPREAD = 1 << 25
"""Texels of a picture whose clear parts are filled; at 8 bytes each a quarter of a gigabyte."""


def page(picture: U8, corners: F32) -> tuple[Page, Page | None]:
    """Return the mipmaps of a picture, and of its alpha.

    Alpha in each of three bands, where it has any. ``corners`` (m, 3, 2) are the places of the triangles that
    use it. Where a picture is clear its colour means nothing, and does not mix with those beside it.
    """
    height, width = picture.shape[:2]
    used = np.zeros((height, width), np.uint8)
    _mark(used, _distinct(corners) * np.array([width, height], np.float32))
    if picture.shape[2] == 3:
        return _levels(np.ascontiguousarray(picture), used), None
    alpha = picture[..., 3]
    shares = np.repeat(alpha[..., None], 3, axis=2)
    return _levels(_spread(picture[..., :3], alpha == 0), used), _levels(shares, used)


def _spread(colours: U8, clear: Bools) -> U8:
    """The picture with the nearest colour that is seen under each texel that is ``clear``."""
    if not clear.any() or clear.all() or clear.size > MOST_SPREAD:
        return np.ascontiguousarray(colours)
    row, col = distance_transform_edt(clear, return_distances=False, return_indices=True)
    return np.ascontiguousarray(colours[row, col])


def _levels(picture: U8, used: U8) -> Page:
    """Halved down to one texel; from the second on, what is not used has the colour over it."""
    levels, covers = [picture], [used]
    while max(levels[-1].shape[:2]) > 1:
        level, cover = _half(levels[-1], covers[-1])
        levels.append(level)
        covers.append(cover)
    for k in range(len(levels) - 2, 0, -1):
        _fill(levels[k], covers[k], levels[k + 1])
    return tuple(levels)


def _distinct(corners: F32) -> F32:
    """Each of the triangles once: a hundred houses may share one piece of a picture."""
    if not len(corners):
        return corners
    rows = np.ascontiguousarray(corners.reshape(-1, 6))
    slot, count = almeshopt.generate_vertex_remap(np.arange(len(rows), dtype=np.uint32), rows)
    out = np.empty((count, 6), np.float32)
    out[slot] = rows
    return out.reshape(-1, 3, 2)


@serial
def _mark(used: U8, corners: F32) -> None:
    """Set the texels whose middle is in a triangle or less than a texel beside it."""
    height, width = used.shape
    for t in range(len(corners)):
        x0, y0 = corners[t, 0]
        x1, y1 = corners[t, 1]
        x2, y2 = corners[t, 2]
        turn = (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)
        if turn < 0:
            x1, y1, x2, y2 = x2, y2, x1, y1
        top, left = int(np.floor(min(y0, y1, y2) - 0.5)), int(np.floor(min(x0, x1, x2) - 0.5))
        bottom, right = int(np.floor(max(y0, y1, y2) + 0.5)), int(np.floor(max(x0, x1, x2) + 0.5))
        bottom, right = min(bottom, top + 2 * height), min(right, left + 2 * width)
        slack0 = np.hypot(x1 - x0, y1 - y0)
        slack1 = np.hypot(x2 - x1, y2 - y1)
        slack2 = np.hypot(x0 - x2, y0 - y2)
        for row in range(top, bottom + 1):
            y = row + 0.5
            for col in range(left, right + 1):
                x = col + 0.5
                if (
                    (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= -slack0
                    and (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= -slack1
                    and (x0 - x2) * (y - y2) - (y0 - y2) * (x - x2) >= -slack2
                ):
                    used[row % height, col % width] = 1


@serial
def _half(level: U8, used: U8) -> tuple[U8, U8]:
    height, width = used.shape
    out = np.zeros(((height + 1) // 2, (width + 1) // 2, 3), np.uint8)
    cover = np.zeros(out.shape[:2], np.uint8)
    for row in range(out.shape[0]):
        for col in range(out.shape[1]):
            i, j = 2 * row, 2 * col
            whole = i + 1 < height and j + 1 < width
            if whole and used[i, j] and used[i, j + 1] and used[i + 1, j] and used[i + 1, j + 1]:
                for k in range(3):
                    out[row, col, k] = (
                        np.int32(level[i, j, k])
                        + np.int32(level[i, j + 1, k])
                        + np.int32(level[i + 1, j, k])
                        + np.int32(level[i + 1, j + 1, k])
                        + 2
                    ) >> 2
                cover[row, col] = 1
                continue
            red = green = blue = count = 0
            for i in range(2 * row, min(2 * row + 2, height)):
                for j in range(2 * col, min(2 * col + 2, width)):
                    if used[i, j]:
                        red += level[i, j, 0]
                        green += level[i, j, 1]
                        blue += level[i, j, 2]
                        count += 1
            if count:
                out[row, col, 0] = (red + count // 2) // count
                out[row, col, 1] = (green + count // 2) // count
                out[row, col, 2] = (blue + count // 2) // count
                cover[row, col] = 1
    return out, cover


@serial
def _fill(level: U8, used: U8, coarser: U8) -> None:
    for row in range(used.shape[0]):
        for col in range(used.shape[1]):
            if not used[row, col]:
                for k in range(3):
                    level[row, col, k] = coarser[row // 2, col // 2, k]
