"""Stations that agree with each other against this machine's clock are believed; one alone is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.twin.stations.feeds.memory import read_spec
from tests.twin.stations.nets import START, HandClocks, network
from twin.stations.clock_agreement import ClockAgreement
from twin.stations.latest import LatestValues
from twin.stations.model import Observation, Reading
from twin.stations.store import Appended
from twin.stations.validation import Validation

HOUR = 3600.0
NETWORK = network()
STREAMS = [("30500001", "level"), ("31000001", "level"), ("30900001", "rain"), ("32000001", "ph")]


@pytest.mark.parametrize(
    ("offsets", "verdict"),
    [
        ([HOUR] * 20, "clock_slow"),
        ([HOUR, HOUR - 200, HOUR + 200], "clock_slow"),
        ([HOUR, HOUR], ""),
        ([HOUR, 0.0, 1.0], ""),
        ([HOUR, -HOUR, 2 * HOUR], ""),
        ([0.0, 30.0, -60.0, 12.0], ""),
        ([301.0] * 3, "clock_slow"),
        ([300.0] * 3, ""),
        ([HOUR] * 6 + [0.0] * 3, "clock_slow"),
        ([HOUR] * 5 + [0.0] * 4, ""),
    ],
)
def test_the_median_of_those_that_agree(offsets: list[float], verdict: str) -> None:
    clocks = ClockAgreement()
    for k, offset in enumerate(offsets):
        clocks.note(f"s{k}", offset, now_s=0.0)
    assert clocks.verdict(now_s=1.0) == verdict
    assert clocks.verdict(now_s=3700.0) == ""  # nobody was heard for an hour


def test_a_clock_is_fast_only_when_stations_stay_behind() -> None:
    """After an outage all send what is an hour old, for a moment."""
    clocks = ClockAgreement()
    for second in range(0, 660, 60):
        for k in range(5):
            clocks.note(f"s{k}", -HOUR, now_s=second)
        assert clocks.verdict(now_s=second) == ("clock_fast" if second >= 600 else "")
    clocks.note("s0", 0.0, now_s=660)
    clocks.note("s1", 0.0, now_s=660)
    assert clocks.verdict(now_s=660) == ""


async def test_true_values_under_a_slow_clock_are_kept_told_and_give_way_once_it_is_set() -> None:
    latest_clocks = HandClocks(day=START - timedelta(hours=1))
    latest = LatestValues(NETWORK, latest_clocks)
    kept: list[Observation] = []

    async def keep(many: Sequence[Observation]) -> Appended:
        kept.extend(many)
        return Appended(stored=tuple(many))

    gate = Validation(NETWORK, keep, clocks=latest_clocks)
    gate.on_stored(latest.update)

    async def all_report(at: datetime, value: float) -> None:
        for station, name in STREAMS:
            reading = Reading(station=station, property=name, value=value, phenomenon_at=at, sent_at=at)
            assert (await gate.deliver("f", [reading])).accepted == 1

    assert gate.clock() == ""
    await all_report(START, 7.0)
    assert gate.clock() == "clock_slow"
    assert {(o.quality, o.reason) for o in kept} == {("suspect", "future")}
    assert latest.now()["30500001.level"].value == 7.0
    latest_clocks.step(HOUR)
    latest_clocks.pass_(300)
    await all_report(START + timedelta(minutes=5), 7.1)
    assert gate.clock() == ""
    assert latest.now()["30500001.level"].value == 7.1
    assert kept[-1].quality == "good"


async def test_one_station_an_hour_ahead_hides_no_later_value_and_accuses_no_clock() -> None:
    clocks = HandClocks()
    latest = LatestValues(NETWORK, clocks)

    async def keep(many: Sequence[Observation]) -> Appended:
        return Appended(stored=tuple(many))

    gate = Validation(NETWORK, keep, clocks=clocks)
    gate.on_stored(latest.update)
    ahead = START + timedelta(hours=1)
    for station, name in STREAMS[1:]:
        await gate.deliver("f", [Reading(station=station, property=name, value=7.0, phenomenon_at=START)])
    await gate.deliver("f", [Reading(station="30500001", property="level", value=150.0, phenomenon_at=ahead)])
    assert gate.clock() == ""
    assert latest.now()["30500001.level"].quality == "suspect"
    clocks.pass_(300)
    true = Reading(station="30500001", property="level", value=152.0, phenomenon_at=clocks.now())
    await gate.deliver("f", [true])
    assert (latest.now()["30500001.level"].value, latest.now()["30500001.level"].quality) == (152.0, "good")


def test_a_value_that_was_long_under_way_takes_nothing_back() -> None:
    """Hourly values of a database, fetched when they are an hour old, look as if our clock were right."""
    clocks = ClockAgreement()
    for k in range(5):
        clocks.note(f"s{k}", HOUR, now_s=0.0, at_least=True)
        clocks.note(f"s{k}", 60.0, now_s=1.0, at_least=True)
    assert clocks.verdict(now_s=2.0) == "clock_slow"
    for k in range(5):
        clocks.note(f"s{k}", 60.0, now_s=3000.0)
    assert clocks.verdict(now_s=3000.0) == ""


async def test_stations_that_bear_our_own_time_are_no_witnesses() -> None:
    async def keep(many: Sequence[Observation]) -> Appended:
        return Appended(stored=tuple(many))

    slow = HandClocks(day=START - timedelta(hours=1))
    gate = Validation(NETWORK, keep, clocks=slow, own_time=["invented"])
    for k, (station, name) in enumerate(STREAMS):
        ours, true = ("invented", slow.now()) if k == 0 else ("f", START)
        await gate.deliver(ours, [Reading(station=station, property=name, value=7.0, phenomenon_at=true)])
        for _ in range(3):
            own = Reading(station="30900002", property="rain", value=0.0, phenomenon_at=slow.now())
            await gate.deliver("invented", [own])
    assert gate.clock() == "clock_slow"


@pytest.mark.parametrize(
    ("told", "own"),
    [
        ({"driver": "sample"}, True),
        ({"driver": "sl651", "port": 1}, False),
        ({"driver": "mqtt", "map": {"station": "s", "property": "p", "value": "v", "time": "t"}}, False),
        (
            {
                "driver": "mqtt",
                "map": {"station": "s", "property": "p", "value": "v", "time_of_arrival": True},
            },
            True,
        ),
    ],
)
def test_which_feeds_bear_our_own_time(told: dict[str, Any], own: bool) -> None:
    broker = {"host": "h", "topics": ["t"], "client_id": "c"} if told["driver"] == "mqtt" else {}
    base = {"id": "f", "title": {"zh": "甲", "en": "a"}, "stations": "stations"}
    if told["driver"] == "mqtt":
        told["map"]["units"] = {}
    assert read_spec(base | told | broker).own_time is own


def level(at: datetime, *, sent_at: datetime, station: str = "30500001") -> Reading:
    return Reading(station=station, property="level", value=152.0, phenomenon_at=at, sent_at=sent_at)


@pytest.mark.parametrize(("behind_s", "doubted"), [(7200, True), (1900, True), (1700, False), (0, False)])
async def test_a_station_whose_own_clock_is_behind_is_doubted(behind_s: float, doubted: bool) -> None:
    reasons: list[str] = []

    async def keep(many: Sequence[Observation]) -> Appended:
        reasons.extend(o.reason for o in many if o.datastream.startswith("305"))
        return Appended(stored=tuple(many))

    clocks = HandClocks()
    gate = Validation(NETWORK, keep, clocks=clocks)
    for _ in range(6):
        told = clocks.now() - timedelta(seconds=behind_s)
        await gate.deliver("f", [level(told, sent_at=told)])
        await gate.deliver("f", [level(clocks.now(), sent_at=clocks.now(), station="31000001")])
        clocks.pass_(300)
    assert reasons == ["", "", "", *(["station-clock"] * 3 if doubted else [""] * 3)]


async def test_a_store_that_is_sent_late_is_not_doubted() -> None:
    """Hours of reports, with the times at which they should have gone, in a few seconds; then the present."""
    kept: list[Observation] = []

    async def keep(many: Sequence[Observation]) -> Appended:
        kept.extend(many)
        return Appended(stored=tuple(many))

    clocks = HandClocks()
    gate = Validation(NETWORK, keep, clocks=clocks)
    for k in range(60, 0, -1):
        told = clocks.now() - timedelta(minutes=5 * k)
        await gate.deliver("f", [level(told, sent_at=told)])
        clocks.pass_(1)
    await gate.deliver("f", [level(clocks.now(), sent_at=clocks.now())])
    assert {o.quality for o in kept} == {"good"}
