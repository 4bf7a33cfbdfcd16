"""Margins, rates and times to the next level, against closed forms."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.catalog.site import Site
from twin.situation.margins import governing_level, margin, next_levels, normal_level
from twin.situation.net_rate import NetRate, Rate, flow_balance, level_rate, net_rate, student_t95
from twin.situation.time_to_level import HORIZON_S, time_to_next
from twin.water.curve import Curve, Edition

HOUR_S, DAY_S = 3600.0, 86_400.0
FLOOD, WINTER = date(2026, 7, 20), date(2026, 12, 1)
A0, SLOPE = 1e8, 1e6
WEDGE = Curve(
    edition=Edition(id="wedge", status="published", source="closed form"),
    level_m=(100.0, 150.0),
    area_m2=(A0, A0 + 50 * SLOPE),
    storage_m3=(0.0, 50 * A0 + 0.5 * SLOPE * 50**2),
)
"""Area linear in level: V(h) = A₀·h + s·h²/2 above 100 m."""


def wedge_m3(level_m: float) -> float:
    h = level_m - 100.0
    return A0 * h + 0.5 * SLOPE * h**2


def site() -> Site:
    levels = [
        {"id": "dead", "level_m": 126.0},
        {
            "id": "flood-limit-old",
            "level_m": 147.0,
            "season": {"from": "06-01", "to": "09-15"},
            "until": date(2020, 12, 31),
        },
        {"id": "flood-limit", "level_m": 152.0, "season": {"from": "06-01", "to": "09-15"}},
        {"id": "normal", "level_m": 157.5},
    ]
    return Site.model_validate(
        {"levels": [{"name": {"zh": "级", "en": "level"}, "source": "a test", **one} for one in levels]}
    )


def test_the_flood_limit_governs_in_its_season_and_the_normal_level_outside_it() -> None:
    for day, id_ in ((FLOOD, "flood-limit"), (WINTER, "normal"), (date(2020, 7, 1), "flood-limit-old")):
        found = governing_level(site(), day)
        assert found is not None and found.id == id_
    assert governing_level(Site(), FLOOD) is None


def test_a_level_read_as_the_limit_does_not_exceed_it() -> None:
    limit = governing_level(site(), FLOOD)
    assert limit is not None
    assert not margin(limit, 152.00000000000003).exceeded
    over = margin(limit, 152.35)
    assert over.exceeded and over.margin_m == -0.35
    normal = normal_level(site(), FLOOD)
    assert normal is not None and margin(normal, 152.35).margin_m == 5.15


def test_the_next_levels_are_those_in_force() -> None:
    below, above = next_levels(site(), FLOOD, 152.0)  # it stands at the flood limit
    assert below is not None and below.id == "dead"
    assert above is not None and above.id == "normal"
    below, above = next_levels(site(), WINTER, 125.0)
    assert below is None and above is not None and above.id == "dead"


def test_a_line_has_its_own_slope_and_bounds_of_the_printed_step_alone() -> None:
    hours = np.arange(0, 24.01, 0.5)
    found = level_rate(hours * HOUR_S, 150 + 0.02 * hours, step_m=0.01)
    assert found is not None
    assert found.value == pytest.approx(0.02 / HOUR_S, rel=1e-9)
    assert found.high - found.value == pytest.approx(0.01 / DAY_S, rel=1e-6)


def test_bounds_of_a_noisy_line_are_those_of_the_text_book() -> None:
    """SciPy is the oracle of slope, standard error and Student's t."""
    from scipy.stats import linregress, t

    time = np.array([0.0, 4, 8, 12, 16, 20]) * HOUR_S
    level = np.array([150.0, 150.3, 150.2, 150.6, 150.5, 150.9])
    found, oracle = level_rate(time, level, step_m=0.0), linregress(time, level)
    assert found is not None
    assert found.value == pytest.approx(oracle.slope)
    assert found.high - found.value == pytest.approx(t.ppf(0.975, 4) * oracle.stderr, rel=1e-3)
    for freedom in (1, 5, 11, 30, 300):
        assert student_t95(freedom) == pytest.approx(t.ppf(0.975, freedom), rel=3e-3)


def test_a_lake_that_keeps_one_printed_level_proves_no_rate() -> None:
    hours = np.arange(0, 24.0)
    found = level_rate(hours * HOUR_S, 0 * hours + 151.3)
    assert found is not None and not found.signed


