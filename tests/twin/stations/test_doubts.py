"""A gauge outside the basin's levels is suspect, and a jump by a unit's factor says which unit it may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.stations.nets import START, HandClocks, network
from twin.errors import TwinError
from twin.stations.doubts import Lake, margin_m
from twin.stations.model import Observation, Reading, Station
from twin.stations.store import Appended
from twin.stations.validation import Validation

LAKE, RIVER = "30500001", "31000001"


def lake(offset_m: float = 0.0) -> Lake:
    def working(station: Station, value_m: float, at: datetime) -> float:
        return value_m + offset_m

    return Lake(lowest_m=126.0, highest_m=160.0, to_working_m=working)


class Gate:
    """A gatekeeper and what it kept."""

    def __init__(self, found: Lake | None) -> None:
        self.rows: list[Observation] = []
        self.gate = Validation(network(), self._keep, clocks=HandClocks(), lake=found)

    async def _keep(self, many: Any) -> Appended:
        self.rows += many
        return Appended(stored=tuple(many))

    async def hear(self, station: str, *values: float) -> list[tuple[str, str]]:
        before = len(self.rows)
        start = START - timedelta(hours=5) + timedelta(minutes=5 * before)
        for k, value in enumerate(values):
            at = start + k * timedelta(minutes=5)
            await self.gate.deliver(
                "f", [Reading(station=station, property="level", value=value, phenomenon_at=at)]
            )
        return [(o.quality, o.reason) for o in self.rows[before:]]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (148.95, ""),
        (126.0, ""),
        (160.0, ""),
        (126.0 - margin_m(126, 160), ""),
        (160.0 + margin_m(126, 160), ""),
        (0.14895, "unit_1000"),
        (148_950 / 1000 * 1000 / 20.0, "outside"),
        (1.4895, "unit_100"),
        (488.68, "unit_feet"),
        (45.4, "unit_feet"),
        (14.2, "outside"),
        (0.0, "outside"),
        (-99.0, "outside"),
        (8999.0, "outside"),
    ],
)
async def test_what_the_lake_cannot_be_is_suspect_and_says_why(value: float, why: str) -> None:
    assert await Gate(lake()).hear(LAKE, value) == [("suspect", why) if why else ("good", "")]


async def test_heights_of_another_reference_count_as_they_are_used() -> None:
    assert await Gate(lake(offset_m=100.0)).hear(LAKE, 48.95) == [("good", "")]
    assert await Gate(lake(offset_m=100.0)).hear(LAKE, 260.0) == [("suspect", "outside")]


async def test_a_gauge_whose_heights_cannot_be_converted_is_not_judged_by_them() -> None:
    def working(station: Station, value_m: float, at: datetime) -> float:
        raise TwinError("no offset")

    found = Lake(lowest_m=126.0, highest_m=160.0, to_working_m=working)
    assert await Gate(found).hear(LAKE, 1.0) == [("good", "")]


async def test_a_doubted_value_is_none_that_later_ones_are_judged_by() -> None:
    assert await Gate(lake()).hear(LAKE, 148.95, 0.149, 0.149, 0.149, 148.96) == [
        ("good", ""),
        *[("suspect", "unit_1000")] * 3,
        ("good", ""),
    ]


@pytest.mark.parametrize(
    ("factor", "word"), [(1000, "unit_1000"), (1e-3, "unit_1000"), (100, "unit_100"), (0.3048, "unit_feet")]
)
async def test_a_river_s_jump_by_a_unit_s_factor_stays_in_doubt(factor: float, word: str) -> None:
    gate = Gate(None)
    assert set(await gate.hear(RIVER, 8.10, 8.12, 8.13)) == {("good", "")}
    if abs(8.13 * factor - 8.13) < 5.7:
        return
    assert await gate.hear(RIVER, 8.13 * factor, 8.14 * factor, 8.15 * factor) == [("suspect", word)] * 3
    assert await gate.hear(RIVER, 8.16) == [("good", "")]


async def test_one_value_alone_is_no_height_to_measure_by() -> None:
    """After a start the first value may be the wrong one: what follows must not be doubted for ever."""
    found = await Gate(None).hear(RIVER, 0.149, 148.95, 148.96, 148.97)
    assert found[-1] == ("good", "")


@given(st.floats(min_value=117.6, max_value=168.4))
def test_no_level_within_the_margin_is_doubted(value: float) -> None:
    found = lake()
    station = network().stations[LAKE]
    stream = network().datastreams[f"{LAKE}.level"]
    assert found.doubt(station, stream, value, START) == ""
    assert found.doubt(station, stream, value / 1000, START) != ""
