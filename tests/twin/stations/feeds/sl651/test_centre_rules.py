"""What a centre answers: kept or counted is acknowledged, refused is not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.twin.stations.feeds.sl651.centres import (
    HOUR,
    STATION,
    answers,
    connect,
    element,
    frame,
    running,
    said,
    timed,
)
from tests.twin.stations.feeds.sl651.test_centre import NOW, answer
from twin.stations.feeds.sl651 import claims
from twin.stations.feeds.sl651.frame import ACK, EOT, ETB, NAK, Sl651Frame
from twin.stations.feeds.sl651.report_encoding import write_report
from twin.stations.feeds.sl651.simulator import Simulator, addresses
from twin.stations.feeds.sl651.times import digits_of

# -- the rule ----------------------------------------------------------------------------------------------


async def test_each_function_that_is_acknowledged_is_kept_or_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BURST", 1000.0)
    async with running() as (centre, intake, kept):
        reader, writer = await connect(centre)
        for function in range(0x100):
            before = len(kept.rows), sum(intake.refused("sl651").values())
            rest = element(0x39, function / 100, 4, 3)
            writer.write(frame(rest, function=function))
            behind = 0xBE00 + function
            writer.write(frame(function=0x45, serial=behind))
            found = await answers(reader, until=behind)
            new = len(kept.rows) - before[0], sum(intake.refused("sl651").values()) - before[1]
            acknowledged = [int.from_bytes(f.body[:2], "big") for f in found] == [1, behind]
            # 36H without a picture is refused
            assert acknowledged == (function in (*range(0x30, 0x36), *range(0x37, 0x3B), *range(0x40, 0x52)))
            assert new[0] + new[1] > 1 or function == 0x2F
        assert set(intake.refused("sl651")) <= {"no-values", "unknown-function", "typed-text", "no-picture"}
        assert {o.reason for o in kept.rows} <= {"", "test", "spike", "rate"}


async def test_what_is_wrong_as_a_whole_is_not_acknowledged_and_counted() -> None:
    async with running(ahead=-30 * HOUR) as (centre, intake, kept):
        assert await said(centre, frame(element(0x39, 1.5, 4, 3)), within_s=0.3) is None
        assert intake.refused("sl651") == {"future": 1} and not kept.rows
    async with running() as (centre, intake, kept):
        assert await said(centre, frame(element(0x39, 1.5, 4, 3)[:-1]), within_s=0.3) is None
        assert intake.refused("sl651") == {"short-body": 1} and not kept.rows


@pytest.mark.parametrize("hours", [1, -1])
async def test_under_a_clock_that_is_wrong_by_an_hour_nothing_is_lost(hours: int) -> None:
    """Twenty stations that agree with each other; ours is behind (1) or ahead (-1)."""
    async with running(20, ahead=-hours * HOUR) as (centre, intake, kept):
        assert centre.address is not None
        tally = await Simulator(*centre.address, addresses(20), report=timed).run(reports=1)
        assert (tally.acknowledged, len(kept.rows)) == (20, 40)
        assert intake.refused("sl651") == {}
        if hours == 1:
            assert {(o.quality, o.reason) for o in kept.rows} == {("suspect", "future")}
            assert intake.clock() == "clock_slow"
        else:
            assert {o.quality for o in kept.rows} == {"good"}


@pytest.mark.parametrize("years", [1, 2, 12, 26])
async def test_a_station_that_has_lost_its_clock_is_doubted(years: int) -> None:
    """Its battery is empty, and it starts again in the year 2000 or 2014."""
    lost = NOW - years * timedelta(days=365)
    body = write_report(STATION, serial=1, sent_at=lost, observed_at=lost, values=[(0x39, 1.5, 4, 3)])
    async with running() as (centre, _, kept):
        assert await said(centre, Sl651Frame(station=STATION, function=0x32, body=body).encode()) is not None
        wanted = ("good", "") if years == 1 else ("suspect", "station-clock")  # a year's store is sent late
        assert [(o.quality, o.reason) for o in kept.rows] == [wanted]


async def test_an_impossible_value_is_counted_and_its_report_acknowledged() -> None:
    """Else a station with one broken sensor would send the same report for ever."""
    async with running() as (centre, intake, kept):
        rest = element(0x39, 99_999.0, 4, 3) + element(0x38, 12.0, 2, 2)
        assert await said(centre, frame(rest)) is not None
        assert [(o.value, o.quality, o.reason) for o in kept.rows] == [
            (None, "missing", "impossible"),
            (12.0, "good", ""),
        ]
        assert intake.refused("sl651") == {"impossible": 1}
        assert STATION in intake.refusals("sl651")[0].message


# -- answers -----------------------------------------------------------------------------------------------


async def test_ascii_is_answered_in_ascii() -> None:
    body = f"00AB{digits_of(NOW)}ST {STATION} H TT {digits_of(NOW, seconds=False)} Z 1.5 VT 12.1 ".encode()
    async with running() as (centre, _, kept):
        found = await said(centre, Sl651Frame(station=STATION, function=0x32, body=body, ascii=True).encode())
        assert found is not None and found.ascii and found.end == EOT
        assert re.fullmatch(rb"00AB\d{12}", found.body)
        assert [o.value for o in kept.rows] == [1.5, 12.1]


@pytest.mark.parametrize(("ours", "theirs", "taken"), [(None, 7, True), (7, 7, True), (7, 1, False)])
async def test_an_answer_bears_the_centre_that_was_called(ours: int | None, theirs: int, taken: bool) -> None:
    async with running(centre=ours) as (centre, intake, kept):
        call = frame(element(0x39, 1.5, 4, 3), centre=theirs)
        found = await said(centre, call, within_s=5.0 if taken else 0.3)
        assert (found is not None and found.centre == theirs) == taken == bool(kept.rows)
        assert intake.refused("sl651") == ({} if taken else {"other-centre": 1})


async def test_more_to_come_is_confirmed_with_ack() -> None:
    async with running() as (centre, _, __):
        found = await said(centre, frame(element(0x39, 1.5, 4, 3), end=ETB))
        assert found is not None and found.end == ACK


async def test_a_packet_that_is_missing_is_asked_for_and_the_whole_confirmed_once() -> None:
    body = timed(STATION, 7)
    parts = [body[:20], body[20:30], body[30:]]

    def packet(number: int) -> bytes:
        return Sl651Frame(
            station=STATION,
            function=0x32,
            body=parts[number - 1],
            packet=(3, number),
            end=ETB if number < 3 else 3,
        ).encode()

    async with running() as (centre, _, kept):
        reader, writer = await connect(centre)
        writer.write(packet(1) + packet(3))
        found = await answer(reader)
        assert found is not None and (found.end, found.packet) == (NAK, (3, 2))
        writer.write(packet(2))
        found = await answer(reader)
        assert found is not None and (found.end, found.packet) == (EOT, (3, 3))
        assert int.from_bytes(found.body[:2], "big") == 7
        assert len(kept.rows) == 2
        writer.close()
