"""Delineate 179 small watersheds above the reservoir's dams.

Finer ones are cut wherever a stream has gathered enough ground, and then merged downstream, the smallest
first, until there are as many as wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from twin.arrays import F32, I32, I64, Bools
from twin.compiled import serial
from twin.grid import Grid
from twin.sample import names
from twin.sample.coverage import polygons_of
from twin.sample.drainage import drain
from twin.sample.grids import zoomed
from twin.sample.vectors import feature

COUNT = 179
FINEST_M2 = 2.5e6
COARSER = 2  # cells of 60 m


@dataclass(frozen=True, kw_only=True)
class Watersheds:
    """Small watersheds on ``grid``.

    ``label`` int32 (rows, cols), 0 outside the reservoir's catchment, else 1 … 179; ``next_down`` (180,) the
    label downstream, 0 for the one that the dams close; ``receiver`` and ``order`` drain the cells (flat),
    ``upstream`` counts each cell's.
    """

    grid: Grid
    label: I32
    next_down: I32
    order: I32
    receiver: I32
    upstream: I32
    height_m: F32


def delineate(height_m: F32, grid: Grid, *, seed: tuple[int, int], closed: Bools) -> Watersheds:
    """Return the small watersheds of what drains to ``seed`` (row, col).

    ``closed`` cells are dams, which nothing drains over.
    """
    coarse = zoomed(grid, COARSER)
    rows, cols = coarse.shape
    blocks = height_m[: rows * COARSER, : cols * COARSER].reshape(rows, COARSER, cols, COARSER)
    height = blocks.mean(axis=(1, 3), dtype=np.float32)
    parts = closed[: rows * COARSER, : cols * COARSER].reshape(rows, COARSER, cols, COARSER)
    dams: Bools = np.asarray(parts.any(axis=(1, 3)), np.bool_)
    outlet = np.zeros(coarse.shape, np.bool_)
    outlet[[0, -1]] = outlet[:, [0, -1]] = True
    outlet[seed[0] // COARSER, seed[1] // COARSER] = True
    order, receiver, _ = drain(height, outlet, dams, False)
    root = seed[0] // COARSER * cols + seed[1] // COARSER
    cells = round(FINEST_M2 / (coarse.dx * coarse.dy))
    label, down, upstream = _cut(order, receiver, root, cells, coarse.rows * coarse.cols)
    merged, next_down = _merge(np.bincount(label, minlength=len(down)), down)
    whole = merged[label].reshape(coarse.shape)
    whole = np.where(dams, ndimage.grey_dilation(whole, 3), whole)  # dams belong to what they close
    return Watersheds(
        grid=coarse, label=whole.astype(np.int32), next_down=next_down, order=order, receiver=receiver,
        upstream=upstream, height_m=height,
    )  # fmt: skip


@serial
def _cut(order: I32, receiver: I32, root: int, cells: int, size: int) -> tuple[I32, I32, I32]:
    """Labels of finer watersheds, the label downstream of each, and upstream cells; 0 is not the root's."""
    carried = np.zeros(size, np.int32)
    upstream = np.zeros(size, np.int32)
    outlet = np.zeros(size, np.bool_)
    for k in range(order.size - 1, -1, -1):
        i, to = order[k], receiver[order[k]]
        carried[i] += 1
        upstream[i] += 1
        if to >= 0:
            upstream[to] += upstream[i]
            if carried[i] >= cells:
                outlet[i] = True
            else:
                carried[to] += carried[i]
    label = np.zeros(size, np.int32)
    down = np.zeros(size, np.int32)
    count = 1
    label[root] = 1
    for k in range(order.size):
        i, to = order[k], receiver[order[k]]
        if to < 0 or label[to] == 0:
            continue
        if outlet[i]:
            count += 1
            label[i] = count
            down[count] = label[to]
        else:
            label[i] = label[to]
    return label, down[: count + 1], upstream


def _merge(sizes: I64, down: I32) -> tuple[I32, I32]:
    """Final label of every finer one, and what is downstream of the final ones. The root is the first."""
    sizes, down = sizes.copy(), down.copy()
    into = np.arange(len(down))
    left = len(down) - 1
    while left > COUNT:
        alive = np.flatnonzero((into == np.arange(len(down))) & (np.arange(len(down)) > 1))
        k = int(alive[np.argmin(sizes[alive])])
        to = int(down[k])
        into[into == k] = to
        sizes[to] += sizes[k]
        down[down == k] = to
        left -= 1
    kept = np.unique(into[1:])
    number = np.zeros(len(down), np.int32)
    number[kept] = np.arange(1, len(kept) + 1)
    return number[into], np.concatenate([[0], number[down[kept]]]).astype(np.int32)


def watershed_features(found: Watersheds) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return small watersheds as features, and their polygons.

    Each names the next one downstream."""
    shapes = polygons_of(found.label, found.grid)
    cell_km2 = found.grid.dx * found.grid.dy / 1e6
    area = np.bincount(found.label.ravel(), minlength=COUNT + 1) * cell_km2
    above = area.copy()
    for k in sorted(range(1, COUNT + 1), key=lambda k: -_depth(found.next_down, k)):
        above[found.next_down[k]] += above[k]
    features = []
    for k in range(1, COUNT + 1):
        zh, en = names.composed(k, "小流域", "Watershed")
        to = int(found.next_down[k])
        features.append(
            feature(
                "Area", shapes[k], code=f"W{k:03d}", next=f"W{to:03d}" if to else "", name_zh=zh, name_en=en,
                area_km2=round(float(area[k]), 2), upstream_km2=round(float(above[k]), 2),
            )
        )  # fmt: skip
    return features, [shapes[k] for k in range(1, COUNT + 1)]


def _depth(next_down: I32, k: int) -> int:
    depth = 0
    while k:
        k, depth = int(next_down[k]), depth + 1
    return depth
