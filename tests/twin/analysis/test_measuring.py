"""Measured ways, areas and sights against closed forms: a plane, a slope, a sphere, the frame's own scale."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.analysis.measuring import (
    EARTH_M,
    REFRACTION,
    crosses_itself,
    line_of_sight,
    ring_area,
    water_along,
    way_of,
    wet_m,
)
from twin.frame import Frame
from twin.geodesy import scale, zone_area_m2

FRAME = Frame(crs="EPSG:4548", east=489_000.0, north=4_482_000.0)
A, B, C = (489_000.0, 4_482_000.0), (492_000.0, 4_486_000.0), (492_000.0, 4_482_000.0)


def test_lengths_are_those_of_the_ground_and_not_of_the_projection() -> None:
    """Web Mercator shows the same two places a third farther apart."""
    true = way_of([A, B, C], FRAME, step_m=50.0).length_m
    factor = float(scale(*A, crs=FRAME.crs).largest)
    assert true == pytest.approx((5_000.0 + 4_000.0) / factor, rel=1e-6)
    mercator = Frame(crs="EPSG:3857", east=0.0, north=0.0)
    points = [tuple(float(v) for v in mercator.from_crs(FRAME.crs, *p)) for p in (A, B, C)]
    assert way_of(points, mercator, step_m=50.0).length_m == pytest.approx(true, rel=1e-9)  # type: ignore[arg-type]


def test_a_way_goes_through_its_points_and_rises_with_its_length() -> None:
    way = way_of([A, B, C], FRAME, step_m=30.0)
    assert (np.diff(way.along_m) > 0).all() and np.diff(way.along_m).max() < 31.0
    assert {A, B, C} <= set(zip(way.east.tolist(), way.north.tolist(), strict=True))
    assert len(way_of([A, B], FRAME, step_m=0.001, most=500).along_m) <= 501


def test_over_a_slope_the_ground_is_longer_by_its_secant() -> None:
    way = way_of([A, C], FRAME, step_m=20.0)
    slope = 0.75 * way.along_m
    assert way.over_ground_m(slope) == pytest.approx(1.25 * way.length_m, rel=1e-12)
    assert way.over_ground_m(np.full_like(slope, 7.0)) == way.length_m


def test_an_area_is_that_of_the_ellipsoid() -> None:
    """Between two meridians and two parallels: the authalic integral."""
    west, east, south, north = 116.8, 117.0, 40.4, 40.5
    along = np.linspace(west, east, 200)
    edge = [(x, south) for x in along] + [(x, north) for x in along[::-1]]
    ring = [tuple(float(v) for v in FRAME.from_lonlat(*p)) for p in edge]
    true = float(
        zone_area_m2(
            math.radians(south), math.radians(north), semi_major_m=6378137.0, flattening=1 / 298.257222101
        )
    ) * math.radians(east - west)
    area_m2, around_m = ring_area(ring, FRAME)  # type: ignore[arg-type]
    assert area_m2 == pytest.approx(true, rel=1e-6)
    assert around_m == pytest.approx(2 * 11_104 + 16_976 + 16_951, rel=1e-3)
    assert ring_area(ring[::-1], FRAME)[0] == pytest.approx(area_m2, rel=1e-12)  # type: ignore[arg-type]


def test_edges_that_cross_are_no_area() -> None:
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert not crosses_itself(square)
    assert crosses_itself([square[0], square[2], square[1], square[3]])


def test_water_stands_where_it_is_joined_and_in_pockets_at_their_sill() -> None:
    ground = np.array([100.0, 120.0, 90.0, 95.0, 130.0])
    link = np.array([100.0, 120.0, 115.0, 118.0, 130.0])
    water = water_along(ground, link, level_m=110.0, highest_m=116.0)
    assert water.tolist()[:1] == [110.0] and water[2] == 115.0
    assert np.isnan(water[[1, 3, 4]]).all()
    along = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    assert wet_m(along, ~np.isnan(water)) == 5.0 + 10.0


@pytest.mark.parametrize("eye_m", [2.0, 30.0, 200.0])
def test_over_a_sphere_one_sees_as_far_as_the_horizon(eye_m: float) -> None:
    radius = EARTH_M / (1.0 - REFRACTION)
    horizon = math.sqrt(2.0 * radius * eye_m)
    for share, seen in ((0.99, True), (1.01, False)):
        along = np.linspace(0.0, share * 2.0 * horizon, 4001)  # both ends as high: twice as far
        sight = line_of_sight(along, np.zeros_like(along), eye_m=eye_m, target_m=eye_m)
        assert sight.clear is seen


def test_a_hill_hides_what_is_behind_it_until_the_target_is_high_enough() -> None:
    along = np.linspace(0.0, 2_000.0, 201)
    ground = np.where(np.abs(along - 1_000.0) < 1.0, 10.0, 0.0)
    curved = 1_000.0**2 * (1.0 - REFRACTION) / (2.0 * EARTH_M)
    needed = 2.0 * (10.0 + curved) - 2.0
    low = line_of_sight(along, ground, eye_m=2.0, target_m=needed - 0.01)
    assert (low.clear, low.blocked_at_m) == (False, 1_000.0)
    high = line_of_sight(along, ground, eye_m=2.0, target_m=needed + 0.01)
    assert high.clear and high.margin_m == pytest.approx(0.005, abs=1e-6)


def test_unknown_ground_hides_nothing_and_has_no_length() -> None:
    along = np.array([0.0, 10.0, 20.0])
    unknown = np.array([0.0, np.nan, 0.0])
    assert line_of_sight(along, unknown, eye_m=1.0, target_m=1.0).clear
    way = way_of([A, B], FRAME, step_m=2_500.0)
    assert math.isnan(way.over_ground_m(unknown))
