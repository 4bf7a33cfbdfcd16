"""The wall beside three desks for an hour: memory, handles, tasks, pictures, what the log says.

``python tests/bench/wall_hour.py [CATALOG] [STORE] [SECONDS]``: bots in the place of browsers. The wall
tours, replays the flood, has a drill, is live again; each desk moves for ten seconds in a minute.
Handles and tasks of the hub are counted before the desks come and after they have gone. All lines of the log
from a warning on are printed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from meshes.pipeline import build
from tests.apps.hub.bot import Bot
from tests.apps.hub.serving import Serving, serving
from tests.bench.desk import PROJECT
from tests.bench.many_desks import DeskBot
from tests.bench.wall_watchers import metric

SIZE = (1920, 1080)
DESKS, MOVES_S, EVERY_S = 3, 10.0, 60.0
LOOK_EVERY_S = 5.0
GONE_S = 180.0
"""What desks had is given back within so long: a painter that has become idle ends after two minutes."""
DRILL = "sample_flood.yaml"

Row = tuple[str, str, str]


@dataclass
class Seen:
    """PSS of hub and painters in MB over time, pictures a second of desks, modes of the wall."""

    hub_mb: list[float] = field(default_factory=list)
    painters_mb: list[float] = field(default_factory=list)
    fps: list[float] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)


class WallBot(Bot):
    """The wall's screen; notes when pictures come."""

    def __init__(self, url: str) -> None:
        super().__init__(url, room="wall")
        self.came_s: list[float] = []

    async def _take(self, message: Any) -> None:
        before = len(self.pictures)
        await super()._take(message)
        if len(self.pictures) > before:
            self.came_s.append(time.monotonic())
            del self.pictures[:-2]

    def pictures_in(self, since_s: float) -> int:
        return sum(at >= since_s for at in self.came_s)


async def moving(bot: DeskBot, seen: Seen, *, until_s: float) -> None:
    """One desk: moves for a while, rests for a while."""
    while (left_s := until_s - time.monotonic()) > 0:
        seen.fps.append(await bot.move(min(MOVES_S, left_s)))
        del bot.pictures[:-2]
        await asyncio.sleep(max(0.0, min(EVERY_S - MOVES_S, until_s - time.monotonic())))


async def looking(server: Serving, wall: WallBot, seen: Seen, *, until_s: float) -> None:
    """Weigh the processes, and note each mode of the wall, until then."""
    while (left_s := until_s - time.monotonic()) > 0:
        assert server.hub is not None, "the hub runs"
        seen.hub_mb.append(server.hub.memory_full_info().pss / 1e6)
        seen.painters_mb.append(max(one.memory_full_info().pss / 1e6 for one in server.painters))
        word = wall.state["wall_mode"]["word"]
        if not seen.modes or seen.modes[-1] != word:
            seen.modes.append(word)
        await asyncio.sleep(min(LOOK_EVERY_S, left_s))


async def count(
    server: Serving, seen: Seen, *, most: tuple[int, int] | None = None, seconds: float = GONE_S
) -> None:
    """Count the hub's handles and tasks; wait so long until they are no more than ``most``."""
    for _ in range(int(seconds)):
        assert server.hub is not None, "the hub runs"
        handles, tasks = server.hub.num_fds(), int(await metric(server.url, "twin_tasks"))
        if most is None or (handles <= most[0] and tasks <= most[1]):
            break
        await asyncio.sleep(1.0)
    seen.handles.append(handles)
    seen.tasks.append(tasks)


async def operated(wall: WallBot, control: Bot, *, seconds: float) -> tuple[int, int]:
    """The tour, a replay, a drill if there is one, live again; pictures of the first two."""
    counts, scenes = [], (("wall_tour", True), ("wall_replay",), ("wall_drill_start", DRILL), ("wall_live",))
    for begin in scenes:
        await control.trigger("wall_tour", False)
        since = time.monotonic()
        await control.trigger(*begin)
        await asyncio.sleep(seconds / len(scenes))
        counts.append(wall.pictures_in(since))
    return counts[0], counts[1]


