"""The streamed area: the scene as trame-rca sees it, and the gestures that come back from the browser."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

from apps.stream.camera_controller import GESTURES, CameraController, Event
from apps.stream.frame_stream import FrameStream, Meta
from apps.stream.overlay import View, over
from apps.stream.render_thread import RenderThread
from apps.stream.stamp import stamp_place
from layers.governor import Sharpness
from layers.labels.signs import NO_SIGNS, Signs
from twin.arrays import U8

if TYPE_CHECKING:
    from layers.ground.heights import Ground
    from layers.stage import Stage
    from twin.scene import Camera, Scene

logger = logging.getLogger(__name__)

LARGEST = (7680, 4320)
SETTLE_S = 0.12
"""A still waits so long for the models' tiles, that not each of them costs a picture."""

T = TypeVar("T")

_PLACING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="names")


class SceneOwner(Protocol):
    """Whoever owns the scene that is drawn; :class:`apps.session.session.Session`."""

    @property
    def scene(self) -> Scene: ...
    @property
    def ground(self) -> Ground: ...
    def do(self, action: Callable[[Scene], Scene]) -> bool: ...


class RcaView:
    """Streams the scene of a session, drawn by a stage that lives in the render thread.

    Both may come later: :meth:`show`.
    """

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
        self._owner: SceneOwner | None = None
        self._camera: CameraController | None = None
        #: What stations show over a scene: asked for with every frame, so that they are of its moment.
        self.signs: Callable[[Scene], Signs] = lambda scene: NO_SIGNS
        self._size = (1280, 720)
        self._view = View()
        self._seen: float | None = None
        #: What the page says of the picture: asked when a frame is begun, sent with it, shown with it.
        self.caption: Callable[[], Meta] = dict
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, stage: Stage, owner: SceneOwner) -> None:
        """Stream the owner's scene from now on, drawn by this stage."""
        self._stage, self._owner = stage, owner
        self._camera = CameraController(owner.ground)
        loop = asyncio.get_running_loop()

        def arrived() -> None:
            loop.call_soon_threadsafe(self.stream.schedule_render)

        stage.on_arrival = arrived
        self.stream.schedule_render()

    def changed(self, *, moving: bool = True, seen: float | None = None) -> None:
        """Draw the scene, which is another one. ``seen`` is the browser's time of what caused it."""
        self._note(seen)
        if moving:
            self.stream.move()
        else:
            self.stream.schedule_render()

    async def ask(self, question: Callable[[Stage], T]) -> T | None:
        """The stage's answer to a question about the scene of now; None before there is a stage."""
        if self._stage is None or self._owner is None:
            return None
        return await self._thread.call(_asked, self._stage, self._owner.scene, question)

    @property
    def aspect(self) -> float:
        """Width over height of the picture."""
        width, height = self._size
        return width / height

    def fly_to(self, camera: Camera) -> None:
        """Fly to a camera."""
        if self._camera is not None:
            self._camera.fly_to(camera)
            self.stream.move()

    async def draw(
        self, sharpness: Sharpness, shift: tuple[float, float], then: Callable[[U8], T]
    ) -> tuple[T, Meta] | None:
        """See :class:`apps.stream.frame_stream.StreamSource`."""
        if self._stage is None or self._owner is None or self._camera is None:
            return None
        seen, self._seen = self._seen, None
        camera = self._camera
        self._owner.do(lambda scene: camera.advance(scene, aspect=self.aspect))
        told = self.caption()  # of the scene that is drawn: nothing is awaited between
        result, overlay = await self._thread.call(
            _draw,
            self._stage,
            self._owner.scene,
            self.signs(self._owner.scene),
            size=self._size,
            sharpness=sharpness,
            shift=shift,
            view=self._view,
            then=then,
        )
        if camera.flying:
            self.stream.move()
        return result, {"overlay": overlay, "seen": seen, "told": told}

    async def over(self) -> Meta | None:
        """See :class:`apps.stream.frame_stream.StreamSource`."""
        if self._stage is None or self._owner is None:
            return None
        told = self.caption()
        scene = self._owner.scene
        overlay = await self._thread.call(_over, self._stage, scene, self.signs(scene), self._view)
        return {"overlay": overlay, "told": told}

    def recaption(self) -> None:
        """Send what lies over the picture and is said of it: with the next frame, or alone."""
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
        elif kind in GESTURES and self._camera is not None:
            self._note(numbers.get("t"))
            self._camera.gesture({"type": kind, **numbers})
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
    scene: Scene,
    signs: Signs,
    *,
    size: tuple[int, int],
    sharpness: Sharpness,
    shift: tuple[float, float],
    view: View,
    then: Callable[[U8], T],
) -> tuple[T, Meta]:
    """In the render thread: what ``then`` makes of the scene's picture, and what lies over it.

    VTK releases the interpreter lock while it draws; the names are placed meanwhile.
    """
    _bring(stage, scene, signs)
    stage.stamp_at = stamp_place(view)
    if sharpness.waits:
        stage.settle(size=size, tile_error_px=sharpness.tile_error_px, timeout_s=SETTLE_S)
    placed = _PLACING.submit(over, stage, view)
    result = then(draw(stage, size=size, sharpness=sharpness, shift=shift))
    return result, placed.result()


def _over(stage: Stage, scene: Scene, signs: Signs, view: View) -> Meta:
    """What lies over the picture of a scene."""
    _bring(stage, scene, signs)
    return over(stage, view)


def _asked(stage: Stage, scene: Scene, question: Callable[[Stage], T]) -> T:
    stage.apply(scene)
    return question(stage)


def _bring(stage: Stage, scene: Scene, signs: Signs) -> None:
    stage.apply(scene)
    stage.show_signs(signs)


def draw(stage: Stage, *, size: tuple[int, int], sharpness: Sharpness, shift: tuple[float, float]) -> U8:
    """The stage's picture for a window of ``size``, shifted by so many of its pixels to the right and up."""
    width, height = (max(16, round(length * sharpness.scale)) for length in size)
    stage.resize(width, height)
    stage.renderer.GetActiveCamera().SetWindowCenter(-2.0 * shift[0] / width, -2.0 * shift[1] / height)
    return stage.render(
        max_error_px=sharpness.max_error_px,
        tile_error_px=sharpness.tile_error_px,
        enlarged=1.0 / sharpness.scale,
    )
