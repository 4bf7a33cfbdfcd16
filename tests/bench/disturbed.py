"""SL 651 stations beside ten sockets that disturb: how long they wait, what the live service holds.

The live service of a small basin runs as ``twin live`` in a process of its own, the disturbers in another.
Each kind is ten sockets that never read: 16 kB blocks of false frame starts, half frames, reports of one
station as fast as they go, packets of messages that never end, eight of them as eight claims of one station.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from tests.ports import free_port  # noqa: E402
from tests.small import write_small_basin  # noqa: E402
from tests.stationed import declare_stations  # noqa: E402
from twin.stations.feeds.sl651.frame import Sl651Frame  # noqa: E402
from twin.stations.feeds.sl651.report_encoding import write_report  # noqa: E402
from twin.stations.feeds.sl651.simulator import Simulator, addresses  # noqa: E402

SOCKETS, COUNT, BEFORE_S, AFTER_S = 10, 20, 3.0, 20.0
FALSE_STARTS = (bytes.fromhex("7e7e0100310000010000320fff02") * 1200)[:16_384]
CLAIMED = addresses(1)[0]
KINDS = ("none", "false starts", "half frames", "floods", "packets without end", "claims")


def report(station: str, serial: int, *, level_m: float | None = None) -> bytes:
    """A timed report of this second."""
    now = datetime.now(UTC).replace(microsecond=0)
    values = [(0x39, serial % 100 / 100 if level_m is None else level_m, 4, 3), (0x38, 12.0, 2, 2)]
    return write_report(station, serial=serial, sent_at=now, observed_at=now, values=values)


def block(kind: str, number: int, k: int) -> bytes:
    """What a disturber of a kind sends as its k-th block."""
    if kind == "false starts":
        return FALSE_STARTS
    if kind == "half frames":
        return FALSE_STARTS[:900]
    if kind == "packets without end":
        part = 1 + k % 1000
        station = f"{31_000_000 + number:010d}"
        return Sl651Frame(station=station, function=0x34, body=b"x" * 4000, packet=(1001, part)).encode()
    body = report(CLAIMED, k % 65_000, level_m=number + k % 1000 / 1000)
    one = Sl651Frame(station=CLAIMED, function=0x32, body=body).encode()
    return one * (40 if kind == "floods" else 1)


PREPARED = 70
"""Blocks that each disturber makes before it begins: the machine is for the service and the stations."""


async def disturb(port: int, kind: str, number: int) -> None:
    """One socket after another, until this process is ended."""
    k, blocks = 0, [block(kind, number, k) for k in range(PREPARED)]
    while True:
        with contextlib.suppress(OSError, TimeoutError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while True:
                    k += 1
                    writer.write(blocks[k % PREPARED])
                    async with asyncio.timeout(5):
                        await writer.drain()
                    await asyncio.sleep(0.05 if kind == "half frames" else 0.001)
            finally:
                writer.transport.abort()
        await asyncio.sleep(0.02)


def disturbers(port: int, kind: str) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(disturb(port, kind, number) for number in range(SOCKETS)))

    asyncio.run(all_of_them())


def write_basin(folder: Path, port: int) -> Path:
    """A small basin with ``COUNT`` stations and one more, which is claimed; built."""
    path = write_small_basin(folder)
    codes = [address[2:] for address in addresses(COUNT + 1)]
    rows = ["STCD,STNM,LGTD,LTTD,STTP", *(f"{code},站{code},116.93,40.49,ZZ" for code in codes)]
    streams = [f"{code},{name},300" for code in codes for name in ("level", "voltage")]
    telemetry = {
        "id": "telemetry",
        "title": {"zh": "遥测", "en": "telemetry"},
        "driver": "sl651",
        "stations": "stations",
        "port": port,
    }
    declare_stations(
        path,
        stations="\n".join(rows) + "\n",
        streams="\n".join(("station,property,interval_s", *streams)) + "\n",
        feeds=[telemetry],
    )
    twin = [sys.executable, "-m", "apps.cli"]
    subprocess.run([*twin, "build", str(path)], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return path


@contextmanager
def served(catalog: Path, port: int) -> Iterator[psutil.Process]:
    """``twin live``, once its port can be reached."""
    log = (catalog.parent / "live.log").open("ab")
    command = [sys.executable, "-m", "apps.cli", "live", str(catalog)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                asyncio.run(_reach(port))
                break
            time.sleep(0.1)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


async def _reach(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()


def measure(catalog: Path, port: int, kind: str, *, reports: int) -> tuple[str, ...]:
    """A row: what disturbs, what the twenty wait, lost, memory before, most and after, processor."""
    with served(catalog, port) as service:
        before = service.memory_info().rss
        used, begun = sum(service.cpu_times()[:2]), time.monotonic()
        attack = None
        if kind != "none":
            attack = multiprocessing.get_context("spawn").Process(target=disturbers, args=(port, kind))
            attack.start()
            time.sleep(BEFORE_S)
        stations = addresses(COUNT, first=31_000_002)
        play = Simulator("127.0.0.1", port, stations, report=report)
        tally = asyncio.run(play.run(reports=reports, every_s=1.0))
        most = service.memory_info().rss
        cpu = (sum(service.cpu_times()[:2]) - used) / (time.monotonic() - begun)
        if attack is not None:
            attack.terminate()
            attack.join()
            time.sleep(AFTER_S)
        waits = sorted(tally.waits_s)
        after = service.memory_info().rss
    return (
        kind,
        f"{1e3 * waits[len(waits) // 2]:.0f} ms",
        f"{1e3 * waits[int(0.95 * len(waits))]:.0f} ms",
        f"{1e3 * waits[-1]:.0f} ms",
        f"{tally.lost} of {tally.sent}",
        f"{before / 1e6:.0f}, {most / 1e6:.0f}, {after / 1e6:.0f} MB",
        f"{100 * cpu:.0f} %",
    )


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--reports", type=int, default=20)
    ask.add_argument("--kinds", nargs="*", default=KINDS)
    asked = ask.parse_args()
    print("| ten sockets send | median | p95 | longest | lost | memory before, during, after | processor |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        catalog = write_basin(Path(name), port)
        for kind in asked.kinds:
            print("| " + " | ".join(measure(catalog, port, kind, reports=asked.reports)) + " |", flush=True)


if __name__ == "__main__":
    main()
