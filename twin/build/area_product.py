"""Build cells, colours and places of names of filled areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from twin.build.area_raster import rasterise
from twin.catalog.area_classes import AREA_KINDS, AreaClass, AreaKind
from twin.frame import Frame
from twin.products import AREAS, load_grid, write_json

FINEST_M = 30.0
MOST_CELLS = 16_000_000
INNER_M = 60.0  # how exactly the middle of an area is found


def write_areas(
    folder: Path, *, kind: str, shapes: Sequence[Any], rows: Sequence[Mapping[str, Any]], ground: Path,
    frame: Frame,
) -> None:  # fmt: skip
    """Write ``areas.npy`` and ``areas.json`` of polygons in the frame.

    The cells are the ground's, or parts of them where these are wider than 30 m; see ``area_raster``.
    """
    grid = load_grid(ground)
    finer = 1
    while grid.dx / finer > FINEST_M * 1.01 and grid.rows * grid.cols * (finer + 1) ** 2 <= MOST_CELLS:
        finer += 1
    own = AREA_KINDS[kind]
    numbers, classes = _classes(own, list(shapes), rows)

    def in_cells(points: Any) -> Any:
        row, col = grid.row_col(*frame.to_crs(grid.crs, points[:, 0], points[:, 1]))
        return np.column_stack([(col + 0.5) * finer, (row + 0.5) * finer])

    placed = [shapely.transform(shape, in_cells) for shape in shapes]
    known = [k for k in np.argsort(numbers, kind="stable") if numbers[k] and not placed[k].is_empty]
    west, north, east, south = shapely.total_bounds(placed) if known else (0, 0, 1, 1)
    left, top = max(0, int(west) - 1), max(0, int(north) - 1)
    right, bottom = min(grid.cols * finer, int(east) + 2), min(grid.rows * finer, int(south) + 2)
    moved = [shapely.transform(placed[k], lambda at: at - (left, top)) for k in known]
    cells = rasterise(
        moved, [numbers[k] for k in known], rows=max(1, bottom - top), cols=max(1, right - left)
    )
    np.save(folder / f"{AREAS}.npy", cells)
    inner = [
        shapely.get_coordinates(shapely.maximum_inscribed_circle(s, INNER_M))[0].tolist() for s in shapes
    ]
    told = [asdict(one) for one in classes]
    write_json(
        folder / f"{AREAS}.json", {"start": [left, top], "finer": finer, "classes": told, "inner": inner}
    )


def _classes(
    kind: AreaKind, shapes: list[Any], rows: Sequence[Mapping[str, Any]]
) -> tuple[list[int], list[AreaClass]]:
    """The class of each area, from 1, and what they mean; 0 where the catalog's word is not known."""
    if kind.classes is None:
        return _tinted(shapes, len(kind.tints)), [AreaClass(colour=c, zh="", en="") for c in kind.tints]
    number = {value: k for k, value in enumerate(kind.classes, 1)}
    return [number.get(_written(row.get(kind.attribute)), 0) for row in rows], list(kind.classes.values())


def _written(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _tinted(shapes: list[Any], tints: int) -> list[int]:
    """Tints of which no two neighbours have the same, where there are enough: the least used one free."""
    tree = shapely.STRtree(shapes)
    found: list[int] = [0] * len(shapes)
    used = [0] * (tints + 1)
    near: list[list[int]] = [[] for _ in shapes]
    for a, b in zip(*tree.query(shapes, predicate="intersects"), strict=True):
        if a != b:
            near[int(a)].append(int(b))
    for k in sorted(range(len(shapes)), key=lambda k: (-len(near[k]), k)):
        taken = {found[other] for other in near[k]}
        free = [tint for tint in range(1, tints + 1) if tint not in taken] or list(range(1, tints + 1))
        found[k] = min(free, key=lambda tint: (used[tint], tint))
        used[found[k]] += 1
    return found
