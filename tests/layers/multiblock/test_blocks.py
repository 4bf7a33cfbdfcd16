"""A basin as blocks: names, facts, terrain, and water that is exactly the wet cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.layers.altered import Altered
from tests.layers.multiblock.wrapped import LEVEL_M, absolute, leaves, of, texts
from tests.small import BED_M, CELL_M, COLS, MIDDLE, NORTH, ROWS, SLOPE, WEST
from twin.areas import cell_areas
from twin.basin import Basin
from twin.grid import Grid
from twin.products import Surroundings
from twin.stations.network import NetworkError
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.ranges import HighestBelowLevel, LevelOutOfRange

# -- the whole ------------------------------------------------------------------------------------------


def test_pyvista_takes_it_with_its_names(basin: Basin) -> None:
    blocks = of(basin)
    assert blocks.keys() == [
        "terrain", "surroundings", "water", "models", "vectors", "stations",
    ]  # fmt: skip
    assert blocks["vectors"].keys() == ["dam", "villages"]
    assert blocks["models"].keys() == []
    assert blocks["surroundings"] is blocks["stations"] is None, "it has none"
    assert texts(blocks, "left_out") == []
    assert blocks.bounds.z_max == pytest.approx(170.0)


def test_every_block_says_where_it_lies_and_that_it_is_invented(basin: Basin) -> None:
    blocks = of(basin)
    assert len(leaves(blocks)) == 4
    for block in [blocks, blocks["vectors"], *leaves(blocks)]:
        assert texts(block, "crs") == ["EPSG:4548"]
        assert texts(block, "vertical") == [basin.vertical]
        assert texts(block, "generation") == [basin.generation.id]
        assert list(block.field_data["origin_m"]) == [basin.frame.east, basin.frame.north, 0.0]
        assert list(block.field_data["synthetic"]) == [1]
    assert texts(blocks["vectors"]["villages"], "source") == ["two points"]
    real = of(Altered(basin, synthetic=False))
    assert list(real["water"].field_data["synthetic"]) == [0]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"level_m": 190.0}, LevelOutOfRange),
        ({"level_m": float("nan")}, LevelOutOfRange),
        ({"highest_m": 140.0}, HighestBelowLevel),
        ({"values": {"00000000.level": 1.0}}, NetworkError),
        ({"step": 0}, ValueError),
        ({"error_m": -1.0}, ValueError),
        ({"error_m": float("nan")}, ValueError),
    ],
)
def test_what_cannot_be_is_refused(basin: Basin, asked: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        of(basin, **asked)


# -- terrain --------------------------------------------------------------------------------------------


def test_the_terrain_is_the_ground_between_its_cell_centres(basin: Basin) -> None:
    terrain, ground = of(basin)["terrain"], basin.ground()[0]
    assert terrain.n_points == ROWS * COLS
    assert terrain.n_cells == 2 * (ROWS - 1) * (COLS - 1)
    east, north, height = absolute(terrain).T
    row, col = (NORTH - north) / CELL_M - 0.5, (east - WEST) / CELL_M - 0.5
    np.testing.assert_allclose(row, np.rint(row), atol=1e-3)
    assert (height == ground[np.rint(row).astype(int), np.rint(col).astype(int)]).all()
    assert (terrain["height_m"] == terrain.points[:, 2]).all()
    assert (terrain.compute_normals(auto_orient_normals=False)["Normals"][:, 2] > 0).all(), "up"


def test_a_coarser_terrain_covers_the_same_ground(basin: Basin) -> None:
    fine, coarse = of(basin)["terrain"], of(basin, step=7)["terrain"]
    assert coarse.n_points == 24 * 30
    assert coarse.bounds[:4] == fine.bounds[:4]
    known = dict(zip(map(tuple, fine.points[:, :2]), fine["connection_level_m"], strict=True))
    assert all(
        known[tuple(at)] == level or np.isnan(level)
        for at, level in zip(coarse.points[:, :2], coarse["connection_level_m"], strict=True)
    )


def test_what_the_lake_never_reaches_has_no_connection_level(basin: Basin) -> None:
    terrain = of(basin)["terrain"]
    assert np.isnan(terrain["connection_level_m"][terrain["height_m"] >= basin.cap_m]).all()
    assert np.nanmax(terrain["connection_level_m"]) < basin.cap_m


def test_cells_without_survey_are_holes(basin: Basin) -> None:
    ground, grid = basin.ground()
    ground = np.array(ground)
    ground[20:23, 30:33] = np.nan
    terrain = of(Altered(basin, ground=(ground, grid)))["terrain"]
    assert terrain.n_points == ROWS * COLS - 9
    assert terrain.n_cells == 2 * ((ROWS - 1) * (COLS - 1) - 16) + 2, "two corners keep a triangle each"
    assert np.isfinite(terrain.points).all()


def test_the_surroundings_are_the_coarse_catchment_with_a_hole(basin: Basin, tmp_path: Path) -> None:
    grid = Grid(crs="EPSG:4548", rows=30, cols=40, west=486_000.0, north=4_489_000.0, dx=400.0, dy=400.0)
    heights = np.full(grid.shape, 300.0, np.float32)
    heights[10:18, 10:20] = np.nan
    around = Surroundings(folder=tmp_path, heights_m=heights, grid=grid)
    block = of(Altered(basin, surroundings=around))["surroundings"]
    assert block.n_points == 30 * 40 - 8 * 10
    assert block.compute_cell_sizes()["Area"].sum() == pytest.approx((29 * 39 - 9 * 11 + 2 / 2) * 400.0**2)
    assert set(block["height_m"]) == {300.0}
    east, north, _ = absolute(block)[0]
    assert (east, north) == (486_200.0, 4_488_800.0)


# -- water ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level_m", [126.0, 140.0, 140.004, LEVEL_M, 160.0])
def test_the_water_is_the_wet_cells(basin: Basin, level_m: float) -> None:
    water, report = of(basin, level_m=level_m)["water"], basin.water.at(level_m=level_m)
    assert water["area_m2"].sum() == pytest.approx(report.area_m2, rel=1e-9)
    volume_m3 = (water["area_m2"] * water["depth_m"]).sum()
    assert volume_m3 == pytest.approx(report.terrain_storage_m3, rel=1e-5)
    assert water.compute_cell_sizes()["Area"].sum() == pytest.approx(water.n_cells * CELL_M**2, rel=1e-5)
    assert (water["connection_level_m"] <= level_m).all()
    np.testing.assert_allclose(water.points[:, 2], level_m, rtol=1e-7)
    assert [float(water.field_data[name][0]) for name in ("level_m", "highest_m")] == [level_m, level_m]
    assert float(water.field_data["extent_level_m"][0]) == report.extent_level_m


def test_the_lake_in_the_cone_is_as_wide_and_deep_as_the_cone(basin: Basin) -> None:
    water = of(basin)["water"]
    away_m = np.hypot(water["row"] - MIDDLE[0], water["col"] - MIDDLE[1]) * CELL_M
    in_cone = (water["row"] < MIDDLE[0]) & (away_m > 0)
    expected_m = LEVEL_M - (BED_M + SLOPE * away_m)
    np.testing.assert_allclose(water["depth_m"][in_cone], expected_m[in_cone], atol=1e-4)
    assert away_m[in_cone].max() == pytest.approx((LEVEL_M - BED_M) / SLOPE, abs=CELL_M)
    quads = water.cell_centers().points + water.field_data["origin_m"]
    np.testing.assert_allclose(quads[:, 0], WEST + (water["col"] + 0.5) * CELL_M, atol=0.01)
    np.testing.assert_allclose(quads[:, 1], NORTH - (water["row"] + 0.5) * CELL_M, atol=0.01)
    below_dam = water["row"] > 130
    assert not below_dam.any(), "lower ground that the lake does not reach stays dry"
    error_m = basin.vertical_error_m
    assert set(water["certain"][LEVEL_M - water["connection_level_m"] > error_m + 0.01]) == {1}
    assert set(water["certain"][LEVEL_M - water["connection_level_m"] < error_m - 0.01]) == {0}


def test_a_pocket_keeps_its_water_up_to_its_sill(basin: Basin) -> None:
    ground, grid = np.array(basin.ground()[0]), basin.ground()[1]
    row, col = MIDDLE[0], MIDDLE[1] - 35  # on the slope, at 155 m
    ground[row - 1 : row + 2, col - 1 : col + 2] = 151.0
    cap_cm = round(basin.cap_m * 100)
    link = connection_level(to_cm(ground), seed=MIDDLE, cap_cm=cap_cm)
    sill_m = link[row, col] / 100
    assert 152.0 < sill_m < 155.0
    other = Altered(basin, ground=(ground, grid), connection=link)
    before, water = of(other)["water"], of(other, highest_m=158.0)["water"]
    assert water.n_cells == before.n_cells + 9
    pocket = water["connection_level_m"] > LEVEL_M
    np.testing.assert_allclose(water["depth_m"][pocket], sill_m - 151.0, rtol=1e-5)
    heights = {round(float(z), 2) for z in water.extract_cells(np.flatnonzero(pocket)).points[:, 2]}
    assert heights == {round(sill_m, 2)}
    assert water.n_points == before.n_points + 16, "its cells share their corners, and none with the lake"


def test_depths_over_a_bed_that_nobody_surveyed_are_unknown(basin: Basin) -> None:
    blocks = of(Altered(basin, bed_m=140.0))
    water = blocks["water"]
    assert (np.isnan(water["depth_m"]) == (water["connection_level_m"] <= 140.0)).all()
    assert list(blocks["terrain"].field_data["flown_level_m"]) == [140.0]
    assert "flown_level_m" not in of(basin)["terrain"].field_data


def test_a_raster_of_another_crs_lies_where_the_frame_has_it(basin: Basin) -> None:
    ground, grid = basin.ground()
    turned = replace(grid, crs="EPSG:32650")
    blocks = of(Altered(basin, ground=(ground, turned)))
    terrain, water = blocks["terrain"], blocks["water"]
    east, north, _ = absolute(terrain).T
    x, y = basin.frame.to_crs(turned.crs, east, north)
    row, col = np.divmod(np.arange(ROWS * COLS), COLS)
    np.testing.assert_allclose(np.stack([x, y]), turned.centre_of(row, col), atol=0.002)
    east, north, _ = (water.cell_centers().points + water.field_data["origin_m"]).T
    x, y = basin.frame.to_crs(turned.crs, east, north)
    np.testing.assert_allclose(np.stack([x, y]), turned.centre_of(water["row"], water["col"]), atol=0.01)
    assert water["area_m2"].sum() == pytest.approx(cell_areas(turned).sum_m2(basin.connection() <= 15000))


def test_a_lake_that_is_nowhere_is_named(basin: Basin) -> None:
    dry = np.full(basin.connection().shape, round(basin.cap_m * 100), np.int32)
    blocks = of(Altered(basin, connection=dry))
    assert blocks["water"] is None
    assert texts(blocks, "left_out") == ["water: nothing is wet at 150 m"]
