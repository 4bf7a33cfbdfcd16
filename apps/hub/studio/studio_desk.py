"""Serve a studio: a desk with a storyboard beside its Scene."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from apps.error_messages import say
from apps.hub.desk_server import Desk, DeskHub
from apps.hub.studio.film_jobs import FilmClosedError
from apps.parts.studio.studio_state import StudioState
from apps.stream.scene_view import SceneView
from apps.studio.film_problems import FilmProblem, problems_of
from apps.studio.open_film import OpenFilm
from apps.studio.shot_edits import starts_s
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.hub.kept_desks_file import Kept
    from apps.hub.studio.film_jobs import FilmJob
    from apps.hub.studio.studio_server import Studio
    from apps.hub.visitor import Visitor
    from apps.rooms.room import Room
    from apps.session.controller import Controller
    from apps.stream.camera_controller import Event
    from twin.storyboard.storyboard import Storyboard

logger = logging.getLogger(__name__)

DRAW_AFTER_S = 0.5
"""Thumbnails are drawn when nothing was edited for so long."""
FADE_LINES = 540
"""Of the picture of a shot that is dissolved from."""
PARTS = ("strip", "shot_panel", "films", "preview_bar", "presenting", "recordings")


class StudioHub(DeskHub, Protocol):
    """Services of the hub that studios use."""

    @property
    def studio(self) -> Studio: ...


class StudioView(SceneView):
    """Scene of a studio; reports cameras and sizes of its browser."""

    on_hand: Callable[[], None] = staticmethod(lambda: None)
    on_size: Callable[[], None] = staticmethod(lambda: None)

    def resize(self, width: float, height: float) -> None:
        """Take the size of the browser's scene in device pixels."""
        super().resize(width, height)
        self.on_size()

    def take(self, event: Event) -> None:
        """Take a camera or a message of the scene."""
        if event.get("type") == "camera":
            self.on_hand()
        super().take(event)


class DeskRecorder:
    """Recordings of a hub, for one studio."""

    def __init__(self, hub_studio: Studio, studio: StudioState, visitor: Visitor) -> None:
        self._shared, self._studio, self._visitor = hub_studio, studio, visitor
        self.cancel, self.delete = hub_studio.jobs.cancel, hub_studio.jobs.delete
        self.files = hub_studio.jobs.files

    @property
    def jobs(self) -> Sequence[FilmJob]:
        """Recordings that the visitor may see, the newest first."""
        return [job for job in self._shared.jobs.jobs if self._visitor.may_see(job.access)]

    async def record(self, *, draft: bool) -> None:
        """Add a recording of the present film to the queue."""
        film = self._studio.film
        if film.board is None:
            return
        access = film.board.access
        if not self._visitor.may_see(access):
            raise FilmClosedError(
                f"the film shows data for {access} use, which your account does not see", access=access
            )
        sound = None if film.board.sound is None else film.folder.sound(film.board.sound)
        await self._shared.jobs.add(film.name, film.board, by=self._studio.by, draft=draft, sound=sound)


class StudioDesk(Desk):
    """Desk of the studio's room."""

    make_view: Callable[..., SceneView] = StudioView

    def __init__(
        self, hub: StudioHub, name: str, visitor: Visitor, *, room: Room, kept: Kept | None = None
    ) -> None:
        super().__init__(hub, name, visitor, room=room, kept=kept)
        self._studios = hub.studio
        film = OpenFilm(hub.studio.folder, on_change=self._changed)
        by = self.visitor.full_name or self.visitor.name
        self.studio = StudioState(film=film, by=by, publish=self._changed)
        self.studio.recorder = DeskRecorder(hub.studio, self.studio, visitor)
        hub.studio.jobs.on_change.add(self._show_recordings)
        self._thumbing: asyncio.Task[None] | None = None
        self._shown: Storyboard | None = None
        self._tasks = [asyncio.create_task(film.follow())]

    def equip(self, controller: Controller) -> None:
        """Give a new controller the studio."""
        super().equip(controller)
        controller.studio = self.studio
        self.studio.scripted = False
        assert isinstance(self.area, StudioView)
        self.area.on_hand = self._hand
        self.area.on_size = self._resized
        self.studio.lines = ()  # of another generation

    def _resized(self) -> None:
        self.studio.on_size()

    def _show_recordings(self) -> None:
        if self.controller is not None:
            self.controller.publish_part("recordings")

    def _hand(self) -> None:
        """Leave the camera to the visitor until the script is returned to."""
        if self.studio.scripted:
            self.studio.scripted = False
            self.studio.on_hand()
            if self.controller is not None:
                self.controller.publish_part("presenting")

    async def close(self) -> None:
        """Save the film, and end the desk."""
        self._studios.jobs.on_change.discard(self._show_recordings)
        for task in (*self._tasks, *([] if self._thumbing is None else [self._thumbing])):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.studio.film.flush()
        await super().close()

    def _changed(self) -> None:
        """Publish film and shot as they are now, and renew pictures of shots."""
        if self.controller is not None:
            for part in PARTS:
                self.controller.publish_part(part)
            if self.studio.board is not self._shown:
                self._shown = self.studio.board
                if self.studio.player is not None:
                    self.studio.player.refresh()
            if self._thumbing is not None:
                self._thumbing.cancel()
            self._thumbing = asyncio.create_task(self._draw_thumbnails(self.controller))

    async def _check(self, controller: Controller, board: Storyboard) -> None:
        """Check the film, and show its problems beside its shots."""
        file = self.studio.film.folder.path(self.studio.film.name or "film")
        try:
            found = await asyncio.to_thread(problems_of, board, controller.session.basin, file=file)
        except TwinError as error:
            found = [FilmProblem(shot=None, message=say(error, controller.language))]
        if found != self.studio.problems:
            self.studio.problems = found
            controller.publish_part("strip")

    async def _draw_thumbnails(self, controller: Controller) -> None:
        await asyncio.sleep(DRAW_AFTER_S)
        board, opened = self.studio.board, self.opened
        if board is None or opened is None:
            return
        await self._check(controller, board)
        try:
            preview = self.studio.preview(controller)
        except TwinError as error:  # its shot has the problem beside it
            logger.info("a film has no pictures: %s", error)
            return
        if preview is None:
            return
        thumbs: dict[str, str] = {}
        fades: dict[str, str] = {}
        for shot, start_s in zip(board.shots, starts_s(board), strict=True):
            try:
                scene = preview.frame(start_s).scene
                before = preview.frame(start_s + shot.fade_s / 2).before
            except Exception:  # one shot that cannot be evaluated leaves the others their pictures
                logger.exception("the shot %s has no picture", shot.id)
                continue
            draw = partial(self._studios.thumbnails.draw, self._hub.painter, opened.target)
            if key := await draw(scene):
                thumbs[shot.id] = f"studio/thumbnails/{key}"
            if self.studio.thumbs != (shown := {**self.studio.thumbs, **thumbs}):
                self.studio.thumbs = shown
                controller.publish_part("strip")
            if before is not None and (key := await draw(before.scene, size=_fade_size(board))):
                fades[shot.id] = f"studio/thumbnails/{key}"
                self.studio.fades = {**self.studio.fades, **fades}
                if self.studio.player is not None:
                    self.studio.player.refresh()


def _fade_size(board: Storyboard) -> tuple[int, int]:
    """Size of a picture that a shot dissolves from, of the film's shape."""
    return round(FADE_LINES * board.size[0] / board.size[1]), FADE_LINES
