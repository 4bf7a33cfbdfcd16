"""The ground under the scene: heights between cells, places in another CRS, what a look meets."""

from __future__ import annotations

from math import atan2, cos, radians, sin
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.heights import Ground, RasterPlace, WaterLevels
from layers.model import Surroundings
from twin.frame import Frame
from twin.grid import Grid

FRAME = Frame(crs="EPSG:4548", east=490_000.0, north=4_485_000.0)
GRID = Grid(crs="EPSG:4548", rows=60, cols=80, west=489_000.0, north=4_486_000.0, dx=30.0, dy=25.0)
NEVER_CM = 100_000


def plane(a: float = 0.0, b: float = 0.0, c: float = 100.0) -> np.ndarray:
    """Heights a · east + b · north + c over the grid; east and north in km from its south-west corner."""
    east, north = GRID.centre_of(*np.indices(GRID.shape))
    west, south, *_ = GRID.bounds
    return (a * (east - west) / 1000 + b * (north - south) / 1000 + c).astype(np.float32)


def ground(heights: np.ndarray, link_cm: np.ndarray | int = NEVER_CM, **more: Surroundings) -> Ground:
    return Ground(heights, np.broadcast_to(np.int32(link_cm), GRID.shape), GRID, FRAME, **more)


inside = st.tuples(st.floats(489_020, 491_380), st.floats(4_484_520, 4_485_980))


@given(place=inside)
def test_between_cells_a_plane_is_a_plane(place: tuple[float, float]) -> None:
    west, south, *_ = GRID.bounds
    expected = 30 * (place[0] - west) / 1000 - 20 * (place[1] - south) / 1000 + 150
    assert float(ground(plane(30, -20, 150)).height(*place)) == pytest.approx(expected, abs=1e-3)


def test_in_the_outermost_half_cell_the_height_is_the_cells_own_and_beyond_there_is_none() -> None:
    under = ground(plane(30, -20, 150))
    assert float(under.height(489_000.5, 4_485_999.0)) == pytest.approx(float(plane(30, -20, 150)[0, 0]))
    assert np.isnan(
        under.height([488_999.0, 491_401.0, 490_000.0], [4_485_000.0, 4_485_000.0, 4_486_001.0])
    ).all()
    assert under.floor(480_000.0, 4_485_000.0) == -np.inf


def test_water_lies_on_reached_ground_and_pockets_at_their_sills() -> None:
    link = np.full(GRID.shape, NEVER_CM, np.int32)
    link[:, 20:40] = 12_000
    link[:, 40:60] = 14_000
    under = ground(plane(c=100.0), link)

    def at(col: int, flood: WaterLevels | None) -> float:
        return float(under.height(*GRID.centre_of(30, col), flood=flood))

    now = WaterLevels(level_m=125.0, highest_m=150.0)
    assert [at(col, now) for col in (10, 30, 50)] == [100.0, 125.0, 140.0]
    assert [at(col, WaterLevels(level_m=125.0, highest_m=125.0)) for col in (30, 50)] == [125.0, 100.0]
    assert at(30, None) == 100.0


def test_the_connection_level_is_that_of_the_cell_a_point_lies_in() -> None:
    link = np.arange(GRID.rows * GRID.cols, dtype=np.int32).reshape(GRID.shape)
    under = ground(plane(), link)
    rng = np.random.default_rng(1)
    east, north = rng.uniform(489_000, 491_400, 500), rng.uniform(4_484_500, 4_486_000, 500)
    cells = [GRID.cell_at(x, y) for x, y in zip(east, north, strict=True)]
    expected = [link[cell] / 100.0 for cell in cells if cell is not None]
    np.testing.assert_array_equal(under.connection(east, north), expected)
    assert under.connection(488_000.0, 4_485_000.0) == np.inf


