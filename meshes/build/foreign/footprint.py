"""Compute footprint rings of foreign models that bring the ground.

Inside them the terrain's own is not needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from shapely import Polygon, box
from shapely.geometry import shape

from meshes.tiles import TileTree, map_glb
from twin.arrays import F64, I32, U8

Ring = list[tuple[float, float]]

MOST_CELLS = 1024
"""Cells along the longer side of the mask that the model is drawn into."""
FINEST_M = 1.0
FINE_ENOUGH_CELLS = 1.0
"""Tiles that are off by no more than so many cells say as much as finer ones."""
LEAST_M2 = 2_500.0
"""Smaller pieces, single buildings for one, stand on the terrain and bring no ground."""
CLOSED_CELLS = 3
"""Gaps of up to twice this width are the model's own: under eaves, between tiles."""


def cover_rings(folder: Path, tree: TileTree) -> list[Ring]:
    """Return closed rings around places where a model covers ground.

    East and north in the frame's CRS. Its triangles are drawn from above into a mask; small gaps are closed,
    pieces under ``LEAST_M2`` left out, and the edges drawn in by a cell, so that the terrain reaches under
    the model's rim. Where a hole of that size is in a model, the terrain stays. Points cover nothing.
    """
    if not len(tree):
        return []
    low, high = tree.low[:, :2].min(axis=0), tree.high[:, :2].max(axis=0)
    cell_m = max(FINEST_M, float((high - low).max()) / MOST_CELLS)
    margin = CLOSED_CELLS + 2
    cols, rows = (int(n) + 2 * margin for n in np.ceil((high - low) / cell_m))
    west, south = low - margin * cell_m
    mask = np.zeros((rows, cols), np.uint8)
    for tile in _fine_enough(tree, FINE_ENOUGH_CELLS * cell_m):
        content = map_glb(folder / tree.content[tile])
        for part in content.primitives:
            if part.triangles is not None:
                at = (part.position[:, :2] + np.array(content.centre)[:2] - [west, south]) / cell_m
                _draw(mask, at, part.triangles)
    return _rings(mask, west, south, cell_m)


def _fine_enough(tree: TileTree, error_m: float) -> list[int]:
    """The coarsest tiles that are right to an error, and leaves; with their ancestors where those stay."""
    found, going = [], np.flatnonzero(tree.parent < 0).tolist()
    while going:
        tile = going.pop()
        children = range(tree.first_child[tile], tree.first_child[tile] + tree.child_count[tile])
        enough = not children or (tree.content[tile] != "" and tree.error_m[tile] <= error_m)
        if tree.content[tile] and (enough or tree.add[tile]):
            found.append(tile)
        if not enough:
            going += children
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _draw(mask: U8, at: F64, triangles: I32) -> None:
    """Set the cells whose middle a triangle covers, or that hold a corner; ``at`` is (n, 2), in cells."""
    rows, cols = mask.shape
    for k in range(len(triangles)):
        ax, ay = at[triangles[k, 0]]
        bx, by = at[triangles[k, 1]]
        cx, cy = at[triangles[k, 2]]
        for x, y in ((ax, ay), (bx, by), (cx, cy)):
            row, col = int(y), int(x)
            if 0 <= row < rows and 0 <= col < cols:
                mask[row, col] = 1
        twice = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if twice == 0.0:
            continue
        for row in range(max(0, int(min(ay, by, cy))), min(rows, int(max(ay, by, cy)) + 1)):
            for col in range(max(0, int(min(ax, bx, cx))), min(cols, int(max(ax, bx, cx)) + 1)):
                x, y = col + 0.5, row + 0.5
                v = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / twice
                w = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / twice
                if v >= 0.0 and w >= 0.0 and v + w <= 1.0:
                    mask[row, col] = 1


def _rings(mask: U8, west: float, south: float, cell_m: float) -> list[Ring]:
    from rasterio.features import shapes  # noqa: PLC0415  (GDAL is needed by few processes)
    from rasterio.transform import Affine  # noqa: PLC0415
    from scipy import ndimage  # noqa: PLC0415

    near = np.ones((2 * CLOSED_CELLS + 1, 2 * CLOSED_CELLS + 1), bool)
    closed = ndimage.binary_closing(mask > 0, near).astype(np.uint8)
    to_frame = Affine(cell_m, 0.0, west, 0.0, cell_m, south)
    found: list[Polygon] = []
    for outline, _ in shapes(closed, mask=closed > 0, transform=to_frame):
        found += _simple(shape(outline).simplify(cell_m).buffer(-cell_m))
    return [[(round(x, 2), round(y, 2)) for x, y in piece.exterior.coords] for piece in found]


def _simple(area: Any) -> list[Polygon]:
    """Polygons of a good size without holes of such: those that have one are cut in two through it."""
    found: list[Polygon] = []
    for part in getattr(area, "geoms", [area]):
        if part.area < LEAST_M2:
            continue
        holes = [hole for ring in part.interiors if (hole := Polygon(ring)).area >= LEAST_M2]
        if not holes:
            found.append(Polygon(part.exterior))
            continue
        west, south, east, north = part.bounds
        middle = holes[0].centroid.x
        for half in (box(west, south, middle, north), box(middle, south, east, north)):
            found += _simple(part.intersection(half))
    return found
