"""Exactly at a limit of rain or water quality: sums and means of decimal figures."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.alarms.figures import FIVE, START, ZONE, m, site
from twin.alarms.gb3838 import (
    CLASSES,
    NITROGEN_LAKE,
    OXYGEN_AT_LEAST,
    PHOSPHORUS,
    UPPER,
    class_of,
)
from twin.alarms.rain import RainWindow
from twin.alarms.rules import Rules
from twin.alarms.yearly import YearMean
from twin.stations.model import Datastream, Observation, Station
from twin.stations.network import network_of
from twin.stations.units import in_own_unit

# -- rain ---------------------------------------------------------------------------------------------


def whole_tenths(luck: random.Random, total: int, parts: int) -> list[float]:
    """So many amounts in tenths of a millimetre that sum to ``total`` tenths."""
    cuts = sorted(luck.randrange(total + 1) for _ in range(parts - 1))
    return [m(b - a, 10) for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


@pytest.mark.parametrize(("total", "hours", "rank"), [(500, 12, 4), (500, 6, 3), (500, 3, 2), (1000, 3, 1)])
def test_rain_of_exactly_a_signal_is_that_signal(total: int, hours: int, rank: int) -> None:
    luck = random.Random(total + hours)
    for _ in range(750):
        amounts = whole_tenths(luck, total, 12 * hours)
        for short, expected in ((0, rank), (1, None)):
            window = RainWindow(interval=FIVE)
            for k, mm in enumerate(amounts):
                less = m(1, 10) if short and k == amounts.index(max(amounts)) else 0.0
                window.add(START + k * FIVE, mm - less)
            assert window.reaches(total / 10, hours) is (expected is not None)
            assert window.total(hours) == ((total - short) / 10, 1.0)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=200), st.integers(1, 24), st.data())
def test_rain_of_a_window_is_the_whole_number_of_tenths(
    amounts: list[int], hours: int, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(amounts))))
    window = RainWindow(interval=FIVE)
    for k in order:
        window.add(START + k * FIVE, m(amounts[k], 10))
    last = sum(amounts[-12 * hours :])
    assert window.total(hours)[0] == m(last, 10)
    assert window.reaches(m(last, 10), hours) is True
    assert window.reaches(m(last + 1, 10), hours) is not True


def test_an_amount_that_fell_exactly_three_hours_ago_is_out_of_three_hours() -> None:
    window = RainWindow(interval=FIVE)
    window.add(START, 40.0)
    for k in range(1, 37):
        window.add(START + k * FIVE, 1.0)
    assert window.total(3) == (36.0, 1.0)
    assert window.total(4)[0] == 76.0


def test_steps_of_five_minutes_at_an_hourly_station_cover_their_own_time_only() -> None:
    """SL 651's hour reports: one of them makes no twelve hours known."""
    window = RainWindow(interval=timedelta(hours=1))
    for k in range(12):
        window.add(START + k * FIVE, 1.0)
    total, known = window.total(24)
    assert (total, known) == (12.0, pytest.approx((60 + 55) / 1440))
    assert window.reaches(50.0, 24) is None
    for hour in range(1, 24):
        for k in range(12):
            window.add(START + timedelta(hours=hour) + k * FIVE, 0.0)
    assert window.total(24) == (12.0, pytest.approx(1.0))
    gaps = RainWindow(interval=timedelta(hours=1))
    for hour in range(0, 24, 6):  # three hours of which nothing is known between
        for k in range(36):
            gaps.add(START + timedelta(hours=hour) + k * FIVE, 0.0)
    assert gaps.total(24)[1] < 0.7


def test_a_sum_of_a_day_says_nothing_of_three_hours() -> None:
    window = RainWindow(interval=timedelta(days=1))
    window.add(START, 120.0)
    assert window.reaches(50.0, 3) is None
    assert window.total(24) == (120.0, 1.0)


