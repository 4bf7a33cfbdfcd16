"""Who disturbs a centre stays alone: passwords, shared addresses, floods, messages without an end."""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Sequence

import pytest

from tests.twin.stations.feeds.sl651.centres import CODE, STATION, connect, running, said, timed
from tests.twin.stations.feeds.sl651.test_centre import NOW, answer, report
from twin.stations.feeds.sl651 import centre as module
from twin.stations.feeds.sl651 import line, reassembly
from twin.stations.feeds.sl651.centre import Centre
from twin.stations.feeds.sl651.claims import BURST, Claims
from twin.stations.feeds.sl651.frame import Sl651Frame
from twin.stations.feeds.sl651.pace import Bucket
from twin.stations.feeds.sl651.reassembly import Assembler, Budget
from twin.stations.feeds.sl651.simulator import Simulator, addresses
from twin.stations.feeds.sl651.times import bcd_time

# -- passwords, two who speak for one ----------------------------------------------------------------------


async def test_passwords_are_tried_a_few_times_only() -> None:
    async with running(password=0x1234) as (centre, intake, kept):
        proven_reader, proven = await connect(centre)
        proven.write(report(password=0x1234))
        assert await answer(proven_reader) is not None
        for guess in range(0x1200, 0x1240):  # the right one among them
            await said(centre, *(report(password=guess, level_m=9.0) for _ in range(5)), within_s=0.05)
        counts = intake.refused("sl651")
        assert counts["wrong-password"] <= 12 and counts["password-guessing"] > 20
        assert [o.value for o in kept.rows if o.datastream.endswith("level")] == [1.5]
        proven.write(report(password=0x1234, serial=2, level_m=1.6))
        assert await answer(proven_reader) is not None
        other = await said(centre, report("0031000002", password=0x1234))
        assert other is not None


