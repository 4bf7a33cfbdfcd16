"""Automatic tests of values: closed cases, and what order of arrival may and may not change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.stations.nets import START, network
from twin.stations.quality import QualityControl

NETWORK = network()
LAKE, RIVER, RAIN, PH = (
    NETWORK.datastreams[x] for x in ("30500001.level", "31000001.level", "30900001.rain", "32000001.ph")
)


def judged(stream_kind: tuple[object, str], values: list[float | None], *, minutes: float = 5) -> list[str]:
    quality_control = QualityControl()
    stream, kind = stream_kind
    return [
        quality_control.check(stream, kind, value, START + k * timedelta(minutes=minutes))[1]  # type: ignore[arg-type]
        for k, value in enumerate(values)
    ]


def test_a_steady_series_is_good() -> None:
    assert judged((LAKE, "reservoir"), [152.0, 152.01, 152.0, 152.02]) == ["", "", "", ""]


def test_missing_is_missing() -> None:
    assert QualityControl().check(LAKE, "reservoir", None, START) == ("missing", "missing")


def test_a_single_spike_is_suspect_and_the_way_back_is_not() -> None:
    assert judged((LAKE, "reservoir"), [152.0, 155.0, 152.0, 152.01]) == ["", "spike", "", ""]


def test_a_step_that_stays_is_doubted_once() -> None:
    assert judged((RIVER, "stage"), [1.0, 2.5, 2.6, 2.7]) == ["", "spike", "", ""]


def test_too_fast_a_change_is_suspect_and_the_same_change_over_a_day_is_not() -> None:
    assert judged((LAKE, "reservoir"), [152.0, 152.2], minutes=5)[1] == "rate"
    assert judged((LAKE, "reservoir"), [152.0, 152.2], minutes=1440)[1] == ""


@pytest.mark.parametrize(("value", "reason"), [(0.0, ""), (60.0, ""), (60.1, "range"), (-0.1, "range")])
def test_range(value: float, reason: str) -> None:
    assert judged((RAIN, "rain"), [value]) == [reason]


def test_a_stuck_sensor_is_doubted_from_the_twelfth_equal_value_on() -> None:
    assert judged((PH, "quality"), [7.5] * 13) == [""] * 11 + ["flat"] * 2
    assert judged((PH, "quality"), [7.5] * 11 + [7.6]) == [""] * 12


def test_no_rain_for_days_is_no_stuck_sensor() -> None:
    assert set(judged((RAIN, "rain"), [0.0] * 50)) == {""}


@given(st.lists(st.floats(140, 160), min_size=1, max_size=20), st.integers(0, 19), st.floats(-100, 400))
def test_a_value_that_comes_late_changes_no_verdict_on_newer_ones(
    values: list[float], place: int, late: float
) -> None:
    plain, disturbed = QualityControl(), QualityControl()
    for k, value in enumerate(values):
        at = START + k * timedelta(minutes=5)
        if k == min(place, len(values) - 1) and k:
            disturbed.check(LAKE, "reservoir", late, at - timedelta(minutes=7))
        assert plain.check(LAKE, "reservoir", value, at) == disturbed.check(LAKE, "reservoir", value, at)


@pytest.mark.parametrize("minutes", [0, 5, 13, 25])
def test_a_correction_or_late_value_that_leaps_is_no_better_than_a_new_one(minutes: int) -> None:
    """At a known time or between them, at the start, within and at the end of what is known."""
    quality_control = QualityControl()
    for k in range(6):
        assert (
            quality_control.check(LAKE, "reservoir", 152.0 + k / 100, START + 5 * k * timedelta(minutes=1))[0]
            == "good"
        )
    at = START + minutes * timedelta(minutes=1)
    assert quality_control.check(LAKE, "reservoir", 28.96, at) == ("suspect", "spike")
    assert quality_control.check(LAKE, "reservoir", 152.02, at) == ("good", "")
    assert quality_control.check(LAKE, "reservoir", 152.06, START + timedelta(minutes=30)) == ("good", "")


def test_a_correction_at_a_new_height_that_was_confirmed_is_good() -> None:
    quality_control = QualityControl()
    verdicts = [
        quality_control.check(LAKE, "reservoir", value, START + k * timedelta(minutes=5))[0]
        for k, value in enumerate([152.0, 155.0, 155.01])
    ]
    assert verdicts == ["good", "suspect", "good"]
    assert quality_control.check(LAKE, "reservoir", 155.02, START + timedelta(minutes=5)) == ("good", "")
