"""Refusals are counted; a line of the log has nothing raw of a stranger's."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from apps.hub.refusal_counter import RefusalCounter


def test_refusals_of_a_kind_have_one_text(caplog: pytest.LogCaptureFixture) -> None:
    refusals = RefusalCounter("refused")
    for key in ("a", "b", "a%sb"):
        refusals.refuse("state", key)
    refusals.refuse("trigger", "c")
    assert refusals.counts == {"state": 3, "trigger": 1}
    assert {record.msg for record in caplog.records} == {"refused: state%s", "refused: trigger%s"}
    assert caplog.records[2].getMessage() == "refused: state: 'a%sb'"


@pytest.mark.parametrize(
    "detail",
    ["line\nCRITICAL another", "\x1b[31mred", "x" * 100_000, ["x" * 1000] * 1000, b"x" * 9999, None, 7],
)
def test_a_line_is_short_and_one_line(detail: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        RefusalCounter("refused").refuse("state", detail)
    [line] = [record.getMessage() for record in caplog.records]
    assert line.isprintable() and len(line) < 160
