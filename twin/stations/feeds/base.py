"""What a feed is: something that brings readings until it is stopped."""

from __future__ import annotations

from typing import Protocol

from twin.errors import TwinError
from twin.stations.intake import Intake


class FeedError(TwinError):
    """The source of a feed cannot be heard now; it is tried again later."""

    zh = "数据来源无法连接：{message}"


class Feed(Protocol):
    """One way by which values come in.

    ``run`` brings readings to the intake until it is cancelled. It may end or raise at any time: its
    supervisor starts it again.
    """

    @property
    def id(self) -> str: ...

    async def run(self, intake: Intake) -> None: ...
