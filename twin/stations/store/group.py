"""Batch commits of several submitters.

Each waits until its own observations are durable, all share the disk's time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from twin.stations.model import Observation
from twin.stations.store.events import Event
from twin.stations.store.writing import Appended, Writer

MOST_ROWS = 5_000
"""Rows of one transaction."""

MOST_WAITING = 100_000
"""Rows that may wait; who submits more waits for room."""


@dataclass(kw_only=True)
class _Submission:
    observations: Sequence[Observation]
    events: Sequence[Event]
    done: asyncio.Future[Appended]

    @property
    def rows(self) -> int:
        return len(self.observations) + len(self.events)


class GroupWriter:
    """Asyncio front of a :class:`Writer`.

    Use it as ``async with``; it writes what waits before it ends.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="observations")
        self._waiting: list[_Submission] = []
        self._rows = 0
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> GroupWriter:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._some.set()
        if self._task is not None:
            await self._task
        self._thread.shutdown(wait=True)

    async def submit(self, observations: Sequence[Observation], events: Sequence[Event] = ()) -> Appended:
        """Store observations; durable when this returns.

        Raises StoreFullError, DatabaseError: then nothing of it is kept.
        """
        while self._rows > MOST_WAITING:
            self._room.clear()
            await self._room.wait()
        item = _Submission(
            observations=observations, events=events, done=asyncio.get_running_loop().create_future()
        )
        self._waiting.append(item)
        self._rows += item.rows
        self._some.set()
        return await item.done

    def check_place(self) -> None:
        """Raise LostDatabaseError where the database's file was removed or replaced."""
        self._writer.check_place()

    async def thin(self, *, before: datetime, now: datetime) -> int:
        """Thin out what is old, a stretch at a time, commits between.

        Raises StoreError.
        """
        loop = asyncio.get_running_loop()
        look = partial(self._writer.old_stretches, before=before)
        count = 0
        for stretch in await loop.run_in_executor(self._thread, look):
            work = partial(self._writer.thin_stretch, stretch, now=now)
            count += await loop.run_in_executor(self._thread, work)
        return count

    async def _run(self) -> None:
        while not (self._closing and not self._waiting):
            await self._some.wait()
            self._some.clear()
            while self._waiting:
                await self._commit(self._take())
            self._room.set()

    def _take(self) -> list[_Submission]:
        """The next few that fit one transaction, in their order; at least one."""
        taken: list[_Submission] = []
        rows = 0
        while self._waiting and (not taken or rows + self._waiting[0].rows <= MOST_ROWS):
            taken.append(self._waiting.pop(0))
            rows += taken[-1].rows
        self._rows -= rows
        return taken

    async def _commit(self, items: list[_Submission]) -> None:
        loop = asyncio.get_running_loop()
        try:
            parts = await loop.run_in_executor(self._thread, self._append, items)
        except Exception as error:  # noqa: BLE001  (whatever it was, who waits hears it)
            for item in items:
                if not item.done.done():
                    item.done.set_exception(error)
            return
        for item, part in zip(items, parts, strict=True):
            if not item.done.done():
                item.done.set_result(part)

    def _append(self, items: list[_Submission]) -> list[Appended]:
        """One transaction for all; each is told of its own."""
        return self._writer.append_each([(item.observations, item.events) for item in items])
