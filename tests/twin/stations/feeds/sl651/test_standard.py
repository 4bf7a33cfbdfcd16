"""Every function and element of SL 651-2014: what is acknowledged is kept, or counted with its reason."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.stations.feeds.sl651.bodies import (
    ADDRESS,
    CODE,
    MINUTES,
    NOON,
    RAIN,
    STATIONS,
    element,
    head,
    kept,
    network,
    reasons,
    text,
    understood,
)
from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.frame import Damage, Sl651Frame, Splitter
from twin.stations.feeds.sl651.message import Message, read_message
from twin.stations.feeds.sl651.readings import understand
from twin.stations.feeds.sl651.times import MessageError, bcd_time
from twin.stations.model import StationKind
from twin.stations.properties import PROPERTIES

# -- the table of elements ---------------------------------------------------------------------------------

TABLE_C1 = {
    **dict.fromkeys((0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x35), (4, 1)),
    **dict.fromkeys((0x06, 0x07, *range(0x1A, 0x26)), (5, 1)),
    **dict.fromkeys((*range(0x27, 0x32), 0x44), (9, 3)),
    **dict.fromkeys(range(0x39, 0x44), (7, 3)),
    **dict.fromkeys(range(0x58, 0x60), (5, 2)),
    **dict.fromkeys(range(0x60, 0x68), (11, 3)),
    **dict.fromkeys(range(0x68, 0x70), (10, 2)),
    **dict.fromkeys(range(0x70, 0x76), (4, 1)),
    **dict.fromkeys(range(0x52, 0x57), (7, 5)),
    **{0x26: (6, 1), 0x38: (4, 2), 0x46: (4, 2), 0x4C: (6, 2), 0x4D: (5, 3), 0x4E: (5, 2), 0x57: (4, 2)},
}
"""Digits and decimals, written off the standard independently of the program."""


def test_the_table_has_all_elements_of_the_standard_with_their_digits() -> None:
    numbers = set(range(0x01, 0x76)) - {0x04, 0x05, 0x45}
    assert numbers == {i for i in el.KINDS if i < 0x100}
    for identifier, (digits, decimals) in TABLE_C1.items():
        kind = el.KINDS[identifier]
        assert (kind.digits, kind.decimals) == (digits, decimals), f"{identifier:02X}"
    assert len(el.CODES) == len(el.KINDS)
    assert {k.property for k in el.KINDS.values() if k.property} <= set(PROPERTIES)


EXPECTED = {  # element: property, and what the standard's unit is in ours
    0x03: ("water_temperature", 1),
    0x10: ("soil_moisture", 1),
    0x1F: ("rain_day", 1),
    0x20: ("rain", 1),
    0x22: ("rain", 1),
    0x26: ("rain_total", 1),
    0x27: ("flow", 1),
    0x30: ("release", 1),
    0x38: ("voltage", 1),
    0x39: ("level", 1),
    0x3A: ("level_below", 1),
    0x3B: ("level", 1),
    0x44: ("sediment", 1),
    0x46: ("ph", 1),
    0x47: ("oxygen", 1),
    0x49: ("turbidity", 1),
    0x4A: ("codmn", 1),
    0x4C: ("ammonia", 1),
    0x4D: ("phosphorus", 1),
    0x4E: ("nitrogen", 1),
    0x57: ("chlorophyll", 1000),
    0x100: ("inflow", 1),
    0x101: ("storage", 1e6),
}


OWN_FORM = {el.STEP, 0xF0, 0xF1, 0xF2, 0xF3, el.BULK, 0xFF, *el.FIXED_BYTES}
"""Tested below."""
IN_HEX = [i for i in (*range(0x01, 0x100), 0xFF03, 0xFF11, 0xFFFF) if i not in OWN_FORM]


@pytest.mark.parametrize(
    ("coding", "identifier"), [*(("hex", i) for i in IN_HEX), *(("ascii", i) for i in el.KINDS)]
)
def test_every_identifier_is_kept_or_counted_and_takes_no_other_along(coding: str, identifier: int) -> None:
    """It stands between a stage and a voltage, which are kept whatever it is."""
    kind = el.KINDS.get(identifier)
    size, decimals = (3, 0) if kind is None else ((kind.digits + 1) // 2, kind.decimals)
    value = 1.0 if decimals == 0 else 1.5
    below = 0x3A if identifier in (0x39, 0x3B) else 0x39
    if coding == "hex":
        body = head() + element(below, 2.5, 4, 3) + element(identifier, value, size, decimals)
        message = read_message(
            ADDRESS, 0x32, body + element(0x0E if identifier == 0x38 else 0x38, 12.0, 3, 2)
        )
    else:
        assert kind is not None
        ends = f"{el.KINDS[0x0E if identifier == 0x38 else 0x38].code} 12.0"
        body = text(f"{el.KINDS[below].code} 2.5 {kind.code} {value} {ends}")
        message = read_message(ADDRESS, 0x32, body)
    found = understand(message, STATIONS, network())
    got = {name: number for name, number, _ in kept(found)}
    assert got.pop(el.KINDS[below].property) == 2.5
    if identifier == 0x38:
        assert reasons(found) == {"no-property": 1}
    else:
        assert got.pop("voltage") == 12.0
    if identifier in (el.DURATION,):
        assert got == {} and reasons(found) == {"no-property": 1}
    elif identifier in EXPECTED:
        name, factor = EXPECTED[identifier]
        wanted = {} if identifier == 0x38 else {name: pytest.approx(value * factor)}
        assert got == wanted or identifier == 0x38
    else:
        assert got == {}
        assert sum(reasons(found).values()) == 1
        (left,) = found.left_out
        assert left.reason in ("no-property", "unknown-element", "other-period")
        assert left.shown.startswith(ADDRESS)


@pytest.mark.parametrize("function", range(0x100))
def test_every_function_is_kept_or_counted(function: int) -> None:
    body = head() + element(0x39, 2.5, 4, 3)
    try:
        found = understand(read_message(ADDRESS, function, body), STATIONS, network())
    except MessageError as error:
        assert str(error) == "no-picture"  # refused, and not acknowledged
        return
    if function in (0x30, 0x31, 0x32, 0x33, 0x34, 0x37, 0x38, 0x3A):
        assert kept(found) == [("level", 2.5, NOON)]
        assert found.readings[0].doubt == ("test" if function == 0x30 else "")
    else:
        assert not found.readings


# -- rain of several periods, several stations, what is typed ----------------------------------------------


@pytest.mark.parametrize(
    ("identifier", "period_s"),
    tuple(
        {
            **{0x21: 60, 0x22: 300, 0x23: 600, 0x24: 1800, 0x1A: 3600},
            **{0x1B: 7200, 0x1C: 10_800, 0x1D: 21_600, 0x1E: 43_200},
        }.items()
    ),
)
@pytest.mark.parametrize("interval_s", [60, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200])
def test_an_amount_of_rain_is_kept_where_it_is_of_the_stations_interval(
    identifier: int, period_s: int, interval_s: int
) -> None:
    found = understood(head() + element(identifier, 2.5, 3, 1), net=network(rain_s=interval_s))
    if period_s == interval_s:
        assert kept(found) == [("rain", 2.5, NOON)]
    else:
        assert not found.readings and reasons(found) == {"other-period": 1}


def test_the_same_rain_does_not_fall_twice() -> None:
    both = head() + element(0x20, 9.0, 3, 1) + element(0x22, 2.5, 3, 1)
    found = understood(both)
    assert kept(found) == [("rain", 2.5, NOON)]
    assert reasons(found) == {"said-twice": 1}
    steps = understood(both + b"\xf4\x60" + RAIN, 0x34)
    assert len(steps.readings) == 12 and reasons(steps) == {"same-rain": 2}


@pytest.mark.parametrize(("kind", "level_m"), [("reservoir", 152.0), ("stage", 1.5)])
def test_of_two_stages_the_stations_own_counts(kind: StationKind, level_m: float) -> None:
    found = understood(head() + element(0x39, 1.5, 4, 3) + element(0x3B, 152.0, 4, 3), net=network(kind))
    assert kept(found) == [("level", level_m, NOON)]
    assert reasons(found) == {"said-twice": 1}


def test_a_message_of_a_relay_holds_values_of_several_stations() -> None:
    """They are those of the station named last before them, never of the one that sent them."""
    body = head() + element(0x39, 1.5, 4, 3)
    for station in ("0031000002", "0031000003"):
        body += b"\xf1\xf1" + bytes.fromhex(station) + b"H\xf0\xf0" + bcd_time(NOON, seconds=False)
        body += element(0x39, 2.5, 4, 3)
    found = understood(body)
    assert [(r.station, r.value) for r in found.readings] == [(CODE, 1.5), ("31000002", 2.5)]
    assert reasons(found) == {"unknown-station": 1}
    relay = understand(read_message("1101050EA60"[:10], 0x32, body), STATIONS, network())
    assert len(relay.readings) == 2


def test_what_is_typed_is_read_where_it_is_coded_and_kept_as_text_where_not() -> None:
    opening = (7).to_bytes(2, "big") + bcd_time(NOON) + b"\xf2\xf2"
    coded = understood(opening + f"ST {CODE} K TT 07280800 ZU 152.34 QI 35.2 W 1234.5".encode(), 0x35)
    eight = NOON - 240 * MINUTES
    assert kept(coded) == [
        ("level", 152.34, eight),
        ("inflow", 35.2, eight),
        ("storage", pytest.approx(1.2345e9), eight),
    ]
    for words in ("水位正常", "ZU 152.34", "TT 07280800 ZU 152.34 ABC 5", "TT 99999999 Z 1.0"):
        found = understood(opening + words.encode("gb18030"), 0x39)
        assert not found.readings
        assert [(x.reason, words in x.shown) for x in found.left_out] == [("typed-text", True)]


def test_a_number_that_is_none_or_impossible_costs_itself_only() -> None:
    body = head() + b"\x26\x19\x00\xab\x12" + element(0x39, 99_999.0, 4, 3) + element(0x38, 12.1, 2, 2)
    found = understood(body)
    assert [(r.property, r.value, r.doubt) for r in found.readings] == [
        ("level", None, "impossible"),
        ("voltage", 12.1, ""),
    ]
    assert reasons(found) == {"bad-number": 1, "impossible": 1}
    assert any("99999" in left.shown for left in found.left_out)


def test_what_a_station_is_not_known_to_measure_is_counted() -> None:
    found = understood(head() + element(0x38, 12.1, 2, 2), net=network(leave=("voltage",)))
    assert not found.readings
    assert [(x.reason, x.shown) for x in found.left_out] == [("not-measured", f"{ADDRESS} VT (38H) 12.1")]


@given(st.binary(max_size=300), st.sampled_from([0x31, 0x32, 0x34, 0x35, 0x38]), st.booleans())
def test_whatever_comes_each_value_is_accounted_for(rest: bytes, function: int, ascii: bool) -> None:  # noqa: A002
    body = (text("")[:-1] if ascii else head()) + rest
    try:
        message: Message = read_message(ADDRESS, function, body)
    except MessageError as error:
        assert re.fullmatch(r"[a-z-]+", str(error))
        return
    found = understand(message, STATIONS, network())
    told = len(found.readings) + len(found.left_out)
    numbers = {(v.station, v.identifier, v.at, v.value) for v in message.values}
    assert told >= len({(s, i) for s, i, _, _ in numbers}) > 0 or not numbers
    for r in found.readings:
        kind = PROPERTIES[r.property]
        assert r.value is None or kind.lowest <= r.value <= kind.highest  # type: ignore[operator]


# -- frames ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ascii_", [False, True])
def test_packets_whose_length_leaves_their_numbers_out_are_read_too(ascii_: bool) -> None:
    """The standard counts them in; many stations do not. The CRC decides."""
    frame = Sl651Frame(station=ADDRESS, function=0x34, body=b"0123456789", packet=(3, 2), ascii=ascii_)
    right = frame.encode()
    assert list(Splitter().feed(right)) == [frame]
    from twin.stations.feeds.sl651.frame import crc16

    if ascii_:
        other = right[:19] + b"000A" + right[23:-4]
        other += crc16(other).to_bytes(2, "big").hex().upper().encode()
    else:
        other = right[:11] + b"\x00\x0a" + right[13:-2]
        other += crc16(other).to_bytes(2, "big")
    assert list(Splitter().feed(other)) == [frame]


@given(st.text("0123456789ABCDEF", min_size=10, max_size=10), st.booleans())
def test_an_address_may_hold_hexadecimal_digits(station: str, ascii_: bool) -> None:
    """Table 14: the last two bytes of other stations' addresses are a number from 1 to 65534."""
    frame = Sl651Frame(station=station, function=0x32, body=b"x", ascii=ascii_)
    assert list(Splitter().feed(frame.encode())) == [frame]


def test_a_start_that_does_not_go_on_hides_no_report_behind_it() -> None:
    false = bytes.fromhex("7e7e0100310000010000320fff02")
    true = Sl651Frame(station=ADDRESS, function=0x32, body=head() + element(0x39, 1.5, 4, 3))
    splitter = Splitter()
    assert list(splitter.feed(false + true.encode())) == []
    found = splitter.look_behind()
    assert found[-1] == true
    assert [p.reason for p in found if isinstance(p, Damage)] == ["half-frame"]
    cut = true.encode()[:40]
    assert list(splitter.feed(cut)) == [] and splitter.look_behind() == []
    assert list(splitter.feed(true.encode()[40:])) == [true]  # it was only slow


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=8), st.data())
def test_all_bytes_come_out_once(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(part + b"\x7e\x7e" * data.draw(st.integers(0, 2)) for part in parts)
    splitter = Splitter()
    found = [*splitter.feed(stream), *splitter.give_up()]
    assert b"".join(p.data for p in found if isinstance(p, Damage)) == stream
