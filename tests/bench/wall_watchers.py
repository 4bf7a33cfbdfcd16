"""Fifty watchers of the wall: every still for every one, one painting a picture, what the hub takes.

``python tests/bench/wall_watchers.py [CATALOG] [STORE] [SECONDS] [WATCHERS]``: bots in the place of browsers,
real painters, the wall on tour. A smooth still is made of several paintings, which are counted as those
that it needs; what an operator's hand or a tile withdraws is painted and not sent.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from apps.painter.smoothing import SHIFTS
from meshes.pipeline import build
from tests.apps.hub.bot import Bot
from tests.apps.hub.serving import Serving, serving
from tests.bench.desk import PROJECT
from tests.bench.wall_tour import OperatorBot

LOOK_EVERY_S = 5.0
AT_ONCE = 10
SETTLED_S = 120.0

Row = tuple[str, str, str]


class WatcherBot(Bot):
    """A screen of the wall, which keeps what the pictures were, and none of them."""

    def __init__(self, url: str) -> None:
        super().__init__(url, room="wall")
        self.stills: list[int] = []
        self.smooth: list[int] = []
        self.moving = 0

    async def _take(self, message: Any) -> None:
        await super()._take(message)
        for meta in self.pictures:
            if meta["still"]:
                (self.smooth if meta["smooth"] else self.stills).append(meta["n"])
            else:
                self.moving += 1
        self.pictures.clear()

    @property
    def at_rest(self) -> set[int]:
        """Numbers of all stills."""
        return {*self.stills, *self.smooth}


@dataclass
class Watched:
    """Bots, PSS of the hub in MB over time, cores it took, paintings of the wall."""

    bots: list[WatcherBot] = field(default_factory=list)
    hub_mb: list[float] = field(default_factory=list)
    core: float = 0.0
    paintings: float = 0.0


async def metric(url: str, name: str, *, without: str = "") -> float:
    """Sum of a metric of the hub over its kinds, but one."""
    async with ClientSession() as session, session.get(url + "metrics") as answer:
        text = await answer.text()
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and not (without and sample.labels["kind"] == without)
    )


async def painted(url: str) -> float:
    """How many paintings the hub has had: moving ones, stills and samples of smooth ones."""
    return await metric(url, "twin_frame_draw_seconds_count", without="quick")


async def watched(server: Serving, *, count: int, seconds: float) -> Watched:
    """Let the wall tour before so many bots."""
    found = Watched()
    async with AsyncExitStack() as stack:
        control = await stack.enter_async_context(OperatorBot(server.url, room="wall-control"))
        await control.hello()
        await control.trigger("wall_tour", False)
        for _ in range(0, count, AT_ONCE):
            some = [WatcherBot(server.url) for _ in range(min(AT_ONCE, count - len(found.bots)))]
            for bot in some:
                await stack.enter_async_context(bot)
            await asyncio.gather(*(bot.hello() for bot in some))
            found.bots += some
        first = found.bots[0]
        await first.until(lambda: bool(first.smooth), seconds=SETTLED_S)
        assert server.hub is not None, "the hub runs"
        before, moving = await painted(server.url), first.moving
        stills = [(len(bot.stills), len(bot.smooth)) for bot in found.bots]
        spent, begun = sum(server.hub.cpu_times()[:2]), time.monotonic()
        await control.trigger("wall_tour", True)
        while (left_s := begun + seconds - time.monotonic()) > 0:
            found.hub_mb.append(server.hub.memory_full_info().pss / 1e6)
            await asyncio.sleep(min(LOOK_EVERY_S, left_s))
        found.core = (sum(server.hub.cpu_times()[:2]) - spent) / (time.monotonic() - begun)
        await control.trigger("wall_tour", False)
        last = [len(bot.smooth) for bot in found.bots]
        await control.trigger("wall_step", "in")  # the last flight, whose smooth still all wait for
        await asyncio.gather(
            *(
                bot.until(lambda bot=bot, n=n: len(bot.smooth) > n, seconds=SETTLED_S)  # type: ignore[misc]
                for bot, n in zip(found.bots, last, strict=True)
            )
        )
        found.paintings = await painted(server.url) - before
        for bot, (plain, smooth) in zip(found.bots, stills, strict=True):
            del bot.stills[:plain], bot.smooth[:smooth]
        first.moving -= moving
        assert not any(bot.closed.is_set() for bot in found.bots), "nobody was cut"
    return found


def rows_of(found: Watched, *, seconds: float) -> list[Row]:
    first = found.bots[0]
    wanted = set.union(*(bot.at_rest for bot in found.bots))
    least = min(len(bot.at_rest & wanted) for bot in found.bots)
    asked = first.moving + len(first.stills) + len(SHIFTS) * len(first.smooth)
    third = max(1, len(found.hub_mb) // 3)
    return [
        (f"{len(found.bots)} watchers, minutes on tour", f"{seconds / 60:.1f}", "10"),
        ("… stills that any of them got, and the one with the fewest", f"{len(wanted)}, {least}", "the same"),
        ("… moving pictures that the first one got", f"{first.moving}", "stated"),
        ("… paintings for one that a watcher's pictures need", f"{found.paintings / asked:.2f}", "1"),
        ("… hub, of a core", f"{found.core:.2f}", "< 1"),
        ("… hub, PSS, the most of the first third", f"{max(found.hub_mb[:third]):.0f} MB", "stated"),
        ("… of the last third", f"{max(found.hub_mb[-third:]):.0f} MB", "no more"),
    ]


async def main(
    catalog: Path, store: Path | None = None, seconds: float = 600.0, watchers: float = 50.0
) -> None:
    build(catalog, store=store)
    where = ("--store", str(store)) if store else ()
    async with serving(catalog, *where) as server:
        found = await watched(server, count=int(watchers), seconds=seconds)
    print_rows(rows_of(found, seconds=seconds))


def print_rows(rows: Sequence[Row]) -> None:
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asyncio.run(
        main(
            Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml",
            Path(arguments[1]) if len(arguments) > 1 else None,
            *islice(map(float, arguments[2:]), 2),
        )
    )
