"""Refusals: counted by reason and station, logged once and not a thousand times."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.twin.stations.nets import START, HandClocks, network
from twin.stations.model import Observation, Reading
from twin.stations.refusals import LEFT_OUT, Refusal, RefusalLog
from twin.stations.store import Appended
from twin.stations.validation import Validation


async def _keep(many: Any) -> Appended:
    return Appended(stored=tuple(many))


@pytest.fixture
def clocks() -> HandClocks:
    return HandClocks()


@pytest.fixture
def gate(clocks: HandClocks) -> Validation:
    return Validation(network(), _keep, clocks=clocks)


def reading(station: object, value: object = 1.0) -> Reading:
    return Reading(station=station, property="level", value=value, phenomenon_at=START)  # type: ignore[arg-type]


async def test_reason_station_count_and_time_are_told_newest_first(
    gate: Validation, clocks: HandClocks
) -> None:
    await gate.deliver("f", [reading("99"), reading("99"), reading("31000001", "x")])
    clocks.pass_(60)
    await gate.deliver("f", [reading("98")])
    found = [(r.reason, r.station, r.count) for r in gate.listed_refusals("f")]
    assert found == [("unknown-station", "98", 1), ("no-number", "31000001", 1), ("unknown-station", "99", 2)]
    assert gate.listed_refusals("f")[0].last_at == clocks.now()
    assert gate.listed_refusals("f")[2].message == f"'99', 'level', 1.0, None, {START.isoformat()}"
    assert gate.listed_refusals("other") == ()


async def test_codes_that_somebody_makes_up_fill_neither_memory_nor_log(
    gate: Validation, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for k in range(3000):
            await gate.deliver("f", [reading(f"made up {k}\n\x1b[31m")])
    assert gate.refused("f") == {"unknown-station": 3000}
    assert len(gate.listed_refusals("f")) <= 8
    lines = [record.getMessage() for record in caplog.records]
    assert 1 <= len(lines) <= 10
    assert all(line.isprintable() for line in lines)


async def test_the_like_is_logged_again_after_a_while_with_its_number(
    gate: Validation, clocks: HandClocks, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            await gate.deliver("f", [reading("99")])
        clocks.pass_(601)
        await gate.deliver("f", [reading("99")])
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert lines[0].startswith("feed f refused unknown-station of the station 99: '99', 'level'")
    assert lines[1].endswith("(4 more since)")


async def test_a_station_that_is_no_text_is_told_as_far_as_it_can_be(gate: Validation) -> None:
    for odd in (None, 10**5000, ["x"], "x" * 100):
        await gate.deliver("f", [reading(odd)])
    assert all(len(r.station) <= 40 and r.station.isprintable() for r in gate.listed_refusals("f"))
    kept: list[Observation] = []
    gate.on_stored(kept.extend)
    await gate.deliver("f", [reading("31000001")])
    assert len(kept) == 1


def test_what_is_wrong_is_told_before_what_has_no_place_here(caplog: pytest.LogCaptureFixture) -> None:
    """Every report of every station may hold a part that is not kept: it must not hide a wrong password."""
    caplog.set_level(logging.INFO, logger="twin.stations.refusals")
    log = RefusalLog()
    log.note("f", Refusal(at=START, reason="wrong-password", message="", station="a"), now_s=0.0)
    for reason in sorted(LEFT_OUT):
        log.note("f", Refusal(at=START, reason=reason, message=""), now_s=1.0)
    assert log.listed("f")[0].reason == "wrong-password"
    assert {r.levelname for r in caplog.records if "left out" in r.message} == {"INFO"}
