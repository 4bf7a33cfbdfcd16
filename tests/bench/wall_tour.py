"""The wall on tour in a browser: shown and true pictures a second, and how soon a still is sharp.

``python tests/bench/wall_tour.py [CATALOG] [STORE] [FLIGHTS]``: headless Chromium on the same cores as hub
and painters. Shown pictures are those that the page moved by itself while it flew, true ones came from a
painter. The still counts from the last moved picture of a flight. The desk beside it is a bot.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from playwright.async_api import Page, async_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from meshes.pipeline import build
from tests.apps.hub.bot import Bot
from tests.apps.hub.serving import serving
from tests.bench.desk import PROJECT
from tests.bench.desk_browser import ARGUMENTS
from tests.bench.many_desks import DeskBot
from twin.catalog import load_catalog_leniently
from twin.store import Store

FULL, LARGE = (1920, 1080), (3840, 2160)
REST_S = 1.0
"""Between flights, after the smooth still."""
RECORD = """() => {
  const { stats } = window.twinDesk;
  window.seen = [];
  const note = (what) => window.seen.push([what, performance.now()]);
  const { moved, painted } = stats;
  stats.moved = function (caused) { note("moved"); moved.call(this, caused); };
  stats.painted = function (meta) {
    note(meta.smooth ? "smooth" : meta.still ? "still" : "true");
    painted.call(this, meta);
  };
}"""
LANDED = """() => {
  const kinds = window.seen.map(([kind]) => kind);
  return kinds.lastIndexOf("smooth") > kinds.lastIndexOf("moved") && kinds.includes("moved");
}"""

Row = tuple[str, str, str]
Seen = list[tuple[str, float]]


@dataclass
class Flown:
    """Pictures a second of each flight, shown and true; seconds from its end to a still and a smooth one."""

    shown: list[float] = field(default_factory=list)
    true: list[float] = field(default_factory=list)
    still_s: list[float] = field(default_factory=list)
    smooth_s: list[float] = field(default_factory=list)
    desk: list[float] = field(default_factory=list)

    def add(self, seen: Seen) -> None:
        """Count the events of one flight, [kind, ms]."""
        moved = [at for kind, at in seen if kind == "moved"]
        seconds = (moved[-1] - moved[0]) / 1e3
        self.shown.append((len(moved) - 1) / seconds)
        self.true.append(sum(kind == "true" and moved[0] <= at <= moved[-1] for kind, at in seen) / seconds)
        after = [(kind, (at - moved[-1]) / 1e3) for kind, at in seen if at > moved[-1]]
        self.still_s.append(next(at for kind, at in after if kind in ("still", "smooth")))
        self.smooth_s.append(next(at for kind, at in after if kind == "smooth"))


class OperatorBot(Bot):
    """The wall's control without its picture."""

    async def hello(self) -> None:
        await self._send("system:hello", "wslink.hello", [{"secret": "wslink-secret"}])
        self.state |= (await self.call("trame.state.get"))["state"]


@asynccontextmanager
async def wall_page(url: str, size: tuple[int, int]) -> AsyncIterator[Page]:
    """The wall's page in the system's Chromium, with its smooth still."""
    async with async_playwright() as play:
        chromium = await play.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        page = await chromium.new_page(viewport={"width": size[0], "height": size[1]})
        await page.goto(url + "wall")
        await page.wait_for_selector('.twin-scene[data-smooth="true"]', timeout=240_000)
        await page.evaluate(RECORD)
        yield page
        await chromium.close()


def resized(catalog: Path, folder: Path, size: tuple[int, int]) -> Path:
    """A copy of a catalog whose wall has so many pixels and no tour by itself."""
    name = load_catalog_leniently(catalog)[0].head.site
    site = yaml.safe_load((catalog.parent / name).read_text("utf-8"))
    site["wall"] = site.get("wall", {}) | {"pixels": list(size), "tour": {"at_first": False}}
    (folder / name).write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    (folder / catalog.name).write_text(catalog.read_text("utf-8"), "utf-8")
    return folder / catalog.name