@given(place=inside, heading=st.floats(0, 360), pitch=st.floats(-80, -8), k=st.floats(1, 5))
def test_a_look_meets_a_plane_where_geometry_says(
    place: tuple[float, float], heading: float, pitch: float, k: float
) -> None:
    under = ground(plane(40, 25, 120))
    x, y = place
    z = float(under.height(x, y)) * k
    h, p = radians(heading), radians(pitch)
    slope = k * (40 * sin(h) + 25 * cos(h)) / 1000
    if pitch > np.degrees(atan2(slope, 1.0)) - 4:
        return  # it would only graze the slope
    direction = (sin(h) * cos(p), cos(h) * cos(p), sin(p))
    start = tuple(s - 300 * d for s, d in zip((x, y, z), direction, strict=True))
    hit = under.hit(start, direction, exaggeration=k)  # type: ignore[arg-type]
    assert hit is not None
    assert hit == pytest.approx((x, y, z / k), abs=0.02)


def test_a_look_straight_down_and_one_into_the_sky() -> None:
    under = ground(plane(c=100.0))
    assert under.hit((490_000.0, 4_485_000.0, 900.0), (0.0, 0.0, -1.0)) == pytest.approx(
        (490_000.0, 4_485_000.0, 100.0), abs=0.02
    )
    assert under.hit((490_000.0, 4_485_000.0, 900.0), (0.6, 0.0, 0.8)) is None
    assert under.hit((480_000.0, 4_485_000.0, 900.0), (0.0, 1.0, -0.1)) is None


def test_the_near_side_of_a_hill_hides_the_far_one() -> None:
    heights = plane(c=100.0)
    heights[:, 40] = 200.0
    under = ground(heights)
    hit = under.hit((489_100.0, 4_485_250.0, 150.0), (1.0, 0.0, 0.0))
    assert hit is not None
    ridge = float(GRID.centre_of(0, 40)[0])
    assert ridge - 30 < hit[0] < ridge


@pytest.mark.parametrize(
    ("crs", "west", "north", "dx", "dy"),
    [
        ("EPSG:32650", 465_000.0, 4_515_000.0, 90.0, 90.0),
        ("EPSG:4490", 116.5, 40.75, 0.0008, 0.0008),
        ("EPSG:32651", -40_000.0, 4_530_000.0, 90.0, 90.0),  # a neighbour's zone: turned by four degrees
    ],
)
def test_places_on_a_raster_of_another_crs_are_right_to_a_hundredth_of_a_cell(
    crs: str, west: float, north: float, dx: float, dy: float
) -> None:
    grid = Grid(crs=crs, rows=570, cols=660, west=west, north=north, dx=dx, dy=dy)
    row, col = np.random.default_rng(2).uniform((-0.5, -0.5), (569.5, 659.5), (400, 2)).T
    east, north_ = FRAME.from_crs(crs, *grid.centre_of(row, col))
    found = RasterPlace(grid, FRAME).row_col(east, north_)
    np.testing.assert_allclose(found, (row, col), atol=0.01)


def test_beyond_the_terrain_a_camera_stays_above_the_surroundings() -> None:
    heights = np.full((100, 100), 300.0, np.float32)
    heights[50, 50] = 900.0
    heights[:, 90:] = np.nan
    where = Grid(crs="EPSG:4548", rows=100, cols=100, west=500_000, north=4_495_000, dx=200, dy=200)
    around = Surroundings(folder=Path(), heights_m=heights, grid=where)
    under = ground(plane(c=100.0), around=around)
    assert under.floor(490_000.0, 4_485_000.0) == 100.0
    assert under.floor(510_500.0, 4_485_500.0) == pytest.approx(900.0)
    assert under.floor(504_000.0, 4_485_500.0) == pytest.approx(300.0)
    assert under.floor(900_000.0, 4_485_500.0) == -np.inf
    found = under.height_around(np.array([510_100.0, 519_000.0]), np.array([4_484_900.0, 4_484_900.0]))
    np.testing.assert_array_equal(found, [900.0, np.nan])
