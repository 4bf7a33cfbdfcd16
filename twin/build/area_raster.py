"""Rasterise areas so that their borders stay sharp within a cell.

A cell holds two classes and the straight border between them: (n, m, 4) uint8 of 16 · inside + outside, the
border's normal towards the inside (east, south; 128 ± 127) and its distance from the cell's centre (128 ±
127 for ± ``REACH`` cells). A border runs from where it enters a cell to where it leaves it, so that it
goes on without a step in the next one. 0 is no class.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from twin.arrays import F32, F64, I64, U8
from twin.compiled import serial

REACH = 0.75
MOST_CLASSES = 15


def rasterise(shapes: list[Any], classes: list[int], *, rows: int, cols: int) -> U8:
    """Return cells of areas in the order given: later ones lie above.

    ``shapes`` are polygons in cells, x to the right and y down from the raster's corner; ``classes`` 1 … 15.
    """
    cells = np.zeros((rows, cols, 4), np.uint8)
    cells[..., 1:] = 128
    for shape, number in zip(shapes, classes, strict=True):
        for part in shapely.get_parts(shape):
            if part.geom_type != "Polygon" or part.is_empty:
                continue
            # The inside lies on the left in the plane of x and y; with y down that is on the right.
            rings = [
                shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.orient_polygons(part))
            ]
            ends = np.cumsum([0, *(len(ring) for ring in rings)])
            _paint(cells, np.concatenate(rings), ends, number)
    return cells


def above(values: F32, threshold: float) -> U8:
    """Return cells of class 1 where a raster is above a threshold.

    NaN is not.

    The border in a cell is that of the plane through the means at its corners.
    """
    known = np.where(np.isnan(values), -np.inf, values - np.float32(threshold))
    cells = np.zeros((*values.shape, 4), np.uint8)
    cells[..., 1:] = 128
    cells[known > 0, 0] = 17
    finite = np.clip(known, -90.0, 90.0)
    around = np.pad(finite, 1, mode="edge")
    corner = 0.25 * (around[:-1, :-1] + around[:-1, 1:] + around[1:, :-1] + around[1:, 1:])
    nw, ne, sw, se = corner[:-1, :-1], corner[:-1, 1:], corner[1:, :-1], corner[1:, 1:]
    low = np.minimum(np.minimum(nw, ne), np.minimum(sw, se))
    high = np.maximum(np.maximum(nw, ne), np.maximum(sw, se))
    mixed = (low < 0) & (high > 0)
    east, south = 0.5 * (ne + se - nw - sw)[mixed], 0.5 * (sw + se - nw - ne)[mixed]
    length = np.maximum(np.hypot(east, south), 1e-6)
    away = np.clip(-0.25 * (nw + ne + sw + se)[mixed] / length / REACH, -1.0, 1.0)
    held = np.stack([east / length, south / length, away], axis=1)
    cells[mixed, 0] = 16
    cells[mixed, 1:] = np.rint(128.0 + 127.0 * held).astype(np.uint8)
    return cells


@serial
def _paint(cells: U8, points: F64, ends: I64, number: int) -> None:
    rows, cols = cells.shape[0], cells.shape[1]
    most = 16
    for k in range(len(points) - 1):
        most += int(abs(points[k + 1, 0] - points[k, 0]) + abs(points[k + 1, 1] - points[k, 1])) + 3
    cell = np.empty(2 * most, np.int64)
    chord = np.empty((2 * most, 4), np.float64)
    count = 0
    for r in range(len(ends) - 1):
        count = _walk(points[ends[r] : ends[r + 1]], rows, cols, cell, chord, count)
    # What is outside of the border, before this area is filled.
    outside = np.empty(count, np.uint8)
    for k in range(count):
        east, south = _normal(chord[k])
        x, y = 0.5 * (chord[k, 0] + chord[k, 2]), 0.5 * (chord[k, 1] + chord[k, 3])
        at_row, at_col = cell[k] // cols, cell[k] % cols
        outside[k] = _class_at(cells[at_row, at_col], x - 0.1 * east - at_col, y - 0.1 * south - at_row)
    _fill(cells, points, ends, number)
    order = np.argsort(cell[:count])
    length = -1.0
    for n in range(count):
        k = order[n]
        if n == 0 or cell[k] != cell[order[n - 1]]:
            length = -1.0
        own = (chord[k, 2] - chord[k, 0]) ** 2 + (chord[k, 3] - chord[k, 1]) ** 2
        if own <= length or own < 1e-8:
            continue
        length = own
        at_row, at_col = cell[k] // cols, cell[k] % cols
        east, south = _normal(chord[k])
        x = 0.5 * (chord[k, 0] + chord[k, 2]) - at_col - 0.5
        y = 0.5 * (chord[k, 1] + chord[k, 3]) - at_row - 0.5
        east, south = round(127.0 * east) / 127.0, round(127.0 * south) / 127.0
        away = max(-REACH, min(REACH, east * x + south * y))
        cells[at_row, at_col, 0] = 16 * number + outside[k]
        cells[at_row, at_col, 1] = round(128.0 + 127.0 * east)
        cells[at_row, at_col, 2] = round(128.0 + 127.0 * south)
        cells[at_row, at_col, 3] = round(128.0 + 127.0 * away / REACH)


@serial
def _normal(chord: F64) -> tuple[float, float]:
    """Unit normal of a piece of border towards the inside, (to the right, down)."""
    dx, dy = chord[2] - chord[0], chord[3] - chord[1]
    length = max(1e-12, (dx * dx + dy * dy) ** 0.5)
    return -dy / length, dx / length


@serial
def _class_at(cell: U8, x: float, y: float) -> int:
    """Class of a cell at a point of it, 0 … 1 from its corner."""
    away = REACH * (cell[3] - 128.0) / 127.0
    side = (cell[1] - 128.0) / 127.0 * (x - 0.5) + (cell[2] - 128.0) / 127.0 * (y - 0.5)
    return int(cell[0]) // 16 if side >= away else int(cell[0]) % 16


@serial
def _walk(ring: F64, rows: int, cols: int, cell: I64, chord: F64, count: int) -> int:
    """Append every way of a closed ring through a cell: the cell, and where the ring enters and leaves it."""
    started = False
    enter_x, enter_y = 0.0, 0.0
    points = len(ring) - 1
    for k in range(2 * points):
        x0, y0 = ring[k % points]
        x1, y1 = ring[k % points + 1]
        dx, dy = x1 - x0, y1 - y0
        col, row = int(np.floor(x0)), int(np.floor(y0))
        last_col, last_row = int(np.floor(x1)), int(np.floor(y1))
        step_x, step_y = 1 if dx > 0 else -1, 1 if dy > 0 else -1
        while col != last_col or row != last_row:
            next_x = col + 1 if dx > 0 else col
            next_y = row + 1 if dy > 0 else row
            t_x = (next_x - x0) / dx if col != last_col and dx != 0.0 else np.inf
            t_y = (next_y - y0) / dy if row != last_row and dy != 0.0 else np.inf
            t = min(t_x, t_y)
            if t == np.inf:
                break
            x, y = x0 + t * dx, y0 + t * dy
            if started and 0 <= row < rows and 0 <= col < cols and count < len(cell):
                cell[count] = row * cols + col
                chord[count, 0], chord[count, 1], chord[count, 2], chord[count, 3] = enter_x, enter_y, x, y
                count += 1
            if k >= points:
                return count  # round once, and the way that the ring began in
            started = True
            enter_x, enter_y = x, y
            if t_x <= t_y:
                col += step_x
            else:
                row += step_y
    return count


@serial
def _fill(cells: U8, points: F64, ends: I64, number: int) -> None:
    """Give cells whose centres lie inside the class, whole."""
    rows, cols = cells.shape[0], cells.shape[1]
    left = max(0, int(np.floor(points[:, 0].min())))
    right = min(cols, int(np.ceil(points[:, 0].max())) + 1)
    top = max(0, int(np.floor(points[:, 1].min())))
    bottom = min(rows, int(np.ceil(points[:, 1].max())) + 1)
    if right <= left or bottom <= top:
        return
    flips = np.zeros((bottom - top, right - left), np.bool_)
    for r in range(len(ends) - 1):
        for k in range(ends[r], ends[r + 1] - 1):
            x0, y0 = points[k]
            x1, y1 = points[k + 1]
            low, high = min(y0, y1), max(y0, y1)
            for row in range(max(top, int(np.ceil(low - 0.5))), min(bottom, int(np.ceil(high - 0.5)))):
                x = x0 + (row + 0.5 - y0) / (y1 - y0) * (x1 - x0)
                col = max(left, int(np.ceil(x - 0.5)))
                if col < right:
                    flips[row - top, col - left] = not flips[row - top, col - left]
    for row in range(bottom - top):
        inside = False
        for col in range(right - left):
            if flips[row, col]:
                inside = not inside
            if inside:
                cells[row + top, col + left, 0] = 17 * number
                cells[row + top, col + left, 1:] = 128