@pytest.mark.parametrize("hours", [[0, 1, 2, 3, 4], [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]])
def test_too_few_levels_or_too_short_a_time_make_no_rate(hours: list[float]) -> None:
    assert level_rate(np.array(hours) * HOUR_S, [150.0] * len(hours)) is None


def test_flows_good_to_a_tenth_of_themselves() -> None:
    found = flow_balance(400.0, 300.0)
    assert (found.value, found.high) == (100.0, 150.0)  # 0.1 · √(400² + 300²) = 50


def test_the_sharper_estimate_counts_and_a_contradiction_is_said() -> None:
    sharp, blunt = Rate(value=100, low=90, high=110), Rate(value=0, low=-95, high=95)
    found = net_rate(by_flows=blunt, by_levels=sharp)
    assert found == NetRate(flow_m3s=sharp, basis="levels", contradicts=False)
    other = net_rate(by_flows=Rate(value=0, low=-5, high=5), by_levels=sharp)
    assert other is not None and other.basis == "flows" and other.contradicts
    assert net_rate(by_flows=None, by_levels=None) is None


def test_the_flows_of_a_storm_do_not_contradict_the_levels_of_a_day() -> None:
    day, storm = Rate(value=-10, low=-30, high=10), Rate(value=80, low=65, high=95)
    found = net_rate(by_flows=storm, by_levels=day, flows_then=Rate(value=-5, low=-12, high=2))
    assert found == NetRate(flow_m3s=storm, basis="flows", contradicts=False)
    other = net_rate(by_flows=Rate(value=0, low=-5, high=5), by_levels=day, flows_then=storm)
    assert other is not None and other.contradicts


def rate(value: float, half: float, *, contradicts: bool = False) -> NetRate:
    flow = Rate(value=value, low=value - half, high=value + half)
    return NetRate(flow_m3s=flow, basis="flows", contradicts=contradicts)


@given(st.floats(101, 149), st.floats(300, 6000), st.floats(0.01, 0.5))
def test_time_to_a_level_is_volume_over_net_flow(level_m: float, flow: float, share: float) -> None:
    above = level_m + 0.5
    volume = wedge_m3(above) - wedge_m3(level_m)
    found = time_to_next(WEDGE, level_m=level_m, below_m=None, above_m=above, rate=rate(flow, share * flow))
    assert found.seconds == pytest.approx(volume / flow, rel=1e-6)
    assert found.earliest_s == pytest.approx(volume / (flow * (1 + share)), rel=1e-6)
    assert found.latest_s == pytest.approx(volume / (flow * (1 - share)), rel=1e-6)


def test_a_falling_lake_goes_to_the_level_below() -> None:
    found = time_to_next(WEDGE, level_m=140.0, below_m=139.0, above_m=141.0, rate=rate(-500, 100))
    assert found.level_m == 139.0
    assert found.seconds == pytest.approx((wedge_m3(140) - wedge_m3(139)) / 500, rel=1e-9)
    assert found.earliest_s is not None and found.latest_s is not None and found.seconds is not None
    assert found.earliest_s < found.seconds < found.latest_s


@pytest.mark.parametrize(
    ("given_rate", "above_m", "word"),
    [
        (None, 141.0, "no_rate"),
        (rate(500, 100, contradicts=True), 141.0, "contradicts"),
        (rate(20, 30), 141.0, "steady"),
        (rate(500, 100), None, "no_level"),
        (rate(500, 100), 170.0, "no_level"),
        (rate(2, 1), 149.0, "beyond"),
    ],
)
def test_every_refusal_has_its_word(given_rate: NetRate | None, above_m: float | None, word: str) -> None:
    found = time_to_next(WEDGE, level_m=140.0, below_m=None, above_m=above_m, rate=given_rate)
    assert found.refusal == word and found.seconds is None


def test_a_slower_bound_beyond_the_horizon_is_open() -> None:
    volume = wedge_m3(141) - wedge_m3(140)
    flow = volume / (0.5 * HORIZON_S)
    found = time_to_next(WEDGE, level_m=140.0, below_m=None, above_m=141.0, rate=rate(flow, 0.9 * flow))
    assert found.seconds == pytest.approx(0.5 * HORIZON_S) and found.latest_s is None
    assert math.isclose(found.earliest_s or 0, 0.5 * HORIZON_S / 1.9)
