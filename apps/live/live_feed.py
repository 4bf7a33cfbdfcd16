"""Share one live client and launcher among all desks of a hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from apps.live.client import LiveClient
from apps.live.launcher import Launcher
from twin.basin import Basin
from twin.errors import Reason
from twin.stations.network import Network

FOLDER = "stations"
"""The live service's folder in a store."""


class LiveFeed:
    """Runs and follows the live service of a basin.

    ``listeners`` are called at every change.
    """

    def __init__(
        self, basin: Basin, network: Network, *, catalog: Path, root: Path | None, store: Path | None
    ) -> None:
        self.network = network
        self.listeners: set[Callable[[], None]] = set()
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

    def _changed(self) -> None:
        for listener in tuple(self.listeners):
            listener()
