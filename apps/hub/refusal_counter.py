"""Count refusals by kind, and throttle their lines in the log.

A browser that is refused as fast as it can write filled the log with 1.4 MB a second.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

logger = logging.getLogger(__name__)

INTERVAL_S = 10.0
LONGEST = 80
"""Characters of a detail that are logged, escaped."""


class RefusalCounter:
    """Counts of refusals by kind.

    Kinds are words of the program, never a browser's: their number is bounded, and so is the log's.
    """

    def __init__(self, what: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._logged: dict[str, tuple[float, int]] = {}

    def refuse(self, kind: str, detail: object = "") -> None:
        """Count a refusal; log it unless its kind was lately.

        ``detail`` may be a stranger's: its ``repr`` is shortened.
        """
        self.counts[kind] += 1
        at, count = self._logged.get(kind, (-INTERVAL_S, 0))
        now = self._clock()
        if now - at < INTERVAL_S:
            return
        before = self.counts[kind] - count - 1
        self._logged[kind] = now, self.counts[kind]
        shown = f": {_short(detail)}" if detail != "" else ""
        more = f" ({before} more since the last such line)" if before else ""
        logger.warning("%s: %s%s%s", self._what, kind, shown, more)


def _short(detail: object) -> str:
    if not isinstance(detail, str | int | float | None):
        return type(detail).__name__  # the repr of what a stranger nests may be long
    text = repr(detail[: LONGEST + 1]) if isinstance(detail, str) else type(detail).__name__
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


refusals = RefusalCounter("refused from a browser")
browser_errors = RefusalCounter("in a browser")
