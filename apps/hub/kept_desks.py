"""Keep desks whose pages have gone, for a day."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

from apps.hub.desk_server import Kept

KEPT_S = 24 * 3600.0
MOST = 10_000
NAME = re.compile(r"[0-9a-f]{32}")
"""What a page calls its session; it makes the name itself, at random."""


class KeptDesks:
    """Kept desks by name; each name is open once at a time."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[Kept, float]] = {}
        self._open: set[str] = set()

    def take(self, name: str, owner: str = "") -> tuple[str, Kept | None]:
        """Open a desk by the name that its page sends.

        ``owner`` is the name of who has signed in.
        Returns the name it has here, and what was kept; None for a new one.
        A name that is open already, or is none, is not given away: a page that was duplicated starts with a
        desk of its own. Nor is one that somebody else had.
        """
        self._cull()
        had = self._kept.get(name)
        if not NAME.fullmatch(name) or name in self._open or (had is not None and had[0].owner != owner):
            name = secrets.token_hex(16)
        self._open.add(name)
        found = self._kept.pop(name, None)
        return name, None if found is None else found[0]

    def keep(self, name: str, kept: Kept) -> None:
        """Keep a desk whose page has gone."""
        self._open.discard(name)
        self._kept[name] = kept, self._clock()

    @property
    def asleep(self) -> int:
        """Number of kept desks."""
        return len(self._kept)

    def _cull(self) -> None:
        """Forget the oldest: all of more than a day, and of too many."""
        now = self._clock()
        old = [name for name, (_, at) in self._kept.items() if now - at > KEPT_S]
        for name in old + list(self._kept)[: max(0, len(self._kept) - len(old) - MOST)]:
            self._kept.pop(name, None)
