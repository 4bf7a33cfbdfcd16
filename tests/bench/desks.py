"""Many desks at one hub, without browsers: ``python desks.py CATALOG [STORE] [--desks 20 --moving 3 ...]``.

Bots confirm each picture at once, so all of the processor is the server's. Those that move turn about places
far apart. Printed: true pictures a second of each, gaps, memory (PSS) of hub and painters, processor time a
moved picture.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from tests.apps.hub.bot import Bot
from tests.ports import free_port

SIZE = (1280, 720)
APART_M = 6000.0
CAMERAS_PER_S = 30.0
WARM_S = 12.0


async def opened(url: str) -> Bot:
    """A page at rest after its first smooth still, or one that has waited long enough for it."""
    bot = await Bot(url).__aenter__()
    await bot.hello()
    await bot.call("twin.scene.size", *SIZE)
    await bot.until(lambda: bool(bot.pictures), seconds=120.0)
    return bot


async def move(bot: Bot, place: int, places: int, until_s: float) -> None:
    """Turn about a place of one's own, with as many cameras a second as a browser sends."""
    first = dict(bot.pictures[-1]["camera"])
    angle = 2.0 * math.pi * place / places
    number = 0
    while time.monotonic() < until_s:
        number += 1
        camera = first | {
            "target_east_m": first["target_east_m"] + APART_M * math.cos(angle),
            "target_north_m": first["target_north_m"] + APART_M * math.sin(angle),
            "distance_m": 2500.0,
            "heading_deg": (number * 1.0) % 360.0,
        }
        await bot.call(
            "twin.scene.event", {"type": "camera", "page": "p", "n": number, "camera": camera, "t": 1.0}
        )
        await asyncio.sleep(1.0 / CAMERAS_PER_S)


def processes(server: psutil.Process) -> tuple[list[psutil.Process], list[psutil.Process]]:
    """What is the hub, and what paints for it."""
    found = [server, *server.children(recursive=True)]
    painters = [one for one in found if "apps.painter" in one.cmdline()]
    return [one for one in found if one not in painters], painters


def pss_mb(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss / 1e6)


def cpu_s(found: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in found)


async def measure(
    url: str, server: psutil.Process, *, desks: int, moving: int, seconds: float
) -> dict[str, Any]:
    """Open the desks, let some of them move, and count."""
    bots = [await opened(url) for _ in range(desks)]
    start = time.monotonic()
    warm = start + WARM_S
    tasks = [asyncio.create_task(move(bots[k], k, moving, warm + seconds)) for k in range(moving)]
    await asyncio.sleep(WARM_S)
    hub, painters = processes(server)
    counts, spent = [len(bot.pictures) for bot in bots], (cpu_s(hub), cpu_s(painters))
    peak: dict[int, float] = {}
    gaps = [0.0] * moving
    seen = [(len(bot.pictures), time.monotonic()) for bot in bots[:moving]]
    next_look = 0.0
    while (now := time.monotonic()) < warm + seconds:
        for k, bot in enumerate(bots[:moving]):
            if len(bot.pictures) != seen[k][0]:
                seen[k] = len(bot.pictures), now
            gaps[k] = max(gaps[k], now - seen[k][1])
        if now > next_look:
            next_look = now + 2.0
            for painter in painters:
                peak[painter.pid] = max(peak.get(painter.pid, 0.0), pss_mb(painter))
        await asyncio.sleep(0.01)
    drawn = [len(bot.pictures) - before for bot, before in zip(bots, counts, strict=True)]
    hub_cpu, painter_cpu = (b - a for a, b in zip(spent, (cpu_s(hub), cpu_s(painters)), strict=True))
    found = {
        "desks": desks,
        "moving": moving,
        "pictures_per_s": [round(count / seconds, 2) for count in drawn[:moving]],
        "longest_gap_s": [round(gap, 2) for gap in gaps],
        "stills_of_others": sum(drawn[moving:]),
        "painter_ms_a_picture": round(1000 * painter_cpu / max(1, sum(drawn[:moving]))),
        "hub_ms_a_picture": round(1000 * hub_cpu / max(1, sum(drawn[:moving]))),
        "hub_pss_mb": round(sum(pss_mb(process) for process in hub)),
        "painters_pss_mb": [round(mb) for mb in peak.values()],
        "scales": [bot.pictures[-1]["w"] for bot in bots[:moving]],
    }
    await asyncio.gather(*tasks)
    for bot in bots:
        await bot.__aexit__(None, None, None)
    return found


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("catalog", type=Path)
    parser.add_argument("store", type=Path, nargs="?")
    parser.add_argument("--desks", type=int, default=20)
    parser.add_argument("--moving", type=int, default=3)
    parser.add_argument("--painters", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=15.0)
    asked = parser.parse_args()
    port = free_port()
    command = [sys.executable, "-m", "apps.cli", "serve", "--open", str(asked.catalog), "--port", str(port)]
    command += ["--store", str(asked.store)] if asked.store else []
    command += ["--painters", str(asked.painters)] if asked.painters else []
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert child.stdout is not None
        while b"http://" not in await child.stdout.readline():
            pass
        server = psutil.Process(child.pid)
        found = await measure(
            f"http://127.0.0.1:{port}/", server, desks=asked.desks, moving=asked.moving, seconds=asked.seconds
        )
        print(json.dumps(found))
    finally:
        child.terminate()
        await child.wait()


if __name__ == "__main__":
    asyncio.run(main())
