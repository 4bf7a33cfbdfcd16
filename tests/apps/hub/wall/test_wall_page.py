"""One wall: all see the same, drawn once; operators change it, and what is not live is marked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from tests.apps.hub.bot import Bot


@pytest.fixture
async def hub(small_basin: Path) -> Hub:
    return Hub(small_basin, painters=1)


@pytest.fixture
async def url(hub: Hub) -> AsyncIterator[str]:
    async with TestServer(hub.app) as server:
        yield str(server.make_url("/"))


async def opened(bot: Bot) -> None:
    await bot.hello()
    await bot.until(lambda: not bot.state["loading"]["active"] and bool(bot.pictures))


async def test_what_an_operator_shows_is_marked_for_all(url: str) -> None:
    async with Bot(url, room="wall") as wall, Bot(url, room="wall-control") as control:
        await asyncio.gather(opened(wall), opened(control))
        await control.trigger("wall_water", "level", 145.0)
        await wall.until(lambda: wall.state["wall_mode"]["by"] != "")
        assert wall.state["wall_mode"]["word"] == "推演"
        await control.trigger("wall_write", "请注意")
        await wall.until(lambda: wall.state["wall_message"]["text"] == "请注意")
