"""The small basin with villages and buildings around its lake, at random places of a fixed seed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.small import CELL_M, MIDDLE, NORTH, WEST, write_small_basin

EAST_M, NORTH_M = WEST + (MIDDLE[1] + 0.5) * CELL_M, NORTH - (MIDDLE[0] + 0.5) * CELL_M
VILLAGES = 6
HOUSES = 40
"""Of each village but the last, which has none."""
RADII_M = (560.0, 640.0, 700.0, 740.0, 790.0, 770.0)
"""Distances of the villages from the lake's middle: the shore is there at 120 m + 5 % of it."""

ENTRIES = """
  footprints:
    kind: footprint
    title: {zh: 村庄范围, en: Village footprints}
    driver: vector
    uri: footprints.geojson
    crs: EPSG:4548
    edition: "1"
    source: squares
    access: public
  buildings:
    kind: buildings
    title: {zh: 建筑, en: Buildings}
    driver: vector
    uri: buildings.geojson
    crs: EPSG:4548
    edition: "1"
    source: rectangles
    access: ACCESS
  townships:
    kind: township
    title: {zh: 乡镇, en: Townships}
    driver: vector
    uri: townships.geojson
    crs: EPSG:4548
    edition: "1"
    source: two halves
    access: public
    show: {label: name_zh}
"""


def centre(village: int) -> tuple[float, float]:
    """East and north of a village: around the northern half of the lake."""
    turn = np.pi * (0.1 + 0.8 * village / (VILLAGES - 1))
    return EAST_M + RADII_M[village] * np.cos(turn), NORTH_M + RADII_M[village] * np.sin(turn)


def rectangle(east: float, north: float, half_m: float) -> list[list[list[float]]]:
    """A closed ring around a place."""
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [[[east + half_m * a, north + half_m * b] for a, b in corners]]


def write_affected_basin(folder: Path, *, access: str = "public") -> Path:
    """Write catalog, site and data; returns the catalog's path. ``access`` is that of the buildings."""
    catalog = write_small_basin(folder)
    catalog.write_text(catalog.read_text("utf-8") + ENTRIES.replace("ACCESS", access), encoding="utf-8")
    rng = np.random.default_rng(19)
    villages, footprints, buildings = [], [], []
    for k in range(VILLAGES):
        east, north = centre(k)
        facts = {"number": k + 1, "name": f"村{k + 1}", "households": 100 + k, "people": 300 + k}
        villages.append(("Point", [east, north], facts))
        footprints.append(("Polygon", rectangle(east, north, 70.0), {"number": k + 1}))
        for number in range(HOUSES if k < VILLAGES - 1 else 0):
            at = rng.uniform(-60, 60, 2)
            lives = {"households": int(rng.integers(0, 3)), "people": int(rng.integers(0, 8))}
            if k == 0 and number % 4 == 0:  # nobody says
                lives = {}
            ring = rectangle(east + float(at[0]), north + float(at[1]), float(rng.uniform(2, 9)))
            buildings.append(("Polygon", ring, {"village": k + 1, "height_m": 4.5, **lives}))
    halves = [("东乡", EAST_M + 2000.0), ("西乡", EAST_M - 2000.0)]
    townships = [("Polygon", rectangle(x, NORTH_M, 2000.0), {"name_zh": n, "name_en": n}) for n, x in halves]
    for name, rows in (
        ("villages", villages),
        ("footprints", footprints),
        ("buildings", buildings),
        ("townships", townships),
    ):
        features = [
            {"type": "Feature", "geometry": {"type": kind, "coordinates": at}, "properties": facts}
            for kind, at, facts in rows
        ]
        collection = {"type": "FeatureCollection", "features": features}
        (folder / f"{name}.geojson").write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return catalog
