"""Draw small pictures of Scenes, kept by what they show."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

from apps.painter.errors import PainterError, PainterGoneError
from apps.painter.leases import Priority
from apps.painter.messages import Paint, Target
from apps.painter.viewport import Viewport
from layers.governor import Sharpness

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.painter.pool import Painted
    from twin.scene import Scene

logger = logging.getLogger(__name__)

SIZE = (256, 144)
QUALITY = 80
MOST = 600
"""About 10 kB each."""
VIEW = "thumbnails"
WAIT_S, TRIES = 0.5, 8
"""Tiles that are missing are waited for so long, so often; then it is drawn without them."""
SMALL = Sharpness(1.0, 6.0, 24.0, waits=True)


class ThumbnailPool(Protocol):
    """Painters as thumbnails use them; :class:`apps.painter.pool.PainterPool`."""

    def forget(self, view: str) -> None: ...
    async def paint_newest(
        self, view: str, request: Callable[[], Paint], *, priority: Priority
    ) -> Painted | None: ...


class Thumbnails:
    """Small pictures of all studios, drawn one at a time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._drawing = asyncio.Lock()

    def get(self, key: str) -> bytes | None:
        """Return the JPEG of a key; None where it is not drawn."""
        if (found := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
        return found

    async def draw(
        self, pool: ThumbnailPool, target: Target, scene: Scene, *, size: tuple[int, int] = SIZE
    ) -> str:
        """Draw a Scene's picture unless it is kept; return its key.

        '' where painters fail.
        """
        key = key_of(target, scene, size)
        async with self._drawing:
            if self.get(key) is None:
                try:
                    content = await _drawn(pool, target, scene, size)
                except (PainterError, PainterGoneError) as error:
                    logger.warning("twin: a thumbnail was not drawn: %s", error)
                    return ""
                if content is None:
                    return ""
                self._kept[key] = content
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
        return key


def key_of(target: Target, scene: Scene, size: tuple[int, int]) -> str:
    """Return the digest of a picture's Scene, size, products and access."""
    told = f"{target} {size} {scene.to_json()}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


async def _drawn(pool: ThumbnailPool, target: Target, scene: Scene, size: tuple[int, int]) -> bytes | None:
    request = Paint(
        target=target,
        view=VIEW,
        scene=scene,
        viewport=Viewport(width=float(size[0]), height=float(size[1])),
        size=size,
        sharpness=SMALL,
        sample=0,
        quality=QUALITY,
    )
    painted = None
    try:
        for _ in range(TRIES):
            painted = await pool.paint_newest(VIEW, lambda: request, priority=Priority.STILL)
            if painted is None or painted.complete:
                break
            await asyncio.sleep(WAIT_S)
    finally:
        with contextlib.suppress(PainterGoneError):
            pool.forget(VIEW)
    return None if painted is None or painted.jpeg is None else painted.jpeg.content
