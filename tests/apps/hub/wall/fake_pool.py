"""Painters that draw nothing: a picture's bytes are the mode of the Scene that was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from apps.hub.visitor import OPEN
from apps.hub.wall.wall_server import Wall
from apps.painter.jpeg import Jpeg
from apps.painter.leases import Priority
from apps.painter.messages import Cover, Paint, Pick, Picked, Target
from apps.painter.pool import Painted, PoolStatus
from apps.rooms import wall_control
from layers.layer import LayerFacts

PICTURE_BYTES = 100_000


class FakePool:
    """In place of :class:`apps.painter.pool.PainterPool`."""

    def __init__(self) -> None:
        self.arrivals: dict[str, Callable[[], None]] = {}
        self.painted: list[tuple[str, Paint, Priority]] = []

    async def run(self) -> None:
        await asyncio.Event().wait()

    def status(self) -> PoolStatus:
        return PoolStatus(1, 0, 0, 0)

    def forget(self, view: str) -> None:
        self.arrivals.pop(view, None)

    def withdraw(self, view: str) -> None:
        pass

    async def describe(self, target: Target, *, view: str = "") -> list[LayerFacts]:
        return []

    async def paint_newest(
        self, view: str, request: Callable[[], Paint], *, priority: Priority, follows: bool = False
    ) -> Painted:
        asked = request()
        self.painted.append((view, asked, priority))
        await asyncio.sleep(0)
        return Painted(Jpeg(asked.scene.moment.mode.encode().ljust(PICTURE_BYTES), 640, 360), {})

    async def cover(self, request: Cover) -> dict[str, Any]:
        return {"of": request.scene.moment.mode}

    async def pick(self, request: Pick) -> Picked:
        return Picked()


class Sink:
    """A browser that takes all at once."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}
        self.pictures: list[dict[str, Any]] = []

    def publish(self, topic: str, content: Any) -> None:
        if topic == "trame.state.topic":
            self.state |= content
        else:
            self.pictures.append(content)

    @property
    def frames(self) -> list[dict[str, Any]]:
        """Pictures, without overlays and flights."""
        return [one for one in self.pictures if one["meta"]["type"] == "image/jpeg"]


@asynccontextmanager
async def wall_without_painters(
    catalog: Path, **how: Any
) -> AsyncIterator[tuple[Wall, FakePool, Sink, Callable[..., Any]]]:
    """A wall with one watcher who operates: it, its painters, what is sent, and how a method is called."""
    hub = Hub(catalog)
    hub.painter = pool = FakePool()  # type: ignore[assignment]
    hub.wall = Wall(hub, **how)
    async with TestServer(hub.app):
        watcher = hub.wall.watch(wall_control.ROOM, OPEN)
        sink = Sink()
        await watcher.connect(sink)

        async def call(method: str, *args: Any) -> Any:
            thing, action = watcher.functionMap[method]
            return await action(thing, *args)

        async with asyncio.timeout(30):
            while hub.wall.controller is None:
                await asyncio.sleep(0.01)
        await call("twin.scene.reset")
        yield hub.wall, pool, sink, call
