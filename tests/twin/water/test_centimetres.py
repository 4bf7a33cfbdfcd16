"""Heights become whole centimetres without changing what is wet."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.water.centimetres import NO_GROUND_CM, GroundRangeError, level_cm, to_cm


@given(st.integers(-50_000, 300_000))
def test_heights_meant_in_centimetres_survive_float32(cm):
    assert to_cm(np.array([[cm / 100]], np.float32))[0, 0] == cm
    assert to_cm(np.array([[cm / 100]]))[0, 0] == cm


@given(st.floats(-500, 2000), st.integers(-50_000, 200_000))
def test_at_a_whole_centimetre_the_same_ground_is_wet_before_and_after(ground, level):
    if abs(ground * 100 - level) > 0.05:  # float32 cannot tell closer
        assert (to_cm(np.array([ground], np.float32))[0] <= level) == (ground <= level / 100)


@given(st.integers(0, 20_000))
def test_a_level_in_metres_reaches_its_own_centimetre(cm):
    assert level_cm(cm / 100) >= cm
    assert level_cm(cm / 100) < cm + 1e-3


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
