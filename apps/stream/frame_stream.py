"""Stream pictures to the browser.

Drawn on demand, newest first, paced by the browser itself:

- the event loop never draws, so it always reads the mouse;
- at most two frames are under way; further requests are coalesced into the next frame;
- moving frames have more than half the linear resolution; at rest a full still follows, and where nothing
  disturbs it a smooth one with models as fine as they are;
- an exception spoils one frame, never the stream; no wall clock is looked at.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, Protocol

from apps.painter.jpeg import Jpeg
from apps.painter.smoothing import SHIFTS
from apps.stream.pacing import Credit, Motion, Thrift
from layers.governor import FINE, STILL, Governor, Sharpness
from twin.errors import TwinError

logger = logging.getLogger(__name__)

RETRY_S, RETRY_LONGEST_S = 0.5, 5.0
OVERLAY = "overlay"
"""The type of a message without a picture."""
LAST = len(SHIFTS) - 1

Meta = dict[str, Any]
Push = Callable[[bytes, Meta], None]


class StreamSource(Protocol):
    """Source of the streamed pictures."""

    async def draw(
        self,
        sharpness: Sharpness,
        *,
        sample: int | None = None,
        keep: bool = False,
        jpeg: bool = True,
        quality: int = 0,
    ) -> tuple[Jpeg | None, Meta] | None:
        """Draw a picture, and what travels with it.

        None before there is anything to draw, where it was withdrawn, and for a sample whose others are lost.
        :meth:`FrameStream.begun` is called when it is begun. ``sample``, ``keep`` and
        ``quality`` as in
        :class:`apps.painter.messages.Paint`; without ``jpeg`` the picture is only added to others.
        """
        ...

    async def over(self) -> Meta | None:
        """Return the present overlay of the last picture.

        None before there is one, and where it is as it was sent last.
        """
        ...

    def withdraw(self) -> None:
        """Cancel the requested picture, unless it is begun.

        :meth:`draw` returns None.
        """
        ...


class FrameStream:
    """Draws ``source`` and passes JPEG frames to a callback.

    Make it inside a running event loop. ``on_trouble`` is called with True when a picture fails, and with
    False when one succeeds after that; ``on_rest`` is called when the last, smooth picture of a scene at rest
    has gone out.
    """

    def __init__(
        self,
        source: StreamSource,
        *,
        on_trouble: Callable[[bool], None] = lambda trouble: None,
        on_rest: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self.credit = Credit(clock=clock)
        self.motion = Motion(clock=clock)
        self.governor = Governor()
        self.failures = 0
        #: Why the newest picture failed; None where it did not.
        self.error: Exception | None = None
        self._in_a_row = 0
        self.first_picture = asyncio.Event()
        self._clock = clock
        self._on_trouble = on_trouble
        self._on_rest = on_rest
        self._in_trouble = False
        self._push: Push | None = None
        self._number = 0
        self._outdated = self._light_first = False
        self._wanted = asyncio.Event()
        self._returned = asyncio.Event()
        self._still_due = True
        self._relabel_due = self._relabelling = False
        self._labels: asyncio.Task[None] | None = None
        #: The picture at rest has been drawn fine: those after it are, too.
        self._refined = False
        #: The next sample of the smooth still; None where none is due.
        self._sample: int | None = None
        self._awaited: Literal["", "moving", "still", "sample"] = ""
        self._loop = asyncio.create_task(self._run())

    def set_push_callback(self, callback: Push) -> None:
        self._push = callback

    def push(self, message: Meta) -> None:
        """Send a message that is no picture."""
        if self._push is not None:
            self._push(b"", message)

    def schedule_render(self) -> None:
        """Draw a still: something at rest has changed."""
        self._still_due = True
        self._wanted.set()
        if self._awaited == "sample":
            self._source.withdraw()

    def begun(self) -> None:
        """Note that the requested frame is begun.

        It shows every change so far.
        """
        if self._awaited in ("moving", "still"):
            self._wanted.clear()
            self._still_due = self._awaited == "moving"

    async def relabel(self) -> None:
        """Send a changed overlay, at rest without a picture.

        It is asked for once at a time, and never sent before the picture of its own scene: while a still is
        drawn, browsers show the one before, which may be of another moment.
        """
        self._relabel_due = True
        if self._relabelling:
            return
        self._relabelling = True
        try:
            while self._relabel_due and not (self._idle and self._drawing):
                self._relabel_due = False
                if not self._idle or self._push is None:
                    return  # the next frame carries it
                over = await self._source.over()
                if over is None or not self._idle:
                    continue
                if self._drawing:
                    self._relabel_due = True
                else:
                    self._push(b"", over | {"type": OVERLAY})
        finally:
            self._relabelling = False

    @property
    def _drawing(self) -> bool:
        """Whether a frame of the scene is under way; samples are of the frame that is shown."""
        return self._awaited in ("moving", "still")

    def move(self) -> None:
        """Draw a fast frame now, and a still once the movement rests."""
        self.motion.keep_going()
        self.schedule_render()
        if self._awaited == "still":
            self._source.withdraw()  # a moving frame waits less

    def rest(self) -> None:
        """Draw the still at once: the movement is known to have ended."""
        self.motion.stop()
        self.schedule_render()
        if self._awaited == "moving":
            self._source.withdraw()

    def acknowledge(self, number: int) -> None:
        """Note that a browser has painted frame ``number``."""
        self.credit.acknowledged(number)
        self._returned.set()

    def reset(self) -> None:
        """Send a picture: nothing is on its way to the browser."""
        self.credit.forget()
        self._returned.set()
        self.schedule_render()

    def join(self, bytes_per_s: float | None = None) -> None:
        """Send a picture to a browser that has joined.

        ``bytes_per_s`` is what its line carried while it loaded; None where it has not measured. A slow one
        gets a moving picture first, in a second, and the still after it.
        """
        self.credit.line.seconds_per_byte = None if bytes_per_s is None else 1.0 / bytes_per_s
        self.reset()
        if self.credit.line.slow:
            self._outdated = bool(self._awaited)
            self._light_first = True

    async def close(self) -> None:
        tasks = [task for task in (self._loop, self._labels) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- the loop -------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            try:
                if self._idle and self._sample is not None:
                    await self._smooth(self._sample)
                    continue
                await self._next_request()
                await self._room()
                await self._frame()
                if self._relabel_due and not self._relabelling:
                    self._labels = asyncio.create_task(self.relabel())
            except Exception as error:  # noqa: BLE001  (a broken frame must not end the stream)
                self._sample = None
                self._failed(error)
                await asyncio.sleep(min(RETRY_LONGEST_S, RETRY_S * self._in_a_row))
                self._still_due = True

    @property
    def _idle(self) -> bool:
        return not self._wanted.is_set() and not self._still_due

    async def _next_request(self) -> None:
        """Wait for a change, or for the moment when the moving picture has come to rest."""
        if not self._wanted.is_set():
            rest = self.motion.rest_in_s if self._still_due else None
            try:
                async with asyncio.timeout(rest):  # wait_for may lose a cancellation in Python 3.11
                    await self._wanted.wait()
            except TimeoutError:
                return
        await asyncio.sleep(0)  # let everything that has already arrived be counted in

    async def _room(self) -> None:
        """Wait until the browser can take a frame."""
        while (wait := self.credit.wait_s) > 0.0:
            self._returned.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._returned.wait()
            except TimeoutError:
                continue

    async def _frame(self) -> None:
        """Draw what is wanted now, fast or full."""
        self._wanted.clear()
        self._sample = None
        moving = self.motion.moving or self._light_first
        self._light_first = False
        self._still_due = moving
        if not moving:
            await self._still()
            return
        self._refined = False
        started, thrift = self._clock(), self.credit.line.thrift(still=False)
        sharpness = self.governor.sharpness
        sharpness = replace(sharpness, scale=sharpness.scale * thrift.scale)
        drawn = await self._drawn("moving", sharpness, quality=thrift.quality)
        if drawn is not None:
            self.governor.record(self._clock() - started)
            self._send(*drawn, thrift, still=False)

    async def _still(self) -> None:
        """Draw the full picture, and begin the smooth one.

        Once the fine one has been begun, tiles that arrive for it make another of its kind: a coarser one
        would want other tiles, and they would take turns.
        """
        sharpness, thrift = FINE if self._refined else STILL, self.credit.line.thrift(still=True)
        drawn = await self._drawn("still", sharpness, sample=0, keep=self._refined, quality=thrift.quality)
        if drawn is None:
            return
        self._sample = 1 if self._refined else 0
        self._send(*drawn, thrift, still=True)

    async def _smooth(self, sample: int) -> None:
        """Draw one more sample of the smooth still; the last one sends it."""
        self._refined = True
        thrift = self.credit.line.thrift(still=True, fine=True)
        drawn = await self._drawn(
            "sample", FINE, sample=sample, keep=True, jpeg=sample == LAST, quality=thrift.quality
        )
        if not self._idle:
            return
        if drawn is None:  # the other samples went with their painter
            self._sample, self._still_due = None, True
            return
        self._sample = None if sample == LAST else sample + 1
        if sample == LAST:
            self._send(*drawn, thrift, still=True, smooth=True)
            self._on_rest()

    async def _drawn(
        self, awaited: Literal["moving", "still", "sample"], sharpness: Sharpness, **how: Any
    ) -> tuple[Jpeg | None, Meta] | None:
        self._awaited = awaited
        try:
            return await self._source.draw(sharpness, **how)
        finally:
            self._awaited = ""

    # -- delivery -------------------------------------------------------------------------------------

    def _send(
        self, jpeg: Jpeg | None, meta: Meta, thrift: Thrift, *, still: bool, smooth: bool = False
    ) -> None:
        if jpeg is None:
            raise TypeError("a frame without a picture")
        self.first_picture.set()
        outdated, self._outdated = self._outdated, False
        if outdated:
            return  # begun for no one, and heavy
        self._number += 1
        line = self.credit.line
        line.drawn(len(jpeg.content), thrift, still=still)
        self.credit.sent(self._number, len(jpeg.content))
        if self._push is not None:
            of_picture = {"type": "image/jpeg", "n": self._number, "still": still, "smooth": smooth}
            self._push(
                jpeg.content, meta | of_picture | {"w": jpeg.width, "h": jpeg.height, "slow": line.slow}
            )
        if self._in_trouble:
            logger.warning("pictures come again after %d that failed", self._in_a_row)
            self._in_trouble, self._in_a_row, self.error = False, 0, None
            self._on_trouble(False)

    def _failed(self, error: Exception) -> None:
        """Count a failed picture. What fails again and again for one reason is logged once."""
        again = self.error is not None and (type(error), str(error)) == (type(self.error), str(self.error))
        self.failures += 1
        self._in_a_row += 1
        self.error = error
        if not again:
            if isinstance(error, TwinError):
                logger.error("twin: a frame failed: %s", error)
            else:
                logger.error("a frame failed", exc_info=error)
        if not self._in_trouble:
            self._in_trouble = True
            self._on_trouble(True)
