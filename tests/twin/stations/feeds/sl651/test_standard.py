"""Every function and element of SL 651-2014: what is acknowledged is kept, or counted with its reason."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.frame import Damage, Frame, Splitter
from twin.stations.feeds.sl651.message import Message, read_message
from twin.stations.feeds.sl651.readings import Understood, understand
from twin.stations.feeds.sl651.relative import Bases
from twin.stations.feeds.sl651.times import MessageError, bcd_time, digits_of
from twin.stations.model import Datastream, Station, StationKind
from twin.stations.network import Network, network_of
from twin.stations.properties import PROPERTIES

NOON = datetime(2026, 7, 28, 4, 0, tzinfo=UTC)
ADDRESS, CODE = "0031000001", "31000001"
MINUTES = timedelta(minutes=1)


def network(kind: StationKind = "stage", *, rain_s: float = 300.0, leave: tuple[str, ...] = ()) -> Network:
    """Two stations that measure everything that we know."""
    stations = [
        Station(id=id_, name={"zh": id_, "en": id_}, kind=kind, lon=116.9, lat=40.5)
        for id_ in (CODE, "31000002")
    ]
    streams = [
        Datastream(
            id=f"{station.id}.{name}",
            station=station.id,
            property=name,
            interval_s=rain_s if name == "rain" else 300.0,
        )
        for station in stations
        for name in PROPERTIES
        if name not in leave
    ]
    return network_of(stations, streams)


STATIONS = {ADDRESS: CODE, "0031000002": "31000002"}


def head(*, at: datetime = NOON, serial: int = 1, station: str = ADDRESS) -> bytes:
    body = serial.to_bytes(2, "big") + bcd_time(at) + b"\xf1\xf1" + bytes.fromhex(station) + b"H"
    return body + b"\xf0\xf0" + bcd_time(at, seconds=False)


def text(rest: str, *, at: datetime = NOON) -> bytes:
    return f"0001{digits_of(at)}ST {ADDRESS} H TT {digits_of(at, seconds=False)} {rest} ".encode()


def element(identifier: int, value: float | None, size: int, decimals: int) -> bytes:
    first = identifier.to_bytes(2 if identifier > 0xFF else 1, "big")
    return first + bytes([el.length_byte(size, decimals)]) + el.encoded(value, size=size, decimals=decimals)


def understood(body: bytes, function: int = 0x32, *, net: Network | None = None) -> Understood:
    return understand(read_message(ADDRESS, function, body), STATIONS, net or network())


def kept(found: Understood) -> list[tuple[str, object, datetime]]:
    return [(r.property, r.value, r.phenomenon_at) for r in found.readings]  # type: ignore[misc]


def reasons(found: Understood) -> Counter[str]:
    return Counter(left.reason for left in found.left_out)


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
        assert got == {} and not found.left_out
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


# -- equal steps -------------------------------------------------------------------------------------------

CASES = Path(__file__).parents[5].parent / "shared" / "data" / "cases" / "sl651.csv"


@pytest.mark.real
def test_the_frames_of_the_field_give_all_their_values(shared: Path) -> None:
    with (shared / "cases/sl651.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 5
    eleven = NOON - 60 * MINUTES
    for row in rows:
        (frame,) = Splitter().feed(bytes.fromhex(row["frame_hex"]))
        assert isinstance(frame, Frame)
        message = read_message(frame.station, frame.function, frame.body)
        found = understand(message, STATIONS, network())
        got = kept(found)
        if frame.function in (0x31, 0x38):
            assert got == [("level", round(28.96 + 0.01 * k, 2), eleven + 5 * k * MINUTES) for k in range(12)]
            assert not found.left_out
        elif frame.ascii:
            assert got == [
                ("rain", 0.5, NOON),
                ("rain_total", 12.5, NOON),
                ("level", 152.345, NOON),
                ("voltage", 12.1, NOON),
            ]
        else:
            assert got == [("level", 152.345, eleven), ("voltage", 12.1, eleven)]
            assert reasons(found) == {"unknown-element": 1}
            assert re.search(r"FF(03|11)H", found.left_out[0].shown)


@pytest.mark.parametrize("function", [0x31, 0x38])
@given(
    step=st.sampled_from([("000005", 5), ("000100", 60), ("010000", 1440), ("000230", 150)]),
    identifier=st.sampled_from([0x39, 0x27, 0x3A, 0x26]),
    values=st.lists(st.none() | st.integers(0, 99_999), min_size=1, max_size=60),
)
def test_equal_steps(function: int, step: tuple[str, int], identifier: int, values: list[int | None]) -> None:
    digits, minutes = step
    body = head() + b"\x04\x18" + bytes.fromhex(digits) + bytes([identifier, el.length_byte(4, 3)])
    for value in values:
        body += el.encoded(None if value is None else value / 1000, size=4, decimals=3)
    found = understood(body, function)
    assert [(v, at) for _, v, at in kept(found)] == [
        (None if value is None else pytest.approx(value / 1000), NOON + k * minutes * MINUTES)
        for k, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (b"\x39\x23" + bytes(8), "no-step"),
        (b"\x04\x18\x00\x00\x05\x39\x23" + bytes(7), "uneven-groups"),
        (b"\x04\x18\x00\x00\x05\x39\x00" + bytes(4), "uneven-groups"),
        (b"\x04\x18\x00\x00\x0a\x39\x23" + bytes(8), "no-step"),
    ],
)
def test_steps_that_do_not_hold_together_are_refused_whole(rest: bytes, reason: str) -> None:
    """Read element by element nothing of it makes sense either."""
    with pytest.raises(MessageError, match=f"{reason}|short-body"):
        read_message(ADDRESS, 0x31, head() + rest)


def test_a_station_that_lists_its_elements_in_a_report_of_steps_is_understood() -> None:
    body = head() + b"\x04\x18\x00\x00\x05" + element(0x39, 28.96, 4, 3) + element(0x38, 12.1, 2, 2)
    body += element(0x26, 3.5, 3, 1)
    assert [(n, v) for n, v, _ in kept(understood(body, 0x31))] == [
        ("level", 28.96),
        ("voltage", 12.1),
        ("rain_total", 3.5),
    ]


def test_steps_in_ascii_may_hold_several_elements_and_gaps() -> None:
    body = text("DRN05 Z PJ 28.96 0.5 28.97 M M 0.0 VT 12.1")
    found = understand(read_message(ADDRESS, 0x31, body), STATIONS, network())
    assert sorted(kept(found), key=lambda row: (row[0], row[2])) == [
        ("level", 28.96, NOON),
        ("level", 28.97, NOON + 5 * MINUTES),
        ("level", None, NOON + 10 * MINUTES),
        ("rain", 0.5, NOON),
        ("rain", None, NOON + 5 * MINUTES),
        ("rain", 0.0, NOON + 10 * MINUTES),
        ("voltage", 12.1, NOON),
    ]


# -- an hour in steps of five minutes ----------------------------------------------------------------------

RAIN = bytes([5, 0, 0xFF, *range(9)])
STAGES = b"".join((150 + k).to_bytes(2, "big") for k in range(12))


@pytest.mark.parametrize("identifier", [0xF4, 0xF5])
def test_a_length_byte_against_the_fixed_length_loses_nothing(identifier: int) -> None:
    """The values, and those behind them, are right or the report is refused as a whole."""
    data = RAIN if identifier == 0xF4 else STAGES
    name = "rain" if identifier == 0xF4 else "level"
    wanted = [None if byte == 0xFF else byte / 10 for byte in RAIN]
    wanted = wanted if identifier == 0xF4 else [round(1.5 + 0.01 * k, 2) for k in range(12)]
    refused = []
    for length in range(256):
        body = head() + bytes([identifier, length]) + data + element(0x26, 7.5, 3, 1)
        try:
            found = understood(body + element(0x38, 12.1, 2, 2), 0x34)
        except MessageError as error:
            assert str(error) == "two-readings"
            refused.append(length)
            continue
        rows = kept(found)
        assert [v for n, v, _ in rows if n == name] == wanted, length
        assert {("voltage", 12.1, NOON), ("rain_total", 7.5, NOON)} <= set(rows)
        assert reasons(found)["odd-length"] == (length >> 3 != len(data)), length
    # A length that also ends where an element does: nobody can tell.
    assert {length >> 3 for length in refused} <= {len(data) + 5, len(data) + 9}


@pytest.mark.parametrize("coding", ["hex", "ascii"])
def test_relative_stages_become_whole_by_the_stage_beside_them(coding: str) -> None:
    """The real frame's station stands on a base of 10.00 m: 0.49 m at eleven, and 10.490 m."""
    first = NOON - 55 * MINUTES
    if coding == "hex":
        body = head() + b"\xf0\xf0" + bcd_time(first, seconds=False) + b"\xf5\xc0" + STAGES
        body += b"\xf0\xf0" + bcd_time(NOON, seconds=False) + element(0x39, 11.613, 4, 3)
        message = read_message(ADDRESS, 0x34, body)
    else:
        times = f"TT {digits_of(first, seconds=False)} DRZ1 {STAGES.hex().upper()}"
        body = text(f"{times} TT {digits_of(NOON, seconds=False)} Z 11.613")
        message = read_message(ADDRESS, 0x34, body)
    found = understand(message, STATIONS, network())
    assert kept(found) == [
        ("level", pytest.approx(11.5 + 0.01 * k), first + 5 * k * MINUTES) for k in range(11)
    ] + [("level", 11.613, NOON)]
    assert reasons(found) == {"said-twice": 1}


