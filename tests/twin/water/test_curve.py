"""Curve editions: published points kept, rising everywhere, inverse exact, no answer outside the range."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin.water.curve import Curve, CurveError, Edition
from twin.water.deriving import LevelReport, derive
from twin.water.published import design_curve
from twin.water.ranges import LevelOutOfRange, StorageOutOfRange

TEST = Edition(id="test", status="published", source="made up")
DESIGN = design_curve()


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """Any table that rises, consistent or not."""
    count = draw(st.integers(2, 6))
    steps = st.lists(st.floats(0.01, 20), min_size=count - 1, max_size=count - 1)
    level = np.cumsum([draw(st.floats(-50, 500)), *draw(steps)])
    area = np.cumsum(draw(st.lists(st.floats(0, 1e8), min_size=count, max_size=count)))
    storage = np.cumsum(draw(st.lists(st.floats(0, 1e9), min_size=count, max_size=count)))
    assume(storage[-1] > 1.0)
    return Curve(
        edition=TEST,
        level_m=tuple(map(float, level)),
        area_m2=tuple(map(float, area)),
        storage_m3=tuple(map(float, storage)),
        extended_to_m=float(level[-1] + 2),
    )


@pytest.mark.parametrize(
    ("level", "area_km2", "storage_1e8"),
    [(126.0, 46.154, 4.37), (147.0, 137.54, 23.38), (157.5, 179.33, 40.08), (158.5, 183.6, 41.9)],
)
def test_the_published_points_stay(level, area_km2, storage_1e8):
    assert DESIGN.area_at(level) == pytest.approx(area_km2 * 1e6, rel=1e-12)
    assert DESIGN.storage_at(level) == pytest.approx(storage_1e8 * 1e8, rel=1e-12)
    assert DESIGN.level_at(storage_1e8 * 1e8) == pytest.approx(level, abs=1e-9)
    assert not DESIGN.extrapolated(level)


def test_between_the_published_points_storage_and_area_rise_and_fit_together():
    assert DESIGN.contradictions == ()
    levels = np.linspace(126.0, 160.0, 3401)
    storage = np.array([DESIGN.storage_at(level) for level in levels])
    area = np.array([DESIGN.area_at(level) for level in levels])
    assert (np.diff(storage) > 0).all()
    assert (np.diff(area) > 0).all()
    slope = np.array([DESIGN.storage_at(x + 1e-4) - DESIGN.storage_at(x - 1e-4) for x in levels[1:-1]]) / 2e-4
    np.testing.assert_allclose(slope, area[1:-1], rtol=1e-5)


def test_above_the_last_point_area_goes_on_linearly_and_says_so():
    assert DESIGN.extrapolated(158.51)
    assert DESIGN.area_at(159.5) == pytest.approx(183.6e6 + 4.27e6, rel=1e-9)
    assert DESIGN.level_at(43.75e8) == pytest.approx(159.5, abs=0.01)  # the published total capacity
    assert DESIGN.storage_at(160.0) == pytest.approx(41.9e8 + 1.5 * 183.6e6 + 0.5 * 4.27e6 * 1.5**2, rel=1e-9)
    assert DESIGN.highest_m == 160.0
    assert design_curve(extended_to_m=150.0).highest_m == 158.5


@pytest.mark.parametrize("level", [125.99, 160.01, math.nan, math.inf, -math.inf])
def test_no_answer_outside_the_range_of_levels(level):
    for ask in (DESIGN.storage_at, DESIGN.area_at):
        with pytest.raises(LevelOutOfRange, match=r"outside 126\.00 to 160\.00 m") as caught:
            ask(level)
        assert (caught.value.lowest_m, caught.value.highest_m) == (126.0, 160.0)


@pytest.mark.parametrize("storage", [-1.0, 0.0, 4.36e8, 44.71e8, math.nan, math.inf])
def test_no_answer_outside_the_range_of_storages(storage):
    with pytest.raises(StorageOutOfRange, match="outside") as caught:
        DESIGN.level_at(storage)
    assert caught.value.lowest_m3 == 4.37e8


def test_the_ends_that_a_refused_storage_is_told_are_taken():
    """26 810 000 m³ was "outside to 2.681e+07 m³": four digits, rounded up."""
    rows = [
        {"level_m": 126.0, "area_m2": 45_238.93, "storage_m3": 90_477.87},
        {"level_m": 160.0, "area_m2": 2_010_619.3, "storage_m3": 26_808_257.31},
    ]
    curve = Curve.from_rows(rows, edition=Edition(id="c", status="published", source="t"))
    for wrong in (90_477.0, 26_810_000.0, 26_808_257.5):
        with pytest.raises(StorageOutOfRange) as caught:
            curve.level_at(wrong)
        asked, low, high = re.findall(r"[\d,.]+(?= m³| to)", str(caught.value))
        assert asked not in (low, high)
        for end in (low, high):
            curve.level_at(float(end.replace(",", "")))


@given(st.floats(126.0, 160.0))
def test_level_and_storage_are_each_others_inverse(level):
    assert DESIGN.level_at(DESIGN.storage_at(level)) == pytest.approx(level, abs=1e-8)


@given(curves(), st.floats(0, 1), st.floats(0, 1))
def test_storage_and_area_never_fall_whatever_the_table(curve, one, other):
    low, high = (curve.lowest_m + part * (curve.highest_m - curve.lowest_m) for part in sorted((one, other)))
    noise = 1e-9 * curve.highest_m3
    assert curve.storage_at(low) <= curve.storage_at(high) + noise
    assert curve.area_at(low) <= curve.area_at(high) * (1 + 1e-7) + 1e-3


@given(curves(), st.floats(0, 1))
def test_the_inverse_is_the_lowest_level_that_holds_the_storage(curve, part):
    storage = curve.lowest_m3 + part * (curve.highest_m3 - curve.lowest_m3)
    level = curve.level_at(storage)
    assert curve.storage_at(level) == pytest.approx(storage, rel=1e-6, abs=1e-3)
    below = level - 1e-3
    if below > curve.lowest_m:
        assert curve.storage_at(below) <= storage * (1 + 1e-9) + 1e-6


@given(curves())
def test_a_tables_own_points_stay_even_where_they_contradict_each_other(curve):
    for level, storage in zip(curve.level_m, curve.storage_m3, strict=True):
        assert curve.storage_at(level) == pytest.approx(storage, rel=1e-9, abs=1e-6)


def test_areas_and_storages_that_contradict_each_other_are_named():
    # 2 m at 10 to 12 m² cannot hold 100 m³.
    curve = Curve(edition=TEST, level_m=(0, 2, 4), area_m2=(10, 12, 14), storage_m3=(0, 100, 126))
    assert curve.contradictions == ((0, 2),)
    assert curve.area_at(1.0) == 11.0
    assert curve.area_at(3.0) == 13.0


def test_a_flat_step_is_inverted_to_its_lowest_level():
    curve = Curve(edition=TEST, level_m=(0, 1, 2), area_m2=(5, 5, 5), storage_m3=(0, 5, 5))
    assert curve.level_at(5.0) == 1.0
    assert curve.storage_at(1.5) == 5.0


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(1, 5, 0)], "needs at least two points"),
        ([(1, 5, 0), (1, 5, 2)], "not monotone: after the point at 1 m the level goes from 1 to 1 m"),
        ([(1, 5, 0), (2, 4, 5)], "the area goes from 5 to 4 m²"),
        ([(1, 5, 9), (2, 5, 8)], "the storage goes from 9 to 8 m³"),
        ([(2, 5, 0), (1, 5, 5)], "the level goes from 2 to 1 m"),
        ([(1, -5, 0), (2, 5, 5)], "that cannot be"),
        ([(math.nan, 5, 0), (2, 5, 5)], "that cannot be"),
        ([(1, math.inf, 0), (2, 5, 5)], "that cannot be"),
        ([(1, "?", 0), (2, 5, 5)], r"row 1: area_m2 is '\?', not a number"),
    ],
)
def test_what_is_no_curve_is_refused_in_one_line(rows, words):
    table = [dict(zip(("level_m", "area_m2", "storage_m3"), row, strict=True)) for row in rows]
    with pytest.raises(CurveError, match=words) as caught:
        Curve.from_rows(table, edition=TEST)
    assert "'test'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_column_is_named():
    with pytest.raises(CurveError, match="no column storage_m3 or storage_1e8m3"):
        Curve.from_rows([{"level_m": 1, "area_km2": 2}], edition=TEST)


@pytest.mark.parametrize("content", [None, b"", b"level_m,area_m2,storage_m3\n1,2\n", b"\xff\xfe\x00"])
def test_a_file_that_holds_no_curve_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "curve.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CurveError) as caught:
        Curve.from_csv(path, edition=TEST)
    assert "\n" not in str(caught.value)


def test_a_file_from_a_spreadsheet_is_read(tmp_path):
    path = tmp_path / "curve.csv"
    path.write_bytes(
        "\ufeff名称,level_m,area_km2,storage_1e8m3\r\n死水位,126,46.154,4.37\r\n正常,157.5,179.33,40.08\r\n".encode()
    )
    curve = Curve.from_csv(path, edition=TEST)
    assert curve.area_m2 == (46.154e6, 179.33e6)
    assert curve.storage_m3 == (4.37e8, pytest.approx(40.08e8))


def _report(level_m: float, storage_m3: float, day: int = 29) -> LevelReport:
    return LevelReport(
        time=datetime(2025, 7, day, 15, tzinfo=UTC), level_m=level_m, storage_m3=storage_m3, source="daily"
    )


def test_one_report_shifts_the_curve_and_makes_an_edition_marked_derived():
    derived = derive(DESIGN, [_report(155.59, 36.288e8)], edition_id="operating-2025")
    assert derived.curve.storage_at(155.59) == pytest.approx(36.288e8)
    assert derived.shift_m3 == pytest.approx(-0.43e8, abs=0.01e8)
    assert derived.tilt_m2 == 0.0
    assert derived.curve.edition.status == "derived"
    assert derived.curve.edition.dated == date(2025, 7, 29)
    assert "miyun-design" in derived.curve.edition.source
    assert derived.curve.area_at(150.0) == DESIGN.area_at(150.0)
    assert DESIGN.storage_at(157.5) == pytest.approx(40.08e8)  # the base stays as published


def test_reports_over_many_levels_also_tilt_the_curve():
    def truth(level: float) -> float:
        return DESIGN.storage_at(level) - 0.3e8 - 1e6 * (level - 150)

    levels = (145.0, 150.0, 155.0)
    derived = derive(DESIGN, [_report(level, truth(level)) for level in levels], edition_id="new")
    assert derived.tilt_m2 == pytest.approx(-1e6)
    assert derived.residual_m3 == pytest.approx((0, 0, 0), abs=1.0)
    assert derived.curve.storage_at(152.0) == pytest.approx(truth(152.0))
    assert derived.curve.contradictions == ()


def test_reports_that_make_no_curve_are_refused():
    with pytest.raises(CurveError, match="no report"):
        derive(DESIGN, [], edition_id="new")
    with pytest.raises(CurveError, match="that cannot be"):
        derive(DESIGN, [_report(155.59, 20e8)], edition_id="new")
    with pytest.raises(LevelOutOfRange):
        derive(DESIGN, [_report(100.0, 20e8)], edition_id="new")
