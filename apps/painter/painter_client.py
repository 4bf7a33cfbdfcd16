"""Run one painter, and send it requests."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from apps import counters
from apps.child_processes import Restarts, run_child
from apps.painter.errors import PainterGoneError, PainterMessageError
from apps.painter.messages import (
    LONGEST_LINE,
    Asked,
    Cover,
    Describe,
    Forget,
    Paint,
    Pick,
    Reply,
    Request,
    as_line,
    read_reply,
)
from layers.labels.signs import Signs
from twin.errors import Reason

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "apps.painter")
HUNG_S = 10.0
"""A painter that has not answered for so long is replaced; the next one gets twice the time."""
USUAL_PIXELS = 2560 * 1440
"""A larger picture is given more time: without a card each pixel takes its own."""
OPENING_S = 120.0
"""A first request opens a basin."""


class PainterClient:
    """Client of one painter, which is restarted when it ends.

    ``basin`` are the arguments that name its catalog, ``command`` starts it: the socket's number and those
    are added. ``on_ready`` is called when a painter can be asked, ``on_gone`` as soon as it cannot;
    ``on_arrival``, with the view that was drawn last, when more tiles have come. Run :meth:`run` beside it.
    """

    def __init__(
        self,
        basin: Sequence[str],
        *,
        command: Sequence[str] = COMMAND,
        on_ready: Callable[[PainterClient], None],
        on_gone: Callable[[PainterClient], None],
        on_arrival: Callable[[str], None],
    ) -> None:
        self._command, self._basin = command, basin
        self._on_ready, self._on_gone, self._on_arrival = on_ready, on_gone, on_arrival
        self._connection: _Connection | None = None
        self._restarts = Restarts()
        #: Why the painter ended last; None while one runs.
        self.reason: Reason | None = None

    async def run(self) -> None:
        """Keep a painter running until cancelled; ends it then."""
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            ours, theirs = socket.socketpair()
            reader, writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
            connection = _Connection(reader, writer, on_arrival=self._on_arrival, on_end=self._ended)
            try:
                self.reason = await run_child(
                    [*self._command, str(theirs.fileno()), *self._basin],
                    name="painter",
                    on_ready=partial(self._ready, connection, theirs),
                    patience=self._restarts.patience,
                    pass_fds=(theirs.fileno(),),
                    log_level=logging.WARNING,  # it writes nothing less
                )
            finally:
                theirs.close()
                await connection.close()
            wait_s = self._restarts.wait_s(
                self.reason, ran_s=loop.time() - started, well=not connection.fresh
            )
            counters.CHILD_ENDS.labels("painter").inc()
            logger.warning("the painter ended: %s; again in %g s", self.reason, wait_s)
            await asyncio.sleep(wait_s)

    def _ready(self, connection: _Connection, theirs: socket.socket) -> None:
        theirs.close()  # the painter has its own now: its end is seen at once
        if not connection.closed:
            self._connection, self.reason = connection, None
            self._on_ready(self)

    def _ended(self, connection: _Connection) -> None:
        if connection is self._connection:
            self._connection = None
            self._on_gone(self)

    async def ask(self, request: Request) -> tuple[Reply, bytes]:
        """Send a request and wait for its reply.

        One that takes too long is replaced. Raises PainterGoneError where it ends before it has answered.
        """
        connection = self._connection
        if connection is None:
            raise PainterGoneError("the painter is gone")
        opens = connection.fresh or isinstance(request, Describe)
        limit_s = OPENING_S if opens else HUNG_S * self._restarts.slowness * _times_usual(request)
        try:
            async with asyncio.timeout(limit_s):
                return await connection.ask(request)
        except TimeoutError:
            logger.warning("the painter has not answered for %g s and is replaced", limit_s)
            self._restarts.hung()
            await connection.close()  # which ends it
            raise PainterGoneError(f"the painter has not answered for {limit_s:g} s") from None

    def forget(self, view: str) -> None:
        """Drop what is kept of a view that has ended."""
        if self._connection is not None:
            self._connection.forget(view)


def _times_usual(request: Request) -> float:
    if not isinstance(request, Paint):
        return 1.0
    return max(1.0, request.size[0] * request.size[1] / USUAL_PIXELS)


class _Connection:
    """One painter's socket: requests in any number, replies by their ids."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        on_arrival: Callable[[str], None],
        on_end: Callable[[_Connection], None],
    ) -> None:
        self._writer = writer
        self._on_arrival, self._on_end = on_arrival, on_end
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[tuple[Reply, bytes]]] = {}
        self._signs: dict[str, Signs] = {}
        self.closed = False
        #: Nothing has been answered yet: the first request opens the basin.
        self.fresh = True
        self._reading = asyncio.create_task(self._read(reader))

    async def ask(self, request: Request) -> tuple[Reply, bytes]:
        """Raises PainterGoneError where the socket closes before the answer."""
        if self.closed:
            raise PainterGoneError("the painter is gone")
        id_ = next(self._ids)
        answer: asyncio.Future[tuple[Reply, bytes]] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = answer
        try:
            self._writer.write(as_line(Asked(id=id_, request=self._lighter(request))))
            return await answer
        finally:
            self._waiting.pop(id_, None)

    def forget(self, view: str) -> None:
        """Send that a view has ended; its answer is not waited for."""
        self._signs.pop(view, None)
        if not self.closed:
            self._writer.write(as_line(Asked(id=next(self._ids), request=Forget(view=view))))

    def _lighter(self, request: Request) -> Request:
        """The request without signs that this painter has already been sent for its view."""
        if not isinstance(request, Paint | Cover | Pick) or request.signs is None:
            return request
        if self._signs.get(request.view) is request.signs:
            return replace(request, signs=None)
        self._signs[request.view] = request.signs
        return request

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while (found := await read_reply(reader)) is not None:
                reply, _ = found
                if reply.id is None:
                    self._on_arrival(reply.view)
                    continue
                self.fresh = False
                answer = self._waiting.get(reply.id)
                if answer is not None and not answer.done():
                    answer.set_result(found)
        except PainterMessageError as error:
            logger.error("twin: %s", error)
        finally:
            self._end()

    def _end(self) -> None:
        if self.closed:
            return
        self.closed = True
        self._writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(PainterGoneError("the painter is gone"))
        self._on_end(self)

    async def close(self) -> None:
        """Close the socket, at which a painter ends; whoever waits hears PainterGoneError."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._end()
