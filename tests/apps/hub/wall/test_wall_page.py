"""One wall: all see the same, drawn once; operators change it, and what is not live is marked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from apps.cli import cli
from apps.hub.hub_server import Hub
from tests.apps.hub.bot import Bot

WATCHERS = 50


async def opened(bot: Bot) -> None:
    await bot.hello()
    await bot.until(lambda: not bot.state["loading"]["active"] and bool(bot.pictures))


async def smooth(bot: Bot, *, level: str) -> None:
    await bot.until(
        lambda: bool(bot.pictures) and bot.pictures[-1]["smooth"] and bot.state["wall_mode"]["by"] == level
    )


async def watched(catalog: Path) -> datetime:
    """Watch a wall of which an operator changes the level; returns when it was at rest."""
    hub = Hub(catalog, painters=1)
    async with TestServer(hub.app) as server:
        url = str(server.make_url("/"))
        async with Bot(url, room="wall") as wall, Bot(url, room="wall-control") as control:
            await asyncio.gather(opened(wall), opened(control))
            await control.trigger("wall_tour", False)
            await control.trigger("wall_write", "请注意")
            await control.trigger("wall_water", "level", 145.0)
            await wall.until(lambda: wall.state["wall_message"]["text"] == "请注意")
            await smooth(wall, level="值班操作员")
            assert wall.state["wall_mode"]["word"] == "推演"
            await control.until(lambda: control.pictures[-1]["n"] == wall.pictures[-1]["n"])
            at = datetime.now(UTC)
            await control.trigger("wall_live")
            await wall.until(lambda: wall.state["wall_mode"]["by"] == "")
    return at


def test_what_operators_show_is_marked_for_all_and_drawn_again_pixel_by_pixel(
    flood_basin: Path, tmp_path: Path
) -> None:
    at = asyncio.run(watched(flood_basin))
    picture = tmp_path / "shown.png"
    arguments = ["wall", "show", str(flood_basin), "--at", at.isoformat(), "-o", str(picture)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "equal to what was shown, pixel by pixel"
    assert "推演 值班操作员" in result.output and picture.read_bytes().startswith(b"\x89PNG")