async def flights(
    page: Page, control: OperatorBot, places: Sequence[str], *, desk: DeskBot | None = None
) -> Flown:
    """Fly from place to place; a desk moves all the while where there is one."""
    found = Flown()
    for place in places:
        await page.evaluate("() => void (window.seen.length = 0)")
        moving = asyncio.create_task(turning(desk, found)) if desk is not None else None
        await control.trigger("wall_place", place)
        await page.wait_for_function(LANDED, timeout=120_000)
        if moving is not None:
            moving.cancel()
            await asyncio.gather(moving, return_exceptions=True)
        found.add(await page.evaluate("() => window.seen"))
        await asyncio.sleep(REST_S)
    return found


async def turning(desk: DeskBot, found: Flown) -> None:
    """Turn a desk until cancelled."""
    while True:
        found.desk.append(await desk.move(1.0))
        del desk.pictures[:-2]


async def toured(
    catalog: Path, store: Path, *, size: tuple[int, int], flights_: int, desk: bool
) -> tuple[Flown, Flown | None]:
    """Flights of a wall of a size alone, and beside one desk."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        copy = resized(catalog, folder, size)
        await asyncio.to_thread(build, copy, root=catalog.parent, store=store)
        options = ("--root", str(catalog.parent), "--store", str(store))
        server = await stack.enter_async_context(serving(copy, *options))
        page = await stack.enter_async_context(wall_page(server.url, size))
        control = await stack.enter_async_context(OperatorBot(server.url, room="wall-control"))
        await control.hello()
        ids = [place["id"] for place in control.state["wall_control"]["places"]]
        places = [ids[k % len(ids)] for k in range(1, flights_ + 1)]
        alone = await flights(page, control, places)
        if not desk:
            return alone, None
        mover = await stack.enter_async_context(DeskBot(server.url))
        await mover.opened((1280, 720))
        return alone, await flights(page, control, places, desk=mover)


def rows_of(what: str, found: Flown, *, marks: tuple[str, str, str] = ("stated",) * 3) -> list[Row]:
    return [
        (
            f"{what}: shown pictures a second, mean of {len(found.shown)} flights",
            _mean(found.shown),
            marks[0],
        ),
        ("… of the slowest flight", f"{min(found.shown):.1f}", "stated"),
        ("… true ones a second", _mean(found.true), marks[1]),
        ("… a still after the end of a flight, median / longest", _seconds(found.still_s), marks[2]),
        ("… the smooth one", _seconds(found.smooth_s), "stated"),
    ]


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.1f}"


def _seconds(values: Sequence[float]) -> str:
    return f"{median(values):.2f} / {max(values):.2f} s"


async def main(
    catalog: Path,
    store: Path | None = None,
    flights_: int = 10,
    sizes: tuple[tuple[int, int], tuple[int, int]] = (FULL, LARGE),
) -> None:
    shelf = Store.beside(catalog, store).folder
    how: dict[str, Any] = {"flights_": flights_}
    alone, beside = await toured(catalog, shelf, size=sizes[0], desk=True, **how)
    large, _ = await toured(catalog, shelf, size=sizes[1], desk=False, **how)
    assert beside is not None
    full, most = (f"{width} × {height}" for width, height in sizes)
    rows = [
        *rows_of(f"{full} alone", alone, marks=("≥ 18", "≥ 5", "≤ 1.5 s")),
        *rows_of(f"{full} while a desk moves", beside, marks=("≥ 18", "≥ 3", "≤ 1.5 s")),
        ("… true pictures a second of that desk", _mean(beside.desk), "stated"),
        *rows_of(most, large),
    ]
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asyncio.run(
        main(
            Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml",
            Path(arguments[1]) if len(arguments) > 1 else None,
            *islice(map(int, arguments[2:]), 1),
        )
    )
