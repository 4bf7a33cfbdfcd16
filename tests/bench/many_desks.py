"""Many desks on one machine: pictures a second, memory and rest, beside plain trame.

``python tests/bench/many_desks.py [CATALOG] [STORE] [SECONDS]``: bots in the place of browsers, which confirm
each picture and send twenty cameras a second while they move. The peer is ``trame.tools.serve``, one process,
with a plotter and a ``VtkRemoteView`` for each (PyVista's class sets two ratios on it), on the triangles of
*all triangles*.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import psutil

from meshes.pipeline import build
from tests.apps.hub.bot import Bot
from tests.bench.desk import PROJECT, server

SIZE = (1280, 720)
CAMERAS_PER_S = 20
APART_M, NEAR_M = 6000.0, 2500.0
"""Many desks that move turn about places so far from home, from so near: their tiles are not the same."""
AT_ONCE = 10
PUSHED = "viewport.image.push.subscription"

Row = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Pictures a second of each that moved; PSS of hub and painters, MB; cores that the hub took."""

    fps: Sequence[float] = ()
    hub_mb: float = 0.0
    painters_mb: Sequence[float] = ()
    core: float = 0.0


class DeskBot(Bot):
    """Desk of ours that turns its camera."""

    async def opened(self, size: tuple[int, int]) -> None:
        """Wait for the smooth picture of a window of that size."""
        await self.hello()
        await self.call("twin.scene.size", *size)
        await self.until(lambda: any(picture["smooth"] for picture in self.pictures), seconds=600)

    async def move(self, seconds: float, *, towards_deg: float | None = None) -> float:
        """Turn where one looks, or about a place in a direction of home; return pictures a second."""
        camera = dict(self.pictures[-1]["camera"])
        if towards_deg is not None:
            camera["target_east_m"] += APART_M * math.sin(math.radians(towards_deg))
            camera["target_north_m"] += APART_M * math.cos(math.radians(towards_deg))
            camera["distance_m"] = NEAR_M
        start, before, count = time.perf_counter(), len(self.pictures), 0
        while (now := time.perf_counter() - start) < seconds:
            count += 1
            camera["heading_deg"] = (camera["heading_deg"] + 1.0) % 360.0
            event = {"type": "camera", "page": "bot", "n": count, "camera": camera, "t": 1000 * now}
            await self.call("twin.scene.event", event)
            await asyncio.sleep(max(0.0, count / CAMERAS_PER_S - (time.perf_counter() - start)))
        moving = sum(not picture["still"] for picture in self.pictures[before:])
        return moving / (time.perf_counter() - start)


class PlainBot(Bot):
    """Page with trame's remote view."""

    shown = 0

    async def opened(self, size: tuple[int, int]) -> None:
        """Wait for a first picture."""
        await self._send("system:hello", "wslink.hello", [{"secret": "wslink-secret"}])
        self.state |= (await self.call("trame.state.get"))["state"]
        self.view = self.state["viewId"]
        await self.call("viewport.image.push.observer.add", self.view)
        await self.call("viewport.image.push.original.size", self.view, *size)
        await self.until(lambda: self.shown > 0, seconds=600)

    async def move(self, seconds: float, *, towards_deg: float | None = None) -> float:
        """Drag round; return pictures a second."""
        assert towards_deg is None, "it knows one place"
        await self._mouse("down", 0.5)
        start, before, count = time.perf_counter(), self.shown, 0
        while (now := time.perf_counter() - start) < seconds:
            count += 1
            await self._mouse("move", 0.5 + 0.3 * (now / seconds))
            await asyncio.sleep(max(0.0, count / CAMERAS_PER_S - (time.perf_counter() - start)))
        found = (self.shown - before) / (time.perf_counter() - start)
        await self._mouse("up", 0.8)
        return found

    async def _mouse(self, action: str, x: float) -> None:
        keys = dict.fromkeys(("shiftKey", "ctrlKey", "altKey", "metaKey", "buttonMiddle", "buttonRight"), 0)
        down = int(action != "up")
        event = {"view": self.view, "action": action, "x": x, "y": 0.5, "buttonLeft": down, **keys}
        async with asyncio.timeout(None):
            await self.call("viewport.mouse.interaction", event)

    async def _take(self, message: Any) -> None:
        if message["id"].startswith(f"publish:{PUSHED}"):
            self.shown += 1
            async with self._changed:
                self._changed.notify_all()
            return
        await super()._take(message)


