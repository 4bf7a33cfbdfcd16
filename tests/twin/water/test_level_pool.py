"""The lake as a level pool: a closed form, mass, and gates that hold to the next node."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.water.curve import Curve, Edition
from twin.water.level_pool import route
from twin.water.published import design_curve
from twin.water.ranges import StorageOutOfRange

DESIGN = design_curve()


def test_constant_net_inflow_into_a_lake_with_area_linear_in_level_follows_its_closed_form():
    """A = A₀ + s·h gives s·h²/2 + A₀·h = Q·t, so h = (√(A₀² + 2·s·Q·t) − A₀)/s."""
    a0, s, net = 1e6, 2e4, 250.0
    curve = Curve(
        edition=Edition(id="wedge", status="published", source="closed form"),
        level_m=(0.0, 50.0),
        area_m2=(a0, a0 + 50 * s),
        storage_m3=(0.0, 50 * a0 + 0.5 * s * 50**2),
    )
    time = np.linspace(0, 200_000, 401)
    pool = route(curve, time_s=time, inflow_m3s=time * 0 + 300, release_m3s=time * 0 + 50, start_m3=0.0)
    expected = (np.sqrt(a0**2 + 2 * s * net * time) - a0) / s
    np.testing.assert_allclose(pool.level_m, expected, atol=1e-9)


flows = st.lists(st.floats(0, 5000), min_size=2, max_size=60)


@given(flows, st.floats(0, 400), st.lists(st.floats(1, 7200), min_size=60, max_size=60))
def test_mass_is_kept(inflow, release, steps):
    time = np.concatenate([[0.0], np.cumsum(steps[: len(inflow) - 1])])
    released = np.full(len(inflow), release)
    pool = route(DESIGN, time_s=time, inflow_m3s=inflow, release_m3s=released, start_m3=20e8)
    net = math.fsum(
        (time[i + 1] - time[i]) * ((inflow[i] + inflow[i + 1]) / 2 - release) for i in range(len(time) - 1)
    )
    assert pool.storage_m3[-1] - 20e8 == pytest.approx(net, rel=1e-9, abs=1e-9 * 20e8)
    by_level = [DESIGN.storage_at(level) for level in pool.level_m]
    np.testing.assert_allclose(by_level, pool.storage_m3, rtol=1e-9)


def test_a_release_holds_to_the_next_node_and_inflow_runs_straight():
    pool = route(
        DESIGN, time_s=[0, 10, 30], inflow_m3s=[0, 100, 100], release_m3s=[30, 60, 999], start_m3=20e8
    )
    assert (pool.storage_m3 - 20e8).tolist() == [0, 10 * (50 - 30), 10 * 20 + 20 * 40]


def test_the_highest_level_so_far_never_falls():
    pool = route(
        DESIGN, time_s=[0, 1e5, 2e5], inflow_m3s=[1000, 0, 0], release_m3s=[0, 1000, 0], start_m3=20e8
    )
    assert pool.level_m[2] < pool.level_m[1]
    assert pool.highest_m.tolist() == [pool.level_m[0], pool.level_m[1], pool.level_m[1]]


def test_a_pool_that_leaves_the_curve_is_refused():
    with pytest.raises(StorageOutOfRange):
        route(DESIGN, time_s=[0, 1e6], inflow_m3s=[0, 0], release_m3s=[5000, 0], start_m3=20e8)


@pytest.mark.parametrize(
    ("time", "inflow"), [([0, 0], [1, 1]), ([0, 1], [1, math.nan]), ([0, 1], [1]), ([], [])]
)
def test_arrays_that_do_not_fit_are_refused(time, inflow):
    with pytest.raises(ValueError, match=r"times"):
        route(DESIGN, time_s=time, inflow_m3s=inflow, release_m3s=np.zeros(len(time)), start_m3=20e8)
