"""Share one live client, launcher and clock among desks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

from apps.live.client import LiveClient
from apps.live.launcher import Launcher
from twin.basin import Basin
from twin.errors import Reason
from twin.stations.network import Network

logger = logging.getLogger(__name__)

FOLDER = "stations"
"""The live service's folder in a store."""
TICK_S, TELL_EVERY_S = 1.0, 0.25
HELD_S = 0.01
"""Seconds of desks brought up to date at once, before hands and pictures have their turn."""


class LiveFeed:
    """Runs and follows the live service of a basin.

    ``listeners`` are called soon after every change, and once a second: values grow old.
    """

    def __init__(
        self, basin: Basin, network: Network, *, catalog: Path, root: Path | None, store: Path | None
    ) -> None:
        self.network = network
        self.listeners: set[Callable[[], None]] = set()
        self._news = asyncio.Event()
        self.client = LiveClient(basin.generation.folder / FOLDER, on_change=self._changed)
        self._launcher = Launcher(
            catalog,
            root=root,
            store=store,
            on_change=self._changed,
            is_served=lambda: self.client.connected,
        )

    @classmethod
    def of(cls, basin: Basin, *, catalog: Path, root: Path | None, store: Path | None) -> LiveFeed | None:
        """Return the live feed of a basin; None without feeds."""
        network = basin.network()
        if network is None or not any(feed.enabled for feed in basin.site.feeds):
            return None
        return cls(basin, network, catalog=catalog, root=root, store=store)

    @property
    def reason(self) -> Reason | None:
        """Reason of the service's last end; None while it runs."""
        return self._launcher.reason

    async def run(self) -> None:
        """Keep service and client going until cancelled."""
        async with asyncio.TaskGroup() as tasks:  # gather would not wait for the service's end
            tasks.create_task(self._launcher.run())
            tasks.create_task(self.client.run())
            tasks.create_task(self._tick())

    def _changed(self) -> None:
        self._news.set()

    async def _tick(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):  # wait_for may lose a cancellation in Python 3.11
                    await self._news.wait()
            self._news.clear()
            begun_s = time.perf_counter()
            for listener in tuple(self.listeners):
                if listener in self.listeners:
                    _call(listener)
                if time.perf_counter() - begun_s > HELD_S:
                    await asyncio.sleep(0)
                    begun_s = time.perf_counter()
            await asyncio.sleep(TELL_EVERY_S)


def _call(listener: Callable[[], None]) -> None:
    try:
        listener()
    except Exception:  # what one desk cannot show must not end the others' following
        logger.exception("live values could not be shown")
