"""A small basin with a closed form: a cone-shaped lake in a plateau, closed to the south by a dam.

200 × 160 cells of 20 m. The ground is a cone of slope 0.05 around the lake's middle from 120 m up, cut off at
170 m by a plateau; a gap of 19 cells in the plateau's south side lies at 130 m, closed by a dam with a crest
at 165 m. Below the dam the ground falls away.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

from twin.arrays import F32

CELL_M = 20.0
ROWS, COLS = 160, 200
WEST, NORTH = 490_000.0, 4_485_000.0
MIDDLE = (70, 100)
SLOPE = 0.05
BED_M, PLATEAU_M, GAP_M, CREST_M = 120.0, 170.0, 130.0, 165.0
DAM_ROW = 130

CATALOG = """version: 1
id: small
name: {zh: 小流域, en: Small basin}
synthetic: true
site: small_site.yaml
vertical: {edition: "1", working: local}
reservoir:
  name: {zh: 小水库, en: Small reservoir}
  seed: {east: 492010, north: 4483590}
  lowest_m: 126.0
  highest_m: 160.0
entries:
  terrain:
    kind: terrain
    title: {zh: 地形, en: Terrain}
    driver: raster
    uri: terrain.tif
    vertical: {reference: local}
    vertical_error_m: 0.5
    bed: surveyed
    edition: "1"
    source: a cone
    access: public
  dam:
    kind: barriers
    title: {zh: 大坝, en: Dam}
    driver: vector
    uri: dam.geojson
    crs: EPSG:4548
    crest_field: crest_m
    edition: "1"
    source: a line
    access: public
  curve:
    kind: curve
    title: {zh: 库容曲线, en: Curve}
    driver: table
    uri: curve.csv
    status: published
    edition: "1"
    source: the cone's closed form
    access: public
  villages:
    kind: village
    title: {zh: 村庄, en: Villages}
    driver: vector
    uri: villages.geojson
    crs: EPSG:4548
    edition: "1"
    source: two points
    access: public
    show: {label: name}
"""

SITE = """version: 1
start_level_m: 150.0
levels:
  - {id: normal, name: {zh: 正常蓄水位, en: Normal pool level}, level_m: 157.5, source: invented}
  - {id: design, name: {zh: 设计洪水位, en: Design flood level}, level_m: 158.5, source: invented}
viewpoints:
  - id: home
    name: {zh: 全景, en: Overview}
    target: {east: 492010, north: 4483590}
    distance_m: 5000
    heading_deg: 0
    pitch_deg: -40
"""


def ground_m() -> F32:
    """The ground without its dam, (ROWS, COLS) float32 m."""
    row, col = np.indices((ROWS, COLS))
    distance_m = np.hypot(row - MIDDLE[0], col - MIDDLE[1]) * CELL_M
    height = np.minimum(BED_M + SLOPE * distance_m, PLATEAU_M)
    gap = (row > MIDDLE[0]) & (np.abs(col - MIDDLE[1]) < 10)
    height = np.where(gap, np.minimum(height, GAP_M), height)
    below = (row > DAM_ROW) & (np.abs(col - MIDDLE[1]) < 40)
    return np.where(below, GAP_M - 0.5 * (row - DAM_ROW), height).astype(np.float32)


def _geojson(path: Path, features: list[tuple[str, object, dict[str, object]]]) -> None:
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": kind, "coordinates": place}, "properties": row}
            for kind, place, row in features
        ],
    }
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def write_raster(path: Path, values: F32, **more: object) -> None:
    """A GeoTIFF at the small basin's place; ``more`` overrides rasterio's profile."""
    profile: dict[str, object] = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype,
        "crs": "EPSG:4548",
        "transform": from_origin(WEST, NORTH, CELL_M, CELL_M),
    }
    with rasterio.open(path, "w", **(profile | more)) as file:
        file.write(values, 1)


def write_small_basin(folder: Path) -> Path:
    """Write catalog, site and data; returns the catalog's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_raster(folder / "terrain.tif", ground_m())
    y = NORTH - (DAM_ROW + 0.5) * CELL_M
    x = WEST + MIDDLE[1] * CELL_M
    _geojson(folder / "dam.geojson", [("LineString", [[x - 260, y], [x + 260, y]], {"crest_m": CREST_M})])
    places: list[tuple[str, object, dict[str, object]]] = [
        ("Point", [x - 700, NORTH - 900], {"name": "东村"}),
        ("Point", [x + 600, NORTH - 1000], {"name": "西村"}),
    ]
    _geojson(folder / "villages.geojson", places)
    lines = ["level_m,area_m2,storage_m3"]
    for level in (126.0, 140.0, 150.0, 160.0):
        radius = (level - BED_M) / SLOPE
        lines.append(f"{level},{np.pi * radius**2},{np.pi * radius**2 * (level - BED_M) / 3}")
    (folder / "curve.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "small_site.yaml").write_text(SITE, encoding="utf-8")
    catalog = folder / "data_catalog.yaml"
    catalog.write_text(CATALOG, encoding="utf-8")
    return catalog
