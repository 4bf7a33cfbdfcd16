"""Grounds of whole centimetres, below the sea and above 4,096 m: tables count what is wet, to the cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.water.surface import WaterState

Flooded = Callable[..., Any]


def bowl(base_cm: int, seed: int) -> np.ndarray:
    """A bowl in whole centimetres: rings that rise, each cell by a centimetre more than some before."""
    rows, cols = np.mgrid[-12:13, -12:13]
    order = np.argsort(np.hypot(rows, cols).ravel(), kind="stable")
    steps = np.random.default_rng(seed).integers(0, 3, order.size).cumsum()
    ground = np.empty(order.size, np.int64)
    ground[order] = base_cm + steps
    return ground.reshape(rows.shape)


@pytest.mark.parametrize("base_cm", [-43_050, -1, 15_000, 204_790, 389_600, 409_590, 480_000, 819_150])
@given(seed=st.integers(0, 10**6))
def test_every_whole_centimetre_wets_its_own_cells(flooded: Flooded, base_cm: int, seed: int) -> None:
    ground_cm = bowl(base_cm, seed)
    top_cm = int(ground_cm.max())
    surface, table = flooded(
        (ground_cm / 100).astype(np.float32), seed=(12, 12), cap_cm=top_cm + 200, vertical_error_m=0.05
    )
    for level_cm in np.unique(ground_cm)[::7].tolist():
        level_m = level_cm / 100
        wet = surface.connection_cm <= level_cm
        np.testing.assert_array_equal(surface.wet(WaterState.rising(level_m)), wet)
        assert table.area_at(level_m) == pytest.approx(100.0 * wet.sum(), abs=1e-3)
        possible = np.abs(surface.connection_cm - level_cm) < 5
        assert table.uncertain_area_at(level_m, vertical_error_m=0.05) == pytest.approx(
            100.0 * possible.sum()
        )
    # A bowl of rising rings has no hollow: falling water leaves nothing behind.
    high = WaterState(level_m=int(ground_cm.min()) / 100, highest_m=top_cm / 100)
    hollows = surface.connection_cm > ground_cm
    left = surface.wet(high) & (surface.connection_cm > ground_cm.min())
    np.testing.assert_array_equal(left, hollows & (surface.connection_cm > ground_cm.min()))


@given(seed=st.integers(0, 10**6), level=st.integers(0, 10**4))
def test_between_centimetres_points_table_and_belt_have_the_lower_one_s_extent(
    flooded: Flooded, seed: int, level: int
) -> None:
    ground = (bowl(15_000, seed) / 100).astype(np.float32)
    surface, table = flooded(ground, seed=(12, 12), cap_cm=60_000, vertical_error_m=0.03)
    level_m = 150.0 + level / 1e4
    state, whole = WaterState.rising(level_m), WaterState.rising(int(level_m * 1e4 + 0.5) // 100 / 100)
    np.testing.assert_array_equal(surface.wet(state), surface.wet(whole))
    np.testing.assert_array_equal(surface.shore(state), surface.shore(whole))
    assert table.area_at(level_m) == table.area_at(whole.level_m)
    possible = np.isin(surface.shore(state), (1, 2)).sum() * 100.0
    assert table.uncertain_area_at(level_m, vertical_error_m=0.03) == pytest.approx(possible)
    assert surface.area_m2(state) == pytest.approx(table.area_at(level_m))
