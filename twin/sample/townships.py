"""Divide the district into 22 townships without gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from scipy import ndimage
from scipy.spatial import cKDTree

from twin.arrays import F64, I32
from twin.noise import fractal
from twin.sample import names
from twin.sample.coverage import connected, polygons_of
from twin.sample.grids import WINDOW, zoomed
from twin.sample.vectors import feature
from twin.sample.villages import Village

ROUNDS = 12  # of moving every township's seed to its middle
BEND_M = 2_600.0
LIVED_M = 2_500.0  # around villages townships are small


def divide(district: Any, villages: list[Village], *, seed: int) -> list[Any]:
    """Return the townships' polygons, in the order of ``names.TOWNSHIPS``.

    ``district`` is a polygon in the frame; together they are all of it.
    """
    grid = zoomed(WINDOW, 3)
    x, y = grid.centre_of(*np.indices(grid.shape))
    inside = shapely.contains_xy(district, x, y)
    bent = np.column_stack(
        [(a + BEND_M * fractal(grid, wave_m=3_800.0, octaves=5, seed=seed + 90 + k))[inside]
         for k, a in enumerate((x, y))]
    )  # fmt: skip
    seats = np.array([(v.east, v.north) for v in villages])
    labels = np.zeros(grid.shape, np.int32)
    labels[inside] = 1 + cKDTree(_middles(bent, seats, len(names.TOWNSHIPS))).query(bent)[1]
    found = polygons_of(_everywhere(connected(labels)), grid, within=district)
    return [found[k] for k in range(1, len(names.TOWNSHIPS) + 1)]


def township_features(townships: list[Any], villages: list[Village]) -> list[dict[str, Any]]:
    """Return townships as areas, with the people of their villages."""
    return [
        feature(
            "Area", shape, number=k, name_zh=zh, name_en=en, area_km2=round(shape.area / 1e6, 2),
            villages=len(own), households=sum(v.households for v in own), people=sum(v.people for v in own),
        )
        for k, (shape, (zh, en)) in enumerate(zip(townships, names.TOWNSHIPS, strict=True), 1)
        for own in [[v for v in villages if v.township_zh == zh]]
    ]  # fmt: skip


def named(villages: list[Village], townships: list[Any]) -> list[Village]:
    """Return the villages with the township that each lies in."""
    out = []
    for village in villages:
        at = int(np.argmin(shapely.distance(townships, shapely.Point(village.east, village.north))))
        zh, en = names.TOWNSHIPS[at]
        out.append(replace(village, township_zh=zh, township_en=en))
    return out


def _middles(places: F64, seats: F64, count: int) -> F64:
    """Seeds far apart, villages first, then moved towards the middles of what is nearest to them."""
    seeds = [seats[0]]
    for among, wanted in ((seats, count - 8), (places[::97], count)):
        while len(seeds) < wanted:
            away = cKDTree(np.array(seeds)).query(among)[0]
            seeds.append(among[int(np.argmax(away))])
    moved, some = np.array(seeds), places[::13]
    weight = 1.0 + 9.0 * np.exp(-cKDTree(seats).query(some)[0] / LIVED_M)
    for _ in range(ROUNDS):
        nearest = cKDTree(moved).query(some)[1]
        size = np.maximum(1e-9, np.bincount(nearest, weight, count))
        moved = np.column_stack([np.bincount(nearest, weight * a, count) / size for a in some.T])
    return moved


def _everywhere(labels: I32) -> I32:
    """Labels beyond the district too, so that borders run across its boundary and are cut there."""
    nearest = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return np.asarray(labels[nearest[0], nearest[1]], np.int32)