def test_a_base_is_kept_for_reports_without_a_whole_stage_and_without_one_is_doubtful() -> None:
    bases, net = Bases({}), network()
    hour = head() + b"\xf5\xc0" + STAGES
    alone = understand(read_message(ADDRESS, 0x34, hour), STATIONS, net, bases)
    assert {r.doubt for r in alone.readings} == {"relative-level"}
    timed = head() + element(0x39, 151.5, 4, 3)
    understand(read_message(ADDRESS, 0x32, timed), STATIONS, net, bases)
    later = understand(read_message(ADDRESS, 0x34, hour), STATIONS, net, bases)
    assert [r.value for r in later.readings][:2] == [151.5, 151.51]
    assert {r.doubt for r in later.readings} == {""}
    declared = understand(read_message(ADDRESS, 0x34, hour), STATIONS, net, Bases({ADDRESS: 20.0}))
    assert declared.readings[0].value == 21.5


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
    frame = Frame(station=ADDRESS, function=0x34, body=b"0123456789", packet=(3, 2), ascii=ascii_)
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
    frame = Frame(station=station, function=0x32, body=b"x", ascii=ascii_)
    assert list(Splitter().feed(frame.encode())) == [frame]


def test_a_start_that_does_not_go_on_hides_no_report_behind_it() -> None:
    false = bytes.fromhex("7e7e0100310000010000320fff02")
    true = Frame(station=ADDRESS, function=0x32, body=head() + element(0x39, 1.5, 4, 3))
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