async def test_eight_lines_that_claim_one_station_are_told_of_once_and_paced(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as (centre, intake, kept):

        async def claim(number: int) -> None:
            reader, writer = await connect(centre)
            for k in range(30):
                writer.write(report(serial=k, level_m=1.5 + number / 10 + k / 1000))
                await answer(reader, 0.05)
            writer.transport.abort()

        tasks = [asyncio.create_task(claim(number)) for number in range(8)]
        async with asyncio.timeout(20):
            while not intake.refused("sl651").get("two-speak"):
                await asyncio.sleep(0.01)
        assert await said(centre, report("0031000002")) is not None
        await asyncio.gather(*tasks)
        revisions = sum(o.datastream == f"{CODE}.level" for o in kept.rows)
        assert revisions <= 8 + 4 + 4  # one each, the burst, and one in five seconds; of 240
        assert intake.refused("sl651")["two-speak"] == 1
        assert sum("two lines speak" in r.message for r in caplog.records) == 1
        late = [o for o in kept.rows if o.datastream == f"{CODE}.level"][-1]
        assert (late.quality, late.reason) == ("suspect", "two-speak")


async def test_a_station_that_sends_the_same_over_two_channels_is_no_contest() -> None:
    async with running() as (centre, intake, kept):
        lines = [await connect(centre) for _ in range(2)]
        for serial in range(5):
            for _, writer in lines:
                writer.write(report(serial=serial, level_m=1.5 + serial / 100))
            for reader, _ in lines:
                assert await answer(reader) is not None
        assert intake.refused("sl651") == {}
        levels = [o.quality for o in kept.rows if o.datastream == f"{CODE}.level"]
        assert set(levels) == {"good"}


def test_a_station_that_comes_back_on_a_new_line_is_no_contest() -> None:
    now = [0.0]
    turns = Claims(clock_s=lambda: now[0])
    assert not turns.heard("a", 1).contested
    for number in range(2, 40):  # half-open lines stay behind
        now[0] += 120.0
        assert not turns.heard("a", number).contested
        turns.ended(number - 1, {"a"})
    for number in range(100, 120):
        turns.ended(number - 1, {"a"})
        now[0] += 20.0
        assert not turns.heard("a", number).contested


def test_two_that_speak_by_turns_are_a_contest_until_one_is_silent() -> None:
    now = [0.0]
    turns = Claims(clock_s=lambda: now[0])
    told = [turns.heard("a", number) for number in (1, 2, 1, 2, 1)]
    assert [t.contested for t in told] == [False, False, True, True, True]
    assert [t.news for t in told] == [False, False, True, False, False]
    assert not turns.heard("b", 1).contested
    now[0] += 700.0
    assert not turns.heard("a", 1).contested


def test_a_stations_backlog_is_taken_at_once_and_then_at_its_pace() -> None:
    now = [0.0]
    turns = Claims(clock_s=lambda: now[0])
    waits = [turns.heard("a", 1).wait_s for _ in range(int(BURST) + 10)]
    assert waits[: int(BURST)] == [0.0] * int(BURST)
    assert waits[-1] == pytest.approx(5.0)


# -- disturbance -------------------------------------------------------------------------------------------

FALSE_STARTS = (bytes.fromhex("7e7e0100310000010000320fff02") * 1200)[:16_384]
ENDLESS = Sl651Frame(station=STATION, function=0x34, body=b"x" * 4000, packet=(1000, 1)).encode()


async def disturb(centre: Centre, kind: str, stop: asyncio.Event) -> None:
    """One socket after another that does what it likes and never reads."""
    count = 0
    while not stop.is_set():
        try:
            _, writer = await connect(centre)
            while not stop.is_set():
                count += 1
                writer.write(
                    {"false": FALSE_STARTS, "half": FALSE_STARTS[:900]}.get(kind) or FLOODS[count % 8]
                )
                async with asyncio.timeout(1):
                    await writer.drain()
                await asyncio.sleep(0.05 if kind == "half" else 0)
        except (OSError, TimeoutError):
            continue


FLOODS = [
    b"".join(report(serial=first + k, level_m=(first + k) / 100) for k in range(40))
    for first in range(0, 320, 40)
]
"""Made before: those who disturb must not be what disturbs."""


async def test_twenty_stations_are_answered_beside_ten_that_disturb() -> None:
    async with running(21) as (centre, intake, _):
        assert centre.address is not None
        stop = asyncio.Event()
        kinds: Sequence[str] = ["false"] * 4 + ["half"] * 3 + ["flood"] * 3
        tasks = [asyncio.create_task(disturb(centre, kind, stop)) for kind in kinds]
        tally = await Simulator(*centre.address, addresses(20, first=31_000_002), report=timed).run(
            reports=10, every_s=0.1
        )
        stop.set()
        await asyncio.gather(*tasks)
        assert (tally.acknowledged, tally.lost, tally.again) == (200, 0, 0)
        waits = sorted(tally.waits_s)
        assert waits[int(0.95 * len(waits))] < 0.5
        assert {"bad-crc", "no-station"} <= set(intake.refused("sl651"))


async def test_messages_that_never_end_share_one_budget_and_are_given_up() -> None:
    now = [0.0]
    budget = Budget(clock_s=lambda: now[0])
    lines = [Assembler(budget) for _ in range(300)]
    for number in range(1, 60):
        for k, assembler in enumerate(lines):
            packet = Sl651Frame(station=f"{k:010d}", function=0x34, body=b"x" * 4000, packet=(1000, number))
            assert assembler.take(packet) is None
        assert budget.held <= reassembly.BUDGET_BYTES
    dropped = sum(assembler.dropped for assembler in lines)
    assert dropped > 0
    now[0] += reassembly.SILENT_S + 1
    for assembler in lines:
        assembler.expire()
    assert budget.held == 0 and not any(assembler.waiting for assembler in lines)


def test_pictures_are_followed_without_their_bytes() -> None:
    budget = Budget()
    assembler = Assembler(budget)
    parts = [b"\x00\x01" + bcd_time(NOW) + b"\xf3\xf3\xff\xd8" + b"p" * 3000] + [b"q" * 3000] * 499
    for number, part in enumerate(parts[:-1], 1):
        packet = Sl651Frame(station=STATION, function=0x36, body=part, packet=(500, number))
        assert assembler.take(packet) is None
    assert budget.held < 500 * 300
    last = assembler.take(Sl651Frame(station=STATION, function=0x36, body=parts[-1], packet=(500, 500)))
    assert last is not None and last.startswith(b"\x00\x01")
    assert budget.held == 0


async def test_a_line_that_ends_gives_its_messages_back() -> None:
    async with running() as (centre, intake, _):
        _, writer = await connect(centre)
        writer.write(ENDLESS)
        async with asyncio.timeout(5):
            while not centre._budget.held:
                await asyncio.sleep(0.01)
        writer.close()
        async with asyncio.timeout(5):
            while centre._budget.held:
                await asyncio.sleep(0.01)
        assert intake.refused("sl651") == {"packets-missing": 1}


async def test_a_false_start_delays_the_report_behind_it_for_a_pause_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line, "PAUSE_S", 0.2)
    async with running() as (centre, intake, _):
        assert await said(centre, FALSE_STARTS[:14] + report()) is not None
        assert intake.refused("sl651") == {"half-frame": 1}


async def test_silent_lines_make_room_for_stations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CONNECTIONS", 5)
    async with running() as (centre, intake, _):
        silent = [await connect(centre) for _ in range(5)]
        reader, writer = await connect(centre)
        writer.write(report())
        assert await answer(reader) is not None
        assert intake.refused("sl651") == {"too-many-connections": 1}
        async with asyncio.timeout(5):
            assert await silent[0][0].read() == b""  # the oldest that has not spoken


def test_lines_leave_files_to_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    for files, most in ((1024, 824), (65_536, 2000), (-1, 2000), (100, 1)):
        monkeypatch.setattr(resource, "getrlimit", lambda what, files=files: (files, files))
        assert module.most_connections() == most


def test_who_takes_first_is_served_first() -> None:
    now = [0.0]
    bucket = Bucket(per_s=2.0, burst=1.0, clock_s=lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]
    now[0] = 10.0
    assert bucket.take() == 0.0
    assert Counter([bucket.wait_s]) == {0.0: 1}
