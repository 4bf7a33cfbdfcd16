"""Fetch what stations observed at a Scene's moment of history."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from twin.errors import TwinError
from twin.stations.snapshot import Now

if TYPE_CHECKING:
    from apps.live.client import LiveClient
    from twin.moment import Moment

logger = logging.getLogger(__name__)


LAG = timedelta(hours=6)
"""Half a second of the fastest replay."""


class Then(NamedTuple):
    """Time of the past (UTC), and as known at which time.

    None: all that is known by now.
    """

    valid_at: datetime
    known_at: datetime | None


def then_of(moment: Moment) -> Then | None:
    """Return the time that stations show; None where they show the present."""
    if moment.mode != "history" or moment.valid_at is None:
        return None
    return Then(moment.valid_at, moment.known_at)


class PastValues:
    """Queries the live service one at a time, newest request next.

    ``on_change`` is called after every answer. A replay moves on faster than answers come: up to ``LAG`` the
    values of a moment before stand for those of now, and each says of when it is.
    """

    def __init__(self, client: LiveClient, *, on_change: Callable[[], None]) -> None:
        self._client = client
        self._on_change = on_change
        self._wanted: Then | None = None
        self._task: asyncio.Task[None] | None = None
        self._of: Then | None = None
        self._values: Now | None = None

    def at(self, then: Then) -> Now | None:
        """Return the values of a time.

        None where they are not known, or those that are were observed after it.
        """
        of = self._of
        if of is None or of.known_at != then.known_at:
            return None
        return self._values if timedelta() <= then.valid_at - of.valid_at <= LAG else None

    def want(self, then: Then | None) -> None:
        """Request the values of a time; None clears them."""
        self._wanted = then
        if then is None:
            self._of = self._values = None
        elif (then != self._of or self._values is None) and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        asked: Then | None = None
        while (then := self._wanted) is not None and then != asked:
            asked = then
            try:
                values = await self._client.then(then.valid_at, then.known_at)
            except TwinError as error:
                logger.info("what was observed at %s is not known: %s", then.valid_at, error)
                self._of, self._values = then, None
            else:
                if self._wanted is None:
                    return
                self._of, self._values = then, Now(values=values)
            self._on_change()
