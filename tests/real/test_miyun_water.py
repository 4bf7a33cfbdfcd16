"""The water on the real 90 m terrain of Miyun: published areas met, and every trap that was measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import Affine
from rasterio.warp import Resampling, calculate_default_transform, reproject

from twin.areas import cell_areas
from twin.grid import Grid
from twin.water.barriers import Barrier, burn
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.hypsometry import Hypsometry, hypsometry
from twin.water.leaks import leaks
from twin.water.published import design_curve
from twin.water.surface import PointWater, Shore, WaterState, WaterSurface

pytestmark = pytest.mark.real

SEED_LONLAT = (116.89615, 40.51300)
CAP_CM = 16_101
PUBLISHED = {147.0: 137.54e6, 157.5: 179.33e6, 158.5: 183.6e6}


@dataclass(frozen=True)
class Miyun:
    """The terrain as it is, its barriers, and the seed."""

    grid: Grid
    bare_m: np.ndarray
    barriers: list[Barrier]
    seed: tuple[int, int]

    def flooded(self, ground_m: np.ndarray, *, connectivity: int = 4) -> tuple[np.ndarray, Hypsometry]:
        level = connection_level(to_cm(ground_m), seed=self.seed, cap_cm=CAP_CM, connectivity=connectivity)
        table = hypsometry(ground_m, level, cap_cm=CAP_CM, areas=cell_areas(self.grid), bed="none")
        return level, table

    @property
    def ground_m(self) -> np.ndarray:
        return burn(self.bare_m, grid=self.grid, barriers=self.barriers)


def _miyun(path: Path, heights: np.ndarray, transform: Affine, crs: str) -> Miyun:
    rows, cols = heights.shape
    grid = Grid(
        crs=crs,
        rows=rows,
        cols=cols,
        west=transform.c,
        north=transform.f,
        dx=transform.a,
        dy=-transform.e,
    )
    dams = geopandas.read_file(path / "miyun" / "reservoir_barriers.geojson").to_crs(crs)
    barriers = [
        Barrier(geometry=shape, crest_m=crest, name=name)
        for shape, crest, name in zip(dams.geometry, dams.crest_m, dams.id, strict=True)
    ]
    seed = grid.cell_at(*Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*SEED_LONLAT))
    assert seed is not None
    return Miyun(grid, heights, barriers, seed)


@pytest.fixture(scope="module")
def miyun(shared: Path) -> Miyun:
    with rasterio.open(shared / "miyun" / "dem_90m.tif") as file:
        return _miyun(shared, file.read(1), file.transform, "EPSG:32650")


@pytest.fixture(scope="module")
def closed(miyun: Miyun) -> tuple[np.ndarray, Hypsometry]:
    """Connection levels and table with the barriers burnt in."""
    return miyun.flooded(miyun.ground_m)


@pytest.mark.parametrize(("level", "expected_km2"), [(147.0, 135.21), (157.5, 178.63), (158.5, 183.02)])
def test_areas_lie_within_2_5_per_cent_of_the_published_ones(closed, level, expected_km2):
    area = closed[1].area_at(level)
    assert area == pytest.approx(PUBLISHED[level], rel=0.025)
    assert area == pytest.approx(expected_km2 * 1e6, abs=0.005e6)
    assert design_curve().area_at(level) == pytest.approx(PUBLISHED[level])  # never from the table


def test_the_table_equals_the_cells(miyun, closed):
    level, table = closed
    for water in (143.0, 150.5, 159.99):
        assert table.area_at(water) == pytest.approx(cell_areas(miyun.grid).sum_m2(level <= water * 100))


def test_the_terrain_holds_no_bed_and_no_storage_is_made_up(closed):
    _, table = closed
    assert table.flown_m == 143.0
    assert (table.bed_m, table.storage_at(157.5)) == (None, None)
    assert table.area_at(142.9) is None
    # What it does hold, the volume above the flown surface, fits the published table.
    curve = design_curve()
    for water in (147.0, 157.5):
        gained = curve.storage_at(water) - curve.storage_at(143.0)
        assert table.storage_above_surface_at(water) == pytest.approx(gained, rel=0.04)


def test_a_point_in_the_lake_has_no_survey(miyun, closed):
    level, table = closed
    surface = WaterSurface(
        grid=miyun.grid,
        ground_m=miyun.ground_m,
        connection_cm=level,
        cap_cm=CAP_CM,
        vertical_error_m=1.0,
        flown_m=table.flown_m,
    )
    x, y = miyun.grid.centre_of(*miyun.seed)
    state = WaterState.rising(157.5)
    assert surface.at(float(x), float(y), state=state) == PointWater(shore=Shore.CERTAINLY_WET)
    uncertain = np.isin(surface.shore(state), (Shore.POSSIBLY_DRY, Shore.POSSIBLY_WET))
    assert table.uncertain_area_at(157.5, vertical_error_m=1.0) == pytest.approx(
        cell_areas(miyun.grid).sum_m2(uncertain)
    )


def test_trap_no_dam_at_all_floods_the_plain(miyun):
    _, table = miyun.flooded(miyun.bare_m)
    assert table.area_at(143.0) > 400e6


def test_the_leaks_of_the_bare_terrain_are_at_its_dams(miyun):
    """Stretches of the southern rim, every one of them on or beside a barrier; the ninth at 160 m itself."""
    ground = to_cm(miyun.bare_m)
    level, _ = miyun.flooded(miyun.bare_m)
    found = leaks(ground, level, grid=miyun.grid, seed=miyun.seed, up_to_m=160.0)
    outside = [leak for leak in found if leak.kind == "outside"]
    assert [leak.level_m < 160.0 for leak in outside] == [True] * 8 + [False]
    assert outside[0].level_m == 143.0
    for leak in outside:
        near = min(barrier.geometry.distance(_point(leak.x, leak.y)) for barrier in miyun.barriers)
        assert near < 500.0, leak


def test_with_its_barriers_the_basin_holds_to_160_m(miyun, closed):
    found = leaks(to_cm(miyun.ground_m), closed[0], grid=miyun.grid, seed=miyun.seed, up_to_m=160.0)
    assert [leak for leak in found if leak.kind == "outside"] == []
    # The crests are at 160.00 m, and hold it; the shores at 160 m (whole metres) are wet.
    assert closed[1].area_at(160.0) < 192e6
    assert closed[1].area_at(160.01) > 400e6


def test_trap_cells_never_reached_carry_the_higher_of_ground_and_cap(miyun, closed):
    level, ground = closed[0], to_cm(miyun.ground_m)
    never = level >= CAP_CM
    assert never.any()
    assert (level[never] == np.maximum(ground[never], CAP_CM)).all()


def test_trap_an_integer_terrain_moves_in_steps_of_a_metre(closed):
    table = closed[1]
    assert table.area_at(150.0) == table.area_at(150.99) < table.area_at(151.0)


def test_trap_8_connected_floods_more_but_not_through_the_barriers(miyun, closed):
    _, table = miyun.flooded(miyun.ground_m, connectivity=8)
    for water in PUBLISHED:
        assert closed[1].area_at(water) < table.area_at(water) < 1.02 * closed[1].area_at(water)


def _resampled(miyun: Miyun, heights: np.ndarray, shared: Path, *, how: Resampling, cell_m: float) -> Miyun:
    source = Affine(*miyun.grid.transform)
    rows, cols = heights.shape
    transform, width, height = calculate_default_transform(
        miyun.grid.crs, "EPSG:4548", cols, rows, *miyun.grid.bounds, resolution=cell_m
    )
    target = np.full((height, width), np.nan, np.float32)
    reproject(
        heights,
        target,
        src_transform=source,
        src_crs=miyun.grid.crs,
        dst_transform=transform,
        dst_crs="EPSG:4548",
        dst_nodata=np.nan,
        resampling=how,
    )
    return _miyun(shared, target, transform, "EPSG:4548")


def test_trap_bilinear_resampling_loses_area(miyun, closed, shared):
    bilinear = _resampled(miyun, miyun.bare_m, shared, how=Resampling.bilinear, cell_m=90.0)
    nearest = _resampled(miyun, miyun.bare_m, shared, how=Resampling.nearest, cell_m=90.0)
    lost, kept = (each.flooded(each.ground_m)[1] for each in (bilinear, nearest))
    assert lost.area_at(147.0) < 0.98 * closed[1].area_at(147.0)
    assert lost.area_at(143.0) < 0.95 * closed[1].area_at(143.0)
    for water in (143.0, 147.0):
        assert kept.area_at(water) == pytest.approx(closed[1].area_at(water), rel=0.01)


def test_trap_resampling_burnt_dams_opens_them_and_burning_afterwards_does_not(miyun, closed, shared):
    opened = _resampled(miyun, miyun.ground_m, shared, how=Resampling.bilinear, cell_m=30.0)
    assert opened.flooded(opened.bare_m)[1].area_at(157.5) > 3 * closed[1].area_at(157.5)
    nearest = _resampled(miyun, miyun.bare_m, shared, how=Resampling.nearest, cell_m=30.0)
    area = nearest.flooded(nearest.ground_m)[1].area_at(157.5)
    assert area == pytest.approx(PUBLISHED[157.5], rel=0.025)


def _point(x: float, y: float):
    from shapely import Point

    return Point(x, y)
