"""Count refusals by feed, reason and station.

Logged at a limited rate.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from twin.stations.snapshot import RefusalNow

logger = logging.getLogger(__name__)

LAST_REFUSALS = 50
LEFT_OUT = frozenset(
    {"no-property", "not-measured", "said-twice", "same-rain", "no-values", "picture", "unknown-element"}
)
"""Parts of messages whose rest is kept: nothing is wrong with them, they have no place here."""
MOST_KINDS = 500
"""Pairs of reason and station remembered of a feed: what makes up codes must not fill the memory."""
TOLD_KINDS = 8
LOG_AGAIN_S = 600.0
"""The same reason of the same station is logged again after so long, with how often it was met meanwhile."""
LOG_LINES, LOG_WINDOW_S = 10, 60.0
"""So many lines of a feed in a window; the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Refused message: time, reason, beginning.

    The reason is a slug; always safe to print.
    """

    at: datetime
    reason: str
    message: str
    station: str = ""


@dataclass
class _Logged:
    """When a pair of reason and station was logged last, and how often it was met since."""

    at_s: float
    since: int = 0


class RefusalLog:
    """Refusals of all feeds since the start.

    Seconds are of a clock that nobody sets.
    """

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._last: dict[str, deque[Refusal]] = defaultdict(lambda: deque(maxlen=LAST_REFUSALS))
        self._kinds: dict[str, OrderedDict[tuple[str, str], RefusalNow]] = defaultdict(OrderedDict)
        self._logged: OrderedDict[tuple[str, str, str], _Logged] = OrderedDict()
        self._lines: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=LOG_LINES))

    def note(self, feed: str, refusal: Refusal, *, now_s: float) -> None:
        """Count a refusal, and log it at a limited rate.

        Unless the like of it was logged a while ago.
        """
        self._counts[feed][refusal.reason] += 1
        self._last[feed].append(refusal)
        self._remember(feed, refusal)
        self._log(feed, refusal, now_s)

    def counts(self, feed: str) -> Mapping[str, int]:
        """Return counts of a feed's refusals, by reason."""
        return dict(self._counts[feed]) if feed in self._counts else {}

    def last(self, feed: str) -> list[Refusal]:
        """Return the last refusals of a feed, oldest first."""
        return list(self._last[feed]) if feed in self._last else []

    def listed(self, feed: str) -> tuple[RefusalNow, ...]:
        """Return refusals by reason and station, a few of them.

        What is wrong before what is left out, the newest first.
        """
        kinds = list(self._kinds[feed].values()) if feed in self._kinds else []
        kinds.reverse()
        kinds.sort(key=lambda kind: kind.reason in LEFT_OUT)
        return tuple(kinds[:TOLD_KINDS])

    def _remember(self, feed: str, refusal: Refusal) -> None:
        kinds, key = self._kinds[feed], (refusal.reason, refusal.station)
        known = kinds.get(key)
        fresh = RefusalNow(
            reason=refusal.reason,
            station=refusal.station,
            count=1,
            last_at=refusal.at,
            message=refusal.message,
        )
        kinds[key] = fresh if known is None else replace(fresh, count=known.count + 1)
        kinds.move_to_end(key)
        if len(kinds) > MOST_KINDS:
            kinds.popitem(last=False)

    def _log(self, feed: str, refusal: Refusal, now_s: float) -> None:
        key = (feed, refusal.reason, refusal.station)
        before = self._logged.get(key)
        if before is not None and now_s - before.at_s < LOG_AGAIN_S:
            before.since += 1
            return
        lines = self._lines[feed]
        if len(lines) == LOG_LINES and now_s - lines[0] < LOG_WINDOW_S:
            return
        lines.append(now_s)
        more = f" ({before.since} more since)" if before is not None and before.since else ""
        station = f" of the station {refusal.station}" if refusal.station else ""
        left_out = refusal.reason in LEFT_OUT
        logger.log(
            logging.INFO if left_out else logging.WARNING,
            "feed %s %s %s%s: %s%s",
            feed,
            "left out" if left_out else "refused",
            refusal.reason,
            station,
            refusal.message,
            more,
        )
        self._logged[key] = _Logged(now_s)
        self._logged.move_to_end(key)
        if len(self._logged) > MOST_KINDS:
            self._logged.popitem(last=False)
