"""A curve's areas and storages, beside each other and beside what else is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.printed import printed_step
from twin.water.curve import Curve, Edition
from twin.water.curve_agreement import edition_doubts, range_doubts, terrain_doubts

TEST = Edition(id="test", status="published", source="a test")


def cone(*, digits: int, step_m: float = 1.0, times: float = 1.0, **more: Any) -> Curve:
    """A cone of slope 0.05 from 120 m up, as a table that prints so many digits of km² and 1e6 m³."""
    rows = []
    for level in np.arange(120.0, 160.0 + step_m / 2, step_m).tolist():
        radius = (level - 120.0) / 0.05
        area, storage = math.pi * radius**2, math.pi * radius**2 * (level - 120.0) / 3
        rows.append(
            {
                "level_m": level,
                "area_m2": round(area / 1e6, digits) * 1e6,
                "storage_m3": times * round(storage / 1e6, digits) * 1e6,
            }
        )
    return Curve.from_rows(rows, edition=TEST, **more)


@given(st.integers(1, 6), st.sampled_from([0.5, 1.0, 2.0]))
def test_rounding_is_no_contradiction(digits: int, step_m: float) -> None:
    fit = cone(digits=digits, step_m=step_m).consistency
    assert all(part.possible or part.rounding for part in fit.misfits)


def test_a_fine_table_has_nothing_to_be_said_of() -> None:
    assert cone(digits=5).consistency.doubts == ()


def test_storages_too_coarse_to_tell_an_area_are_told() -> None:
    words = cone(digits=0, step_m=0.5).consistency.doubts
    assert "rounded to 1e+06 m³" in words[1]
    assert "too coarse" in words[1]


def test_one_wrong_line_is_named_with_how_far_it_is_off() -> None:
    curve = Curve(edition=TEST, level_m=(0, 2, 4, 6), area_m2=(10, 12, 14, 16), storage_m3=(0, 22, 68, 98))
    fit = curve.consistency
    assert [(part.low_m, part.high_m) for part in fit.misfits] == [(2, 4)]
    # The cubic through 22 and 68 with slopes 12 and 14 rises by 1.5 · 23 − 0.25 · 26 in its middle.
    assert fit.worst is not None
    assert fit.worst.off == pytest.approx(28 / 13 - 1)
    assert curve.rise_at(3) == pytest.approx(28)
    assert "1 of 3 intervals, by up to 115 % (from 2.00 to 4.00 m" in curve.consistency.doubts[0]
    assert fit.at(3) == fit.worst
    assert fit.at(1) is None


def test_a_lake_that_widens_faster_than_a_parabola_is_no_contradiction() -> None:
    """Area h³: the mean rise is a quarter of the upper area, less than any parabola from 0 has."""
    curve = Curve(edition=TEST, level_m=(0, 1, 2), area_m2=(0, 1, 8), storage_m3=(0, 0.25, 4))
    assert curve.contradictions != ()
    assert curve.consistency.doubts == ()


@pytest.mark.parametrize("times", [1e-4, 1e4, 3.28084**3])
def test_a_column_in_another_unit_is_suspected(times: float) -> None:
    """万m³ read as m³, and the like."""
    words = cone(digits=6, times=times).consistency.doubts
    assert any(f"{1 / times:.3g} times" in text and "unit_mult" in text for text in words)


def test_small_misfits_count_only_where_the_rounding_is_known() -> None:
    """A derived edition is written with all digits; what its base was rounded to is not known any more."""
    table: dict[str, Any] = {"level_m": (0, 1, 2), "area_m2": (10, 10, 10), "storage_m3": (0, 10.1, 20.1)}
    assert Curve(edition=TEST, **table).consistency.doubts == ()
    assert Curve(edition=TEST, **table, storage_step_m3=0.1).consistency.doubts == ()
    assert "1 of 2 intervals" in Curve(edition=TEST, **table, storage_step_m3=0.01).consistency.doubts[0]


def test_a_flat_storage_is_a_contradiction_of_its_area() -> None:
    curve = Curve(edition=TEST, level_m=(0, 1, 2), area_m2=(5, 5, 5), storage_m3=(0, 5, 5))
    assert "by up to 100 %" in curve.consistency.doubts[0]


def test_a_derived_edition_says_what_its_base_says() -> None:
    from datetime import UTC, datetime

    from twin.water.deriving import LevelReport, derive

    base = cone(digits=0, step_m=0.5)
    report = LevelReport(
        time=datetime(2025, 7, 29, tzinfo=UTC),
        level_m=150.0,
        storage_m3=base.storage_at(150) + 1e5,
        source="x",
    )
    assert derive(base, [report], edition_id="new").curve.consistency.doubts == base.consistency.doubts


@given(st.integers(1, 10**7), st.integers(-8, 8))
def test_the_step_of_a_column_is_the_last_digit_that_it_prints(number: int, exponent: int) -> None:
    step = 10.0**exponent
    column = [number * step, (number + 1) * step, (10 * number + 1) * step]
    assert printed_step(column) == pytest.approx(step)


@pytest.mark.parametrize(
    ("column", "step"),
    [
        ([], 0),
        ([0.0, 0.0], 0),
        ([18800.0, 22799.999999999996], 100),
        ([1 / 3, 2 / 3], 0),
        ([4.37, 23.38], 0.01),
    ],
)
def test_columns_without_a_step_have_none(column: list[float], step: float) -> None:
    assert printed_step(column) == pytest.approx(step)


def test_levels_in_another_unit_or_missing_are_told() -> None:
    curve = cone(digits=5)
    assert range_doubts(curve, lowest_m=126.0, highest_m=160.0) == ()
    assert "is a unit wrong" in range_doubts(curve, lowest_m=36.0, highest_m=49.0)[0]
    assert "no answer below" in range_doubts(curve, lowest_m=110.0, highest_m=160.0)[0]
    assert "extrapolated" in range_doubts(curve, lowest_m=126.0, highest_m=190.0)[0]


def test_an_edition_in_another_unit_is_told_and_silt_is_not() -> None:
    first = cone(digits=5)
    assert edition_doubts(cone(digits=5, times=0.97), first) == ()
    assert "0.0001 times those of test" in edition_doubts(cone(digits=5, times=1e-4), first)[0]


def test_a_terrain_of_another_size_is_told(flooded: Any) -> None:
    row, col = np.mgrid[-100:101, -100:101]
    ground = (120 + 0.05 * 10 * np.hypot(row, col)).astype(np.float32)
    curve = cone(digits=5)
    _, table = flooded(ground, seed=(100, 100), cap_cm=15_001)
    assert terrain_doubts(curve, table) == ()
    _, smaller = flooded(ground, seed=(100, 100), cap_cm=15_001, cell_m=1.0)
    assert "100 times the terrain's" in terrain_doubts(curve, smaller)[0]
