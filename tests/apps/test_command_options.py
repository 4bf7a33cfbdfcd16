"""A number of a command is one, and within its limits."""

from __future__ import annotations

import click
import pytest

from apps.commands.options import FiniteNumber
from apps.commands.route import route


@pytest.mark.parametrize("text", ["nan", "inf", "abc", "1_50", ""])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a finite number"):
        FiniteNumber().convert(text, None, None)


@pytest.mark.parametrize(
    ("option", "wrong", "right"),
    [
        ("inflow_m3s", "-5", "0"),
        ("release_m3s", "-0.1", "0"),
        ("days", "-3", "7"),
        ("start_error_m", "-1", "0.05"),
        ("inflow_error", "10", "0.1"),
    ],
)
def test_flows_and_errors_that_cannot_be_are_refused(option: str, wrong: str, right: str) -> None:
    (kind,) = [one.type for one in route.params if one.name == option]
    assert kind.convert(right, None, None) == float(right)
    with pytest.raises(click.BadParameter, match="must be at least"):
        kind.convert(wrong, None, None)
