"""A hub or a painter that falls is back within seconds, and everyone is where they were."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession

from apps.hub.kept_desks import KEPT_S, MOST
from apps.hub.kept_desks_file import FILE, Kept, KeptDesksFile
from tests.apps.hub.bot import Bot
from tests.apps.hub.serving import serving
from tests.apps.hub.test_hub import level, opened
from twin.scene import Scene
from twin.store import Store

ENDURANCE = os.environ.get("TWIN_ENDURANCE") == "1"
HUB_FALLS, PAINTER_FALLS = (10, 50) if ENDURANCE else (2, 3)
BACK_S = 5.0
"""After the hub is there again; without a picture where every painter has fallen."""
VISITORS = 3


@pytest.fixture
def catalog(small_basin: Path) -> Path:
    return small_basin


async def shown(bot: Bot, level_m: float) -> str:
    """Set a level of one's own; returns the link of the Scene at rest."""
    await opened(bot)
    await bot.trigger("set_water", "level", level_m)

    def at_rest() -> bool:
        link = bot.state.get("link")
        return bool(link) and Scene.from_link(link).moment.level_m == level_m

    await bot.until(at_rest)
    return str(bot.state["link"])


async def came_back(url: str, link: str) -> Bot:
    """What a page does when its server answers again: it is loaded anew, and brings its link."""
    bot = await Bot(url).__aenter__()  # waits at the port, which was never given up
    await bot.hello()
    await bot.trigger("resume", link)
    await bot.until(lambda: not bot.state["loading"]["active"] and bool(bot.pictures))
    return bot


async def has_link(bot: Bot, link: str) -> None:
    await bot.until(lambda: bot.state["link"] == link)


async def another_picture(bot: Bot, count: int) -> None:
    await bot.until(lambda: len(bot.pictures) > count)


async def all_ended(processes: list[psutil.Process]) -> None:
    await until(lambda: not any(running(one) for one in processes))


async def test_after_the_hub_was_killed_everyone_is_back_with_their_scene(catalog: Path) -> None:
    async with serving(catalog, "--painters", "1") as server:
        bots, links = [], []
        for k in range(VISITORS):
            bots.append(await Bot(server.url).__aenter__())
            links.append(await shown(bots[-1], 146.0 + k))
        slowest = []
        for _ in range(HUB_FALLS):
            fallen = server.hub
            assert fallen is not None
            below = fallen.children(recursive=True)
            fallen.kill()
            for bot in bots:
                async with asyncio.timeout(10):
                    await bot.closed.wait()
                await bot.__aexit__(None, None, None)
            async with ClientSession() as session, session.get(server.url + "alive") as answer:
                assert answer.status == 200
            there = time.monotonic()
            bots = await asyncio.gather(*(came_back(server.url, link) for link in links))
            slowest.append(time.monotonic() - there)
            assert [level(bot) for bot in bots] == ["146.00", "147.00", "148.00"]
            for bot, link in zip(bots, links, strict=True):
                await has_link(bot, link)
            await all_ended(below)
        for bot in bots:
            await bot.__aexit__(None, None, None)
        assert max(slowest) < BACK_S, slowest


async def test_desks_without_a_page_are_found_again_after_the_hub_was_killed(catalog: Path) -> None:
    """One whose page had gone before, and one whose page goes with the hub."""
    file = KeptDesksFile(Store.beside(catalog).folder / FILE)

    async def written(name: str, level_m: float) -> None:
        """Wait for a desk in the file; says what stands there instead."""
        kept = Kept()
        try:
            async with asyncio.timeout(30):
                while not (kept.link and Scene.from_link(kept.link).moment.level_m == level_m):
                    await asyncio.sleep(0.1)
                    kept, _ = file.read(younger_s=KEPT_S, most=MOST).get(name, (Kept(), 0.0))
        except TimeoutError:
            pytest.fail(f"{name} at {level_m} m is not in the file, but {kept}")

    async with serving(catalog, "--painters", "1") as server:
        gone, going = secrets.token_hex(16), secrets.token_hex(16)
        async with Bot(server.url, session=gone) as bot:
            await bot.hello()
            await bot.call("trame.state.update", [{"key": "language", "value": "en"}])
            await shown(bot, 146.0)
        async with Bot(server.url, session=going) as bot:
            await shown(bot, 147.0)
            await written(gone, 146.0)
            await written(going, 147.0)
            assert server.hub is not None
            server.hub.kill()
        for name, level_m, language in ((gone, "146.00", "en"), (going, "147.00", "zh")):
            async with Bot(server.url, session=name) as bot:
                await opened(bot)
                await bot.until(lambda bot=bot, level_m=level_m: level(bot) == level_m)  # type: ignore[misc]
                assert bot.state["language"] == language
        file.close()


async def test_painters_that_are_killed_cost_a_moment_and_no_scene(catalog: Path) -> None:
    async with serving(catalog, "--painters", "2") as server, AsyncExitStack() as stack:
        bots, links = [], []
        for k in range(VISITORS):
            bots.append(await stack.enter_async_context(Bot(server.url)))
            links.append(await shown(bots[-1], 146.0 + k))
        gaps = []
        for fall in range(PAINTER_FALLS):
            await until(lambda: bool(server.painters))
            for painter in server.painters if fall % 2 else server.painters[:1]:
                painter.kill()
            start, before = time.monotonic(), [len(bot.pictures) for bot in bots]
            for bot in bots:
                await bot.call("twin.scene.reset")
            for bot, count in zip(bots, before, strict=True):
                await another_picture(bot, count)
            gaps.append(round(time.monotonic() - start, 1))
        assert max(gaps) < BACK_S, gaps
        for bot, link in zip(bots, links, strict=True):
            await has_link(bot, link)
            assert not bot.state["loading"]["active"] and not bot.closed.is_set()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.02)


def running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
