"""Keep feeds running.

Each by itself, restarted after a fall, later and later while it keeps falling.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from twin.errors import Reason, TwinError
from twin.stations.clocks import Clocks
from twin.stations.feeds.base import Feed, FeedError
from twin.stations.intake import Intake
from twin.stations.snapshot import FeedState
from twin.store import StoreError

logger = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S, GROWTH = 1.0, 60.0, 2.0
WELL_S = 120.0
"""A feed that ran so long was well: its next wait is the first again."""


@dataclass
class Health:
    """Health of a feed; ``why`` it is not running.

    ``since_s`` is of the clock that nobody sets: a step of the other one makes no outage longer or shorter.
    """

    state: FeedState
    since_s: float
    why: Reason | None = None
    falls: int = 0


class Supervisor:
    """Runs feeds into an intake.

    ``on_change`` hears of every change of a state.
    """

    def __init__(
        self,
        feeds: Sequence[Feed],
        intake: Intake,
        *,
        clocks: Clocks,
        on_change: Callable[[], None] = lambda: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._feeds = feeds
        self._intake = intake
        self._clocks = clocks
        self._on_change = on_change
        self._jitter = jitter
        self._health = {feed.id: Health("starting", clocks.elapsed_s()) for feed in feeds}

    @property
    def health(self) -> Mapping[str, Health]:
        """Health by feed id."""
        return self._health

    async def run(self) -> None:
        """Run all feeds until cancelled.

        Then all of them are stopped.
        """
        tasks = [asyncio.create_task(self._keep(feed), name=f"feed {feed.id}") for feed in self._feeds]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for feed in self._feeds:
                self._say(feed, "stopped")

    async def _keep(self, feed: Feed) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            started = self._clocks.elapsed_s()
            self._say(feed, "running")
            why = await self._once(feed)
            if self._clocks.elapsed_s() - started > WELL_S:
                wait_s = FIRST_WAIT_S
            self._health[feed.id].falls += 1
            self._say(feed, "waiting", why)
            await asyncio.sleep(wait_s * (0.75 + 0.5 * self._jitter()))  # many must not come back at once
            wait_s = min(LONGEST_WAIT_S, wait_s * GROWTH)

    async def _once(self, feed: Feed) -> Reason:
        """Run a feed until it ends; why it did."""
        try:
            await feed.run(self._intake)
        except StoreError as error:
            return Reason(f"nothing can be kept now: {error}", error.in_chinese())
        except TwinError as error:
            return Reason.of(error)
        except Exception as error:  # a fault of the program takes no other feed along
            logger.exception("the feed %s met a fault of the program", feed.id)
            return Reason(f"a fault of the program ({type(error).__name__}); the log says where")
        return Reason.of(FeedError("its source has ended"))

    def _say(self, feed: Feed, state: FeedState, why: Reason | None = None) -> None:
        health = self._health[feed.id]
        if (health.state, health.why) != (state, why):
            self._health[feed.id] = Health(state, self._clocks.elapsed_s(), why, health.falls)
            self._on_change()
