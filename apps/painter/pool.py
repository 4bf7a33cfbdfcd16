"""Run a pool of painters: one warm, others on demand.

Each painter is handed one request at a time, so that the hub decides the order and a painter's time limit
counts drawing only. A request whose painter falls is asked again of another one at once.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from apps import counters
from apps.painter.errors import PainterError, PainterGoneError
from apps.painter.jpeg import Jpeg
from apps.painter.leases import Leases, Order, Priority
from apps.painter.messages import Cover, Describe, Paint, Pick, Picked, Reply, Request, Target
from apps.painter.painter_client import COMMAND, PainterClient
from layers.layer import LayerFacts
from twin.errors import Reason

TRIES = 3
"""A request that ends so many painters is given up."""
BACK_S = 20.0
"""So long a request waits for a painter to come back."""
LOOK_EVERY_S = 0.25
BUSY_S = 0.3
"""Another painter is started when a picture has waited so long for one."""
IDLE_S = 120.0
"""A painter beside the first one ends when it has drawn nothing for so long."""


class Painted(NamedTuple):
    """Frame with overlay and packed distances.

    Its JPEG, None for a sample that was only added to others; what lies over it; the distances of its
    surfaces, packed (:func:`layers.gl.depth.packed`), in base64; whether all tiles were there.
    """

    jpeg: Jpeg | None
    overlay: dict[str, Any]
    depth: str = ""
    complete: bool = True


class PoolStatus(NamedTuple):
    """Counts of a pool.

    Painters that can be used, and those that draw; orders that wait; views with a painter.
    """

    ready: int
    drawing: int
    waiting: int
    leased: int


Answer = tuple[Reply, bytes]


def _future() -> asyncio.Future[Answer | None]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False, kw_only=True)
class _Asked(Order):
    """Order with what makes its request, and who waits for its answer: None where it was not drawn."""

    request: Callable[[], Request]
    answer: asyncio.Future[Answer | None] = field(default_factory=_future)
    tries: int = 0

    def settle(self, answer: Answer | None = None, *, error: Exception | None = None) -> None:
        """Give the answer, unless nobody waits any more."""
        if self.answer.done():
            return
        if error is not None:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(answer)


class PainterPool:
    """Pool of up to ``most`` painters, used like one.

    ``command`` starts one, here or elsewhere (``apps/cluster/``). Run :meth:`run` beside it. ``arrivals`` are
    called, by the name of the view that was drawn last, when more tiles for it have come.
    """

    def __init__(
        self,
        catalog: Path,
        *,
        root: Path | None,
        store: Path | None,
        most: int = 1,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.arrivals: dict[str, Callable[[], None]] = {}
        self._basin = [str(catalog.absolute())]
        self._basin += ["--root", str(root.absolute())] if root else []
        self._basin += ["--store", str(store.absolute())] if store else []
        self._most, self._command = most, command
        self._leases = Leases()
        self._running: dict[PainterClient, asyncio.Task[None]] = {}
        #: Painters that can be asked, and since when each is idle, s; None for one that draws.
        self._idle_since: dict[PainterClient, float | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        #: What a painter opens before it takes a view.
        self._target: Target | None = None
        self._gone_since_s = 0.0

    async def run(self) -> None:
        """Keep painters running until cancelled; ends them then."""
        self._gone_since_s = time.monotonic()
        self._start()
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                self._give_up()
                self._resize()
        finally:
            tasks = (*self._running.values(), *self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def status(self) -> PoolStatus:
        """Count painters, waiting orders and leases."""
        drawing = sum(since_s is None for since_s in self._idle_since.values())
        return PoolStatus(len(self._idle_since), drawing, len(self._leases.waiting), self._leases.leased)

    @property
    def reason(self) -> Reason | None:
        """Reason of the last end of a painter that is away."""
        return next((painter.reason for painter in self._running if painter.reason is not None), None)

    # -- questions ------------------------------------------------------------------------------------

    async def describe(self, target: Target, *, view: str = "") -> Sequence[LayerFacts]:
        """List the layers of a target, opening it first.

        With a ``view`` they are as in its last frame. Raises PainterError, PainterGoneError.
        """
        self._target = target
        reply, _ = await self._ask(view, Describe(target=target, view=view))
        return reply.layers or []

    async def paint(self, request: Paint) -> Painted:
        """Draw a picture; one at a time for each view.

        Raises PainterError, PainterGoneError.
        """
        painted = await self.paint_newest(request.view, lambda: request, priority=_priority(request))
        assert painted is not None
        return painted

    async def paint_newest(
        self, view: str, request: Callable[[], Paint], *, priority: Priority, follows: bool = False
    ) -> Painted | None:
        """Draw a view's newest scene as soon as a painter is free.

        ``request`` is called then; again if the painter falls. One that ``follows`` adds a sample to those of
        the frame before. None where it was withdrawn, or its samples are gone with their painter. Raises
        PainterError, PainterGoneError.
        """
        found = await self._answered(_Asked(view=view, priority=priority, follows=follows, request=request))
        if found is None:
            return None
        reply, content = found
        width, height = reply.size
        jpeg = Jpeg(content, width=width, height=height) if content else None
        return Painted(jpeg, reply.overlay or {}, reply.depth, reply.complete)

    def withdraw(self, view: str) -> None:
        """Cancel the frame that a view waits for, unless it is begun."""
        for order in self._leases.waiting:
            if order.view == view and order.priority is not Priority.QUICK:
                self._settle([order])

    async def cover(self, request: Cover) -> dict[str, Any]:
        """Place what lies over a picture.

        Raises PainterError, PainterGoneError.
        """
        reply, _ = await self._ask(request.view, request)
        return reply.overlay or {}

    async def pick(self, request: Pick) -> Picked:
        """Find what is under a place of a view.

        Raises PainterError, PainterGoneError.
        """
        reply, _ = await self._ask(request.view, request)
        return reply.picked or Picked()

    def forget(self, view: str) -> None:
        """Drop what is kept of a view that has ended."""
        self.arrivals.pop(view, None)
        self._leases.forget(view)
        for painter in self._idle_since:
            painter.forget(view)

    async def _ask(self, view: str, request: Request) -> Answer:
        found = await self._answered(_Asked(view=view, priority=Priority.QUICK, request=lambda: request))
        assert found is not None
        return found

    async def _answered(self, order: _Asked) -> Answer | None:
        if not self._leases.add(order):
            return None
        self._dispatch()
        try:
            found = await order.answer
        finally:
            self._leases.drop(order)
        if found is not None and (error := found[0].error) is not None:
            raise PainterError(error.message, in_zh=error.zh or error.message)
        return found

    # -- orders to painters ---------------------------------------------------------------------------

    def _dispatch(self) -> None:
        """Hand an order to each painter that is free, the one with fewest views first."""
        free = [painter for painter, since_s in self._idle_since.items() if since_s is not None]
        for painter in sorted(free, key=self._leases.load):
            order = self._leases.next(painter)
            if order is not None:
                assert isinstance(order, _Asked)
                self._idle_since[painter] = None
                self._do(self._draw(painter, order))

    async def _draw(self, painter: PainterClient, order: _Asked) -> None:
        kind, begun_s = order.priority.name.lower(), time.monotonic()
        counters.FRAME_WAIT.labels(kind).observe(begun_s - order.since_s)
        try:
            order.settle(await painter.ask(order.request()))
            counters.FRAME_DRAW.labels(kind).observe(time.monotonic() - begun_s)
        except PainterGoneError:
            self._again(order)
        except Exception as error:  # noqa: BLE001  (of what makes the request: it is the view's)
            order.settle(error=error)
        finally:
            self._leases.done(painter)
            if painter in self._idle_since:
                self._idle_since[painter] = time.monotonic()
            self._dispatch()

    def _again(self, order: _Asked) -> None:
        """Ask once more what its painter has not answered."""
        order.tries += 1
        if order.answer.done():
            return
        if order.tries >= TRIES:
            order.settle(error=PainterGoneError(f"the painter ended {TRIES} times at one request"))
        elif not self._leases.add(order):
            order.settle()

    def _settle(self, orders: Sequence[Order], *, error: Exception | None = None) -> None:
        """End orders that wait."""
        for order in orders:
            assert isinstance(order, _Asked)
            self._leases.drop(order)
            order.settle(error=error)

    # -- painters -------------------------------------------------------------------------------------

    def _start(self) -> None:
        painter = PainterClient(
            self._basin,
            command=self._command,
            on_ready=self._ready,
            on_gone=self._gone,
            on_arrival=self._arrived,
        )
        self._running[painter] = asyncio.create_task(painter.run())

    def _ready(self, painter: PainterClient) -> None:
        self._do(self._open(painter))

    async def _open(self, painter: PainterClient) -> None:
        """Let a painter open what is shown, and then take views."""
        if (target := self._target) is not None:
            try:
                await painter.ask(Describe(target=target))
            except PainterGoneError:
                return
        self._idle_since[painter] = time.monotonic()
        self._dispatch()

    def _gone(self, painter: PainterClient) -> None:
        self._idle_since.pop(painter, None)
        self._gone_since_s = time.monotonic()
        self._settle(self._leases.end(painter))

    def _arrived(self, view: str) -> None:
        if (call := self.arrivals.get(view)) is not None:
            call()

    def _resize(self) -> None:
        """Start a painter where pictures wait for one; end one that has long been idle."""
        now = time.monotonic()
        starting = len(self._running) - len(self._idle_since)
        waits_s = [now - order.since_s for order in self._leases.waiting]
        if max(waits_s, default=0.0) > BUSY_S and not starting and len(self._running) < self._most:
            self._start()
        for painter, since_s in list(self._idle_since.items()):
            if len(self._running) > 1 and since_s is not None and now - since_s > IDLE_S:
                self._gone(painter)
                ending = self._running.pop(painter)
                ending.cancel()
                self._keep(ending)

    def _give_up(self) -> None:
        """Answer those who have waited too long for any painter to come back."""
        end_s = time.monotonic() - BACK_S
        if not self._idle_since and self._gone_since_s < end_s:
            why = "" if self.reason is None else f": {self.reason}"
            error = PainterGoneError(f"no painter has started within {BACK_S:g} s{why}")
            self._settle([order for order in self._leases.waiting if order.since_s < end_s], error=error)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._keep(asyncio.create_task(work))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _priority(request: Paint) -> Priority:
    return Priority.MOVING if request.sample is None else Priority.STILL


def usual_count() -> int:
    """Return the default number of painters: one for each usable core."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
