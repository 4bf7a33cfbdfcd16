"""A plan through the level pool: scipy's answer, mass, crossings, bounds, outlets."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from twin.water.curve import Curve, Edition
from twin.water.outlets import OutletError, outlets_from_rows
from twin.water.published import design_curve
from twin.water.ranges import LevelOutOfRange
from twin.water.release_plan import PlanError, ReleasePlan
from twin.water.routing import RoutedPool, route_plan
from twin.water.supply import supply

DESIGN = design_curve()
HOUR, DAY = 3600.0, 86_400.0
MONTH = np.arange(721) * HOUR
A0 = 1e6
"""Area of a lake with upright walls: its level is a straight line of the storage."""
BOX = Curve(
    edition=Edition(id="box", status="published", source="closed form"),
    level_m=(0.0, 100.0),
    area_m2=(A0, A0),
    storage_m3=(0.0, 100 * A0),
)


def flood(peak: float = 2500.0) -> ReleasePlan:
    """A month of hours with two waves, and gates that change every five days."""
    inflow = (
        60 + peak * np.exp(-(((MONTH / DAY - 8) / 2.0) ** 2)) + 900 * np.exp(-(((MONTH / DAY - 20) / 3) ** 2))
    )
    release = 120.0 + 180 * (np.floor(MONTH / (5 * DAY)) % 2)
    return ReleasePlan.of(MONTH, inflow, release)


def gate(width: float = 60.0) -> dict[str, object]:
    """A weir at 150 m: rated every 0.5 m, at half and at whole opening."""
    rows = [
        {"outlet": "weir", "opening": str(opening), "level_m": str(150 + k / 2),
         "discharge_m3s": str(opening * width * (k / 2) ** 1.5)}
        for opening in (0.5, 1.0)
        for k in range(21)
    ]  # fmt: skip
    return outlets_from_rows(rows)


def by_scipy(plan: ReleasePlan, start_m: float, outlets: dict[str, object] | None = None) -> np.ndarray:
    """Levels at the plan's times by an integrator that knows nothing of parabolas, gate by gate."""

    def through(k: int, level: float) -> float:
        return sum(outlets[id_].discharge_m3s(float(of[k]), level) for id_, of in plan.openings.items())

    volumes = [DESIGN.storage_at(start_m)]
    for k in range(len(plan.time_s) - 1):
        span = (plan.time_s[k], plan.time_s[k + 1])
        inflow = plan.inflow_m3s[k : k + 2]

        def rate(t, v, k=k, span=span, inflow=inflow):
            return np.interp(t, span, inflow) - plan.release_m3s[k] - through(k, DESIGN.level_at(float(v[0])))

        done = solve_ivp(rate, span, [volumes[-1]], rtol=1e-10, atol=1.0)
        volumes.append(float(done.y[0, -1]))
    return np.array([DESIGN.level_at(v) for v in volumes])


def at(routed: RoutedPool, times: np.ndarray) -> np.ndarray:
    return np.array([routed.level_at(float(t)) for t in times])


def test_a_month_equals_scipy_to_a_millimetre() -> None:
    plan = flood()
    routed = route_plan(DESIGN, plan, start_m=150.0)
    assert routed.end == "plan"
    np.testing.assert_allclose(at(routed, MONTH), by_scipy(plan, 150.0), atol=1e-3)


def test_with_gates_by_their_ratings_too() -> None:
    openings = np.where(MONTH < 10 * DAY, 0.0, np.where(MONTH < 20 * DAY, 0.8, 0.3))
    plan = flood()
    plan = ReleasePlan(
        time_s=MONTH, inflow_m3s=plan.inflow_m3s, release_m3s=plan.release_m3s, openings={"weir": openings}
    )
    routed = route_plan(DESIGN, plan, start_m=152.0, outlets=gate())
    np.testing.assert_allclose(at(routed, MONTH), by_scipy(plan, 152.0, gate()), atol=1e-3)
    assert routed.level_at(25 * DAY) < route_plan(DESIGN, flood(), start_m=152.0).level_at(25 * DAY) - 0.5


