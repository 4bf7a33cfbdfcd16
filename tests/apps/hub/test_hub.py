"""Everyone has a desk of their own: what one visitor does, and what becomes of one, is nobody else's."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from apps.hub import sockets
from apps.hub.hub_server import Hub
from apps.hub.kept_desks_file import Kept
from tests.apps.hub.bot import Bot
from twin.scene import Scene


@pytest.fixture
async def hub(small_basin: Path) -> Hub:
    return Hub(small_basin, painters=1)


@pytest.fixture
async def url(hub: Hub) -> AsyncIterator[str]:
    async with TestServer(hub.app) as server:
        yield str(server.make_url("/"))


def level(bot: Bot) -> str:
    """The level that a page says, as it is written."""
    figures = bot.state.get("readout", {}).get("figures", [])
    return next((figure["value"] for figure in figures if figure["id"] == "level"), "")


async def opened(bot: Bot) -> None:
    await bot.hello()
    await bot.until(lambda: not bot.state["loading"]["active"] and level(bot) != "")


async def test_what_one_does_shows_in_no_other_desk(url: str) -> None:
    async with Bot(url) as one, Bot(url) as other:
        await asyncio.gather(opened(one), opened(other))
        first = level(other)
        assert first not in ("", "145.00")
        await one.call("trame.state.update", [{"key": "language", "value": "en"}])
        await one.trigger("set_water", "level", 145.0)
        await one.trigger("exaggerate", 2.0)
        camera = {**one.pictures[-1]["camera"], "heading_deg": 123}
        await one.call(
            "twin.scene.event", {"type": "camera", "page": "p", "n": 1, "camera": camera, "t": 1.0}
        )
        await one.until(lambda: level(one) == "145.00" and one.pictures[-1]["camera"]["heading_deg"] == 123)
        before = len(other.pictures)
        await other.call("twin.scene.reset")
        await other.until(lambda: len(other.pictures) > before)
        seen = other.pictures[-1]
        assert (other.state["language"], seen["exaggeration"]) == ("zh", 1.0)
        assert level(other) == first and seen["camera"]["heading_deg"] != 123


async def test_a_page_that_is_loaded_anew_finds_its_desk_and_a_duplicate_gets_its_own(url: str) -> None:
    name = secrets.token_hex(16)
    async with Bot(url, session=name) as first:
        await opened(first)
        await first.call("trame.state.update", [{"key": "language", "value": "en"}])
        await first.trigger("set_water", "level", 145.0)
        await first.until(lambda: level(first) == "145.00")
        link = first.state.get("link")
        await first.until(lambda: first.state.get("link") not in (None, "", link))
        async with Bot(url, session=name) as duplicate:
            await opened(duplicate)
            assert duplicate.state["language"] == "zh"
    async with Bot(url, session=name) as again:
        await again.hello()
        await again.until(lambda: bool(again.pictures) and level(again) == "145.00")
        assert again.state["language"] == "en"


async def linked(bot: Bot, level_m: float) -> str:
    """Set a level; returns the link of it."""
    await bot.trigger("set_water", "level", level_m)
    await bot.until(lambda: Scene.from_link(bot.state["link"]).moment.level_m == level_m)
    return str(bot.state["link"])


async def test_a_link_that_a_page_brings_is_newer_than_what_was_kept_and_older_than_a_hand(
    hub: Hub, url: str
) -> None:
    name = secrets.token_hex(16)
    async with Bot(url) as bot:
        await opened(bot)
        links = [await linked(bot, level_m) for level_m in (145.0, 146.0)]
    hub.kept.keep(name, Kept(link=links[0]))
    async with Bot(url, session=name) as bot:
        await opened(bot)
        await bot.until(lambda: level(bot) == "145.00")
        await bot.trigger("resume", links[1])
        await bot.until(lambda: level(bot) == "146.00")
        await linked(bot, 147.0)
        await bot.until(lambda: level(bot) == "147.00")  # it comes with its picture
        await bot.trigger("resume", links[1])
        assert level(bot) == "147.00"


async def test_a_page_that_goes_before_the_basin_is_open_loses_no_link(
    hub: Hub, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = secrets.token_hex(16)
    hub.kept.keep(name, Kept(link="2.abc", panel="layers"))
    monkeypatch.setattr(hub, "opened_for", AsyncMock(return_value=None))
    cases: tuple[tuple[tuple[Any, ...], str], ...] = (
        ((), "2.abc"),
        (("2.def",), "2.def"),
        (({"a": 1},), ""),
        (("2." + "a" * 7000,), ""),
        (("é",), ""),
    )
    for sent, link in cases:
        async with Bot(url, session=name) as bot:
            await bot.hello()
            if sent:
                await bot.trigger("resume", *sent)
        async with asyncio.timeout(10):
            while hub._desks or hub._leaving:
                await asyncio.sleep(0.01)
        _, kept = hub.kept.take(name)
        assert kept == Kept(link=link, panel="layers")
        hub.kept.keep(name, kept)


async def test_a_desk_that_goes_leaves_nothing_running(url: str) -> None:
    async with Bot(url) as stays:
        await opened(stays)
        before = len(asyncio.all_tasks())
        for _ in range(3):
            async with Bot(url) as goes:
                await opened(goes)
        async with asyncio.timeout(10):
            while len(asyncio.all_tasks()) > before:
                await asyncio.sleep(0.05)
        await stays.trigger("set_water", "level", 145.0)
        await stays.until(lambda: level(stays) == "145.00")


async def test_a_socket_that_does_not_sign_in_is_closed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "HELLO_S", 0.2)
    async with Bot(url) as silent:
        async with asyncio.timeout(10):
            await silent.closed.wait()


async def test_a_text_message_ends_its_own_desk_only(url: str) -> None:
    async with Bot(url) as stays, Bot(url) as goes:
        await opened(stays)
        await goes._socket.send_str("hello")
        async with asyncio.timeout(10):
            await goes.closed.wait()
        await stays.trigger("set_water", "level", 145.0)
        await stays.until(lambda: level(stays) == "145.00")


async def test_one_that_stops_reading_is_cut_and_nobody_else_waits(url: str) -> None:
    async with Bot(url) as stays, Bot(url, prompt=False) as stuck:
        await asyncio.gather(opened(stays), opened(stuck))
        stuck._reading.cancel()
        transport = stuck._socket._response.connection.transport  # type: ignore[union-attr]
        transport.pause_reading()
        loop, gaps = asyncio.get_running_loop(), []
        end = loop.time() + 12.0
        k = 0
        while not transport.is_closing() and loop.time() < end:
            k += 1
            await stuck._post(
                {"wslink": "1.0", "id": f"rpc:s{k}", "method": "trame.state.get", "args": [], "kwargs": {}}
            )
            asked, count = loop.time(), len(stays.pictures)
            await stays.call("twin.scene.reset")
            await stays.until(lambda seen=count: len(stays.pictures) > seen)  # type: ignore[misc]
            gaps.append(loop.time() - asked)
        assert max(gaps) < 2.0
        assert len(gaps) > 3


async def test_files_come_compressed_and_stay_in_the_browser(url: str) -> None:
    async with ClientSession(auto_decompress=False) as session:
        async with session.get(f"{url}index.html") as answer:
            page = await answer.text()
        addresses = re.findall('(?:src|href)="([^"]+[.](?:js|css)[^"]*)"', page)
        assert len(addresses) == 5  # two of them are asked for before trame knows that it wants them
        weight = 0
        for address in addresses:
            async with session.get(url + address) as answer:
                weight += len(await answer.read())
                assert answer.status == 200 and answer.headers["Content-Encoding"] == "gzip"
                assert "immutable" in answer.headers["Cache-Control"]
                tag = {"If-None-Match": answer.headers["ETag"]}
            async with session.get(url + address, headers=tag) as answer:
                assert (answer.status, await answer.read()) == (304, b"")
        assert weight < 150_000, "a line of 200 kbit/s takes 6 s for it"
        async with session.get(url + "socket.js", headers={"Accept-Encoding": "identity"}) as answer:
            assert "Content-Encoding" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-cache", "another version has the same address"


async def test_the_first_page_and_its_files_are_there(url: str) -> None:
    async with ClientSession() as session:
        async with session.get(f"{url}?scene=abc") as answer:
            assert answer.status == 200 and answer.url.query_string == "scene=abc"
            text = await answer.text()
        assert "socket.js" in text and "数字孪生" in text and "正在载入页面" in text
        for path in ("alive", "socket.js", "vue.global.js"):
            async with session.get(url + path) as answer:
                assert answer.status == 200
        for path in ("../pyproject.toml", "__twin_desk_x/desk.js", "ws"):
            async with session.get(url + path) as answer:
                assert answer.status in (400, 403, 404)
