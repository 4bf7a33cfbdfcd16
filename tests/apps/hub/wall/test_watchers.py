"""Any number may watch: each gets every still, each is drawn once, and nobody who watches writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from apps.hub import hub_server
from apps.hub.hub_server import Hub
from apps.hub.visitor import OPEN, Visitor
from apps.painter.errors import PainterGoneError
from apps.painter.messages import Target
from layers.layer import LayerFacts
from tests.apps.hub.bot import Bot
from tests.apps.hub.wall.fake_pool import FakePool

WATCHERS = 50
STILLS = 6


def who(request: web.Request) -> Visitor:
    role = "operate" if "X-Operate" in request.headers else "watch"
    return replace(OPEN, name="w", full_name="Wu", role=role, sees=request.headers.get("X-Sees", "public"))


OPERATES = {"X-Operate": "1"}


@pytest.fixture
async def hub(flood_basin: Path) -> Hub:
    hub = Hub(flood_basin, identify=who)
    hub.painter = FakePool()  # type: ignore[assignment]
    return hub


@pytest.fixture
async def url(hub: Hub) -> AsyncIterator[str]:
    async with TestServer(hub.app) as server:
        yield str(server.make_url("/"))


def stills(bot: Bot) -> list[int]:
    return [picture["n"] for picture in bot.pictures if picture["still"]]


async def opened(bot: Bot) -> None:
    await bot.hello()
    await bot.until(lambda: not bot.state["loading"]["active"] and bool(bot.pictures))


async def test_each_of_fifty_gets_every_still_and_each_is_drawn_once(hub: Hub, url: str) -> None:
    hub.watch.limits = replace(hub.watch.limits, of_visitor=100)
    async with AsyncExitStack() as stack:
        bots = [await stack.enter_async_context(Bot(url, room="wall")) for _ in range(WATCHERS)]
        control = await stack.enter_async_context(Bot(url, room="wall-control", headers=OPERATES))
        await asyncio.gather(*(opened(bot) for bot in (*bots, control)))
        await control.trigger("wall_tour", False)
        first = max(stills(bots[0]))
        for number in range(STILLS):
            seen = len(stills(bots[0]))
            await control.trigger("wall_water", "level", 145.0 + number)
            await bots[0].until(lambda seen=seen: len(stills(bots[0])) > seen)  # type: ignore[misc]
        last = max(stills(bots[0]))
        await asyncio.gather(*(bot.until(lambda bot=bot: max(stills(bot)) >= last) for bot in bots))  # type: ignore[misc]
        wanted = [n for n in stills(bots[0]) if first < n <= last]
        assert len(wanted) >= STILLS
        for bot in bots:
            assert [n for n in stills(bot) if first < n <= last] == wanted
        painter = hub.painter
        assert isinstance(painter, FakePool)
        of_wall = [paint for view, paint, _ in painter.painted if view == "wall"]
        assert len(of_wall) == len(painter.painted) and len(of_wall) < 8 * (last + 1)


async def test_one_who_takes_nothing_holds_nobody_up(url: str) -> None:
    async with Bot(url, room="wall") as bot, Bot(url, room="wall-control", headers=OPERATES) as control:
        await asyncio.gather(opened(bot), opened(control))
        async with Bot(url, room="wall") as stuck:
            await opened(stuck)
            stuck._reading.cancel()  # it takes no byte any more
            for number in range(40):  # four megabytes: more than the buffers on the way hold
                seen = len(bot.pictures)
                await control.trigger("wall_water", "level", 140.0 + number / 10)
                await bot.until(lambda seen=seen: len(bot.pictures) > seen, seconds=2.0)  # type: ignore[misc]


async def test_who_watches_writes_and_triggers_nothing(hub: Hub, url: str) -> None:
    async with Bot(url, room="wall") as bot:
        await opened(bot)
        assert hub.wall.controller is not None
        before = hub.wall.controller.session.scene
        await bot.call("trame.state.update", [{"key": "language", "value": "en"}])
        for name in ("wall_water", "set_water", "go_to", "open_current"):
            await bot.trigger(name, "level", 145.0)
        camera = {**bot.pictures[-1]["camera"], "heading_deg": 123}
        await bot.call(
            "twin.scene.event", {"type": "camera", "page": "p", "n": 1, "camera": camera, "t": 1.0}
        )
        await bot.call("twin.scene.size", 64, 64)
        after = hub.wall.controller.session.scene
        assert (after.moment, after.language) == (before.moment, "zh")
        assert after.camera.heading_deg != 123


async def test_one_who_joins_later_sees_at_once_what_all_see(hub: Hub, url: str) -> None:
    async with Bot(url, room="wall") as first, Bot(url, room="wall-control", headers=OPERATES) as control:
        await asyncio.gather(opened(first), opened(control))
        await control.trigger("wall_write", "开闸通知")
        await control.trigger("wall_tour", False)
        painter = hub.painter
        assert isinstance(painter, FakePool)
        async with Bot(url, room="wall") as later:
            await opened(later)
            assert later.state["wall_message"] == first.state["wall_message"] | {"by": "Wu"}
            assert later.pictures[0]["n"] <= max(picture["n"] for picture in first.pictures)


async def test_who_sees_less_than_the_wall_shows_may_not_open_it(flood_basin: Path) -> None:
    hub = Hub(flood_basin, identify=who)
    site = hub.catalog.site
    hub.catalog = replace(
        hub.catalog,
        site=site.model_copy(update={"wall": site.wall.model_copy(update={"access": "internal"})}),
    )
    hub.painter = FakePool()  # type: ignore[assignment]
    async with TestServer(hub.app) as server, ClientSession() as session:
        url = str(server.make_url("/"))
        for sees, status in {"public": 403, "internal": 200, "restricted": 200}.items():
            async with session.get(url + "wall", headers={"X-Sees": sees}) as answer:
                assert answer.status == status, sees
        with pytest.raises(WSServerHandshakeError):
            async with Bot(url, room="wall"):
                pass


class LatePool(FakePool):
    """Its painters start too late at first."""

    late = 2

    async def describe(self, target: Target, *, view: str = "") -> list[LayerFacts]:
        if self.late:
            self.late -= 1
            raise PainterGoneError("no painter has started within 20 s")
        return []


async def test_a_wall_whose_painter_starts_late_comes_by_itself(
    flood_basin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine the basin was given up, and the wall waited for a hand."""
    monkeypatch.setattr(hub_server, "AGAIN_S", 0.0)
    hub = Hub(flood_basin)
    hub.painter = pool = LatePool()  # type: ignore[assignment]
    async with TestServer(hub.app), asyncio.timeout(20):
        while hub.wall.controller is None:
            await asyncio.sleep(0.01)
    assert pool.late == 0