flows = st.lists(st.floats(-200, 4000), min_size=2, max_size=40)


@settings(max_examples=60)
@given(flows, st.floats(0, 900), st.floats(140, 158), st.sampled_from([0.0, 0.3, 1.0]))
def test_mass_is_kept_whatever_flows_and_gates(
    inflow: list[float], release: float, start_m: float, opening: float
) -> None:
    time = np.arange(len(inflow)) * 1800.0
    plan = ReleasePlan(
        time_s=time,
        inflow_m3s=np.array(inflow),
        release_m3s=np.full(len(inflow), release),
        openings={"weir": np.full(len(inflow), opening if start_m - 2 >= 150 else 0.0)},
    )
    routed = route_plan(DESIGN, plan, start_m=start_m, outlets=gate(), start_error_m=0.1, inflow_error=0.2)
    for run in (routed.pool, routed.low, routed.high):
        step = np.diff(run.time_s)
        net = math.fsum(step * ((run.inflow_m3s[1:] + run.inflow_m3s[:-1]) / 2 - run.release_m3s[:-1]))
        assert run.storage_m3[-1] - run.storage_m3[0] == pytest.approx(net, abs=1e-9 * 40e8)
        by_level = [DESIGN.storage_at(float(level)) for level in run.level_m]
        np.testing.assert_allclose(by_level, run.storage_m3, rtol=1e-9)
    for t in time:
        if t <= min(routed.low.time_s[-1], routed.high.time_s[-1], routed.pool.time_s[-1]):
            low, high = (np.interp(t, run.time_s, run.level_m) for run in (routed.low, routed.high))
            assert low - 1e-9 <= routed.level_at(float(t)) <= high + 1e-9


def test_when_a_level_is_reached_at_a_constant_inflow() -> None:
    """1 km² at 110 − 10 m³/s rises 1 m in 10,000 s; the start may lie 0.1 m off, the inflow 10 %."""
    plan = ReleasePlan.constant(start_s=1e9, hours=240, inflow_m3s=110, release_m3s=10)
    routed = route_plan(BOX, plan, start_m=10.0, start_error_m=0.1, inflow_error=0.1, levels={"x": 12.0})
    (crossing,) = routed.crossings
    assert crossing.rising
    assert crossing.at_s - 1e9 == pytest.approx(20_000)
    assert crossing.earliest_s is not None
    assert crossing.latest_s is not None
    assert crossing.earliest_s - 1e9 == pytest.approx(1.9 * A0 / 111)
    assert crossing.latest_s - 1e9 == pytest.approx(2.1 * A0 / 89)


def test_a_crossing_is_found_between_points_up_and_down() -> None:
    """Inflow falls from 100 to −100 in 20,000 s: the storage is the parabola 100·t − t²/200."""
    plan = ReleasePlan.of([0, 20_000], [100, -100], [0, 0])
    routed = route_plan(BOX, plan, start_m=10.0, levels={"x": 10.375, "never": 10.6})
    assert [(c.level_id, c.rising, c.at_s) for c in routed.crossings] == [
        ("x", True, pytest.approx(5000)),
        ("x", False, pytest.approx(15_000)),
    ]
    assert routed.peak == (pytest.approx(10.5), pytest.approx(10_000))


def test_what_only_a_higher_run_reaches_is_no_crossing_and_what_a_lower_never_does_has_one_bound() -> None:
    plan = ReleasePlan.of([0, 20_000], [100, -100], [0, 0])
    routed = route_plan(BOX, plan, start_m=10.0, start_error_m=0.2, levels={"x": 10.6, "y": 10.4})
    assert [(c.level_id, c.rising, c.earliest_s is None, c.latest_s is None) for c in routed.crossings] == [
        ("y", True, False, True),
        ("y", False, True, False),
    ]


