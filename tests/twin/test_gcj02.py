"""The shift of Chinese web maps, against published pairs and its own inverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from twin.gcj02 import from_gcj02, to_gcj02

GEOD = Geod(ellps="WGS84")


@pytest.mark.parametrize(
    ("lat", "lon", "lat_gcj", "lon_gcj"),
    [  # the test values of googollee/eviltransform (MIT)
        (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
        (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
        (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
    ],
)
def test_the_formula_gives_the_published_pairs(
    lat: float, lon: float, lat_gcj: float, lon_gcj: float
) -> None:
    x, y = to_gcj02(lon, lat)
    assert float(x) == pytest.approx(lon_gcj, abs=1e-9)
    assert float(y) == pytest.approx(lat_gcj, abs=1e-9)


def test_near_miyun_the_shift_is_about_520_m_east_and_140_m_north() -> None:
    x, y = to_gcj02(116.9, 40.5)
    east = GEOD.inv(116.9, 40.5, float(x), 40.5)[2]
    north = GEOD.inv(116.9, 40.5, 116.9, float(y))[2]
    assert 480 < east < 560
    assert 110 < north < 170


@settings(max_examples=60, deadline=None)
@given(lon=st.floats(73, 137), lat=st.floats(3, 54))
def test_there_and_back_is_under_a_millimetre_anywhere_in_china(lon: float, lat: float) -> None:
    back = from_gcj02(*to_gcj02(lon, lat))
    assert GEOD.inv(lon, lat, float(back[0]), float(back[1]))[2] < 0.001


def test_outside_china_nothing_is_shifted() -> None:
    x, y = to_gcj02([-118.2, 0.0], [34.3, 51.5])
    assert np.array_equal(x, [-118.2, 0.0])
    assert np.array_equal(y, [34.3, 51.5])