def test_hours_of_a_thinned_stretch_count_where_they_lie_whole_in_the_window() -> None:
    window = RainWindow(interval=FIVE)
    window.add(START - timedelta(hours=2), 7.0, values=12)
    window.add(START - timedelta(hours=1), 5.0, values=6)
    window.add(START, 1.0)
    assert window.total(3) == (13.0, pytest.approx((60 + 30 + 5) / 180))
    window.add(START + FIVE, 1.0)  # the window's start now lies within the first hour
    assert window.total(3)[0] == 7.0


def test_beside_thinned_hours_too_amounts_cover_their_own_time_only() -> None:
    """At a station of ten minutes that sends every one: 60 of them are one hour, not ten."""
    window = RainWindow(interval=timedelta(minutes=10))
    window.add(START - timedelta(hours=4), 1.0, values=6)
    for k in range(60):
        window.add(START + timedelta(minutes=k), 0.0)
    assert window.total(6)[1] == pytest.approx((60 + 10 + 59) / 360)
    assert window.reaches(50.0, 6) is None  # it never says no


# -- water ---------------------------------------------------------------------------------------------

LIMITS = [
    (item, limits, body)
    for body in ("river", "lake")
    for item, limits in (
        *UPPER.items(),
        ("phosphorus", PHOSPHORUS[body]),  # type: ignore[index]
        ("nitrogen", NITROGEN_LAKE),
    )
    if (item, body) != ("nitrogen", "river")
]


@pytest.mark.parametrize(("item", "limits", "body"), LIMITS)
def test_exactly_at_a_limit_water_is_still_of_the_class_in_any_unit(
    item: str, limits: tuple[float, ...], body: str
) -> None:
    for k, limit in enumerate(limits):
        for unit, factor in (("mg/L", 1), ("ug/L", 1000), ("g/m3", 1)):
            value = in_own_unit(float(Decimal(str(limit)) * factor), unit, item)
            best = CLASSES[limits.index(limit)]
            assert class_of(item, value, body) == best  # type: ignore[arg-type]
            more = in_own_unit(float((Decimal(str(limit)) + Decimal("0.001")) * factor), unit, item)
            assert CLASSES.index(class_of(item, more, body)) > k  # type: ignore[arg-type]


def test_oxygen_is_at_least_and_ph_a_range_with_its_ends() -> None:
    for k, limit in enumerate(OXYGEN_AT_LEAST):
        assert class_of("oxygen", limit - 1e-12, "river") == CLASSES[k]
        assert class_of("oxygen", limit - 0.001, "river") == CLASSES[k + 1]
    for end in (6.0 - 1e-12, 9.0 + 1e-12):
        assert class_of("ph", end, "river") == "I"
    assert {class_of("ph", value, "river") for value in (5.999, 9.001)} == {"VI"}


@given(st.integers(1, 900), st.integers(1, 28))
def test_a_year_exactly_at_its_mean_is_not_above_it(hundredths: int, often: int) -> None:
    year = YearMean(ZONE)
    for month in range(1, 13):
        for day in range(1, often + 1):
            year.add(datetime(2026, month, day, 4, tzinfo=UTC), m(hundredths, 100))
    assert year.exceeds(m(hundredths, 100)) is False
    assert year.exceeds(m(hundredths, 100) - 0.0001) is True


def test_what_is_worse_is_seen_to_be_worse() -> None:
    lake = Station(id="q", name={"zh": "库", "en": "q"}, kind="quality", lon=0, lat=0)
    stream = Datastream(id="q.phosphorus", station="q", property="phosphorus", interval_s=14_400)
    rules = Rules(site(), network_of([lake], [stream]), zone=ZONE, to_working_m=lambda _, v, at: v)
    o = Observation(
        datastream="q.phosphorus", phenomenon_at=START, received_at=START, value=0.0502, quality="good"
    )
    (evaluation,) = rules.evaluate(o)
    assert evaluation.holds is True
    assert "0.0502 mg/L" in evaluation.text["zh"]
