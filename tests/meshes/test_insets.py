"""A finer survey in a catalog: in the ground, in its water, in the terrain's tiles, and named at a point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasterio.transform import from_origin

from meshes.pipeline import build
from meshes.tiles import map_glb, read_tree
from tests.small import CELL_M, COLS, MIDDLE, NORTH, ROWS, WEST, write_raster
from twin.basin import Basin
from twin.errors import TwinError

INSET = """  lidar:
    kind: inset
    title: {zh: 机载雷达, en: Lidar}
    driver: raster
    uri: lidar.tif
    vertical: {reference: local}
    edition: "1"
    source: a pit
    access: public
"""
FINE_M = 5.0
PIT = (30, 60)
"""The inset's first cell of the terrain; it is 40 of its cells wide, and has a pit of 90 m in its middle."""


def with_inset(catalog: Path) -> Path:
    side = int(40 * CELL_M / FINE_M)
    row, col = np.indices((side, side))
    heights = np.where(np.hypot(row - side / 2, col - side / 2) < 20, 90.0, 150.0).astype(np.float32)
    place = from_origin(WEST + PIT[1] * CELL_M, NORTH - PIT[0] * CELL_M, FINE_M, FINE_M)
    write_raster(catalog.parent / "lidar.tif", heights, transform=place)
    with catalog.open("a", encoding="utf-8") as file:
        file.write(INSET)
    return catalog


def test_a_finer_survey_makes_the_common_grid_finer_and_is_named_where_it_counts(small_catalog: Path) -> None:
    build(with_inset(small_catalog))
    basin = Basin.open(small_catalog)
    ground, grid = basin.ground()
    assert grid.shape == (4 * ROWS, 4 * COLS) == basin.connection().shape
    x, y = WEST + (PIT[1] + 20) * CELL_M, NORTH - (PIT[0] + 20) * CELL_M
    pit = grid.cell_at(x, y)
    assert pit is not None
    assert ground[pit] == 90.0
    assert basin.survey_at(x, y) == {"zh": "机载雷达", "en": "Lidar"}
    lake = grid.centre_of(4 * MIDDLE[0], 4 * MIDDLE[1])
    assert basin.survey_at(float(lake[0]), float(lake[1])) == {"zh": "地形", "en": "Terrain"}
    assert basin.survey_at(0.0, 0.0) is None
    folder = basin.terrain_tiles()
    lowest = min(
        float(map_glb(folder / name).primitives[0].position[:, 2].max()) for name in read_tree(folder).content
    )
    assert lowest < 160.0, "some tile lies wholly within the inset"


def test_one_survey_alone_has_no_name_at_a_point(small_basin: Path) -> None:
    assert Basin.open(small_basin).survey_at(WEST + 100.0, NORTH - 100.0) is None


def test_an_inset_that_cannot_be_read_stops_the_build_with_a_line(small_catalog: Path) -> None:
    """Without it the numbers would be others, and nobody would see it."""
    with_inset(small_catalog)
    (small_catalog.parent / "lidar.tif").write_bytes(b"II*\x00 nonsense")
    with pytest.raises(TwinError, match=r"lidar\.tif"):
        build(small_catalog)
