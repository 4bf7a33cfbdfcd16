"""Numbers as people read and type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.formatting import decimals, exact_level, fixed, nice, plain, storage, storage_unit, ticks


def test_storage_is_written_in_hundred_million_cubic_metres() -> None:
    assert storage(4.008e9) == "40.08"


def test_a_small_reservoir_speaks_in_ten_thousands() -> None:
    assert storage(1.131e7, storage_unit(2.7e7)) == "1,131.0"
    assert storage(1.131e9, storage_unit(2.7e9)) == "11.31"


@given(st.floats(1e-6, 1e9))
def test_a_nice_step_is_round_and_not_far(value: float) -> None:
    step = nice(value)
    assert value * (1 - 1e-6) <= step <= 2.5 * value
    assert float(f"{step:.{decimals(step)}f}") == pytest.approx(step, rel=1e-6)


def test_nothing_is_ever_minus_zero() -> None:
    assert fixed(-0.001, 2) == "0.00"
    assert fixed(-1.5, 1) == "−1.5"


@pytest.mark.parametrize(
    ("value", "text"), [(161.0, "161"), (160.75, "160.75"), (160.5, "160.5"), (1200.0, "1,200")]
)
def test_a_limit_has_the_decimals_it_needs(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("level_m", "digits", "text"),
    [
        (157.5, 1, "157.5"),
        (157.55, 1, "157.55"),  # 157.6 would be a limit that nobody set
        (160.004, 2, "160.004"),  # a level outside a range that ends at 160.00
        (160.0, 2, "160.00"),
        (160.00004, 2, "160.00"),
        (-3.1415, 1, "−3.1415"),
    ],
)
def test_a_level_that_is_a_limit_is_never_rounded(level_m: float, digits: int, text: str) -> None:
    assert exact_level(level_m, digits) == text


@given(st.floats(-1e4, 1e4), st.floats(0.1, 1e4))
def test_ticks_lie_inside_and_are_not_too_many(low: float, span: float) -> None:
    found = ticks(low, low + span)
    assert all(low - 1e-6 * span <= t <= low + span + 1e-6 * span for t in found)
    assert 2 <= len(found) <= 10
