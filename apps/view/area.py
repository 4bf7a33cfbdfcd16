"""The streamed area: the scene as trame-rca sees it, and the gestures that come back from the browser."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from apps.view.hand import GESTURES, Event, Hand
from apps.view.overlay import View, over
from apps.view.render_thread import RenderThread
from apps.view.stamp import stamp_place
from apps.view.stream import FrameStream, Meta, Picture
from layers.governor import Sharpness

if TYPE_CHECKING:
    from layers.stage import Stage
    from twin.scene import Camera

logger = logging.getLogger(__name__)

LARGEST = (7680, 4320)
SETTLE_S = 0.12
"""A still waits so long for the models' tiles, that not each of them costs a picture."""

LABELS = "labels"
T = TypeVar("T")

_PLACING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="names")


class SceneArea:
    """Streams a stage that lives in the render thread. The stage may come later: :meth:`show`."""

    def __init__(
        self,
        thread: RenderThread,
        *,
        on_pick: Callable[[float, float], None],
        on_trouble: Callable[[bool], None],
        on_rest: Callable[[], None],
    ) -> None:
        self.stream = FrameStream(self, on_trouble=on_trouble, on_rest=on_rest)
        self._thread = thread
        self._on_pick = on_pick
        self._stage: Stage | None = None
        self._hand: Hand | None = None
        self._size = (1280, 720)
        self._view = View()
        self._seen: float | None = None
        #: What the page says of the picture: asked when a frame is begun, sent with it, shown with it.
        self.caption: Callable[[], Meta] = dict
        self._waiting: dict[object, Callable[[Stage], object]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, stage: Stage) -> None:
        """The scene is ready: stream it."""
        self._stage, self._hand = stage, Hand(stage)
        loop = asyncio.get_running_loop()

        def arrived() -> None:
            loop.call_soon_threadsafe(self.stream.schedule_render)

        stage.on_arrival = arrived
        self.stream.schedule_render()

    def change(
        self,
        function: Callable[[Stage], object],
        *,
        moving: bool = True,
        seen: float | None = None,
        kind: str | None = None,
    ) -> None:
        """Change the stage in its thread, and draw.

        A change of a ``kind`` takes the place of one of its kind that no frame has shown yet: a slider tells
        of more levels than there are frames. ``seen`` is the browser's time of what caused it.
        """
        if self._stage is None:
            return
        self._note(seen)
        key = kind or object()
        self._waiting.pop(key, None)
        self._waiting[key] = function
        if moving:
            self.stream.move()
        else:
            self.stream.schedule_render()

    async def ask(self, function: Callable[[Stage], T]) -> T | None:
        """What ``function`` finds out about the stage; None before there is one."""
        if self._stage is None:
            return None
        self._pass_on(self._stage)
        return await self._thread.call(function, self._stage)

    def fly_to(self, camera: Camera) -> None:
        """Fly to a camera."""
        if self._stage is not None and self._hand is not None:
            self._pass_on(self._stage)
            self._thread.post(self._hand.fly_to, camera)
            self.stream.move()

    def _pass_on(self, stage: Stage) -> None:
        """Hand the changes that wait to the stage's thread, in their order."""
        waiting, self._waiting = self._waiting, {}
        for function in waiting.values():
            self._thread.post(function, stage)

    async def draw(
        self, sharpness: Sharpness, shift: tuple[float, float], then: Callable[[Picture], T]
    ) -> tuple[T, Meta] | None:
        """See :class:`apps.view.stream.Area`."""
        if self._stage is None or self._hand is None:
            return None
        seen, self._seen = self._seen, None
        self._pass_on(self._stage)
        told = self.caption()  # of just what was passed on: nothing has been awaited between
        result, overlay, flying = await self._thread.call(
            _draw,
            self._stage,
            self._hand,
            size=self._size,
            sharpness=sharpness,
            shift=shift,
            view=self._view,
            then=then,
        )
        if flying:
            self.stream.move()
        return result, {"overlay": overlay, "seen": seen, "told": told}

    async def over(self) -> Meta | None:
        """See :class:`apps.view.stream.Area`."""
        if self._stage is None:
            return None
        self._pass_on(self._stage)
        told = self.caption()
        return {"overlay": await self._thread.call(over, self._stage, self._view), "told": told}

    def relabel(self, function: Callable[[Stage], object]) -> None:
        """Change what lies over the picture, and not the picture; ``function`` runs in the stage's thread."""
        if self._stage is None:
            return
        self._waiting.pop(LABELS, None)
        self._waiting[LABELS] = function
        self.recaption()

    def recaption(self) -> None:
        """Send what is said of the picture with the next frame, or alone where none comes."""
        if self._stage is None:
            return
        task = asyncio.get_running_loop().create_task(self.stream.relabel())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what trame-rca calls -------------------------------------------------------------------------

    def process_resize_event(self, width: int, height: int) -> None:
        """The browser's scene has this many device pixels."""
        self._size = (min(max(16, width), LARGEST[0]), min(max(16, height), LARGEST[1]))
        self.stream.reset()

    def process_interaction_event(self, event: Event) -> None:
        """A gesture or a message of the scene; unknown ones and ones without numbers are dropped."""
        kind = str(event.get("type"))
        if kind == "view":
            self._look(View.of(event))
            return
        numbers = {k: float(v) for k, v in event.items() if isinstance(v, int | float)}
        if not all(math.isfinite(v) for v in numbers.values()):
            return
        if kind == "painted":
            self.stream.acknowledge(int(numbers.get("n", 0)))
        elif kind == "pick":
            self._on_pick(numbers.get("x", 0.5), numbers.get("y", 0.5))
        elif kind in GESTURES and self._hand is not None:
            self._note(numbers.get("t"))
            self._thread.post(self._hand.gesture, {"type": kind, **numbers})
            if kind != "grab":
                self.stream.move()

    def _look(self, view: View) -> None:
        """The page has another size, or its panels cover other places."""
        if view != self._view:
            self._view = view
            self.stream.schedule_render()

    def _note(self, seen: float | None) -> None:
        """Keep the oldest cause that no frame has shown yet: from it the delay is told."""
        if self._seen is None:
            self._seen = seen


def _draw(
    stage: Stage,
    hand: Hand,
    *,
    size: tuple[int, int],
    sharpness: Sharpness,
    shift: tuple[float, float],
    view: View,
    then: Callable[[Picture], T],
) -> tuple[T, Meta, bool]:
    """In the render thread: what ``then`` makes of the picture, what lies over it, and whether the camera is
    still flying.

    VTK lets go of the interpreter while it draws; the names are placed meanwhile.
    """
    stage.stamp_at = stamp_place(view)
    flying = hand.advance()
    if sharpness.waits:
        stage.settle(size=size, tile_error_px=sharpness.tile_error_px, timeout_s=SETTLE_S)
    placed = _PLACING.submit(over, stage, view)
    result = then(draw(stage, size=size, sharpness=sharpness, shift=shift))
    return result, placed.result(), flying


def draw(stage: Stage, *, size: tuple[int, int], sharpness: Sharpness, shift: tuple[float, float]) -> Picture:
    """The stage's picture for a window of ``size``, shifted by so many of its pixels to the right and up."""
    width, height = (max(16, round(length * sharpness.scale)) for length in size)
    stage.resize(width, height)
    stage.renderer.GetActiveCamera().SetWindowCenter(-2.0 * shift[0] / width, -2.0 * shift[1] / height)
    return stage.render(
        max_error_px=sharpness.max_error_px,
        tile_error_px=sharpness.tile_error_px,
        enlarged=1.0 / sharpness.scale,
    )
