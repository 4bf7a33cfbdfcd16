"""Draw ranges of rivers and reservoirs, protection zones, and belts."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from twin.arrays import I32, Bools
from twin.compiled import serial
from twin.grid import Grid
from twin.noise import hash01
from twin.sample import names
from twin.sample.coverage import polygons_of
from twin.sample.grids import WINDOW, zoomed
from twin.sample.vectors import feature
from twin.sample.watersheds import Watersheds

Feature = dict[str, Any]
RIVERS, RESERVOIRS = 96, 24
PROTECTION_M = {"main": 200.0, "tributary": 60.0}  # of rivers, beyond their management range
SMALL_PROTECTION_M, LARGE_PROTECTION_M = 150.0, 300.0  # of reservoirs
POND_KM2 = (5.0, 60.0)  # catchments that small reservoirs close
POND_APART_M = 3_200.0
STRIP_M = 120.0  # of the first zone, beyond 155 m
BELTS_M = (100.0, 1_000.0)
SHORTEST_M = 1_000.0  # of a river outside the lake
SNAP_M = 0.1
ROUND = 16  # segments of a quarter circle


def lake_at(in_lake: Bools) -> Any:
    """Return the polygon of a mask on ``WINDOW``, islands filled."""
    coarse = zoomed(WINDOW, 2)
    label = in_lake[: coarse.rows * 2 : 2, : coarse.cols * 2 : 2].astype(np.int32)
    largest = max(shapely.get_parts(polygons_of(label, coarse)[1]), key=shapely.area)
    return shapely.simplify(shapely.Polygon(largest.exterior), 12.0)


def river_ranges(rivers: list[Feature], lake: Any) -> tuple[list[Feature], Any]:
    """Return two areas for each of the largest rivers.

    Outside the lake; and the main rivers' own range.

    ``rivers`` are lines, the largest first. Where two meet, the ground is the larger one's.
    """
    taken = lake
    ranged: list[tuple[Feature, Any, float, Any]] = []
    for one in rivers:
        line = shapely.simplify(shapely.LineString(one["coordinates"]), 6.0)
        if len(ranged) == RIVERS or shapely.difference(line, taken).length < SHORTEST_M:
            continue
        half = _half_m(one["properties"])
        own = shapely.buffer(line, half, quad_segs=2)
        ranged.append((one, line, half, shapely.difference(own, taken)))
        taken = shapely.union(taken, own)
    out: list[Feature] = []
    for one, line, half, own in ranged:
        facts = one["properties"]
        beyond = shapely.buffer(line, half + PROTECTION_M[facts["kind"]], quad_segs=2)
        outer = shapely.difference(beyond, taken)
        taken = shapely.union(taken, beyond)
        for what, shape in (("management", own), ("protection", outer)):
            area = _areas(shape)
            if not area.is_empty:
                out.append(
                    feature("Area", area, range=what, name_zh=facts["name_zh"], name_en=facts["name_en"])
                )
    return out, shapely.union_all([own for _, _, _, own in ranged[:2]])


def _half_m(river: Feature) -> float:
    return 140.0 if river["kind"] == "main" else 32.0 + 4.0 * float(np.sqrt(river["catchment_km2"]))


def reservoir_ranges(lake: Any, found: Watersheds, *, seed: int) -> list[Feature]:
    """Return two areas for each of 24 reservoirs, the large one first."""
    grid = found.grid
    shapes = [lake, *_ponds(found, lake, seed=seed)]
    out = []
    for number, shape in enumerate(shapes):
        zh, en = names.RESERVOIR if number == 0 else names.composed(7 * number, "水库", "Reservoir")
        beyond = LARGE_PROTECTION_M if number == 0 else SMALL_PROTECTION_M
        ring = shapely.difference(shapely.buffer(shape, beyond, quad_segs=4), shape)
        for what, area in (("management", shape), ("protection", ring)):
            within = shapely.intersection(area, shapely.box(*grid.bounds))
            out.append(feature("Area", _areas(within), range=what, name_zh=zh, name_en=en))
    return out


def _ponds(found: Watersheds, lake: Any, *, seed: int) -> list[Any]:
    """What dams of 12 to 24 m across streams would hold back, far from the lake and from each other."""
    grid = found.grid
    cell_km2 = grid.dx * grid.dy / 1e6
    area = found.upstream * cell_km2
    able = np.flatnonzero((area > POND_KM2[0]) & (area < POND_KM2[1]) & (found.label.ravel() > 0))
    x, y = grid.centre_of(*np.divmod(able, grid.cols))
    able = able[shapely.distance(lake, shapely.points(x, y)) > 1_500.0]
    able = able[np.argsort([hash01(int(i), 3, seed + 95) for i in able], kind="stable")]
    ponds: list[Any] = []
    centres: list[tuple[float, float]] = []
    for dam in able:
        row, col = divmod(int(dam), grid.cols)
        at = tuple(float(v) for v in grid.centre_of(row, col))
        if any(np.hypot(at[0] - a, at[1] - b) < POND_APART_M for a, b in centres):
            continue
        full_m = float(found.height_m[row, col]) + 12.0 + 12.0 * hash01(int(dam), 5, seed + 95)
        cells = _behind(int(dam), found.order, found.receiver, found.height_m.ravel(), full_m)
        if not 12 <= len(cells) <= 400:
            continue
        east, north = grid.centre_of(*np.divmod(cells, grid.cols))
        half = grid.dx / 2
        boxes = shapely.box(east - half, north - half, east + half, north + half)
        ponds.append(max(shapely.get_parts(_rounded(boxes)), key=shapely.area))
        centres.append((at[0], at[1]))
        if len(ponds) == RESERVOIRS - 1:
            break
    return ponds


def _rounded(boxes: Any) -> Any:
    return shapely.simplify(shapely.buffer(shapely.buffer(shapely.union_all(boxes), 60.0), -35.0), 5.0)


@serial
def _behind(dam: int, order: I32, receiver: I32, height_m: Any, full_m: float) -> I32:
    """Cells that drain to a cell and lie under a level, joined to it."""
    under = np.zeros(height_m.size, np.bool_)
    under[dam] = True
    found = np.empty(height_m.size, np.int32)
    count = 0
    for k in range(order.size):
        i = order[k]
        to = receiver[i]
        if i == dam or (to >= 0 and under[to] and height_m[i] < full_m):
            under[i] = True
            found[count] = i
            count += 1
    return found[:count]


def protection_zones(lake_155: Any, watersheds: list[Any], touches: I32) -> list[Feature]:
    """Return three zones of protection.

    Below 155 m and a strip; what drains straight to the lake; the rest.

    ``touches`` are the labels (from 1) of the watersheds that lie on the lake.
    """
    first = shapely.simplify(shapely.buffer(lake_155, STRIP_M, quad_segs=4), 3.0)
    near = set(touches.tolist())
    second = shapely.union_all([s for k, s in enumerate(watersheds, 1) if k in near])
    third = shapely.union_all([s for k, s in enumerate(watersheds, 1) if k not in near])
    zones = (first, shapely.difference(second, first), shapely.difference(third, first))
    words = (("一级保护区", "Zone I"), ("二级保护区", "Zone II"), ("三级保护区", "Zone III"))
    return [
        feature("Area", _areas(zone), zone=number, name_zh=zh, name_en=en, area_km2=round(zone.area / 1e6, 2))
        for number, (zone, (zh, en)) in enumerate(zip(zones, words, strict=True), 1)
    ]


def belts(ranges: Any, grid: Grid) -> list[Feature]:
    """Return belts around the lake's and the main rivers' ranges."""
    out = []
    inside = ranges
    for within_m in BELTS_M:
        reach = shapely.buffer(ranges, within_m, quad_segs=ROUND)
        belt = shapely.intersection(shapely.difference(reach, inside), shapely.box(*grid.bounds))
        inside = reach
        out.append(
            feature(
                "Area", _areas(belt), within_m=within_m, name_zh=f"{within_m:,.0f} 米带",
                name_en=f"{within_m:,.0f} m belt", area_km2=round(belt.area / 1e6, 2),
            )
        )  # fmt: skip
    return out


def _areas(shape: Any) -> Any:
    """Polygons alone: no lines and points where two areas touch, nothing smaller than 100 m²."""
    shape = shapely.set_precision(shape, SNAP_M)  # or rounded degrees would cross
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 100.0]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
