"""Thin out old observations once a day.

By a clock that nobody sets.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from twin.stations.clocks import ForwardClocks
from twin.store import StoreError

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
FIRST_S, EVERY_S, AGAIN_S = 300.0, 86_400.0, 3600.0
"""After the start (by then stations have said what time it is), then, and after it could not be done."""
DOUBTED = timedelta(days=30)
"""A clock so far ahead of everything that stations have sent thins out nothing: that cannot be undone."""


class Thin(Protocol):
    """Thins out what is older; how many observations went.

    Raises StoreError.
    """

    def __call__(self, *, before: datetime, now: datetime) -> Awaitable[int]: ...


class Retention:
    """Keeps ``keep_days`` of observations whole and has older ones thinned out."""

    def __init__(
        self,
        thin: Thin,
        *,
        clocks: ForwardClocks,
        keep_days: int,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._thin, self._clocks, self._sleep = thin, clocks, sleep
        self._keep = timedelta(days=keep_days)
        self._due_s = clocks.elapsed_s() + FIRST_S

    async def run(self) -> None:
        """Check regularly whether thinning is due, until cancelled."""
        while True:
            await self._sleep(LOOK_EVERY_S)
            if self._clocks.elapsed_s() >= self._due_s:
                done = await self._once()
                self._due_s = self._clocks.elapsed_s() + (EVERY_S if done else AGAIN_S)

    async def _once(self) -> bool:
        """Thin out what is old; whether that could be done."""
        now, heard = self._clocks.now(), self._clocks.newest_heard()
        if heard is not None and now - heard > DOUBTED:
            logger.warning(
                "nothing is thinned out: the clock says %s, the newest that any station has sent is of %s",
                f"{now:%Y-%m-%d}",
                f"{heard:%Y-%m-%d}",
            )
            return False
        try:
            count = await self._thin(before=now - self._keep, now=now)
        except StoreError as error:
            logger.warning("old observations could not be thinned out: %s", error)
            return False
        if count:
            logger.info("%d observations from before %s were thinned out", count, (now - self._keep).date())
        return True
