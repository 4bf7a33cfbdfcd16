"""Pictures to the browser: drawn when asked, newest first, paced by the browser itself.

A scheduler for trame-rca (its ``RcaRenderSchedulerProtocol``). What it does that the one in the box does not:

- it draws in the render thread, so the event loop always reads the mouse; a moving frame is encoded there
  too, before the next one takes the processor, a still in a thread of its own;
- at most two frames are under way; requests that come meanwhile melt into the next frame;
- moving frames have more than half the linear resolution; at rest a full still follows, and where nothing
  disturbs it a smooth one with models as fine as they are;
- an exception spoils one frame, never the stream; no wall clock is looked at.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import simplejpeg

from apps.stream.pacing import Credit, Motion
from apps.stream.smoothing import SHIFTS, Smoother
from layers.governor import FINE, STILL, Governor, Sharpness
from twin.arrays import U8
from twin.errors import TwinError

logger = logging.getLogger(__name__)

MOVING_QUALITY = 90
STILL_QUALITY = 93
RETRY_S, RETRY_LONGEST_S = 0.5, 5.0
OVERLAY = "overlay"
"""The type of a message without a picture."""
CENTRED = (0.0, 0.0)

T = TypeVar("T")
Meta = dict[str, Any]
Push = Callable[[bytes, Meta], None]


class StreamSource(Protocol):
    """What is streamed."""

    async def draw(
        self, sharpness: Sharpness, shift: tuple[float, float], then: Callable[[U8], T]
    ) -> tuple[T, Meta] | None:
        """A picture and what travels with it, once there is one.

        ``shift`` moves the picture by so many of its pixels to the right and up. ``then`` makes of the
        picture, (rows, cols, 4) RGBA from the top, what is returned; it runs where the picture was drawn.
        """
        ...

    async def over(self) -> Meta | None:
        """What lies over the picture that was drawn last, as it is now; None before there is one."""
        ...


class Jpeg(NamedTuple):
    """An encoded picture and its size."""

    content: bytes
    width: int
    height: int


class FrameStream:
    """Draws ``area`` and hands JPEG frames to a callback. Make it inside a running event loop.

    ``on_trouble`` hears True when a picture fails, and False when one succeeds after that; ``on_rest`` is
    called when the last, smooth picture of a scene at rest has gone out.
    """

    def __init__(
        self,
        area: StreamSource,
        *,
        on_trouble: Callable[[bool], None] = lambda trouble: None,
        on_rest: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rca = area
        self.target_fps = 60.0  # of the protocol; the pace is the browser's
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
        self._wanted = asyncio.Event()
        self._returned = asyncio.Event()
        self._still_due = True
        self._refined = False
        self._smoother: Smoother | None = None
        self._encoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jpeg")
        self._deliveries: set[asyncio.Task[None]] = set()
        self._loop = asyncio.create_task(self._run())

    def set_push_callback(self, callback: Push) -> None:
        self._push = callback

    def schedule_render(self) -> None:
        """Something at rest has changed: draw a still."""
        self._still_due = True
        self._wanted.set()

    async def relabel(self) -> None:
        """What lies over the picture has changed and the picture has not: at rest it goes out alone."""
        if self._wanted.is_set() or self._still_due or self._push is None:
            return  # the next frame carries it
        over = await self.rca.over()
        if self._deliveries:  # what is said of a picture does not arrive before it
            await asyncio.wait(self._deliveries)
        if over is not None and self._idle:
            self._push(b"", over | {"type": OVERLAY})

    def move(self) -> None:
        """Something moves: draw a fast frame now and a still once it rests."""
        self.motion.keep_going()
        self.schedule_render()

    def acknowledge(self, number: int) -> None:
        """A browser has painted frame ``number``."""
        self.credit.acknowledged(number)
        self._returned.set()

    def reset(self) -> None:
        """A browser has joined: it needs a picture, and nothing is on its way to it."""
        self.credit.forget()
        self._returned.set()
        self.schedule_render()

    async def close(self) -> None:
        self._loop.cancel()
        await asyncio.gather(self._loop, *self._deliveries, return_exceptions=True)
        self._encoder.shutdown(wait=True, cancel_futures=True)

    # -- the loop -------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            try:
                if self._idle and self._smoother is not None:
                    await self._smooth(self._smoother)
                    continue
                await self._next_request()
                await self._room()
                await self._frame()
            except Exception as error:  # noqa: BLE001  (a broken frame must not end the stream)
                self._smoother = None
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
        self._smoother = None
        moving = self.motion.moving
        self._still_due = moving
        if not moving:
            await self._still()
            return
        self._refined = False
        started = self._clock()
        drawn = await self.rca.draw(self.governor.sharpness, CENTRED, _moving_jpeg)
        if drawn is not None:
            self.governor.took(self._clock() - started)
            self.first_picture.set()
            if self._deliveries:  # a still that is not encoded yet goes first
                await asyncio.wait(self._deliveries)
            jpeg, meta = drawn
            self._push_out(jpeg, self._numbered(meta, still=False))

    async def _still(self) -> None:
        """The full picture, and the start of the smooth one.

        Once the fine one has been begun, tiles that arrive for it make another of its kind: a coarser one
        would want other tiles, and they would take turns.
        """
        drawn = await self.rca.draw(FINE if self._refined else STILL, SHIFTS[0], _itself)
        if drawn is None:
            return
        self._smoother = Smoother()
        if self._refined:
            await self._in_encoder(self._smoother.add, drawn[0])
        self.first_picture.set()
        self._send(*drawn)

    async def _smooth(self, smoother: Smoother) -> None:
        """One more picture towards the smooth still; the last one sends it."""
        self._refined = True
        drawn = await self.rca.draw(FINE, SHIFTS[smoother.count], _itself)
        if drawn is None or self._smoother is not smoother:
            return
        await self._in_encoder(smoother.add, drawn[0])
        if smoother.complete:
            self._smoother = None
            if self._idle:
                self._send(await self._in_encoder(smoother.mean), drawn[1], smooth=True)
                self._on_rest()

    # -- delivery -------------------------------------------------------------------------------------

    def _send(self, picture: U8, meta: Meta, *, smooth: bool = False) -> None:
        """Encode a still and send it, while others go on."""
        task = asyncio.create_task(self._deliver(picture, self._numbered(meta, still=True, smooth=smooth)))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    def _numbered(self, meta: Meta, *, still: bool, smooth: bool = False) -> Meta:
        self._number += 1
        self.credit.sent(self._number)
        return meta | {"type": "image/jpeg", "n": self._number, "still": still, "smooth": smooth}

    async def _deliver(self, picture: U8, meta: Meta) -> None:
        try:
            self._push_out(await self._in_encoder(_jpeg, picture, still=True), meta)
        except Exception as error:  # noqa: BLE001  (the same)
            self._failed(error)

    def _push_out(self, jpeg: Jpeg, meta: Meta) -> None:
        if self._push is not None:
            self._push(jpeg.content, meta | {"w": jpeg.width, "h": jpeg.height})
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

    async def _in_encoder(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        call = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._encoder, call)


def _itself(picture: U8) -> U8:
    return picture


def _moving_jpeg(picture: U8) -> Jpeg:
    return _jpeg(picture, still=False)


def _jpeg(picture: U8, *, still: bool) -> Jpeg:
    return Jpeg(encode(picture, still), width=picture.shape[1], height=picture.shape[0])


def encode(picture: U8, still: bool) -> bytes:
    """JPEG of an RGBA picture, with its full colour resolution: shores and thin lines need it."""
    return bytes(
        simplejpeg.encode_jpeg(
            np.ascontiguousarray(picture),
            quality=STILL_QUALITY if still else MOVING_QUALITY,
            colorspace="RGBA",
            colorsubsampling="444",
            fastdct=not still,
        )
    )
