"""Frames and messages of SL 651-2014: real ones, ones made by hand, and whatever else comes over a line."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.stations.feeds.sl651 import elements as el
from twin.stations.feeds.sl651.frame import ETB, LONGEST, LONGEST_BODY, Damage, Sl651Frame, Splitter, crc16
from twin.stations.feeds.sl651.message import Message, read_message
from twin.stations.feeds.sl651.reassembly import Assembler
from twin.stations.feeds.sl651.report_encoding import write_report
from twin.stations.feeds.sl651.times import MessageError

HOURLY = (
    "7E7E05001122334403E8340068020033170718110014F1F1001122334448F0F01707181005F4600500000014FFFFFFFFFF0000"
    "F0F017071811002619000040F0F01707181005F5C0000C000C001C00310031FFFFFFFFFFFFFFFFFFFF00310031"
    "F0F0170718110039230001049020190000403812109903F502"
)
NOON = datetime(2026, 7, 28, 4, 0, tzinfo=UTC)


def pieces(data: bytes, *, up: bool = True) -> list[Sl651Frame | Damage]:
    return list(Splitter(up=up).feed(data))


def message(hexadecimal: str) -> Message:
    (frame,) = pieces(bytes.fromhex(hexadecimal))
    assert isinstance(frame, Sl651Frame)
    return read_message(frame.station, frame.function, frame.body)


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC) - timedelta(hours=8)  # type: ignore[misc, arg-type]


def test_the_crc_is_that_of_modbus() -> None:
    assert crc16(b"123456789") == 0x4B37  # the check value of CRC-16/MODBUS


def test_an_hourly_report_in_steps_of_five_minutes() -> None:
    """Read by hand from the frame: 0.5 mm at 10:05, 2.0 mm at 10:25, five values missing, 4.0 mm in all;
    12, 12, 28, 49, 49 cm, five missing, 49, 49 cm; stage 00010490 with three decimals; 10.99 V."""
    found = message(HOURLY)
    assert (found.station, found.function, found.serial) == ("0011223344", 0x34, 0x0033)
    assert found.sent_at == beijing(2017, 7, 18, 11, 0, 14)
    start = beijing(2017, 7, 18, 10, 5)
    rain = [v for v in found.values if v.identifier == el.RAIN_5MIN]
    assert [v.value for v in rain] == pytest.approx([0.5, 0, 0, 0, 2.0, *[None] * 5, 0, 0])
    assert [v.at for v in rain] == [start + k * timedelta(minutes=5) for k in range(12)]
    stages = [v.value for v in found.values if v.identifier == el.STAGE_5MIN]
    assert stages == pytest.approx([0.12, 0.12, 0.28, 0.49, 0.49, *[None] * 5, 0.49, 0.49])
    single = {v.identifier: (v.value, v.at) for v in found.values if v.identifier in el.KINDS}
    eleven = beijing(2017, 7, 18, 11, 0)
    assert single[0x26] == (pytest.approx(4.0), eleven)
    assert single[0x39] == (pytest.approx(10.49), eleven)
    assert single[0x20] == (pytest.approx(4.0), eleven)
    assert single[0x38] == (pytest.approx(10.99), eleven)


@pytest.mark.real
def test_the_real_frames_decode_and_the_broken_one_is_refused(shared: Path) -> None:
    expected = {
        "30": {0x20: 0.5, 0x26: 0.5, 0x39: 0.127, 0x38: 11.15},
        "32": {0x20: 4.0, 0x26: 4.0, 0x39: 10.49, 0x38: 10.99},
        "33": {0x20: 4.0, 0x26: 4.0, 0x39: 10.49, 0x38: 11.02},
        "37": {0x20: 1.5, 0x26: 1.5, 0x39: 0.122, 0x38: 11.08},
    }
    with (shared / "stations/sl651_frames.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 14
    for row in rows:
        (piece,) = [
            p for p in pieces(bytes.fromhex(row["hex"])) if isinstance(p, Sl651Frame) or p.reason != "junk"
        ][:1]
        if row["crc_ok"] == "False":
            assert isinstance(piece, Damage)
            assert piece.reason == "bad-crc"
            continue
        assert isinstance(piece, Sl651Frame), row
        found = read_message(piece.station, piece.function, piece.body)
        assert found.function == int(row["function_code"], 16)
        if row["function_code"] in expected:
            single = {v.identifier: v.value for v in found.values}
            assert single == pytest.approx(expected[row["function_code"]])


def test_what_a_person_has_typed_is_read_as_chinese() -> None:
    typed = (
        (7).to_bytes(2, "big") + bytes.fromhex("260728120000") + b"\xf2\xf2" + "水位正常".encode("gb18030")
    )
    assert read_message("0031000001", 0x35, typed).text == "水位正常"


@pytest.mark.parametrize(
    ("value", "size", "decimals", "coded"),
    [
        (10.49, 4, 3, "00010490"),
        (0.0, 2, 1, "0000"),
        (-3.5, 3, 1, "ff0035"),
        (None, 3, 1, "ffffff"),
        (99.99, 2, 2, "9999"),
    ],
)
def test_values(value: float | None, size: int, decimals: int, coded: str) -> None:
    assert el.encoded(value, size=size, decimals=decimals).hex() == coded
    assert el.number(bytes.fromhex(coded), decimals) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize("coded", ["0a", "1f", "ff0b"])
def test_digits_that_are_none_are_refused(coded: str) -> None:
    with pytest.raises(el.ElementError, match="bad-bcd"):
        el.number(bytes.fromhex(coded), 0)


def test_a_value_that_does_not_fit_is_not_written() -> None:
    with pytest.raises(el.ElementError):
        el.encoded(1000.0, size=2, decimals=1)


def test_unknown_elements_are_passed_over_by_their_length_and_told_of() -> None:
    body = write_report("0031000001", serial=1, sent_at=NOON, observed_at=NOON, values=[(0x39, 1.5, 4, 3)])
    odd = bytes([0x7A, el.length_byte(3, 0)]) + b"\x12\x34\x56"
    found = read_message("0031000001", 0x32, body[:-6] + odd + body[-6:])
    assert found.unknown == (0x7A,)
    assert [v.value for v in found.values] == [1.5]


@pytest.mark.parametrize("cut", [1, 5, 9, 20, 28])
def test_a_body_that_ends_too_early_is_refused(cut: int) -> None:
    body = write_report("0031000001", serial=1, sent_at=NOON, observed_at=NOON, values=[(0x39, 1.5, 4, 3)])
    with pytest.raises(MessageError):
        read_message("0031000001", 0x32, body[:cut])


frames = st.builds(
    Sl651Frame,
    station=st.text("0123456789", min_size=10, max_size=10),
    function=st.integers(0, 255),
    body=st.binary(max_size=300),
    centre=st.integers(0, 255),
    password=st.integers(0, 0xFFFF),
    end=st.sampled_from([0x03, 0x17]),
    packet=st.none() | st.integers(1, 50).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))),
)


@given(st.lists(frames, min_size=1, max_size=4), st.data())
def test_frames_come_out_of_a_stream_however_it_is_cut(many: list[Sl651Frame], data: st.DataObject) -> None:
    stream = b"".join(frame.encode() for frame in many)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    splitter = Splitter()
    found: list[Sl651Frame | Damage] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += splitter.feed(stream[start:end])
    assert found == many
    assert splitter.rest == b""


@given(frames, st.binary(max_size=40).filter(lambda junk: 0x7E not in junk))
def test_junk_before_a_frame_is_told_of_and_does_not_hide_it(frame: Sl651Frame, junk: bytes) -> None:
    found = pieces(junk + frame.encode())
    assert found[-1] == frame
    assert [p.data for p in found[:-1] if isinstance(p, Damage)] == ([junk] if junk else [])


@given(frames, st.integers(0, 10_000), st.integers(1, 255))
def test_no_frame_with_a_wrong_byte_is_taken_for_a_whole_one(
    frame: Sl651Frame, place: int, change: int
) -> None:
    whole = frame.encode()
    k = place % len(whole)
    spoilt = whole[:k] + bytes([whole[k] ^ change]) + whole[k + 1 :]
    assert frame not in pieces(spoilt + frame.encode())[:-1]


def test_a_splitter_holds_no_more_than_a_longest_frame_whatever_comes() -> None:
    luck = random.Random(1)
    splitter = Splitter()
    for _ in range(400):
        junk = b"\x7e\x7e" + luck.randbytes(500)
        list(splitter.feed(junk))
        assert len(splitter.rest) <= LONGEST
    longest = Sl651Frame(station="0000000001", function=0x32, body=b"x" * LONGEST_BODY)
    assert pieces(longest.encode()) == [longest]


@given(st.binary(max_size=400))
def test_whatever_a_body_holds_there_is_a_message_or_a_refusal(body: bytes) -> None:
    for function in (0x30, 0x34, 0x35, 0x36, 0x41):
        try:
            found = read_message("0031000001", function, body)
        except MessageError as error:
            assert str(error)
        else:
            assert all(v.value is None or abs(v.value) < 1e62 for v in found.values)


@given(st.permutations(range(1, 6)), st.lists(st.integers(1, 5), max_size=4))
def test_packets_make_the_message_in_any_order_and_repeated(order: list[int], again: list[int]) -> None:
    parts = {k: bytes([k] * k) for k in range(1, 6)}
    assembler = Assembler()

    def take(k: int) -> bytes | None:
        end = 0x03 if k == 5 else ETB
        return assembler.take(
            Sl651Frame(station="0031000001", function=0x34, body=parts[k], packet=(5, k), end=end)
        )

    for k in order[:-1]:
        assert take(k) is None
    for k in again:
        if k != order[-1]:
            assert take(k) is None
    assert assembler.missing("0031000001", 0x34) == [order[-1]]
    assert take(order[-1]) == b"".join(parts[k] for k in range(1, 6))
    assert assembler.waiting == 0


def test_packets_that_never_end_do_not_fill_the_memory() -> None:
    assembler = Assembler()
    for station in range(2000):
        frame = Sl651Frame(station=f"{station:010d}", function=0x34, body=b"x" * 100, packet=(9, 1))
        assert assembler.take(frame) is None
    assert assembler.waiting <= 257
    with pytest.raises(ValueError, match="too-many-packets"):
        assembler.take(Sl651Frame(station="0000000001", function=0x34, body=b"", packet=(4000, 1)))
