"""Keep a painter running, and send it requests.

A request that was under way when its painter fell is asked again of the next one: whoever waits for a picture
sees a pause of a second or two, not an error.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from apps.child_processes import Restarts, run_child
from apps.painter.errors import PainterError, PainterGoneError, PainterMessageError
from apps.painter.jpeg import Jpeg
from apps.painter.messages import (
    LONGEST_LINE,
    Asked,
    Cover,
    Describe,
    Forget,
    Paint,
    Pick,
    Picked,
    Reply,
    Request,
    Target,
    as_line,
    read_reply,
)
from layers.labels.signs import Signs
from layers.layer import LayerFacts
from twin.errors import Reason

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "apps.painter")
TRIES = 3
"""A request that ends so many painters is given up."""
HUNG_S = 10.0
"""A painter that has not answered for so long is replaced; the next one gets twice the time."""
OPENING_S = 120.0
"""A first request opens a basin."""
BACK_S = 20.0
"""So long a request waits for a painter to come back."""


class Painted(NamedTuple):
    """Frame with overlay and packed distances.

    Its JPEG, None for a sample that was only added to others; what lies over it; the distances of its
    surfaces, packed (:func:`layers.gl.depth.packed`), in base64; whether all tiles were there.
    """

    jpeg: Jpeg | None
    overlay: dict[str, Any]
    depth: str = ""
    complete: bool = True


class PainterClient:
    """Client of one painter of a catalog's basin.

    Run :meth:`run` beside it. ``arrivals`` are called, by the name of the view that was drawn last, when more
    tiles for it have come.
    """

    def __init__(self, catalog: Path, *, root: Path | None, store: Path | None) -> None:
        self.arrivals: dict[str, Callable[[], None]] = {}
        self._basin = [str(catalog)]
        self._basin += ["--root", str(root)] if root else []
        self._basin += ["--store", str(store)] if store else []
        self._connection: _Connection | None = None
        self._connected = asyncio.Event()
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
            connection = _Connection(reader, writer, on_arrival=self._arrived)
            try:
                self.reason = await run_child(
                    [*COMMAND, str(theirs.fileno()), *self._basin],
                    name="painter",
                    on_ready=partial(self._ready, connection, theirs),
                    patience=self._restarts.patience,
                    pass_fds=(theirs.fileno(),),
                    log_level=logging.WARNING,  # it writes nothing less
                )
            finally:
                theirs.close()
                self._connected.clear()
                await connection.close()
            wait_s = self._restarts.wait_s(self.reason, ran_s=loop.time() - started)
            logger.warning("the painter ended: %s; again in %g s", self.reason, wait_s)
            await asyncio.sleep(wait_s)

    def _ready(self, connection: _Connection, theirs: socket.socket) -> None:
        theirs.close()  # the painter has its own now: its end is seen at once
        self._connection, self.reason = connection, None
        self._connected.set()

    def _arrived(self, view: str) -> None:
        if (call := self.arrivals.get(view)) is not None:
            call()

    # -- questions ------------------------------------------------------------------------------------

    async def describe(self, target: Target) -> Sequence[LayerFacts]:
        """List the layers of a target, opening it first.

        Raises PainterError, PainterGoneError.
        """
        reply, _ = await self._ask(Describe(target=target), limit_s=OPENING_S)
        return reply.layers or []

    async def paint(self, request: Paint) -> Painted:
        """Draw a frame.

        Raises PainterError, PainterGoneError.
        """
        reply, content = await self._ask(request, limit_s=HUNG_S * self._restarts.slowness)
        width, height = reply.size
        jpeg = Jpeg(content, width=width, height=height) if content else None
        return Painted(jpeg, reply.overlay or {}, reply.depth, reply.complete)

    async def cover(self, request: Cover) -> dict[str, Any]:
        """Place what lies over a picture.

        Raises PainterError, PainterGoneError.
        """
        reply, _ = await self._ask(request, limit_s=HUNG_S * self._restarts.slowness)
        return reply.overlay or {}

    async def pick(self, request: Pick) -> Picked:
        """Find what is under a place of a view.

        Raises PainterError, PainterGoneError.
        """
        reply, _ = await self._ask(request, limit_s=HUNG_S * self._restarts.slowness)
        return reply.picked or Picked()

    def forget(self, view: str) -> None:
        """Drop what is kept of a view that has ended."""
        self.arrivals.pop(view, None)
        if self._connection is not None:
            self._connection.forget(view)

    async def _ask(self, request: Request, *, limit_s: float) -> tuple[Reply, bytes]:
        for _ in range(TRIES):
            connection = await self._present()
            limit = max(limit_s, OPENING_S) if connection.fresh else limit_s
            try:
                async with asyncio.timeout(limit):
                    reply, content = await connection.ask(request)
            except PainterGoneError:
                continue
            except TimeoutError:
                logger.warning("the painter has not answered for %g s and is replaced", limit)
                self._restarts.hung()
                await connection.close()  # which ends it
                continue
            if reply.error is not None:
                raise PainterError(reply.error.message, in_zh=reply.error.zh or reply.error.message)
            return reply, content
        raise PainterGoneError(f"the painter ended {TRIES} times at one request")

    async def _present(self) -> _Connection:
        try:
            async with asyncio.timeout(BACK_S):
                while True:
                    await self._connected.wait()
                    assert self._connection is not None
                    if not self._connection.closed:
                        return self._connection
                    self._connected.clear()
        except TimeoutError:
            raise PainterGoneError(f"no painter has started within {BACK_S:g} s: {self.reason}") from None


class _Connection:
    """One painter's socket: requests in any number, replies by their ids."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, on_arrival: Callable[[str], None]
    ) -> None:
        self._writer = writer
        self._on_arrival = on_arrival
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
        if not isinstance(request, Paint | Cover) or request.signs is None:
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
        self.closed = True
        self._writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(PainterGoneError("the painter is gone"))

    async def close(self) -> None:
        """Close the socket, at which a painter ends; whoever waits hears PainterGoneError."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._end()
