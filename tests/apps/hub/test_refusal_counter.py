"""Refusals are counted; the log has a line of each kind now and then, with nothing raw of a stranger's."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from apps.hub.refusal_counter import INTERVAL_S, RefusalCounter
from tests.apps.clock import Clock


def test_a_flood_of_refusals_is_a_line_an_interval(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    refusals = RefusalCounter("refused", clock=clock)
    for _ in range(5000):
        refusals.refuse("state", "a")
        refusals.refuse("trigger", "b")
    assert len(caplog.records) == 2 and refusals.counts == {"state": 5000, "trigger": 5000}
    clock.now += INTERVAL_S
    refusals.refuse("state", "a")
    assert caplog.records[-1].getMessage() == "refused: state: 'a' (4999 more since the last such line)"


@pytest.mark.parametrize(
    "detail",
    ["line\nCRITICAL another", "\x1b[31mred", "x" * 100_000, ["x" * 1000] * 1000, b"x" * 9999, None, 7],
)
def test_a_line_is_short_and_one_line(detail: Any, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        RefusalCounter("refused", clock=clock).refuse("state", detail)
    [line] = [record.getMessage() for record in caplog.records]
    assert line.isprintable() and len(line) < 160
