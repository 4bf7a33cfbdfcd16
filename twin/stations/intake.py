"""The one way in: readings of all feeds are checked and become observations, or are refused and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from twin.stations.model import Reading


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a delivery, once what was accepted is durable."""

    accepted: int = 0
    duplicate: int = 0
    refused: int = 0


class Intake(Protocol):
    """What a feed delivers to."""

    async def deliver(self, feed: str, readings: Sequence[Reading]) -> Receipt:
        """Check, keep and only then return: after that, no kill loses what was accepted.

        Never raises for what the readings hold. Raises StoreError where nothing can be kept now (a full
        disk): the feed keeps the delivery, or leaves it unacknowledged, and tries again later.
        """

    def refuse(self, feed: str, reason: str, message: bytes | str, *, station: str = "") -> None:
        """Count a message that could not be understood at all; the last ones can be read. ``reason`` is a
        slug such as ``bad-crc``, ``station`` a code where one is known."""
