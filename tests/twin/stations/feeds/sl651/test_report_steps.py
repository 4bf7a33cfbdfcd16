"""Values in equal steps of time, and an hour in steps of five minutes: each at its own time."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.stations.feeds.sl651.bodies import (
    ADDRESS,
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
from twin.stations.feeds.sl651.frame import Sl651Frame, Splitter
from twin.stations.feeds.sl651.message import read_message
from twin.stations.feeds.sl651.readings import understand
from twin.stations.feeds.sl651.relative import Bases
from twin.stations.feeds.sl651.times import MessageError, bcd_time, digits_of

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
        assert isinstance(frame, Sl651Frame)
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
