"""Declare what feeds deliver readings to, and split long deliveries into parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from twin.stations.model import Reading

PART = 1_000
"""Readings taken in one turn of the event loop: made and checked in some 50 ms."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Result of a delivery, once accepted readings are durable."""

    accepted: int = 0
    refused: int = 0


class Intake(Protocol):
    """Receiver of a feed's readings."""

    async def deliver(self, feed: str, readings: Sequence[Reading]) -> Receipt:
        """Check and store readings; durable when this returns.

        After that, no kill loses what was accepted. Never raises for what the readings hold. Raises
        StoreError where nothing can be kept now (a full disk): the feed keeps the delivery, or leaves it
        unacknowledged, and tries again later.
        """

    def refuse(self, feed: str, reason: str, message: bytes | str, *, station: str = "") -> None:
        """Count a message that could not be parsed at all.

        The last ones can be read. ``reason`` is a slug such as ``bad-crc``, ``station`` a code where one is
        known.
        """


async def parts_of(readings: Iterable[Reading]) -> AsyncIterator[list[Reading]]:
    """Split readings into parts of at most ``PART``.

    Other tasks get a turn after each. A document of 8 MiB holds 100,000 of them, which take 5 s: a service
    that is silent for so long is hung.
    """
    rest = iter(readings)
    while part := list(islice(rest, PART)):
        yield part
        await asyncio.sleep(0)
