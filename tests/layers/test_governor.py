"""The governor holds its rate by what frames cost, and never gives up more than half of the pixels a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layers.governor import FRAMES_PER_S, MOVING, STILL, Governor


def test_a_slow_machine_never_goes_below_half_the_resolution() -> None:
    governor = Governor()
    for _ in range(100):
        governor.record(1.0)
    assert governor.sharpness == MOVING[0]
    assert min(step.scale for step in MOVING) >= 0.5


def test_a_fast_machine_gets_sharp_moving_pictures() -> None:
    governor = Governor()
    for _ in range(100):
        governor.record(0.004)
    assert governor.sharpness == MOVING[-1]
    assert governor.sharpness.scale == 1.0


@given(st.floats(0.002, 0.5))
def test_it_comes_to_rest_on_one_step_within_its_budget_or_the_coarsest(still_s: float) -> None:
    """On a machine whose frames cost what the model says, for any speed of it."""
    governor, steps = Governor(), []
    for _ in range(300):
        seconds = still_s * governor.sharpness.cost / STILL.cost
        governor.record(seconds)
        steps.append(governor.sharpness)
    assert len(set(steps[100:])) == 1
    last = steps[-1]
    assert still_s * last.cost / STILL.cost <= 1.0 / FRAMES_PER_S or last == MOVING[0]


def test_one_slow_frame_among_fast_ones_changes_nothing_for_long() -> None:
    governor = Governor()
    for _ in range(50):
        governor.record(0.004)
    governor.record(0.05)
    for _ in range(20):
        governor.record(0.004)
    assert governor.sharpness == MOVING[-1]


def test_each_step_is_finer_and_costs_more() -> None:
    costs = [step.cost for step in MOVING]
    assert costs == sorted(set(costs))
