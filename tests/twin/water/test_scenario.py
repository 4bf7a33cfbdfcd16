"""The flood of July 2025: published points kept, one trough and a recession solved, levels met."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from twin.water.flood_points import FloodPoint, ScenarioError, points_from_csv, points_from_rows
from twin.water.level_pool import route
from twin.water.published import design_curve, july_2025
from twin.water.scenario import Reconstruction, reconstruct

DESIGN = design_curve()
BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def flood() -> Reconstruction:
    return reconstruct(july_2025(), curve=DESIGN)


def _at(flood: Reconstruction, series: str, day: int, hour: int, minute: int = 0) -> float:
    time = datetime(2025, 7, day, hour, minute, tzinfo=BEIJING).timestamp()
    (node,) = np.flatnonzero(flood.pool.time_s == time)
    return float(getattr(flood.pool, series)[node])


def test_the_pool_meets_the_published_levels_within_2_cm(flood):
    assert _at(flood, "level_m", 27, 8) == pytest.approx(153.10, abs=0.02)
    assert _at(flood, "level_m", 29, 23) == pytest.approx(155.59, abs=0.02)
    # Not fitted, and met all the same: the fall afterwards, and the flood-limit level at the start.
    assert _at(flood, "level_m", 30, 10) == pytest.approx(155.57, abs=0.02)
    assert flood.pool.level_m[0] == pytest.approx(152.0, abs=0.02)


def test_the_highest_level_is_the_published_one_at_its_time(flood):
    highest = int(np.argmax(flood.pool.level_m))
    assert flood.pool.time_s[highest] == datetime(2025, 7, 29, 15, tzinfo=UTC).timestamp()
    assert flood.pool.highest_m[-1] == flood.pool.level_m[highest]


@pytest.mark.parametrize(
    ("series", "day", "hour", "minute", "value"),
    [
        ("inflow_m3s", 26, 21, 0, 569),
        ("inflow_m3s", 27, 3, 0, 6550),
        ("inflow_m3s", 28, 8, 0, 4550),
        ("release_m3s", 27, 15, 0, 200),
        ("release_m3s", 27, 18, 0, 500),
        ("release_m3s", 28, 13, 42, 600),
        ("release_m3s", 28, 18, 0, 1120),
    ],
)
def test_every_published_flow_is_kept_and_flagged(flood, series, day, hour, minute, value):
    assert _at(flood, series, day, hour, minute) == value
    time = datetime(2025, 7, day, hour, minute, tzinfo=BEIJING).timestamp()
    assert flood.published[series][flood.pool.time_s == time].all()


def test_everything_else_is_reconstructed(flood):
    assert {series: int(flags.sum()) for series, flags in flood.published.items()} == {
        "inflow_m3s": 3,
        "release_m3s": 4,
        "level_m": 3,
    }
    trough = flood.pool.time_s == flood.trough_time.timestamp()
    assert flood.pool.inflow_m3s[trough] == pytest.approx(flood.trough_m3s)
    assert not flood.published["inflow_m3s"][trough].any()


def test_before_the_gates_open_80_cubic_metres_a_second_leave(flood):
    opening = datetime(2025, 7, 27, 15, tzinfo=BEIJING).timestamp()
    assert set(flood.pool.release_m3s[flood.pool.time_s < opening]) == {80.0}


def test_between_the_peaks_there_is_one_trough_and_then_a_recession(flood):
    turns = np.diff(np.sign(np.diff(flood.pool.inflow_m3s)))
    assert [int(turn) for turn in turns[turns != 0]] == [-2, 2, -2]
    assert 569 < flood.trough_m3s < 4550


def test_straight_lines_through_the_published_inflows_would_overshoot():
    """Why a trough is needed: 157.2 m instead of 155.59 m, the inflow falling straight to the release."""
    flood = reconstruct(july_2025(), curve=DESIGN)
    times = [point.time.timestamp() for point in july_2025() if point.inflow_m3s is not None]
    end = datetime(2025, 7, 29, 23, tzinfo=BEIJING).timestamp()
    inflow = np.interp(flood.pool.time_s, [*times, end], [569, 6550, 4550, 1120])
    straight = route(
        DESIGN,
        time_s=flood.pool.time_s,
        inflow_m3s=inflow,
        release_m3s=flood.pool.release_m3s,
        start_m3=float(flood.pool.storage_m3[0]),
    )
    assert straight.level_m.max() == pytest.approx(157.2, abs=0.15)


def test_the_reported_storage_stands_beside_the_curves_and_shifts_nothing(flood):
    (report,) = [seen for seen in flood.observations if seen.storage_m3 is not None]
    assert report.storage_m3 == pytest.approx(36.288e8)
    assert report.curve_storage_m3 == pytest.approx(DESIGN.storage_at(155.59))
    assert report.storage_off_m3 == pytest.approx(-0.43e8, abs=0.01e8)
    assert report.level_off_m == pytest.approx(0.0, abs=0.02)
    assert [seen.level_m for seen in flood.observations] == [153.10, 155.59, 155.57]


def test_a_finer_step_changes_nothing():
    coarse, fine = (reconstruct(july_2025(), curve=DESIGN, step_s=step) for step in (600.0, 120.0))
    at = np.isin(fine.pool.time_s, coarse.pool.time_s)
    np.testing.assert_allclose(fine.pool.level_m[at], coarse.pool.level_m, atol=1e-3)


def _without(*, levels: int | None = None, inflows: int | None = None) -> list[FloodPoint]:
    points = []
    for point in july_2025():
        if levels is not None and point.level_m is not None:
            point = replace(point, level_m=point.level_m if levels > 0 else None)  # noqa: PLW2901
            levels -= 1
        if inflows is not None and point.inflow_m3s is not None:
            point = replace(point, inflow_m3s=point.inflow_m3s if inflows > 0 else None)  # noqa: PLW2901
            inflows -= 1
        points.append(point)
    return points


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([], "too few"),
        (_without(levels=1), "1 levels are too few"),
        (_without(inflows=2), "2 inflows"),
        (
            [replace(p, level_m=158.0) if p.level_m == 155.59 else p for p in july_2025()],
            r"no trough between 0 and 4550 m³/s brings the pool to 158\.00 m",
        ),
        (
            [replace(p, release_m3s=400) if p.release_m3s == 1120 else p for p in july_2025()],
            "no recession from 4550 m³/s towards 569",
        ),
    ],
)
def test_points_that_no_line_can_meet_are_refused_in_one_line(points, words):
    with pytest.raises(ScenarioError, match=words):
        reconstruct(points, curve=DESIGN)


def test_times_are_the_sites_clocks_and_become_utc():
    points = july_2025()
    assert points[0].time == datetime(2025, 7, 26, 13, tzinfo=UTC)
    assert points[0].time.utcoffset().total_seconds() == 0
    assert points[1].note == "record peak inflow"
    assert points[2].inflow_m3s is None
    (aware,) = points_from_rows([{"time_local": "2025-07-26T13:00:00+00:00"}], zone="Asia/Shanghai")
    assert aware.time == points[0].time


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"time_local": "yesterday"}], "row 1: time_local is 'yesterday', not a time"),
        ([{}], "row 1: time_local is ''"),
        ([{"time_local": "2025-07-26 21:00", "inflow_m3s": "?"}], r"inflow_m3s is '\?'"),
        ([{"time_local": "2025-07-26 21:00", "outflow_m3s": "-1"}], "outflow_m3s is '-1'"),
        ([{"time_local": "2025-07-26 21:00", "level_m": "nan"}], "level_m is 'nan'"),
        ([{"time_local": "2025-07-26 21:00", "level_m": "-9999"}], "level_m is '-9999'"),
        (
            [{"time_local": "2025-07-26 21:00"}, {"time_local": "2025-07-26 20:00"}],
            "do not rise: 2025-07-26 20:00",
        ),
    ],
)
def test_points_that_cannot_be_read_are_refused_in_one_line(rows, words):
    with pytest.raises(ScenarioError, match=words) as caught:
        points_from_rows(rows, zone="Asia/Shanghai")
    assert "\n" not in str(caught.value)


def test_a_file_of_points_that_is_missing_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="cannot read"):
        points_from_csv(tmp_path / "flood.csv", zone="Asia/Shanghai")
