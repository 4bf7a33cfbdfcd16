"""Stream a session's scene, and receive the browsers' cameras."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from apps.painter.leases import Priority
from apps.painter.messages import Cover, Paint, Pick, Picked, Target
from apps.painter.viewport import Viewport
from apps.stream.camera_controller import CameraController, Event, Moved, as_message
from apps.stream.frame_stream import FrameStream, Meta
from apps.stream.pixel_budget import PixelBudget, clamped
from apps.stream.relabelling import PlacedOverlay, relabelled
from layers.governor import Sharpness
from layers.labels.signs import NO_SIGNS, Signs

if TYPE_CHECKING:
    from apps.painter.jpeg import Jpeg
    from apps.painter.pool import Painted
    from layers.heights import Ground
    from layers.layer import LayerFacts
    from twin.scene import Camera, Scene

logger = logging.getLogger(__name__)

LOOK_AGAIN_S, MOST_LOOKS = 0.5, 6
MARGIN = 0.06
"""Of its height a picture shows so much more on each side: what comes into view until the next one.

Without it an edge is bare at once as the view moves, and the browser composes the still under it as well:
54 ms of processor a moved picture instead of 46 (1280 x 720, no graphics card)."""


class SceneOwner(Protocol):
    """Owner of the scene that is drawn.

    :class:`apps.session.session.Session`.
    """

    @property
    def scene(self) -> Scene: ...
    @property
    def ground(self) -> Ground: ...
    def do(self, action: Callable[[Scene], Scene]) -> bool: ...


class ScenePainter(Protocol):
    """Painter of scenes.

    :class:`apps.painter.pool.PainterPool`.
    """

    @property
    def arrivals(self) -> dict[str, Callable[[], None]]: ...

    def forget(self, view: str) -> None: ...
    def withdraw(self, view: str) -> None: ...
    async def describe(self, target: Target, *, view: str = "") -> Sequence[LayerFacts]: ...
    async def paint_newest(
        self, view: str, request: Callable[[], Paint], *, priority: Priority, follows: bool = False
    ) -> Painted | None: ...
    async def cover(self, request: Cover) -> Meta: ...
    async def pick(self, request: Pick) -> Picked: ...


class SceneView:
    """Streams the scene of a session, drawn by a painter.

    What is drawn may come later: :meth:`show`.
    """

    def __init__(
        self,
        painter: ScenePainter,
        *,
        name: str = "desk",
        budget: PixelBudget | None = None,
        on_pick: Callable[[float, float], None],
        on_trouble: Callable[[bool], None],
        on_rest: Callable[[], None],
    ) -> None:
        self.stream = FrameStream(self, on_trouble=on_trouble, on_rest=on_rest)
        self._painter = painter
        self._name = name
        self._on_pick = on_pick
        self._target: Target | None = None
        self._owner: SceneOwner | None = None
        self._camera: CameraController | None = None
        #: What stations show over a scene: asked for with every frame, so that they are of its moment.
        self.signs: Callable[[Scene], Signs] = lambda scene: NO_SIGNS
        self._asked = (1280, 720)
        self._budget = PixelBudget() if budget is None else budget
        self._budget.request(name, self._asked)
        self._viewport = Viewport()
        self._seen: float | None = None
        #: What the page says of the picture: asked when a frame is begun, sent with it, shown with it.
        self.caption: Callable[[], Meta] = dict
        self._tasks: set[asyncio.Task[None]] = set()
        self._looks = 0
        #: The overlay at rest as a painter placed it, and what was sent last of overlay and caption.
        self._placed: PlacedOverlay | None = None
        self._sent: Meta = {}
        #: Signs of which the overlay was last, and whether its caption may be another by now.
        self._labelled: Signs = NO_SIGNS
        self._caption_due = True

    def show(self, target: Target, owner: SceneOwner) -> None:
        """Stream the owner's scene from now on, drawn with these products."""
        self._target, self._owner = target, owner
        before = self._camera
        self._camera = (
            CameraController(owner.ground)
            if before is None
            else CameraController(owner.ground, moved=before.moved, jumps=before.jumps)
        )
        self._painter.arrivals[self._name] = self.stream.schedule_render
        self.stream.schedule_render()

    async def close(self) -> None:
        """Draw nothing any more."""
        for task in self._tasks:
            task.cancel()
        await self.stream.close()
        self._painter.forget(self._name)
        self._budget.forget(self._name)

    def retarget(self, target: Target) -> None:
        """Draw the scene with other products from now on."""
        self._target = target
        self.stream.schedule_render()

    def changed(self, *, moving: bool = True, seen: float | None = None) -> None:
        """Draw the scene, which is another one.

        ``seen`` is the browser's time of what caused it.
        """
        self._note(seen)
        if moving:
            self.stream.move()
        else:
            self.stream.schedule_render()

    async def layers(self) -> Sequence[LayerFacts]:
        """List the drawn layers of the last frame.

        None before there is a scene.
        """
        return [] if self._target is None else await self._painter.describe(self._target, view=self._name)

    async def pick(self, x: float, y: float) -> Picked | None:
        """Find what is under a point of the view.

        Fractions from left and top; None before there is a scene.
        """
        if self._target is None or self._owner is None:
            return None
        self.catch_up()
        scene = self._owner.scene
        return await self._painter.pick(
            Pick(
                target=self._target,
                view=self._name,
                scene=scene,
                signs=self.signs(scene),
                viewport=self._viewport,
                size=self._size,
                x=x,
                y=y,
            )
        )

    @property
    def _size(self) -> tuple[int, int]:
        """Size that is drawn for the one asked for."""
        return self._budget.fitted(self._asked)

    @property
    def aspect(self) -> float:
        """Width over height of the picture."""
        width, height = self._size
        return width / height

    @property
    def width(self) -> int:
        """Width of the picture, px."""
        return self._size[0]

    def fly_to(self, camera: Camera) -> None:
        """Let the browsers fly to a camera."""
        if self._camera is None or self._owner is None:
            return
        self.stream.push(as_message(self._camera.fly(self._owner.scene, camera)))
        if (seconds := self._camera.landing_s) is not None:
            asyncio.get_running_loop().call_later(seconds, self.stream.schedule_render)

    def priority(self, sample: int | None) -> Priority:
        """Return the class of a frame among the orders of all views."""
        return Priority.MOVING if sample is None else Priority.STILL

    def jump(self) -> None:
        """Set the browsers to the scene's camera; ends their flights."""
        if self._camera is not None and self._owner is not None:
            jump = self._camera.jump()
            self.stream.push({"type": "jump", "jump": jump, "camera": dict(self._owner.scene.camera)})

    async def draw(
        self,
        sharpness: Sharpness,
        *,
        sample: int | None = None,
        keep: bool = False,
        jpeg: bool = True,
        quality: int = 0,
    ) -> tuple[Jpeg | None, Meta] | None:
        """Draw a frame; see :class:`apps.stream.frame_stream.StreamSource`."""
        if self._target is None or self._owner is None or self._camera is None:
            return None
        shown: Meta = {}
        requests: list[Paint] = []

        def newest() -> Paint:
            """The scene of the moment at which a painter is free; asked once more if that one falls."""
            self.stream.begun()
            before = shown.get("seen")
            request, about = self._request(
                sharpness=sharpness, sample=sample, keep=keep, jpeg=jpeg, quality=quality
            )
            shown.update(about, seen=about["seen"] if before is None else before)
            requests.append(request)
            return request

        painted = await self._painter.paint_newest(
            self._name, newest, priority=self.priority(sample), follows=keep and bool(sample)
        )
        if painted is None:
            return None
        if sample is not None:
            self._look_again(painted.complete)
            self._note_placed(requests[-1].scene, requests[-1].signs or NO_SIGNS, painted.overlay)
            self._sent = {"overlay": painted.overlay, "told": shown["told"]}
        return painted.jpeg, {"overlay": painted.overlay, "depth": painted.depth} | shown

    def _request(self, *, sample: int | None, **how: Any) -> tuple[Paint, Meta]:
        """The request for a frame of the scene as it is now, and what travels with that."""
        assert self._target is not None and self._owner is not None and self._camera is not None
        seen, self._seen = self._seen, None
        self.catch_up()
        self._caption_due = False
        caption = self.caption()  # of the scene that is drawn: nothing is awaited between
        moved, scene = self._camera.moved, self._owner.scene
        request = Paint(
            target=self._target,
            view=self._name,
            scene=scene,
            signs=self.signs(scene),
            viewport=self._viewport,
            size=self._size,
            sample=sample,
            margin=self._margin,
            **how,
        )
        about = {"seen": seen, "told": caption, "margin": self._margin, "jump": self._camera.jumps}
        return request, about | drawn_by(scene, moved)

    def withdraw(self) -> None:
        """Cancel a requested frame; see :class:`apps.stream.frame_stream.StreamSource`."""
        self._painter.withdraw(self._name)

    async def over(self) -> Meta | None:
        """Return a changed overlay; see :class:`apps.stream.frame_stream.StreamSource`."""
        if self._target is None or self._owner is None:
            return None
        due, self._caption_due = self._caption_due or not self._sent, False
        caption = self.caption() if due else self._sent["told"]
        scene = self._owner.scene
        signs = self.signs(scene)
        overlay = relabelled(self._placed, view=self._placing_of(scene), signs=signs)
        if overlay is None:
            cover = Cover(
                target=self._target,
                view=self._name,
                scene=scene,
                signs=signs,
                viewport=self._viewport,
                size=self._size,
            )
            try:
                overlay = await self._painter.cover(cover)
            except Exception:
                self._caption_due = due
                raise
            self._note_placed(scene, signs, overlay)
        self._labelled = signs
        over = {"overlay": overlay, "told": caption}
        if over == self._sent:
            return None
        self._sent = over
        return over

    def _note_placed(self, scene: Scene, signs: Signs, overlay: Meta) -> None:
        self._placed = PlacedOverlay(view=self._placing_of(scene), placing=signs.placing, overlay=overlay)

    def _placing_of(self, scene: Scene) -> object:
        """All but the signs that decides where labels are placed."""
        return (self._target, scene, self._viewport, self._size)

    def recaption(self) -> None:
        """Send overlay and caption with the next frame, or alone."""
        self._caption_due = True
        self._look_over()

    def relabel(self) -> None:
        """Send the overlay, where stations have other signs by now."""
        if self._owner is not None and self.signs(self._owner.scene) is not self._labelled:
            self._look_over()

    def _look_over(self) -> None:
        if self._target is None:
            return
        task = asyncio.get_running_loop().create_task(self.stream.relabel())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def _margin(self) -> tuple[int, int]:
        """Pixels that a picture shows more, left and right, top and bottom; of the view's own shape."""
        width, height = self._size
        return round(MARGIN * width), round(MARGIN * height)

    def _look_again(self, complete: bool) -> None:
        """Draw a still once more that lacked tiles: no arrival is told while others are drawn for."""
        self._looks = 0 if complete else self._looks + 1
        if 0 < self._looks <= MOST_LOOKS:
            wait_s = LOOK_AGAIN_S * self._looks
            asyncio.get_running_loop().call_later(wait_s, self.stream.schedule_render)

    def catch_up(self) -> None:
        """Give the scene the camera that a browser has now."""
        if self._owner is not None and self._camera is not None:
            self._owner.do(self._camera.advance)

    # -- what browsers send ---------------------------------------------------------------------------

    def resize(self, width: float, height: float) -> None:
        """Take the size of the browser's scene in device pixels."""
        self._asked = clamped(width, height)
        self._budget.request(self._name, self._asked)
        self.stream.reset()

    def take(self, event: Event) -> None:
        """Take a camera or a message of the scene.

        Unknown ones and ones without numbers are dropped.
        """
        kind = str(event.get("type"))
        if kind == "view":
            self._look(Viewport.of(event))
            return
        if kind == "camera":
            if self._camera is not None and self._camera.take(event):
                seen = event.get("t")
                self._note(float(seen) if isinstance(seen, int | float) else None)
                self.stream.move()
            return
        numbers = {k: float(v) for k, v in event.items() if isinstance(v, int | float)}
        if not all(math.isfinite(v) for v in numbers.values()):
            return
        if kind == "painted":
            self.stream.acknowledge(int(numbers.get("n", 0)))
        elif kind == "pick":
            self._on_pick(numbers.get("x", 0.5), numbers.get("y", 0.5))

    def _look(self, viewport: Viewport) -> None:
        """The page has another size, or its panels cover other places."""
        if viewport != self._viewport:
            self._viewport = viewport
            self.stream.schedule_render()

    def _note(self, seen: float | None) -> None:
        """Keep the oldest cause that no frame has shown yet: from it the delay is told."""
        if self._seen is None:
            self._seen = seen


def drawn_by(scene: Scene, moved: Moved | None) -> Meta:
    """Return what a browser needs to move a picture by itself.

    Its camera, and which of its own cameras that is.
    """
    by = None if moved is None else [moved.page, moved.number]
    return {"camera": dict(scene.camera), "exaggeration": scene.exaggeration, "moved": by}
