"""The wall after the hub was gone: how soon its page shows pictures again, by itself.

``python tests/bench/wall_back.py [CATALOG] [STORE] [SECONDS...]``: headless Chromium on the same cores. The
server ends and is started again on the same port after so many seconds (1, 60 and 300 without arguments).
Times run from when the hub answers, and from when it has the wall.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from aiohttp import ClientError, ClientSession
from playwright.async_api import Error, Page

from meshes.pipeline import build
from tests.apps.hub.serving import serving
from tests.bench.desk import PROJECT
from tests.bench.wall_tour import FULL, wall_page
from tests.bench.wall_watchers import Row, print_rows
from tests.ports import free_port
from twin.store import Store

AWAY_S = (1.0, 60.0, 300.0)
POLL_S = 0.02
SHOWN = "() => !window.before && Boolean(document.querySelector('.twin-scene')?.dataset.frame)"


async def answers(url: str, path: str) -> float:
    """Moment at which a path is answered with success, s."""
    async with ClientSession() as session:
        while True:
            try:
                async with session.get(url + path) as answer:
                    if answer.ok:
                        return time.monotonic()
            except ClientError:
                pass
            await asyncio.sleep(POLL_S)


async def shown_again(
    catalog: Path, store: Path, *, away_s: Sequence[float], size: tuple[int, int] = FULL
) -> list[tuple[float, float]]:
    """(from the hub's answer, from its wall) to the page's next picture, s, for each absence."""
    found = []
    port = free_port()
    options = ("--store", str(store), "--port", str(port))
    async with AsyncExitStack() as page_stack:
        server_stack = AsyncExitStack()
        server = await server_stack.enter_async_context(serving(catalog, *options))
        page = await page_stack.enter_async_context(wall_page(server.url, size))
        for seconds in away_s:
            await page.evaluate("() => void (window.before = true)")
            await server_stack.aclose()
            await asyncio.sleep(seconds)
            shown = asyncio.create_task(_shown(page))
            told = [asyncio.create_task(answers(server.url, path)) for path in ("alive", "wall/ready")]
            server_stack = AsyncExitStack()
            await server_stack.enter_async_context(serving(catalog, *options))
            alive, ready, seen = await asyncio.gather(*told, shown)
            found.append((seen - alive, seen - ready))
            await page.wait_for_selector('.twin-scene[data-smooth="true"]', timeout=240_000)
        await server_stack.aclose()
    return found


async def _shown(page: Page) -> float:
    """Moment at which a page that was loaded anew has a picture, s; it may be between two documents."""
    while True:
        try:
            if await page.evaluate(SHOWN):
                return time.monotonic()
        except Error:  # the document is being replaced
            pass
        await asyncio.sleep(POLL_S)


async def main(catalog: Path, store: Path | None = None, *away_s: float) -> None:
    await asyncio.to_thread(build, catalog, store=store)
    away_s = away_s or AWAY_S
    shelf = Store.beside(catalog, store).folder
    rows: list[Row] = []
    for gone, (answer_s, wall_s) in zip(
        away_s, await shown_again(catalog, shelf, away_s=away_s), strict=True
    ):
        rows += [
            (f"hub gone for {gone:g} s: a picture after it has the wall again", f"{wall_s:.1f} s", "≤ 3 s"),
            ("… after it answers", f"{answer_s:.1f} s", "stated"),
        ]
    print_rows(rows)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asyncio.run(
        main(
            Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml",
            Path(arguments[1]) if len(arguments) > 1 else None,
            *map(float, arguments[2:]),
        )
    )
