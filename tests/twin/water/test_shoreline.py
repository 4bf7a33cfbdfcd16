"""Shores against the wet cells themselves: inside and outside, rings and islands, nested by level."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from twin.arrays import F64, I32
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.shoreline import Shoreline, shore_at

UNHURRIED = settings(deadline=None)  # the first call compiles
EIGHT = np.ones((3, 3))
shapes = st.tuples(st.integers(1, 9), st.integers(1, 9))
grounds = shapes.flatmap(lambda shape: arrays(np.int32, shape, elements=st.integers(0, 6)))


def polygon(shore: Shoreline) -> shapely.Polygon:
    (outer,) = shore.outer
    return shapely.Polygon(outer, [island.ring for island in shore.islands])


def flooded(ground: I32) -> I32:
    seed = np.unravel_index(int(ground.argmin()), ground.shape)
    return connection_level(ground, seed=(int(seed[0]), int(seed[1])), cap_cm=100)


def shore_of(connection: I32, level_cm: int) -> Shoreline:
    return shore_at(level_cm / 100, connection_cm=connection, ground_m=(connection / 100).astype(np.float32))


@UNHURRIED
@given(grounds, st.integers(0, 6))
def test_a_shore_has_every_wet_centre_inside_and_every_dry_one_outside(ground: I32, level_cm: int) -> None:
    connection = flooded(ground)
    wet = connection <= level_cm
    shore = shore_of(connection, level_cm)
    if not wet.any():
        assert shore.outer == []
        return
    lake = polygon(shore)
    assert lake.is_valid
    row, col = np.indices(ground.shape)
    np.testing.assert_array_equal(shapely.contains_xy(lake, row, col), wet)
    for ring in (*shore.outer, *(island.ring for island in shore.islands)):
        assert (ring[0] == ring[-1]).all()


@UNHURRIED
@given(grounds, st.integers(0, 6))
def test_there_is_an_island_for_every_piece_of_land_that_the_water_goes_round(
    ground: I32, level_cm: int
) -> None:
    connection = flooded(ground)
    wet = np.pad(connection <= level_cm, 1)
    land, count = ndimage.label(~wet, structure=EIGHT)
    shore = shore_of(connection, level_cm)
    if wet.any():
        assert len(shore.islands) == count - 1
    for island in shore.islands:
        row, col = island.top
        own = land[1:-1, 1:-1] == land[row + 1, col + 1]
        assert island.top_m == pytest.approx(connection[own].max() / 100)
        assert not shapely.contains_xy(polygon(shore), row, col)


@UNHURRIED
@given(grounds, st.integers(0, 5))
def test_a_higher_shore_holds_a_lower_one(ground: I32, level_cm: int) -> None:
    connection = flooded(ground)
    if not (connection <= level_cm).any():
        return
    lower, higher = (polygon(shore_of(connection, level)) for level in (level_cm, level_cm + 1))
    assert shapely.difference(lower, higher).area < 1e-9
    assert higher.area >= lower.area


CELL_M, SLOPE = 10.0, 0.05


def cone(rows: int, *, hill: bool = False) -> tuple[I32, np.ndarray]:
    """A bowl, 0.05 steep, and in it a hill of 15 m, as steep as a cell."""
    row, col = np.indices((rows, rows)) - (rows - 1) / 2
    height = SLOPE * CELL_M * np.hypot(row, col)
    if hill:
        height = np.maximum(height, 15.0 - np.hypot(row - 4, col - 12))
    ground_m = height.astype(np.float32)
    return to_cm(ground_m), ground_m


def turns_deg(ring: F64) -> F64:
    """How far a ring turns at each of its points."""
    steps = np.diff(ring, axis=0)
    way = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    return np.degrees(np.abs(np.diff(way)))


def test_a_cones_shore_is_a_circle_and_no_stair() -> None:
    ground_cm, ground_m = cone(161)
    connection = connection_level(ground_cm, seed=(80, 80), cap_cm=5000)
    shore = shore_at(30.0, connection_cm=connection, ground_m=ground_m)
    (outer,) = shore.outer
    radius = 30.0 / SLOPE / CELL_M
    assert np.abs(np.hypot(*(outer - 80).T) - radius).max() < 0.05  # cells
    assert polygon(shore).area == pytest.approx(np.pi * radius**2, rel=1e-3)
    assert shapely.LineString(outer).length == pytest.approx(2 * np.pi * radius, rel=1e-3)
    assert turns_deg(outer).max() < 25  # cell edges would turn by 90


def test_an_island_keeps_its_top_from_level_to_level() -> None:
    ground_cm, ground_m = cone(161, hill=True)
    connection = connection_level(ground_cm, seed=(80, 80), cap_cm=5000)
    for level, islands in ((6.0, 0), (12.0, 1), (14.5, 1), (15.5, 0)):
        shore = shore_at(level, connection_cm=connection, ground_m=ground_m)
        assert [island.top for island in shore.islands] == [(84, 92)] * islands
        assert all(island.top_m == pytest.approx(ground_m[84, 92]) for island in shore.islands)


def test_ground_that_nobody_surveyed_is_left_by_half_a_cell() -> None:
    ground_m = np.zeros((3, 4), np.float32)
    ground_m[1, 2] = np.nan
    connection = connection_level(to_cm(ground_m), seed=(0, 0), cap_cm=100)
    shore = shore_at(0.5, connection_cm=connection, ground_m=ground_m)
    assert shapely.Polygon(shore.outer[0]).bounds == (-0.5, -0.5, 2.5, 3.5)
    (island,) = shore.islands
    assert shapely.Polygon(island.ring).bounds == pytest.approx((0.5, 1.5, 1.5, 2.5), abs=0.02)
