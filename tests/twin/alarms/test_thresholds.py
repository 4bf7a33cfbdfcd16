"""Exactly at a limit of a level, a time or a range: figures as people write them, not as floats."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.alarms.figures import FIVE, START, ZONE, centimetres, m, site, tenths_of_mm, with_level
from twin.alarms import texts
from twin.alarms.gb3838 import (
    Body,
    class_of,
    passed_limit,
    verdict,
)
from twin.alarms.lifecycle import AlarmLifecycle, Change, Evaluation
from twin.alarms.rules import Rules
from twin.alarms.runs import alarms_of_levels
from twin.catalog.head import VerticalSettings
from twin.catalog.site import Season
from twin.comparing import above_level, rounded_level
from twin.stations.freshness import Freshness
from twin.stations.heights import working_level_m
from twin.stations.model import Datastream, GaugeZero, Observation, Station
from twin.stations.network import network_of
from twin.stations.quality import QualityControl
from twin.stations.snapshot import ValueNow
from twin.stations.units import in_own_unit

# -- levels -------------------------------------------------------------------------------------------


@given(limit=centimetres, offset=tenths_of_mm, above=st.integers(-3, 3), band=st.integers(0, 2000))
def test_a_level_with_its_offset_is_compared_as_it_is_written(
    limit: int, offset: int, above: int, band: int
) -> None:
    """Against whole numbers: tenths of a millimetre on both sides."""
    reported = 100 * limit + above - offset
    value = m(reported, 10_000) + m(offset, 10_000)
    expected = True if above > 0 else (False if above <= -band else None)
    assert above_level(value, m(limit, 100), hysteresis_m=m(band, 10_000)) is expected


@given(limit=centimetres, band=st.integers(0, 2000))
def test_an_alarm_ends_exactly_at_its_hysteresis(limit: int, band: int) -> None:
    at_the_end = m(100 * limit - band, 10_000)
    assert above_level(at_the_end, m(limit, 100), hysteresis_m=m(band, 10_000)) is False
    if band:
        inside = m(100 * limit - band + 1, 10_000)
        assert above_level(inside, m(limit, 100), hysteresis_m=m(band, 10_000)) is None


@pytest.mark.parametrize("kind", ["reservoir", "stage"])
def test_no_alarm_is_ever_above_by_nothing(kind: str) -> None:
    """All limits of the basin, by a gauge with a zero of its own: at them nothing, above them seen to be."""
    luck = random.Random(1)
    station = Station(id="s", name={"zh": "站", "en": "s"}, kind=kind, lon=0, lat=0)  # type: ignore[arg-type]
    stream = Datastream(id="s.level", station="s", property="level", interval_s=300)
    for limit in range(13_000, 16_401, 7):
        zero = luck.randrange(-30_000, 1_600_000)
        rivers = {"levels": [{"station": "s", "warning_m": m(limit, 100)}], "on_delay_min": 0}
        plain = with_level(m(limit, 100), rivers=rivers, levels={"on_delay_min": 0})
        shift = m(zero, 10_000) if kind == "reservoir" else 0.0
        rules = Rules(
            plain,
            network_of([station], [stream]),
            zone=ZONE,
            to_working_m=lambda _, value_m, at, shift=shift: value_m + shift,  # type: ignore[misc]
        )
        for over in (0, 1, 9, 49, 51, 100):
            value = m(100 * limit + over - (zero if kind == "reservoir" else 0), 10_000)
            o = Observation(
                datastream="s.level", phenomenon_at=START, received_at=START, value=value, quality="good"
            )
            said = list(rules.evaluate(o))
            (evaluation,) = [j for j in said if j.limit == m(limit, 100)]
            assert (evaluation.holds is True) == (over > 0)
            if evaluation.holds:
                figures = [Decimal(text) for text in re.findall(r"([-\d.]+) m", evaluation.text["en"])]
                assert figures[0] > figures[1]
                assert kind == "stage" or figures[2] == figures[0] - figures[1]


def test_what_is_above_a_limit_is_the_difference_of_the_figures_shown() -> None:
    """Halves of the last digit too: 1.0705 m above 1.070 m was "1.071 m (+0.000 m)"."""
    named = with_level(150.0).levels[0]
    for limit in range(0, 16_500, 3):
        for over in (1, 5, 45, 50, 55, 149, 150):
            level = named.model_copy(update={"level_m": m(limit, 100)})
            text = texts.above_level(level, m(100 * limit + over, 10_000))["en"]
            value, shown_limit, above = (Decimal(figure) for figure in re.findall(r"([-\d.]+) m", text))
            assert above == value - shown_limit > 0
            assert shown_limit == Decimal(limit) / 100


@given(limit=tenths_of_mm, steps=st.integers(-30, 30))
def test_half_a_tenth_is_rounded_once_for_the_figure_and_its_comparison(limit: int, steps: int) -> None:
    value = m(20 * limit + steps, 200_000)
    expected = rounded_level(value) > m(limit, 10_000)
    assert above_level(value, m(limit, 10_000)) is expected


@pytest.mark.parametrize(
    ("item", "value", "body", "shown"),
    [
        ("oxygen", 4.9996, "lake", "4.9996"),  # class IV, not 5.00 of class III
        ("phosphorus", 0.05004, "lake", "0.05004"),
        ("codmn", 6.001, "river", "6.001"),
        ("ph", 9.004, "river", "9.004"),
        ("oxygen", 4.5, "lake", "4.50"),
    ],
)
def test_a_figure_is_shown_so_that_its_class_can_be_seen(
    item: str, value: float, body: Body, shown: str
) -> None:
    found = verdict({item: value}, body)
    assert found is not None
    text = texts.water_class(found, "II", value, limit=passed_limit(item, value, body))
    assert f" {shown}" in text["en"]
    assert class_of(item, float(shown), body) == found.water_class


def test_a_gauge_zero_gives_levels_of_whole_tenths() -> None:
    settings = VerticalSettings.model_validate({"working": "unknown"})
    for cm in range(0, 3_000, 11):
        zero = GaugeZero(since=date(2020, 1, 1), zero_m=138.07, reference="unknown")
        gauge = Station(id="s", name={"zh": "站", "en": "s"}, kind="reservoir", lon=0, lat=0, gauge=(zero,))
        level = working_level_m(gauge, m(cm, 100), START, settings=settings, zone=ZONE)
        assert level == m(13_807 + cm, 100)


def test_a_run_is_judged_by_the_same_rule() -> None:
    plain = with_level(150.0, levels={"on_delay_min": 0, "off_delay_min": 0})

    def changes(*levels: float) -> list[str]:
        pairs = [(START + k * FIVE, level) for k, level in enumerate(levels)]
        return [change.what for change in alarms_of_levels(plain, pairs, every_s=300)]

    assert changes(149.65 + 0.35) == []
    assert changes(150.0 + 4e-5) == []  # not a tenth of a millimetre
    assert changes(150.0001, 149.9801) == ["raised"]
    assert changes(150.0001, 150.0 - 0.02) == ["raised", "returned"]


# -- time ----------------------------------------------------------------------------------------------


@given(st.floats(0, 2e9), st.floats(0, 100_000))
def test_exactly_three_intervals_old_is_fresh_and_ten_is_not_dead(told: float, elapsed: float) -> None:
    for limit, at_it, past_it in (
        (900.0, Freshness.FRESH, Freshness.STALE),
        (86_400.0, Freshness.STALE, Freshness.DEAD),
    ):
        shown = (told + elapsed) - told  # what a reader's clock makes of it
        value = ValueNow(
            datastream="s",
            value=1.0,
            phenomenon_at=START,
            age_s=limit - elapsed,
            stale_after_s=900.0,
            dead_after_s=86_400.0,
        )
        assert value.freshness(elapsed_s=shown) is at_it
        assert value.freshness(elapsed_s=shown + 0.002) is past_it


@pytest.mark.parametrize(("minutes", "raised"), [(9.99, False), (10.0, True)])
def test_a_delay_is_over_exactly_at_its_end(minutes: float, raised: bool) -> None:
    lifecycle = AlarmLifecycle()

    def judge(after: float) -> Change | None:
        return lifecycle.update(
            Evaluation(
                rule="r",
                station="s",
                datastream="s.level",
                holds=True,
                at=START + timedelta(minutes=after),
                rank=1,
                text={},
                on_delay=timedelta(minutes=10),
            )
        )

    assert judge(0) is None
    assert (judge(minutes) is not None) is raised


@pytest.mark.parametrize(
    ("at", "in_season"),
    [
        (datetime(2026, 5, 31, 15, 59, 59, tzinfo=UTC), False),  # Beijing is eight hours ahead
        (datetime(2026, 5, 31, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 9, 15, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 9, 15, 16, 0, tzinfo=UTC), False),
    ],
)
def test_a_season_has_its_first_and_its_last_day_in_the_sites_zone(at: datetime, in_season: bool) -> None:
    plain = site(levels={"on_delay_min": 0, "ranks": {"normal": 3}})
    season = Season.model_validate({"from": "06-01", "to": "09-15"})
    seasonal = plain.levels[0].model_copy(update={"season": season})
    found = alarms_of_levels(plain.model_copy(update={"levels": [seasonal]}), [(at, 151.0)], every_s=300)
    assert bool(found) is in_season


# -- quality -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "property_", "step_cm", "minutes", "reason"),
    [
        ("reservoir", "level", 30, 45, ""),  # exactly 0.3 m is no spike
        ("reservoir", "level", 31, 45, "spike"),
        ("reservoir", "level", 50, 60, ""),  # exactly 0.5 m in an hour
        ("reservoir", "level", 51, 60, "rate"),
        ("stage", "level", 100, 30, ""),
        ("stage", "level", 101, 30, "spike"),
        ("stage", "level", 300, 60, ""),
        ("stage", "level", 301, 60, "rate"),
    ],
)
def test_a_change_of_exactly_what_is_usual_is_usual(
    kind: str, property_: str, step_cm: int, minutes: int, reason: str
) -> None:
    stream = Datastream(id="s.x", station="s", property=property_, interval_s=300)
    for low in range(14_000, 16_000, 13):
        for first, second in ((low, low + step_cm), (low + step_cm, low)):
            quality_control = QualityControl()
            quality_control.check(stream, kind, m(first, 100), START)  # type: ignore[arg-type]
            later = START + timedelta(minutes=minutes)
            assert quality_control.check(stream, kind, m(second, 100), later)[1] == reason  # type: ignore[arg-type]


def test_the_range_has_its_ends_whatever_unit_they_come_in() -> None:
    rain = Datastream(id="s.rain", station="s", property="rain", interval_s=300)
    for value, unit, quality in ((6.0, "cm", "good"), (60.0, "mm", "good"), (60.001, "mm", "suspect")):
        assert QualityControl().check(rain, "rain", in_own_unit(value, unit, "rain"), START)[0] == quality
