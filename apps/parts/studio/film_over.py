"""Overprint of the preview: drawn in a thread, the newest frame only."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trame.widgets import html

from apps.parts.studio.studio_state import studio_of

if TYPE_CHECKING:
    from apps.recorder.film_frame import FilmFrame
    from apps.session.controller import Controller
    from apps.studio.film_preview import FilmPreview

logger = logging.getLogger(__name__)

REST_S = 0.15
"""Between two overprints of a film that plays: each is 50 to 90 kB."""


@dataclass(frozen=True, kw_only=True)
class OverView:
    """Overprint of the frame that is shown: pictures and covered places.

    ``boxes`` are CSS lengths: left, top, width, height. ``before`` is the picture of the shot that is
    dissolved from, with its opacity.
    """

    picture: str = ""
    boxes: list[dict[str, str]] = field(default_factory=list)
    before: str = ""
    before_opacity: float = 0.0


class OverDrawer:
    """Draws overprints of a film's frames, one at a time.

    Frames that come while one is drawn are coalesced into the newest.
    """

    def __init__(self, controller: Controller) -> None:
        self._controller, self._studio = controller, studio_of(controller)
        self._wanted: tuple[FilmPreview, FilmFrame] | None = None
        self._drawing: asyncio.Task[None] | None = None

    def draw(self, preview: FilmPreview, frame: FilmFrame) -> None:
        """Draw a frame's overprint soon."""
        self._wanted = preview, frame
        if self._drawing is None or self._drawing.done():
            self._drawing = asyncio.create_task(self._draw())

    def hide(self) -> None:
        """Clear the overprint, and cancel what is drawn."""
        self._wanted = None
        if self._drawing is not None:
            self._drawing.cancel()
        self._controller.publish(over=OverView())

    async def _draw(self) -> None:
        while self._wanted is not None:
            (preview, frame), self._wanted = self._wanted, None
            width, aspect = self._controller.area.width, self._controller.area.aspect
            size = width, max(1, round(width / aspect))
            try:
                over = await asyncio.to_thread(preview.overprint, frame, size)
            except Exception:  # the scene is shown without it
                logger.exception("the overprint of frame %s was not drawn", frame.number)
                return
            before = "" if frame.before is None else self._studio.fades.get(frame.shot, "")
            self._controller.publish(
                over=OverView(
                    picture="data:image/webp;base64," + b64encode(over.webp).decode(),
                    boxes=[_place(*box) for box in over.boxes],
                    before=before,
                    before_opacity=round(1.0 - frame.mix, 2) if before else 0.0,
                )
            )
            await asyncio.sleep(REST_S)


def _place(left: float, top: float, right: float, bottom: float) -> dict[str, str]:
    shares = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    return {name: f"{100 * share:.2f}%" for name, share in shares.items()}


def build_over() -> None:
    """Add the pictures, and boxes that keep names from under the panels."""
    html.Img(
        v_if=("over.before",),
        classes="film-before",
        style=("{ opacity: over.before_opacity }",),
        raw_attrs=[':src="over.before"', 'alt=""'],
    )
    html.Img(v_if=("over.picture",), classes="film-over", raw_attrs=[':src="over.picture"', 'alt=""'])
    html.I(
        v_for=("box, number in over.boxes",),
        key=("number",),
        classes="film-box twin-furniture",
        style=("box",),
    )
