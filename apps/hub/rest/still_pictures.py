"""Draw a Scene's picture to keep, a few at once."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from apps.hub.rest.problems import ParameterError, TooBusyError
from apps.painter.errors import PainterGoneError
from apps.painter.leases import Priority
from apps.painter.messages import Format, Paint, Size, Target
from apps.painter.pool import TRIES, PainterPool
from apps.painter.smoothing import SHIFTS
from apps.painter.viewport import Viewport
from layers.governor import FINE

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.painter.jpeg import Jpeg
    from layers.labels.signs import Signs
    from twin.scene import Scene

MOST_AT_ONCE, MOST_WAITING = 2, 8
SMALLEST, LARGEST, MOST_PIXELS = 64, 4096, 2560 * 1440
"""A larger frame may take a painter longer than it is waited for: without a card, beside busy processes."""
AGAIN_S = 0.3
"""Tiles that are missing are looked for again so often; an arrival is heard sooner."""
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")


def size_of(text: str, *, most: int = MOST_PIXELS) -> Size:
    """Parse a size like "1280x720".

    Raises ParameterError for what is none, or too large a one.
    """
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ParameterError("size", "write it like 1280x720", "请写成 1280x720 的形式")
    width, height = int(found[1]), int(found[2])
    if not (min(width, height) >= SMALLEST and max(width, height) <= LARGEST) or width * height > most:
        raise ParameterError(
            "size",
            f"each side must have {SMALLEST} to {LARGEST} pixels, and the picture {most:,} at most",
            f"每边须为 {SMALLEST} 至 {LARGEST} 像素，总像素不超过 {most:,}",
        )
    return width, height


@dataclass(frozen=True, kw_only=True)
class Still:
    """Picture in its file's format, and whether all tiles are in it."""

    picture: Jpeg
    complete: bool


@dataclass
class StillPictures:
    """Draws pictures to keep, a few at once.

    Others wait; more than ``MOST_WAITING`` are refused.
    """

    _drawing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))
    _under_way: int = 0

    async def draw(
        self,
        painter: PainterPool,
        target: Target,
        scene: Scene,
        *,
        signs: Signs,
        size: Size,
        kind: Format,
        wait_s: float,
        on_step: Callable[[float], None] = lambda share: None,
    ) -> Still:
        """Draw a smooth picture with its overlay.

        ``on_step`` is called with the share that is drawn.

        It waits for all its tiles; after ``wait_s`` it is drawn without those that are missing. Raises
        TooBusyError, PainterError, PainterGoneError.
        """
        if self._under_way >= MOST_AT_ONCE + MOST_WAITING:
            raise TooBusyError
        self._under_way += 1
        view = f"still-{secrets.token_hex(8)}"
        try:
            async with self._drawing:
                request = Paint(
                    target=target,
                    view=view,
                    scene=scene,
                    signs=signs,
                    viewport=Viewport(width=float(size[0]), height=float(size[1])),
                    size=size,
                    sharpness=FINE,
                    sample=0,
                    keep=True,
                    jpeg=False,
                    burn=kind,
                )
                for _ in range(TRIES):
                    if (found := await _drawn(painter, request, wait_s=wait_s, on_step=on_step)) is not None:
                        return found
                raise PainterGoneError(f"the painter ended {TRIES} times at one picture")
        finally:
            self._under_way -= 1
            painter.forget(view)


async def _drawn(
    painter: PainterPool, request: Paint, *, wait_s: float, on_step: Callable[[float], None]
) -> Still | None:
    """A still once its tiles are there, or ``wait_s`` are over; None where its painter fell."""
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()
    painter.arrivals[request.view] = arrived.set
    deadline = loop.time() + wait_s
    while not (complete := (await painter.paint(request)).complete) and loop.time() < deadline:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_S):
                await arrived.wait()
        arrived.clear()
    last = len(SHIFTS) - 1
    for sample in range(1, last + 1):
        on_step(sample / (last + 1))
        following = replace(request, sample=sample, jpeg=sample == last, lacking=not complete)
        painted = await painter.paint_newest(
            request.view, partial(_same, following), priority=Priority.STILL, follows=True
        )
        if painted is None:  # its painter fell, and with it the samples before
            return None
        complete &= painted.complete
    assert painted is not None and painted.jpeg is not None
    return Still(picture=painted.jpeg, complete=complete)


def _same(request: Paint) -> Paint:
    return request
