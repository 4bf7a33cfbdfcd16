"""Painter's process.

Answers requests from a socket, drawing on a thread of its own. The event loop stays free to beat and to read
while a frame is drawn. When the other side is gone the process ends at once, whatever is being drawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from apps.heartbeat import Heartbeat
from apps.memory import HeapTrimmer, resident_mb, set_malloc_thresholds
from apps.painter.errors import PainterTooLargeError
from apps.painter.jpeg import Jpeg, encode, encode_saved
from apps.painter.messages import (
    LONGEST_LINE,
    Asked,
    Cover,
    Describe,
    Forget,
    Paint,
    Pick,
    Reply,
    as_line,
    read_request,
)
from apps.painter.render_thread import RenderThread
from apps.store_origin import StoreOrigin
from apps.texts import texts
from twin.errors import Reason, TwinError

if TYPE_CHECKING:
    from apps.painter.painter import Drawn, Painter

logger = logging.getLogger(__name__)

LIMIT_MB = 2000.0
"""Resident memory of a painter: 460 MB at 1280 × 720 (the sample), 1,600 for a wall of 3840 × 2160."""
LOOK_EVERY_S = 2.0
PROGRAMS_FAULT = Reason(texts("en")["error_unknown"], texts("zh")["error_unknown"])


class PainterProcess:
    """Serves one hub over a connected socket."""

    def __init__(self, catalog: Path, *, root: Path | None, store: Path | None, limit_mb: float) -> None:
        self._catalog, self._root, self._store = catalog, root, store
        self._limit_mb = limit_mb
        self._render = RenderThread()
        self._encoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jpeg")
        self._trimmer = HeapTrimmer()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}
        self._arrival_sent = False
        self._drawn_last = ""
        self._fault = ""

    async def run(self, sock: socket.socket, heartbeat: Heartbeat) -> None:
        """Answer until the other side closes the socket.

        Raises PainterTooLargeError, PainterMessageError.
        """
        beating = asyncio.create_task(heartbeat.run())
        watching = asyncio.create_task(self._watch_memory())
        reader, self._writer = await asyncio.open_connection(sock=sock, limit=LONGEST_LINE)
        self._painter = await self._render.call(self._make, asyncio.get_running_loop())
        heartbeat.ready = True
        reading = asyncio.create_task(self._read(reader))
        await asyncio.wait((beating, watching, reading), return_when=asyncio.FIRST_COMPLETED)
        for task in (beating, watching, reading):
            if task.done():
                task.result()
            task.cancel()

    def _make(self, loop: asyncio.AbstractEventLoop) -> Painter:
        from apps.painter.painter import Painter  # noqa: PLC0415  (VTK is loaded on the thread that uses it)

        def arrived() -> None:
            loop.call_soon_threadsafe(self._send_arrival)

        return Painter(
            self._catalog,
            root=self._root,
            store=self._store,
            origin=StoreOrigin.of_environment(),
            on_arrival=arrived,
        )

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while (asked := await read_request(reader)) is not None:
            view = getattr(asked.request, "view", "")
            task = asyncio.create_task(self._answer(asked, after=self._last.get(view)))
            self._last[view] = task
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, asked: Asked, *, after: asyncio.Task[None] | None) -> None:
        """Reply in the order of a view's requests: no label overtakes a still that is being encoded."""
        try:
            reply, content = await self._done(asked)
        except TwinError as error:
            reply, content = Reply(id=asked.id, error=Reason.of(error)), b""
        except Exception as error:  # noqa: BLE001  (one request must not end those of other views)
            self._log(error)
            reply, content = Reply(id=asked.id, error=PROGRAMS_FAULT), b""
        if after is not None:
            await asyncio.wait((after,))
        self._writer.write(as_line(reply))
        self._writer.write(content)
        with contextlib.suppress(ConnectionError):  # the reader sees the end, too
            await self._writer.drain()

    def _log(self, error: Exception) -> None:
        """Log a fault of the program once: a frame that fails is tried again every half second."""
        fault = f"{type(error).__name__}: {error}"
        if fault != self._fault:
            logger.error("a request could not be answered", exc_info=error)
        self._fault = fault

    async def _done(self, asked: Asked) -> tuple[Reply, bytes]:
        request = asked.request
        match request:
            case Describe():
                layers = await self._render.call(self._painter.describe, request)
                return Reply(id=asked.id, layers=layers), b""
            case Cover():
                overlay = await self._render.call(self._painter.cover, request)
                return Reply(id=asked.id, overlay=dict(overlay)), b""
            case Pick():
                return Reply(id=asked.id, picked=await self._render.call(self._painter.pick, request)), b""
            case Forget():
                self._last.pop(request.view, None)
                await self._render.call(self._painter.forget, request.view)
                return Reply(id=asked.id), b""
            case Paint():
                return await self._painted(asked.id, request)

    async def _painted(self, id_: int, request: Paint) -> tuple[Reply, bytes]:
        """A moving frame is encoded where it was drawn, before the next one takes the processor; a still in a
        thread of its own, while others go on."""
        self._arrival_sent, self._drawn_last = False, request.view
        drawn, jpeg = await self._render.call(self._draw, request)
        reply = Reply(id=id_, overlay=dict(drawn.overlay), depth=drawn.depth, complete=drawn.complete)
        if jpeg is None:
            if drawn.picture is None:
                return reply, b""
            loop = asyncio.get_running_loop()
            call = partial(encode, still=True, quality=request.quality)
            if request.burn:
                call = partial(encode_saved, kind=request.burn)
            jpeg = await loop.run_in_executor(self._encoder, call, drawn.picture)
        if request.keep:
            self._render.post(self._trimmer.trim)
        return replace(reply, size=(jpeg.width, jpeg.height), nbytes=len(jpeg.content)), jpeg.content

    def _draw(self, request: Paint) -> tuple[Drawn, Jpeg | None]:
        drawn = self._painter.paint(request)
        if request.sample is None and drawn.picture is not None:
            return drawn, encode(drawn.picture, still=False, quality=request.quality)
        return drawn, None

    def _send_arrival(self) -> None:
        """Tell the hub once, until it has asked for a picture again."""
        if not self._arrival_sent:
            self._arrival_sent = True
            self._writer.write(as_line(Reply(view=self._drawn_last)))

    async def _watch_memory(self) -> None:
        while True:
            mb = resident_mb()
            if mb > self._limit_mb:
                raise PainterTooLargeError(
                    f"the painter holds {mb:.0f} MB of memory, more than its {self._limit_mb:.0f}",
                    mb=mb,
                    limit_mb=self._limit_mb,
                )
            await asyncio.sleep(LOOK_EVERY_S)


def main(
    sock: socket.socket, catalog: Path, *, root: Path | None, store: Path | None, limit_mb: float
) -> None:
    """Paint until the hub is gone.

    The process ends here, without waiting for what is being drawn.
    """
    set_malloc_thresholds()
    heartbeat = Heartbeat(1)
    status = 0
    try:
        asyncio.run(PainterProcess(catalog, root=root, store=store, limit_mb=limit_mb).run(sock, heartbeat))
    except TwinError as error:
        heartbeat.failed(error)
        status = 1
    os._exit(status)
