"""Whatever a feed hands over becomes a legal observation or a counted refusal, never anything else."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.stations.feeds.memory import Kept
from tests.twin.stations.nets import START, HandClocks, network
from twin.stations.model import Observation, Reading
from twin.stations.properties import PROPERTIES
from twin.stations.refusals import LAST_REFUSALS
from twin.stations.store import StoreFullError
from twin.stations.validation import SHOWN_CHARACTERS, Validation

NETWORK = network()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def gate(kept: Kept) -> Validation:
    return Validation(NETWORK, kept.keep, clocks=HandClocks())


def reading(value: object = 152.3, **more: Any) -> Reading:
    given_ = {"station": "30500001", "property": "level", "phenomenon_at": START, "value": value}
    return Reading(**{**given_, **more})


async def test_a_good_reading_becomes_an_observation_and_is_told_of_once_it_is_kept(
    gate: Validation, kept: Kept
) -> None:
    told: list[Observation] = []
    gate.on_stored(told.extend)
    receipt = await gate.deliver(
        "f", [reading(phenomenon_at="2026-07-28T13:55:00+08:00", unit="cm", value=15230)]
    )
    assert (receipt.accepted, receipt.refused) == (1, 0)
    assert told == kept.rows
    (o,) = kept.rows
    assert (o.datastream, o.value, o.quality, o.feed) == ("30500001.level", pytest.approx(152.3), "good", "f")
    assert o.phenomenon_at == START - timedelta(minutes=5)
    assert o.phenomenon_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (reading(math.nan), "not-finite"),
        (reading(math.inf), "not-finite"),
        (reading(float("1e400")), "not-finite"),
        (reading(10**400), "not-finite"),
        (reading(True), "no-number"),
        (reading("12.5"), "no-number"),
        (reading([152.3]), "no-number"),
        (reading({"v": [[[[[]]]]]}), "no-number"),
        (reading("x" * 10_000_000), "no-number"),
        (reading(9_001.0), "impossible"),
        (reading(unit="kg"), "bad-unit"),
        (reading(unit="m" * 1000), "bad-unit"),
        (reading(unit="__import__('os')"), "bad-unit"),
        (reading(unit=3), "bad-unit"),
        (reading(station="30500009"), "unknown-station"),
        (reading(station=None), "unknown-station"),
        (reading(property="rain"), "unknown-property"),
        (reading(property=["level"]), "unknown-property"),
        (reading(phenomenon_at=None), "bad-time"),
        (reading(phenomenon_at="yesterday"), "bad-time"),
        (reading(phenomenon_at="2026-07-28T06:00:00"), "bad-time"),
        (reading(phenomenon_at=datetime(2026, 7, 28)), "bad-time"),  # noqa: DTZ001
        (reading(phenomenon_at=1e400), "bad-time"),
        (reading(phenomenon_at=datetime.max.replace(tzinfo=timezone(timedelta(hours=-8)))), "bad-time"),
        (reading(phenomenon_at=START + timedelta(hours=26)), "future"),
        (reading(phenomenon_at="1900-01-01T00:00:00Z"), "ancient"),
        (reading(result_at="soon"), "bad-result-time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_wrong_is_refused_for_its_reason_and_the_rest_is_kept(
    gate: Validation, kept: Kept, bad: Reading, reason: str
) -> None:
    receipt = await gate.deliver("f", [bad, reading()])
    assert (receipt.accepted, receipt.refused) == (1, 1)
    assert gate.refused("f") == {reason: 1}
    (last,) = gate.refusals("f")
    assert last.reason == reason
    assert last.message.isprintable() and len(last.message) <= 4 * SHOWN_CHARACTERS


async def test_a_time_that_is_ahead_is_kept_as_suspect_and_judges_no_other(
    gate: Validation, kept: Kept
) -> None:
    await gate.deliver("f", [reading(152.3)])
    ahead = reading(150.0, phenomenon_at=START + timedelta(hours=1))
    receipt = await gate.deliver("f", [ahead, reading(152.31, phenomenon_at=START + timedelta(minutes=5))])
    assert (receipt.accepted, receipt.refused) == (2, 0)
    assert [(o.value, o.quality, o.reason) for o in kept.rows] == [
        (152.3, "good", ""),
        (150.0, "suspect", "future"),
        (152.31, "good", ""),
    ]


async def test_what_the_feed_itself_doubts_is_kept_as_suspect(gate: Validation, kept: Kept) -> None:
    await gate.deliver("f", [reading(doubt="test"), reading(None, doubt="impossible")])
    assert [(o.quality, o.reason) for o in kept.rows] == [("suspect", "test"), ("missing", "impossible")]


async def test_missing_is_an_observation(gate: Validation, kept: Kept) -> None:
    await gate.deliver("f", [reading(None)])
    assert (kept.rows[0].value, kept.rows[0].quality) == (None, "missing")


async def test_where_nothing_can_be_kept_nothing_is_told_of(gate: Validation, kept: Kept) -> None:
    told: list[Observation] = []
    gate.on_stored(told.extend)
    kept.full = True
    with pytest.raises(StoreFullError):
        await gate.deliver("f", [reading()])
    assert told == []
    assert gate.accepted["f"] == 0


async def test_refusals_are_bounded_and_counted_whole(gate: Validation) -> None:
    for _ in range(3 * LAST_REFUSALS):
        gate.refuse("f", "bad-crc", b"\x00\xff\x1b[31m" + b"x" * 100_000)
    assert gate.refused("f") == {"bad-crc": 3 * LAST_REFUSALS}
    assert len(gate.refusals("f")) == LAST_REFUSALS
    assert all(r.message.isprintable() for r in gate.refusals("f"))
    assert gate.refusals("other") == []


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
sometimes = {
    "station": st.sampled_from([*NETWORK.stations, "x"]) | anything,
    "property": st.sampled_from([*PROPERTIES]) | anything,
    "value": st.floats(-1e4, 1e4) | anything,
    "unit": st.none() | st.sampled_from(["m", "cm", "mm", "degC", "mg/L", "ug/L", "kg"]) | anything,
    "phenomenon_at": st.just(START) | st.datetimes() | st.datetimes(timezones=st.timezones()) | anything,
    "result_at": st.none() | anything,
}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.fixed_dictionaries(sometimes), max_size=5))
async def test_nothing_crashes_and_nothing_illegal_gets_in(many: list[dict[str, Any]]) -> None:
    kept = Kept()
    gate = Validation(NETWORK, kept.keep, clocks=HandClocks())
    receipt = await gate.deliver("f", [Reading(**fields) for fields in many])
    assert receipt.accepted + receipt.refused == len(many)
    assert sum(gate.refused("f").values()) == receipt.refused
    for o in kept.rows:
        kind = PROPERTIES[NETWORK.datastreams[o.datastream].property]
        assert o.value is None or kind.lowest <= o.value <= kind.highest
        assert o.phenomenon_at <= START + timedelta(hours=25)
        ahead = o.phenomenon_at > START + timedelta(minutes=5)
        assert ahead == (o.reason == "future")
        assert not ahead or o.quality in ("suspect", "missing")
        assert o.phenomenon_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("value", "unit", "property_", "expected"),
    [
        (1.0, "ft", "level", 0.3048),
        (1000.0, "L/s", "flow", 1.0),
        (50.0, "degF", "water_temperature", 10.0),
        (25.0, "ug/L", "phosphorus", 0.025),
        (7.9, "", "ph", 7.9),
        (7.9, "pH", "ph", 7.9),
        (1.0, "in", "rain", 25.4),
    ],
)
def test_units(value: float, unit: str, property_: str, expected: float) -> None:
    from twin.stations.units import in_own_unit

    assert in_own_unit(value, unit, property_) == pytest.approx(expected)


def test_every_propertys_own_unit_is_known_as_it_is_kept_and_as_it_is_shown() -> None:
    from twin.stations.units import in_own_unit

    for kind in PROPERTIES.values():
        assert in_own_unit(3.0, kind.unit, kind.id) == pytest.approx(3.0)
        if kind.id != "algae":
            assert in_own_unit(3.0, kind.shown, kind.id) == pytest.approx(3.0)