async def hour(server: Serving, *, seconds: float) -> tuple[Seen, tuple[int, int]]:
    """All of it."""
    seen = Seen()
    async with AsyncExitStack() as stack:
        wall = await stack.enter_async_context(WallBot(server.url))
        control = await stack.enter_async_context(Bot(server.url, room="wall-control"))
        await asyncio.gather(wall.hello(), control.hello())
        await wall.call("twin.scene.size", *SIZE)
        await wall.until(lambda: bool(wall.pictures), seconds=120)
        await control.trigger("wall_tour", False)
        await count(server, seen)
        async with AsyncExitStack() as rooms:
            desks = [await rooms.enter_async_context(DeskBot(server.url)) for _ in range(DESKS)]
            await asyncio.gather(*(desk.opened((1280, 720)) for desk in desks))
            until_s = time.monotonic() + seconds
            counts, *_ = await asyncio.gather(
                operated(wall, control, seconds=seconds),
                looking(server, wall, seen, until_s=until_s),
                *(moving(desk, seen, until_s=until_s) for desk in desks),
            )
        await count(server, seen, most=(seen.handles[0], seen.tasks[0]), seconds=min(GONE_S, seconds / 2))
        assert not wall.closed.is_set(), "the wall's line held"
    return seen, counts


async def main(catalog: Path, store: Path | None = None, seconds: float = 3600.0) -> None:
    build(catalog, store=store)
    where = ("--store", str(store)) if store else ()
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log.jsonl"
        async with serving(catalog, *where, "--log", str(log)) as server:
            seen, counts = await hour(server, seconds=seconds)
        doubts = [
            one for one in map(json.loads, log.read_text("utf-8").splitlines()) if one["level"] != "INFO"
        ]
    rows = rows_of(seen, counts, minutes=seconds / 60, doubts=len(doubts))
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    for line in doubts:
        print(json.dumps(line, ensure_ascii=False))


def slope(mb: Sequence[float]) -> float:
    """MB an hour, of the line that fits best."""
    hours = LOOK_EVERY_S / 3600 * np.arange(len(mb))
    return float(np.polyfit(hours, mb, 1)[0]) if len(mb) > 1 else 0.0


def rows_of(seen: Seen, counts: Sequence[int], *, minutes: float, doubts: int) -> list[Row]:
    third = max(1, len(seen.hub_mb) // 3)
    early, late = max(seen.hub_mb[:third]), max(seen.hub_mb[-third:])
    return [
        ("minutes, wall at 1920 × 1080 beside 3 desks", f"{minutes:.1f}", "60"),
        (
            "pictures of the wall in a quarter of the time on tour, none while it rests",
            str(counts[0]),
            "stated",
        ),
        ("… in the flood's replay, which ends after seconds", str(counts[1]), "stated"),
        ("true pictures a second of a moving desk, the least", f"{min(seen.fps):.1f}", "stated"),
        ("hub, PSS, the most of the first third", f"{early:.0f} MB", "stated"),
        ("… of the last third", f"{late:.0f} MB", "no more"),
        ("… its slope after the first third", f"{slope(seen.hub_mb[third:]):.1f} MB/h", "≤ 1 MB/h"),
        ("handles of the hub, before the desks and after", " → ".join(map(str, seen.handles)), "no more"),
        ("tasks of its event loop", " → ".join(map(str, seen.tasks)), "no more"),
        ("painter, PSS, the most", f"{max(seen.painters_mb):.0f} MB", "stated"),
        ("modes of the wall", " ".join(word or "live" for word in seen.modes), "marked"),
        ("warnings and errors in the log", str(doubts), "0"),
    ]


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asyncio.run(
        main(
            Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml",
            Path(arguments[1]) if len(arguments) > 1 else None,
            float(arguments[2]) if len(arguments) > 2 else 3600.0,
        )
    )