async def crowd(
    kind: type[DeskBot | PlainBot],
    url: str,
    process: psutil.Process,
    *,
    count: int,
    moving: int,
    seconds: float,
    size: tuple[int, int] = SIZE,
    apart: bool = False,
) -> Found:
    """Open desks, move some at once, in one place or ``apart``, and weigh the server's processes."""
    async with AsyncExitStack() as stack:
        bots: list[DeskBot | PlainBot] = []
        for _ in range(0, count, AT_ONCE):
            some = [
                await stack.enter_async_context(kind(url)) for _ in range(min(AT_ONCE, count - len(bots)))
            ]
            await asyncio.gather(*(bot.opened(size) for bot in some))
            bots += some
        spent = sum(process.cpu_times()[:2])
        if moving:
            places = [360.0 * k / moving if apart else None for k in range(moving)]
            movers = zip(bots, places, strict=False)
            fps = await asyncio.gather(*(bot.move(seconds, towards_deg=place) for bot, place in movers))
        else:
            fps = ()
            await asyncio.sleep(seconds)
        core = (sum(process.cpu_times()[:2]) - spent) / seconds
        children = process.children(recursive=True)
        painters = [child for child in children if "apps.painter" in " ".join(child.cmdline())]
        return Found(
            fps=fps,
            hub_mb=process.memory_full_info().pss / 1e6,
            painters_mb=[painter.memory_full_info().pss / 1e6 for painter in painters],
            core=core,
        )


def measured(
    name: str, bots: type[DeskBot | PlainBot], *, catalog: Path, store: Path | None, **how: Any
) -> Found:
    """The same of a server started for it."""
    script = "many_servers.py" if name == "plain" else "desk_servers.py"
    with server(name, catalog=catalog, store=store, script=script) as shown:
        return asyncio.run(crowd(bots, shown.url, shown.process, **how))


def main(
    catalog: Path, store: Path | None = None, seconds: float = 10.0, *, open_: int = 20, still: int = 200
) -> None:
    build(catalog, store=store)
    where: dict[str, Any] = {"catalog": catalog, "store": store, "seconds": seconds}
    many = measured("desk", DeskBot, **where, count=open_, moving=3, apart=True)
    resting = measured("desk", DeskBot, **where, count=still, moving=0, size=(320, 180))
    ships = measured("desk", DeskBot, **where, count=4, moving=2)
    whole = measured("ours", DeskBot, **where, count=4, moving=2)
    plain = measured("plain", PlainBot, **where, count=4, moving=2)
    slowest = max(mean(plain.fps), 1.0 / seconds)
    ours_mb = ships.hub_mb + sum(ships.painters_mb)
    rows: list[Row] = [
        (f"{open_} desks, 3 move: true pictures a second, the slowest", f"{min(many.fps):.1f}", "≥ 3"),
        (f"… hub and {open_} sessions, PSS", f"{many.hub_mb:.0f} MB", "< 300 MB"),
        ("… each painter, PSS, the largest", f"{max(many.painters_mb):.0f} MB", "< 500 MB"),
        ("… painters", f"{len(many.painters_mb)}", ""),
        (f"{still} desks at rest: hub, PSS", f"{resting.hub_mb:.0f} MB", "< 1,200 MB"),
        ("… of a core", f"{100 * resting.core:.1f} %", "< 2 %"),
        ("4 desks, 2 move: as it ships, pictures a second a desk", f"{mean(ships.fps):.1f}", ""),
        ("… with all triangles", f"{mean(whole.fps):.1f}", ""),
        ("… plain trame", f"{mean(plain.fps):.2f}", ""),
        ("… as it ships ÷ plain trame", f"{mean(ships.fps) / slowest:.1f} ×", "≥ 10 ×"),
        ("… with all triangles ÷ plain trame", f"{mean(whole.fps) / slowest:.1f} ×", "stated"),
        ("… memory, hub and painters, PSS", f"{ours_mb:.0f} MB", ""),
        ("… memory, plain trame, PSS", f"{plain.hub_mb:.0f} MB", "beside it"),
    ]
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml",
        Path(arguments[1]) if len(arguments) > 1 else None,
        float(arguments[2]) if len(arguments) > 2 else 10.0,
    )