def test_a_run_ends_where_the_lake_leaves_the_curve_at_that_very_time() -> None:
    plan = ReleasePlan.constant(start_s=0, hours=300, inflow_m3s=100, release_m3s=0)
    routed = route_plan(BOX, plan, start_m=99.0)
    assert (routed.end, routed.pool.time_s[-1], routed.pool.level_m[-1]) == (
        "highest",
        pytest.approx(1e4),
        pytest.approx(100.0),
    )
    falling = ReleasePlan.constant(start_s=0, hours=300, inflow_m3s=0, release_m3s=100)
    assert route_plan(BOX, falling, start_m=1.0, lowest_m=0.5).end == "lowest"


@pytest.mark.parametrize(
    ("times", "inflow", "release", "says"),
    [
        ([0], [1], [1], "two times"),
        ([0, 0], [1, 1], [1, 1], "do not rise"),
        ([0, 1], [1, math.nan], [1, 1], "none"),
        ([0, 1], [1, 1], [1, -1], "below 0"),
        ([0, 500 * DAY], [1, 1], [1, 1], "400 days"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(times, inflow, release, says) -> None:
    with pytest.raises(PlanError, match=says):
        ReleasePlan.of(times, inflow, release)


def test_a_start_outside_the_range_is_refused() -> None:
    plan = ReleasePlan.constant(start_s=0, hours=1, inflow_m3s=0, release_m3s=0)
    with pytest.raises(LevelOutOfRange, match="160"):
        route_plan(DESIGN, plan, start_m=170.0, highest_m=160.0)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("a", "1", "150", "5"), ("a", "1", "151", "4")], "less through at 151"),
        ([("a", "1", "150", "5"), ("a", "1", "150", "5")], "twice"),
        ([("a", "1", "150", "5")], "two levels"),
        ([("a", "1", "150", "x")], "row 1: discharge_m3s is 'x'"),
        ([("", "1", "150", "1")], "row 1: outlet is empty"),
        ([("a", "0", "150", "1")], "row 1: 1 m³/s through the closed"),
        ([("a", "1", "150", "5"), ("a", "1", "151", "6"), ("a", "2", "150", "4"), ("a", "2", "151", "9")],
         "less through at opening 2 than at 1, at 150 m"),
        ([], "empty"),
    ],
)  # fmt: skip
def test_a_rating_table_that_cannot_be_is_refused(rows, says) -> None:
    columns = ("outlet", "opening", "level_m", "discharge_m3s")
    with pytest.raises(OutletError, match=says):
        outlets_from_rows([dict(zip(columns, row, strict=True)) for row in rows])


def test_an_outlet_answers_between_its_ratings_and_refuses_beyond() -> None:
    weir = gate()["weir"]
    assert weir.discharge_m3s(0, 155.0) == 0
    assert weir.discharge_m3s(0.25, 151.0) == pytest.approx(0.25 * 60)
    assert weir.discharge_m3s(0.75, 151.0) == pytest.approx(0.75 * 60)
    with pytest.raises(OutletError, match=r"from opening 0 to 1 ?: 1\.5"):
        weir.discharge_m3s(1.5, 151.0)
    assert weir.levels_m(np.array([0.0, 0.7])) == (150.0, 160.0)


def test_days_of_supply() -> None:
    """10 m of 1 km² at 100 − 20 m³/s last 125,000 s."""
    found = supply(BOX, from_m=20.0, to_m=10.0, demand_m3s=100, inflow_m3s=20, start_error_m=0.5)
    assert found.days == pytest.approx(10 * A0 / 80 / DAY)
    assert found.usable_m3 == 10 * A0
    assert (found.least_days, found.most_days) == (
        pytest.approx(9.5 * A0 / 80 / DAY),
        pytest.approx(10.5 * A0 / 80 / DAY),
    )
    assert supply(BOX, from_m=20.0, to_m=10.0, demand_m3s=20, inflow_m3s=20).days is None
    with pytest.raises(PlanError, match="below"):
        supply(BOX, from_m=20.0, to_m=20.0, demand_m3s=20)
