"""Where a flood leaves the basin: the places are found, closing them holds, and what holds is not listed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from twin.grid import Grid
from twin.water.barriers import Barrier, face_walls
from twin.water.centimetres import NO_GROUND_CM
from twin.water.connection import NoSeedCellError, connection_level
from twin.water.leaks import Leak, leaks
from twin.water.walls import FaceWalls

PLACES = {
    "EPSG:4326": {"west": 116.9, "north": 60.0, "dx": 1 / 3600, "dy": 1 / 3600},
    "EPSG:3857": {"west": 13_000_000.0, "north": 8_400_000.0, "dx": 10.0, "dy": 10.0},
    "EPSG:2225": {"west": 6_000_000.0, "north": 2_000_000.0, "dx": 10.0, "dy": 10.0},
}

UNHURRIED = settings(deadline=None)  # the first call compiles


TRUE_AT_0_0 = "EPSG:3395"
"""World Mercator: where the equator meets Greenwich a metre of it is one."""


def _grid(ground: np.ndarray) -> Grid:
    rows, cols = ground.shape
    return Grid(crs=TRUE_AT_0_0, rows=rows, cols=cols, west=0.0, north=10.0 * rows, dx=10.0, dy=10.0)


def _leaks(
    ground: np.ndarray,
    *,
    seed: tuple[int, int],
    up_to_m: float,
    pocket_m2: float = 5e5,
    walls: FaceWalls | None = None,
) -> list[Leak]:
    level = connection_level(ground, seed=seed, cap_cm=round(up_to_m * 100) + 1, walls=walls)
    return leaks(
        ground, level, grid=_grid(ground), seed=seed, up_to_m=up_to_m, pocket_m2=pocket_m2, walls=walls
    )


def _bowl() -> np.ndarray:
    """A lake at 0 in a rim at 20 m, lower land outside; a gap of two cells at 7 m south, one at 12 m east."""
    ground = np.full((21, 21), -500, np.int32)
    ground[3:18, 3:18] = 2000
    ground[4:17, 4:17] = 0
    ground[17, 9:11] = 700
    ground[10, 17] = 1200
    return ground


def test_every_gap_below_the_level_is_found_with_its_place_and_width():
    found = _leaks(_bowl(), seed=(10, 10), up_to_m=15.0)
    assert [(leak.kind, leak.level_m, leak.crest_needed_m) for leak in found] == [
        ("outside", 7.0, 15.0),
        ("outside", 12.0, 15.0),
    ]
    south, east = found
    assert 90 <= south.x <= 110 and 30 <= south.y <= 40  # on the gap's outer or inner face
    assert 170 <= east.x <= 180 and east.y == 105.0
    assert (south.width_m, east.width_m) == (20.0, 10.0)


def test_a_gap_above_the_level_is_no_leak_and_one_at_the_level_is():
    assert [leak.level_m for leak in _leaks(_bowl(), seed=(10, 10), up_to_m=12.0)] == [7.0, 12.0]
    assert [leak.level_m for leak in _leaks(_bowl(), seed=(10, 10), up_to_m=11.99)] == [7.0]
    assert _leaks(_bowl(), seed=(10, 10), up_to_m=6.99) == []


def test_walls_on_faces_close_a_leak_up_to_their_crest():
    ground = _bowl()
    dams = [
        Barrier(geometry=shapely.LineString([(80, 35), (120, 35)]), crest_m=14.0),
        Barrier(geometry=shapely.LineString([(175, 80), (175, 120)]), crest_m=20.0),
    ]
    walls = face_walls(grid=_grid(ground), barriers=dams)
    assert [leak.level_m for leak in _leaks(ground, seed=(10, 10), up_to_m=15.0, walls=walls)] == [14.01]
    assert _leaks(ground, seed=(10, 10), up_to_m=14.0, walls=walls) == []


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:2225"])
def test_widths_and_areas_are_those_on_the_ground_whatever_the_grid(crs):
    """The bowl of ten-metre cells at 60° north or in feet: as wide as the geodesic between the gap's ends."""
    ground = _bowl()
    grid = replace(_grid(ground), crs=crs, **PLACES[crs])
    level = connection_level(ground, seed=(10, 10), cap_cm=1501)
    south, east = leaks(ground, level, grid=grid, seed=(10, 10), up_to_m=15.0)
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform
    for leak, (start, end) in ((south, ((18, 9), (18, 11))), (east, ((10, 18), (11, 18)))):
        ends = [
            to_degrees(grid.west + col * grid.dx, grid.north - row * grid.dy) for row, col in (start, end)
        ]
        lon, lat = zip(*ends, strict=True)
        assert leak.width_m == pytest.approx(Geod(ellps="WGS84").line_length(lon, lat), abs=0.06)


def test_the_edge_of_the_survey_is_a_way_out_and_a_gap_within_it_is_not():
    ground = np.where(_bowl() == -500, NO_GROUND_CM, _bowl()).astype(np.int32)
    assert [leak.level_m for leak in _leaks(ground, seed=(10, 10), up_to_m=15.0)] == [7.0, 12.0]
    ground = _bowl()
    ground[17, 9:11] = ground[10, 17] = 2000
    ground[12:14, 12:14] = NO_GROUND_CM
    assert _leaks(ground, seed=(10, 10), up_to_m=15.0) == []


def test_a_lake_at_the_rasters_edge_says_so():
    found = _leaks(np.zeros((5, 5), np.int32), seed=(2, 2), up_to_m=3.0)
    assert [leak.level_m for leak in found] == [0.0]


def test_a_hollow_behind_a_rim_is_a_pocket_with_its_sill():
    ground = np.full((20, 30), 3000, np.int32)
    ground[2:18, 2:12] = 0
    ground[2:18, 13:28] = 100
    ground[9, 12] = 800
    (pocket,) = _leaks(ground, seed=(5, 5), up_to_m=15.0, pocket_m2=1e4)
    assert pocket == Leak(
        kind="pocket", level_m=8.0, x=125.0, y=105.0, crest_needed_m=15.0, area_m2=16 * 15 * 100.0
    )
    assert _leaks(ground, seed=(5, 5), up_to_m=15.0, pocket_m2=1e5) == []


def test_a_seed_above_the_level_is_refused():
    with pytest.raises(NoSeedCellError):
        _leaks(_bowl() + 1600, seed=(10, 10), up_to_m=15.0)


@UNHURRIED
@given(st.integers(0, 2**32 - 1))
def test_the_first_leak_is_the_level_at_which_the_flood_reaches_the_edge(random):
    ground = np.random.default_rng(random).integers(0, 40, (9, 11), dtype=np.int32)
    seed = (4, 5)
    ground[seed] = 0
    level = connection_level(ground, seed=seed, cap_cm=100)
    edge = min(level[0].min(), level[-1].min(), level[:, 0].min(), level[:, -1].min())
    found = _leaks(ground, seed=seed, up_to_m=1.0, pocket_m2=1e9)
    assert found[0].level_m == edge / 100


@UNHURRIED
@given(st.integers(0, 2**32 - 1), st.integers(5, 40))
def test_no_leak_is_listed_exactly_where_the_flood_stays_inside(random, up_to):
    ground = np.random.default_rng(random).integers(0, 40, (8, 8), dtype=np.int32)
    seed = (4, 4)
    ground[seed] = 0
    level = connection_level(ground, seed=seed, cap_cm=100)
    edge = min(level[0].min(), level[-1].min(), level[:, 0].min(), level[:, -1].min())
    assert (not _leaks(ground, seed=seed, up_to_m=up_to / 100, pocket_m2=1e9)) == (edge > up_to)
