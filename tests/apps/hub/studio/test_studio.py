"""A briefer takes views, orders shots, and finds them in the file."""

from __future__ import annotations

from pathlib import Path

from apps.studio.storyboard_folder import StoryboardFolder
from tests.apps.hub.bot import Bot
from tests.apps.hub.studio.studio_page import studio_page


def level(bot: Bot) -> list[str]:
    return [figure["value"] for figure in bot.state["readout"]["figures"] if figure["id"] == "level"]


async def test_views_that_are_taken_become_shots_of_a_file(small_basin: Path, tmp_path: Path) -> None:
    async with studio_page(small_basin, tmp_path) as (bot, _, _):
        folder = StoryboardFolder(tmp_path / "storyboards")
        await bot.trigger("set_water", "level", 150.0)
        await bot.trigger("take_shot")
        await bot.until(lambda: bot.state["film"]["name"] != "")
        await bot.trigger("set_water", "level", 151.5)
        await bot.trigger("take_shot")
        await bot.until(lambda: len(bot.state["film"]["shots"]) == 2)
        await bot.trigger("set_water", "level", 152.0)
        await bot.trigger("take_view")
        shots = bot.state["film"]["shots"]
        assert [shot["water"] for shot in shots] == ["150.00 m", "151.50 → 152.00 m"]
        await bot.trigger("move_shot", shots[1]["id"], 0)
        await bot.until(lambda: bot.state["film"]["saved"] == "saved")
        board, _ = folder.read(bot.state["film"]["name"])
        assert [shot.id for shot in board.shots] == ["shot-2", "shot-1"]
        await bot.trigger("select_shot", "shot-1")
        await bot.until(lambda: "150.00" in level(bot))
        await bot.trigger("undo_edit")
        await bot.until(lambda: [shot["id"] for shot in bot.state["film"]["shots"]] == ["shot-1", "shot-2"])
        await bot.until(lambda: all(shot["thumb"] for shot in bot.state["film"]["shots"]))
