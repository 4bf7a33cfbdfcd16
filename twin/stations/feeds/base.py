"""Feed: brings readings until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from twin.catalog.feeds import FeedSpec
from twin.catalog.types import Access
from twin.errors import TwinError
from twin.stations.clocks import Clocks
from twin.stations.intake import Intake
from twin.stations.network import Network


class FeedError(TwinError):
    """Source of a feed is unreachable; it is retried later."""

    zh = "数据来源无法连接：{message}"


class Feed(Protocol):
    """Source of readings.

    ``run`` brings readings to the intake until it is cancelled. It may end or raise at any time: its
    supervisor starts it again.
    """

    @property
    def id(self) -> str: ...

    async def run(self, intake: Intake) -> None: ...


@dataclass(frozen=True, kw_only=True)
class ForecastIssue:
    """Issued forecast of the lake as a CSV table."""

    table: str
    name: str
    author: str
    access: Access
    issued_at: datetime


@dataclass(frozen=True, kw_only=True)
class FeedContext:
    """Inputs of a feed: stations, default zone, clocks.

    ``newest`` says up to when a datastream, by its id, was kept before; None where nothing of it is.
    ``keep_forecast`` keeps a forecast beside observations, once; it blocks, and raises TwinError for a table
    that cannot be used, RunsFileError where nothing can be kept.
    """

    network: Network
    zone: ZoneInfo
    clocks: Clocks
    newest: Callable[[str], datetime | None] = lambda datastream: None
    keep_forecast: Callable[[ForecastIssue], object] = lambda issue: None


def make_feed(spec: FeedSpec, context: FeedContext) -> Feed:
    """Make the feed of a declaration; nothing runs yet.

    One that lacks a secret says so when it is started.
    """
    try:
        feed: Feed = spec.make(context)
    except FeedError as error:
        return _Unable(spec.id, error)
    return feed


class _Unable:
    """Stands in for a feed that cannot be made."""

    def __init__(self, feed_id: str, error: FeedError) -> None:
        self.id = feed_id
        self._error = error

    async def run(self, intake: Intake) -> None:
        raise self._error
