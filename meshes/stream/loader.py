"""Load threads with a queue that is replaced every frame."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from twin.errors import Reason

P = TypeVar("P")

Request = tuple[int, str]
"""A number that identifies the request, and a name that says what to load."""


class Loader(Generic[P]):
    """Runs ``work(name)`` in threads for the latest requests, in order.

    At most ``max_in_flight`` requests are running or done and not yet taken. ``on_news`` is called in a load
    thread after each, without a lock; it must not raise.
    """

    def __init__(
        self, work: Callable[[str], P], *, threads: int, max_in_flight: int, on_news: Callable[[], None]
    ) -> None:
        self._work, self._on_news, self._most = work, on_news, max_in_flight
        self._changed = threading.Condition()
        self._queue: deque[Request] = deque()
        self._running: set[int] = set()
        self._done: dict[int, P] = {}
        self._failed: dict[int, Reason] = {}
        self._closed = False
        self._threads = [
            threading.Thread(target=self._run, name=f"load-{count}", daemon=True) for count in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def idle(self) -> bool:
        """Whether nothing is queued, running, done or failed."""
        with self._changed:
            return not (self._queue or self._running or self._done or self._failed)

    def ask(self, requests: Sequence[Request]) -> None:
        """Replace the queue.

        What is running or done is not asked for again.
        """
        with self._changed:
            under_way = self._running | self._done.keys() | self._failed.keys()
            self._queue = deque(request for request in requests if request[0] not in under_way)
            self._wake()

    def done(self) -> list[int]:
        """Return the requests whose results can be taken."""
        with self._changed:
            return list(self._done)

    def peek(self, number: int) -> P:
        """Return a result without releasing it."""
        with self._changed:
            return self._done[number]

    def take(self, number: int) -> P:
        """Return and release a result."""
        with self._changed:
            result = self._done.pop(number)
            self._wake()
            return result

    def failures(self) -> dict[int, Reason]:
        """Return failed requests since the last call, with reasons."""
        with self._changed:
            failed, self._failed = self._failed, {}
            return failed

    def wait(self, timeout: float | None = None) -> bool:
        """Block until nothing runs and nothing can start; False after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running and not self._can_start(), timeout)

    def close(self) -> None:
        """Drop all requests and join the threads.

        A request that is running is waited for.
        """
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._done.clear()
        self._failed.clear()

    def _can_start(self) -> bool:
        return bool(self._queue) and len(self._running) + len(self._done) < self._most

    def _wake(self) -> None:
        """Wake the threads if there is something for them: being woken in vain costs the main thread time."""
        if self._can_start():
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._can_start())
                if self._closed:
                    return
                number, name = self._queue.popleft()
                self._running.add(number)
            self._load(number, name)
            self._on_news()

    def _load(self, number: int, name: str) -> None:
        """One request; nothing of it outlives the call, or a mapped file would stay open."""
        try:
            result = self._work(name)
        except Exception as error:  # noqa: BLE001  (whatever a reader raises, it is this tile's fault alone)
            reason = Reason.of(error)
            with self._changed:
                self._failed[number] = reason
                self._end(number)
            return
        with self._changed:
            if not self._closed:
                self._done[number] = result
            self._end(number)

    def _end(self, number: int) -> None:
        self._running.discard(number)
        self._changed.notify_all()
