"""Supervise the live service in a process beside a view.

Neither takes the other along when it falls.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from apps import counters
from apps.child_processes import Restarts, run_child
from twin.errors import Reason

LOOK_S = 0.5
"""So often is seen whether another server's service still runs."""

logger = logging.getLogger(__name__)


class Launcher:
    """Starts the live service, and again whenever it ends or hangs.

    ``reason`` says why it ended last; None while it runs. ``on_change`` is called when that changes. Where
    another server's service already holds the store, ours ends at once and is tried again when ``is_served``
    is false: nobody hears that one any more.
    """

    def __init__(
        self,
        catalog: Path,
        *,
        root: Path | None,
        store: Path | None,
        on_change: Callable[[], None] = lambda: None,
        is_served: Callable[[], bool] = lambda: False,
    ) -> None:
        self._command = [sys.executable, "-m", "apps.cli", "live", str(catalog), "--until-eof"]
        self._command += ["--root", str(root)] if root else []
        self._command += ["--store", str(store)] if store else []
        self.on_change = on_change
        self._is_served = is_served
        self.reason: Reason | None = None

    async def run(self) -> None:
        """Keep it running until cancelled."""
        restarts = Restarts()
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            reason = await run_child(
                self._command,
                name="live service",
                on_ready=lambda: self._say(None),
                patience=restarts.patience,
            )
            wait_s = restarts.wait_s(reason, ran_s=loop.time() - started)
            counters.CHILD_ENDS.labels("live_service").inc()
            logger.warning("the live service ended: %s; again in %g s", reason, wait_s)
            self._say(reason)
            await asyncio.sleep(wait_s)
            while self._is_served():
                self._say(None)
                await asyncio.sleep(LOOK_S)

    def _say(self, reason: Reason | None) -> None:
        if reason != self.reason:
            self.reason = reason
            self.on_change()
