"""Count refusals by kind, and log them.

:class:`apps.logs.RateLimit` writes so many lines of a kind: refused as fast as a browser can write, they
filled the log with 1.4 MB a second.
"""

from __future__ import annotations

import logging
from collections import Counter

logger = logging.getLogger(__name__)

LONGEST = 80
"""Characters of a detail that are logged, escaped."""


class RefusalCounter:
    """Counts of refusals by kind.

    Kinds are words of the program, never a browser's: their number is bounded, and so is the log's.
    """

    def __init__(self, what: str) -> None:
        self.counts: Counter[str] = Counter()
        self._what = what

    def refuse(self, kind: str, detail: object = "") -> None:
        """Count and log a refusal.

        ``detail`` may be a stranger's: its ``repr`` is shortened.
        """
        self.counts[kind] += 1
        shown = f": {_short(detail)}" if detail != "" else ""
        logger.warning(f"{self._what}: {kind}%s", shown)  # one kind, one text: so they are counted


def _short(detail: object) -> str:
    if not isinstance(detail, str):
        return type(detail).__name__  # the repr of what a stranger nests may be long
    text = repr(detail[: LONGEST + 1])
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


refusals = RefusalCounter("refused from a browser")
browser_errors = RefusalCounter("in a browser")
