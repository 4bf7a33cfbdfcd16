"""Keep desks whose pages have gone, for a day.

Open ones are written too, for the case that the hub ends.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from apps.hub.kept_desks_file import explain

if TYPE_CHECKING:
    from apps.hub.kept_desks_file import Kept, KeptDesksFile

logger = logging.getLogger(__name__)

KEPT_S = 24 * 3600.0
MOST = 10_000
WRITE_EVERY_S = 3.0
"""An open desk that changed is written so often; one whose page goes, at once."""
RENEW_S = 3600.0
"""An open desk that did not change is written again: it must not grow old in the file."""
NAME = re.compile(r"[0-9a-f]{32}")
"""What a page calls its session; it makes the name itself, at random."""


class KeptDesks:
    """Kept desks by name; each name is open once at a time.

    With a ``file`` they outlive the process, while :meth:`run` runs.
    """

    def __init__(
        self, file: KeptDesksFile | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = file
        self._clock = clock
        self._kept: dict[str, tuple[Kept, float]] = {}
        #: Of each open desk what would be kept of it now; None before there is a desk.
        self._open: dict[str, Callable[[], Kept] | None] = {}
        #: Kept desks that are not in the file yet, and what the file has of the open ones, and since when.
        self._due: set[str] = set()
        self._written: dict[str, tuple[Kept, float]] = {}
        self._gone = asyncio.Event()
        self._failing = False
        if file is not None:
            found, now = file.read(younger_s=KEPT_S, most=MOST), clock()
            self._kept = {
                name: (kept, now - age_s) for name, (kept, age_s) in found.items() if NAME.fullmatch(name)
            }
            if file.is_new:  # one that was broken is written anew
                self._due.update(self._kept)

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
        self._open[name] = None
        found = self._kept.pop(name, None)
        return name, None if found is None else found[0]

    def follow(self, name: str, now: Callable[[], Kept]) -> None:
        """Write an open desk when it has changed.

        ``now`` returns what would be kept of it.
        """
        self._open[name] = now

    def keep(self, name: str, kept: Kept) -> None:
        """Keep a desk whose page has gone."""
        self._open.pop(name, None)
        self._written.pop(name, None)
        self._kept[name] = kept, self._clock()
        self._due.add(name)
        self._gone.set()

    @property
    def asleep(self) -> int:
        """Number of kept desks."""
        return len(self._kept)

    async def run(self) -> None:
        """Write what has changed, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(WRITE_EVERY_S):
                    await self._gone.wait()
            if self._failing:
                await asyncio.sleep(WRITE_EVERY_S)
            self._gone.clear()
            await self._write()

    async def close(self) -> None:
        """Write what has changed, and close the file."""
        await self._write()
        if self._file is not None:
            await asyncio.to_thread(self._file.close)

    async def _write(self) -> None:
        """Write to the file, in a thread.

        A disk that refuses costs no more than that.
        """
        if self._file is None:
            return
        now = self._clock()
        open_now = {name: (found(), now) for name, found in self._open.items() if found is not None}
        changed = {name: one for name, one in open_now.items() if self._is_due(name, *one)}
        due, self._due = self._due & self._kept.keys(), set()
        rows = {name: (self._kept[name][0], now - self._kept[name][1]) for name in due}
        rows |= {name: (kept, 0.0) for name, (kept, _) in changed.items()}
        if not rows:
            return
        try:
            was_new = await asyncio.to_thread(self._file.write, rows, younger_s=KEPT_S, most=MOST)
        except (sqlite3.Error, OSError) as error:
            self._due |= due
            if not self._failing:
                why = explain(error, self._file.path)
                logger.error("twin: desks are kept in memory only and end with the hub: %s", why)
            self._failing = True
        else:
            self._written |= {name: one for name, one in changed.items() if name in self._open}
            if was_new:
                self._due.update(self._kept)
                self._written.clear()
            if self._failing:
                logger.warning("twin: %s: desks are kept on the disk again", self._file.path)
            self._failing = False

    def _is_due(self, name: str, kept: Kept, now: float) -> bool:
        had, at = self._written.get(name, (None, 0.0))
        return kept != had or now - at > RENEW_S

    def _cull(self) -> None:
        """Forget the oldest: all of more than a day, and of too many."""
        now = self._clock()
        old = [name for name, (_, at) in self._kept.items() if now - at > KEPT_S]
        for name in old + list(self._kept)[: max(0, len(self._kept) - len(old) - MOST)]:
            self._kept.pop(name, None)
