"""A briefer takes views, orders shots, and finds them in the file."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from aiohttp import ClientSession, web

from apps.hub.visitor import OPEN, Visitor
from apps.studio.storyboard_folder import StoryboardFolder
from tests.apps.hub.bot import Bot
from tests.apps.hub.studio.studio_page import studio_page
from twin.catalog.types import Access


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
        camera = {"type": "camera", "page": "p", "n": 1, "jump": 99, "camera": {"heading_deg": 77.0}}
        await asyncio.gather(bot.call("twin.scene.event", camera), bot.trigger("take_view"))
        shots = bot.state["film"]["shots"]
        assert [shot["water"] for shot in shots] == ["150.00 m", "151.50 → 152.00 m"]
        await bot.trigger("move_shot", shots[1]["id"], 0)
        await bot.until(lambda: bot.state["film"]["saved"] == "saved")
        board, _ = folder.read(bot.state["film"]["name"])
        assert [shot.id for shot in board.shots] == ["shot-2", "shot-1"]
        assert board.shots[0].camera.keys[-1].heading_deg == 77.0, "what the browser saw, not the last frame"
        await bot.trigger("select_shot", "shot-1")
        await bot.until(lambda: "150.00" in level(bot))
        await bot.trigger("undo_edit")
        await bot.until(lambda: [shot["id"] for shot in bot.state["film"]["shots"]] == ["shot-1", "shot-2"])
        await bot.until(lambda: all(shot["thumb"] for shot in bot.state["film"]["shots"]))


async def a_film(bot: Bot, shots: int = 2) -> None:
    """Take so many views, each 1 m above the one before."""
    for number in range(shots):
        await bot.trigger("set_water", "level", 150.0 + number)
        await bot.trigger("take_shot")
        await bot.until(lambda: len(bot.state["film"]["shots"]) == number + 1)  # noqa: B023


async def test_a_shots_form_is_set_and_what_cannot_be_is_refused_in_words(
    small_basin: Path, tmp_path: Path
) -> None:
    async with studio_page(small_basin, tmp_path) as (bot, _, _):
        await a_film(bot, 1)
        for field, value in {"name": "主坝", "seconds": 8, "water": "rise", "level_to": 152.5}.items():
            await bot.trigger("set_shot", field, value)
        await bot.trigger("set_shot", "title", "汛期")
        await bot.trigger("add_caption", "水位上升")
        await bot.trigger("add_caption", "村庄受淹")
        await bot.trigger("set_shot", "panel_numbers", True)
        form = bot.state["edit"]
        assert (form["name"], form["seconds"], form["level"], form["level_to"]) == ("主坝", 8, 150, 152.5)
        assert [(line["from_s"], line["to_s"]) for line in form["captions"]] == [(0, 4), (4, "")]
        assert (form["title"], form["panels"]["numbers"]) == ("汛期", True)
        await bot.trigger("set_shot", "seconds", -1)
        await bot.until(lambda: "-1" in bot.state["toast"])
        await bot.trigger("set_shot", "seconds", 4)
        assert [line["from_s"] for line in bot.state["edit"]["captions"]] == [0, 2]
        assert bot.state["edit"]["level_to"] == 152.5


async def test_the_preview_has_the_films_words_until_a_hand_takes_the_camera(
    small_basin: Path, tmp_path: Path
) -> None:
    async with studio_page(small_basin, tmp_path) as (bot, _, _):
        await a_film(bot)
        await bot.trigger("set_shot", "title", "汛期")
        assert bot.state["over"]["picture"] == ""
        await bot.trigger("go_to_second", 1.0)
        await bot.until(lambda: bot.state["over"]["picture"] != "")
        few, picture = len(bot.state["over"]["boxes"]), bot.state["over"]["picture"]
        assert picture.startswith("data:image/webp;base64,")
        await bot.trigger("set_shot", "panel_numbers", True)  # an edit is seen at once
        await bot.until(lambda: bot.state["over"]["picture"] not in ("", picture))
        await bot.trigger("go_to_second", 9.0)
        await bot.until(lambda: len(bot.state["over"]["boxes"]) == few + 1)
        camera = {"type": "camera", "page": "p", "n": 1, "jump": 99, "camera": {"heading_deg": 77.0}}
        await bot.call("twin.scene.event", camera)
        await bot.until(lambda: bot.state["over"]["picture"] == "")


async def test_films_are_opened_copied_renamed_and_deleted(small_basin: Path, tmp_path: Path) -> None:
    async with studio_page(small_basin, tmp_path) as (bot, _, _):
        await a_film(bot)
        first = bot.state["film"]["name"]
        await bot.trigger("rename_film", "汛期 158")
        await bot.until(lambda: bot.state["film"]["name"] == "汛期 158")
        assert bot.state["film_set"]["title"] == "汛期 158" != first
        await bot.trigger("copy_film", "汛期 158")
        await bot.until(lambda: bot.state["film"]["name"] == "汛期 158-2")
        await bot.trigger("rename_film", "../x")
        await bot.until(lambda: "../x" in bot.state["toast"])
        await bot.trigger("delete_film", "汛期 158-2")
        await bot.until(lambda: bot.state["film"]["name"] == "")
        await bot.trigger("open_film", "汛期 158")
        await bot.until(lambda: len(bot.state["film"]["shots"]) == 2)
        await bot.until(lambda: "150.00" in level(bot))


async def test_a_presenter_steps_takes_the_camera_and_comes_back_and_the_wall_follows(
    small_basin: Path, tmp_path: Path
) -> None:
    async with studio_page(small_basin, tmp_path) as (bot, hub, _):
        await a_film(bot)
        await bot.trigger("set_shot", "seconds", 0.2)
        await bot.trigger("select_shot", "shot-1")
        await bot.trigger("present", True)
        await bot.trigger("present_wall", True)
        await bot.trigger("present_step", 1)
        await bot.until(lambda: bot.state["presenting"]["number"] == 2 and "151.00" in level(bot))
        async with asyncio.timeout(10):
            while hub.wall.controller is None or hub.wall.controller.session.scene.moment.level_m != 151.0:
                await asyncio.sleep(0.01)
        assert hub.wall.state_of.presentation is not None
        camera = {"type": "camera", "page": "p", "n": 1, "jump": 99, "camera": {"heading_deg": 77.0}}
        await bot.call("twin.scene.event", camera)
        await bot.until(lambda: not bot.state["presenting"]["scripted"])
        await bot.trigger("present_return")
        await bot.until(lambda: bot.state["presenting"]["scripted"] and "151.00" in level(bot))
        await bot.trigger("present", False)
        assert not bot.state["presenting"]["on"]


async def test_a_recording_is_fetched_in_ranges_and_by_nobody_who_may_not_see_it(
    small_basin: Path, tmp_path: Path
) -> None:
    sees: list[Access] = ["restricted"]

    def identify(_: web.Request) -> Visitor:
        return replace(OPEN, name="li", role="operate", sees=sees[0])

    async with studio_page(small_basin, tmp_path, identify=identify) as (bot, hub, url):
        script = "import pathlib, sys; pathlib.Path(sys.argv[1], 'film.mp4').write_bytes(b'0123456789')"
        hub.studio.jobs._commands = lambda folder, job: [[sys.executable, "-c", script, str(folder)]]
        await a_film(bot, 1)
        await bot.trigger("set_film", "access", "internal")
        await bot.trigger("record_film", True)
        await bot.until(lambda: [job["state"] for job in bot.state["recordings"]] == ["done"])
        await bot.until(lambda: bot.state["film"]["saved"] == "saved")
        movie = next(f["href"] for f in bot.state["recordings"][0]["files"] if ".mp4" in f["href"])
        async with ClientSession() as session:
            async with session.get(url + movie, headers={"Range": "bytes=2-5"}) as answer:
                assert (answer.status, await answer.read()) == (206, b"2345")
                assert "attachment" in answer.headers["Content-Disposition"]
            sees[0] = "public"
            async with session.get(url + movie) as answer:
                assert answer.status == 404
        async with Bot(url, room="studio") as other:
            await other.hello()
            await other.until(lambda: other.state["gauge"]["maximum"] > 1.0)
            assert other.state["recordings"] == []
            await other.trigger("open_film", bot.state["film"]["name"])
            await other.until(lambda: other.state["film"]["name"] != "")
            await other.trigger("record_film", True)
            await other.until(lambda: "internal" in other.state["toast"])
        assert len(hub.studio.jobs.jobs) == 1


async def test_what_cannot_be_recorded_stands_beside_its_shot(small_basin: Path, tmp_path: Path) -> None:
    async with studio_page(small_basin, tmp_path) as (bot, _, _):
        await a_film(bot)
        await bot.until(lambda: all(shot["thumb"] for shot in bot.state["film"]["shots"]))
        assert not any(shot["problem"] for shot in bot.state["film"]["shots"])
        await bot.trigger("select_shot", "shot-2")
        await bot.trigger("set_shot", "level", 500.0)
        await bot.until(lambda: bot.state["film"]["shots"][1]["grave"])
        assert "500" in bot.state["film"]["shots"][1]["problem"]
        assert not bot.state["film"]["shots"][0]["problem"]
