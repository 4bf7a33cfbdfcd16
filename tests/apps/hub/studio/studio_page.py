"""A studio's page without browser and painters."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from apps.hub.permissions import Identify, everybody
from tests.apps.hub.bot import Bot
from tests.apps.hub.wall.fake_pool import FakePool


@asynccontextmanager
async def studio_page(
    basin: Path, folder: Path, *, identify: Identify = everybody
) -> AsyncIterator[tuple[Bot, Hub, str]]:
    """Serve a basin's catalog from a folder where films may lie: page, hub, address."""
    store = basin.parent / ".twin"
    for file in basin.parent.glob("*.yaml"):
        shutil.copy(file, folder / file.name)
    hub = Hub(folder / basin.name, root=basin.parent, store=store, identify=identify)
    hub.painter = FakePool()  # type: ignore[assignment]
    async with TestServer(hub.app) as server:
        url = str(server.make_url("/"))
        async with Bot(url, room="studio") as bot:
            await bot.hello()
            await bot.until(lambda: bot.state["gauge"]["maximum"] > 1.0)
            yield bot, hub, url
