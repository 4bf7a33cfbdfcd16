"""Pictures to the browser: drawn when asked, newest first, paced by the browser itself.

A scheduler for trame-rca (its ``RcaRenderSchedulerProtocol``). What it does that the one in the box does not:

- it draws in the render thread and encodes in another, so the event loop always reads the mouse;
- at most two frames are under way; requests that come meanwhile melt into the next frame;
- moving frames have more than half the linear resolution; at rest a full still follows, and where nothing
  disturbs it a smooth one;
- an exception spoils one frame, never the stream; no wall clock is looked at.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from apps.view.pacing import STILL, Credit, Motion, Sharpness
from apps.view.smoothing import SHIFTS, Smoother

logger = logging.getLogger(__name__)

MOVING_QUALITY = 88
STILL_QUALITY = 93
RETRY_S = 0.5
CENTRED = (0.0, 0.0)

Meta = dict[str, Any]
Drawn = tuple[NDArray[np.uint8], Meta]
Push = Callable[[bytes, Meta], None]


class Area(Protocol):
    """What is streamed."""

    async def draw(self, sharpness: Sharpness, shift: tuple[float, float]) -> Drawn | None:
        """A picture, (rows, cols, 4) RGBA from the top, and what travels with it, once there is one.

        ``shift`` moves the picture by so many of its pixels to the right and up.
        """
        ...


class FrameStream:
    """Draws ``area`` and hands JPEG frames to a callback. Make it inside a running event loop.

    ``on_trouble`` hears True when a picture fails, and False when one succeeds after that; ``on_rest`` is
    called when the last, smooth picture of a scene at rest has gone out.
    """

    def __init__(
        self,
        area: Area,
        *,
        on_trouble: Callable[[bool], None] = lambda trouble: None,
        on_rest: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rca = area
        self.target_fps = 60.0  # of the protocol; the pace is the browser's
        self.credit = Credit(clock=clock)
        self.motion = Motion(clock=clock)
        self.failures = 0
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
            except Exception:  # a broken frame must not end the stream
                logger.exception("a frame failed")
                self._smoother = None
                self._failed()
                await asyncio.sleep(RETRY_S)
                self._still_due = True

    @property
    def _idle(self) -> bool:
        return not self._wanted.is_set() and not self._still_due

    async def _next_request(self) -> None:
        """Wait for a change, or for the moment when the moving picture has come to rest."""
        if not self._wanted.is_set():
            rest = self.motion.rest_in_s if self._still_due else None
            try:
                await asyncio.wait_for(self._wanted.wait(), rest)
            except TimeoutError:
                return
        await asyncio.sleep(0)  # let everything that has already arrived be counted in

    async def _room(self) -> None:
        """Wait until the browser can take a frame."""
        while (wait := self.credit.wait_s) > 0.0:
            self._returned.clear()
            try:
                await asyncio.wait_for(self._returned.wait(), wait)
            except TimeoutError:
                continue

    async def _frame(self) -> None:
        """Draw what is wanted now, fast or full."""
        self._wanted.clear()
        self._smoother = None
        moving = self.motion.moving
        self._still_due = moving
        started = self._clock()
        drawn = await self.rca.draw(
            self.motion.sharpness if moving else STILL, CENTRED if moving else SHIFTS[0]
        )
        if drawn is None:
            return
        if moving:
            self.motion.took(self._clock() - started)
        else:
            self._smoother = await self._in_encoder(Smoother, drawn[0])
        self.first_picture.set()
        self._send(drawn, still=not moving)

    async def _smooth(self, smoother: Smoother) -> None:
        """One more picture towards the smooth still; the last one sends it."""
        drawn = await self.rca.draw(STILL, SHIFTS[smoother.count])
        if drawn is None or self._smoother is not smoother:
            return
        await self._in_encoder(smoother.add, drawn[0])
        if smoother.complete:
            self._smoother = None
            if self._idle:
                self._send((await self._in_encoder(smoother.mean), drawn[1]), still=True, smooth=True)
                self._on_rest()

    # -- delivery -------------------------------------------------------------------------------------

    def _send(self, drawn: Drawn, *, still: bool, smooth: bool = False) -> None:
        picture, meta = drawn
        self._number += 1
        self.credit.sent(self._number)
        rows, cols = picture.shape[:2]
        meta |= {"type": "image/jpeg", "n": self._number, "w": cols, "h": rows}
        meta |= {"still": still, "smooth": smooth}
        task = asyncio.create_task(self._deliver(picture, meta))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def _deliver(self, picture: NDArray[np.uint8], meta: Meta) -> None:
        try:
            content = await self._in_encoder(encode, picture, meta["still"])
            if self._push is not None:
                self._push(content, meta)
        except Exception:
            logger.exception("a frame could not be sent")
            self._failed()
        else:
            if self._in_trouble:
                self._in_trouble = False
                self._on_trouble(False)

    def _failed(self) -> None:
        self.failures += 1
        if not self._in_trouble:
            self._in_trouble = True
            self._on_trouble(True)

    async def _in_encoder(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._encoder, function, *args)


def encode(picture: NDArray[np.uint8], still: bool) -> bytes:
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
