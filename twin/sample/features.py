"""Make named and linear features of the sample.

Dams, villages, rivers, the district, peaks, islands, bays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from twin.areas import cell_areas
from twin.arrays import F32, F64, I32, I64, Bools
from twin.grid import Grid
from twin.noise import noise_along
from twin.sample import names
from twin.sample.dams import Dam
from twin.sample.grids import sampled, zoomed
from twin.sample.rivers import CATCHMENTS_M2, Courses, near
from twin.sample.roads import Road
from twin.sample.vectors import feature
from twin.sample.villages import Village

Feature = dict[str, Any]
BAY_KM = 1.3  # water further than this from the old river beds is a bay
MOST_PARTS = 12
MAIN_DAM_M = 30.0  # a dam higher than this is a main dam


def dam_features(dams: list[Dam]) -> list[Feature]:
    """Return dam axes: main dams, then numbered saddle dams.

    The main dams after their rivers, saddle dams numbered from west to east.
    """
    main = sorted((d for d in dams if d.height_m >= MAIN_DAM_M), key=lambda d: d.axis[0][0])
    saddle = sorted((d for d in dams if d.height_m < MAIN_DAM_M), key=lambda d: d.axis[0][0])
    named = []
    for dam, river in zip(main, (names.WEST_RIVER, names.EAST_RIVER, *names.TRIBUTARIES), strict=False):
        named.append((dam, "main", f"{river[0].removesuffix('河')}主坝", f"{river[1].split()[0]} main dam"))
    for k, dam in enumerate(saddle):
        named.append((dam, "saddle", f"{'一二三四五六七八九十'[k % 10]}号副坝", f"Saddle dam {k + 1}"))
    return [
        feature(
            "LineString",
            dam.axis,
            name_zh=zh,
            name_en=en,
            kind=kind,
            crest_m=dam.crest_m,
            length_m=round(dam.length_m),
            height_m=round(dam.height_m, 1),
        )
        for dam, kind, zh, en in named
    ]


def village_features(villages: list[Village], *, seed: int) -> tuple[list[Feature], list[Feature]]:
    """Return points and footprints of the villages.

    With the same properties.
    """
    points, footprints = [], []
    for v in villages:
        facts = {
            "number": v.number,
            "name_zh": v.name_zh,
            "name_en": v.name_en,
            "households": v.households,
            "people": v.people,
            "level_m": round(v.level_m, 2),
            "township_zh": v.township_zh,
            "township_en": v.township_en,
        }
        points.append(feature("Point", (v.east, v.north), **facts))
        footprints.append(feature("Polygon", v.outline(seed=seed), **facts))
    return points, footprints


def river_features(
    grid: Grid, catchment_m2: F64, receiver: I32, courses: Courses, *,
    least_m2: float, margin: int = 12,
) -> list[Feature]:  # fmt: skip
    """Return rivers as lines in the direction of flow.

    Both main rivers, then tributaries, largest first.
    """
    out = []
    for number, (zh, en) in enumerate((names.WEST_RIVER, names.EAST_RIVER)):
        points = [(float(x), float(y)) for x, y, _ in courses.of(number)[::4]]
        out.append(
            feature(
                "LineString", points, name_zh=zh, name_en=en, kind="main",
                catchment_km2=round(CATCHMENTS_M2[number] / 1e6, 1),
            )
        )  # fmt: skip
    area = catchment_m2.ravel()
    row, col = np.divmod(np.arange(area.size), grid.cols)
    x, y = grid.centre_of(row, col)
    lines = _tributaries(grid, area, receiver, row, col, least_m2=least_m2, margin=margin)
    for k, (size, line) in enumerate(lines):
        zh, en = names.TRIBUTARIES[k] if k < len(names.TRIBUTARIES) else ("", "")
        path = ndimage.gaussian_filter1d(np.column_stack([x[line], y[line]]), 1.5, axis=0, mode="nearest")
        points = [(float(a), float(b)) for a, b in [*path[:-1:2], path[-1]]]
        out.append(
            feature(
                "LineString", points, name_zh=zh, name_en=en, kind="tributary",
                catchment_km2=round(size / 1e6, 1),
            )
        )  # fmt: skip
    return out


def _tributaries(
    grid: Grid, area: F64, receiver: I32, row: I64,
    col: I64, *, least_m2: float, margin: int,
) -> list[tuple[float, list[int]]]:  # fmt: skip
    """(catchment, cells downstream) of every stream over 2.5 km, each ending where it joins another."""
    inner = (row >= margin) & (row < grid.rows - margin) & (col >= margin) & (col < grid.cols - margin)
    member = (area >= least_m2) & inner & (receiver >= 0)
    cells = np.flatnonzero(member)
    donors = _donors(cells, receiver, area, member)
    queue = sorted((int(i) for i in cells if not member[receiver[i]]), key=lambda i: -area[i])
    lines = []
    while queue:
        mouth = queue.pop(0)
        line, at = [int(receiver[mouth])], mouth
        while at >= 0:
            line.append(at)
            above = donors.get(at, [])
            queue.extend(above[1:])
            at = above[0] if above else -1
        if len(line) * grid.dx > 2500:
            lines.append((float(area[mouth]), line[::-1]))
    return sorted(lines, key=lambda one: -one[0])


def _donors(
    cells: I64,
    receiver: I32,
    area: F64,
    member: Bools,
) -> dict[int, list[int]]:
    """For every river cell the river cells that run into it, largest catchment first."""
    donors: dict[int, list[int]] = {}
    for i in cells:
        to = int(receiver[i])
        if to >= 0 and member[to]:
            donors.setdefault(to, []).append(int(i))
    for some in donors.values():
        some.sort(key=lambda i: -area[i])
    return donors


def road_features(roads: list[Road]) -> list[Feature]:
    """Return roads as lines, without names."""
    return [feature("LineString", [(float(x), float(y)) for x, y in road], kind="road") for road in roads]


def district_feature(*, seed: int) -> Feature:
    """Return the district's boundary, an irregular ring."""
    turns = np.linspace(0.0, 2 * np.pi, 1440, endpoint=False)
    wobble = sum(
        noise_along(np.cos(turns), np.sin(turns), wave, seed + 70 + k) * wave
        for k, wave in enumerate((0.55, 0.21, 0.08, 0.03))
    )
    x = 489_500.0 + (26_000 + 12_000 * wobble) * np.cos(turns)
    y = 4_488_000.0 + (21_000 + 10_000 * wobble) * np.sin(turns)
    ring = [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    zh, en = names.DISTRICT
    return feature("Polygon", [*ring, ring[0]], name_zh=zh, name_en=en)


def place_features(height_m: F32, lake: Bools, courses: Courses, grid: Grid) -> list[Feature]:
    """Return peaks, islands and bays with names, and the reservoir's own."""
    wet = lake & (height_m < 157.5)
    out = [_at("reservoir", names.RESERVOIR, *_innermost(wet), grid, level_m=157.5)]
    out += [
        _at("peak", name, row, col, grid, level_m=round(float(height_m[row, col]), 1))
        for name, (row, col) in zip(names.PEAKS, _peaks(height_m, grid, len(names.PEAKS)), strict=False)
    ]
    for name, (row, col), size in zip(names.ISLANDS, *_parts(~wet, skip=1), strict=False):
        out.append(
            _at(
                "island",
                name,
                row,
                col,
                grid,
                area_km2=round(size * float(cell_areas(grid).at(row, col)) / 1e6, 3),
            )
        )
    half = zoomed(grid, 2)
    aside = sampled(near(half, courses).away_km, half, grid) > BAY_KM
    for name, (row, col), _ in zip(names.BAYS, *_parts(wet & aside, skip=0), strict=False):
        out.append(_at("bay", name, row, col, grid))
    return out


def _parts(mask: Bools, *, skip: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Innermost cells and sizes (cells) of a mask's parts, largest first but for the first ``skip``."""
    label, _ = ndimage.label(mask)
    sizes = np.bincount(label.ravel())
    sizes[0] = 0
    largest = np.argsort(-sizes, kind="stable")[skip : skip + MOST_PARTS]
    boxes = ndimage.find_objects(label)
    cells = []
    for k in largest[sizes[largest] > 0]:
        rows, cols = boxes[k - 1]
        row, col = _innermost(np.pad(label[rows, cols] == k, 1))
        cells.append((row + rows.start - 1, col + cols.start - 1))
    return cells, [int(size) for size in sizes[largest] if size > 0]


def _at(kind: str, name: tuple[str, str], row: int, col: int, grid: Grid, **more: object) -> Feature:
    x, y = grid.centre_of(row, col)
    return feature("Point", (float(x), float(y)), name_zh=name[0], name_en=name[1], kind=kind, **more)


def _innermost(mask: Bools) -> tuple[int, int]:
    """The cell that lies furthest from the mask's outline."""
    inside = ndimage.distance_transform_edt(mask)
    row, col = np.unravel_index(int(np.argmax(inside)), inside.shape)
    return int(row), int(col)


def _peaks(height_m: F32, grid: Grid, count: int) -> list[tuple[int, int]]:
    """The highest summits, none within 4 km of a higher one or 2.5 km of the edge."""
    coarse = height_m[::8, ::8]
    top = ndimage.maximum_filter(coarse, 13)
    rows, cols = np.nonzero(coarse == top)
    margin = int(2500 / (8 * grid.dx))
    inner = (
        (rows > margin)
        & (rows < coarse.shape[0] - margin)
        & (cols > margin)
        & (cols < coarse.shape[1] - margin)
    )
    rows, cols = rows[inner], cols[inner]
    chosen: list[tuple[int, int]] = []
    for k in np.argsort(-coarse[rows, cols], kind="stable"):
        row, col = int(rows[k]) * 8, int(cols[k]) * 8
        if all(np.hypot(row - r, col - c) * grid.dx > 4000 for r, c in chosen):
            chosen.append((row, col))
        if len(chosen) == count:
            break
    return chosen
