"""Highest live level of the lake that is known, and since when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from apps.session.live_level import LiveLevel


@dataclass(kw_only=True)
class LivePeak:
    """Highest known live level and the time since when levels are known.

    Fresh reports count. A newer report that is old already (a backfill, a late delivery) is one of several of
    which the view has received this one: what is known has a gap then, and nothing is claimed until
    :meth:`remember` is given the highest level that the store holds.
    """

    highest_m: float = -math.inf
    since: datetime | None = None

    def report(self, live: LiveLevel, before: LiveLevel | None) -> None:
        """Count the newest report; ``before`` is the one before it."""
        if live.freshness is Freshness.FRESH:
            self.highest_m = max(self.highest_m, live.level_m)
            self.since = live.at if self.since is None else min(self.since, live.at)
        elif before is None or live.at != before.at:
            self.highest_m, self.since = -math.inf, None

    def remember(self, highest_m: float, since: datetime | None, *, live: LiveLevel | None) -> None:
        """Replace by the highest level of the store.

        Of a stretch from ``since`` on. A fresh ``live`` level may be newer than the stretch.
        """
        self.highest_m, self.since = highest_m, since
        if live is not None and live.freshness is Freshness.FRESH:
            self.report(live, live)
