"""Heights become whole centimetres without changing what is wet."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.comparing import rounded_level
from twin.water.centimetres import (
    NO_GROUND_CM,
    GroundRangeError,
    extent_level_m,
    hollow,
    level_cm,
    to_cm,
    whole_cm,
)


@given(st.integers(-50_000, 900_000))
def test_heights_meant_in_centimetres_survive_float32(cm):
    assert to_cm(np.array([[cm / 100]], np.float32))[0, 0] == cm
    assert to_cm(np.array([[cm / 100]]))[0, 0] == cm


def test_every_whole_centimetre_on_earth_survives_float32():
    cm = np.arange(-50_000, 900_001, dtype=np.int64)
    np.testing.assert_array_equal(to_cm((cm / 100).astype(np.float32)), cm)


@given(st.integers(-50_000, 880_000), st.integers(-20_000, 20_000))
def test_heights_in_centimetres_survive_a_datum_s_offset(cm, offset_cm):
    """Read as float32, shifted in float64, stored as float32."""
    read = np.array([cm / 100], np.float32)
    stored = (read + np.float64(offset_cm / 100)).astype(np.float32)
    assert to_cm(stored)[0] == cm + offset_cm


@given(st.integers(-50_000, 80_000), st.integers(1, 99))
def test_a_tenth_of_a_millimetre_above_a_centimetre_belongs_to_the_next_where_float32_tells_it(cm, tenths):
    assert to_cm(np.array([cm / 100 + tenths / 10_000], np.float32))[0] == cm + 1


@given(st.integers(-400_000, 780_000), st.integers(1, 9))
def test_a_millimetre_above_a_centimetre_belongs_to_the_next(cm, mm):
    assert to_cm(np.array([cm / 100 + mm / 1000], np.float32))[0] == cm + 1


@given(st.integers(-50_000, 780_000), st.floats(0.05, 0.99))
def test_rounding_alone_makes_no_hollow_and_a_whole_centimetre_does(cm, part):
    ground = np.array([cm / 100, (cm + part) / 100], np.float32)
    link = to_cm(ground)
    assert not hollow(ground, link).any()
    assert hollow(ground, link + np.int32(1)).all()


@given(st.floats(-500, 2000), st.integers(-50_000, 200_000))
def test_at_a_whole_centimetre_the_same_ground_is_wet_before_and_after(ground, level):
    if abs(ground * 100 - level) > 0.05:  # float32 cannot tell closer
        assert (to_cm(np.array([ground], np.float32))[0] <= level) == (ground <= level / 100)


@given(st.integers(0, 20_000))
def test_a_level_in_metres_reaches_its_own_centimetre(cm):
    assert level_cm(cm / 100) >= cm
    assert level_cm(cm / 100) < cm + 1e-3


@given(st.integers(-500_000, 90_000_000), st.floats(-0.49, 0.49))
def test_a_level_is_a_tenth_of_a_millimetre_whatever_arithmetic_left(tenths, off):
    level_m = rounded_level((tenths + off) / 1e4)
    assert level_m == tenths / 1e4
    assert whole_cm((tenths + off) / 1e4) == whole_cm(level_m) == tenths // 100
    assert extent_level_m(level_m) == tenths // 100 / 100


@given(st.integers(-50_000, 900_000))
def test_a_level_of_float32_is_the_number_that_it_prints(cm):
    assert rounded_level(np.float32(cm / 100)) == cm / 100
    assert whole_cm(np.float32(cm / 100)) == cm


def test_what_is_no_number_is_no_ground():
    ground = np.array([[math.nan, math.inf, -math.inf, 1.0]])
    assert to_cm(ground).tolist() == [[NO_GROUND_CM] * 3 + [100]]


def test_whole_metres_and_empty_rasters_pass():
    assert to_cm(np.array([[143, -2]], np.int16)).tolist() == [[14300, -200]]
    assert to_cm(np.empty((0, 5), np.float32)).shape == (0, 5)


@pytest.mark.parametrize("height", [-32768e3, 1e9, 3.4e38])
def test_a_fill_value_that_was_not_declared_is_refused(height):
    with pytest.raises(GroundRangeError, match="declare it as nodata") as caught:
        to_cm(np.array([[1.0, height]], np.float32))
    assert caught.value.height_m == pytest.approx(height)
