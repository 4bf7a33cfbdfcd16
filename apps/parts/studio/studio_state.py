"""Keep a studio's film, the edited shot and the second shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from apps.recorder.film_layers import STATIONS
from apps.studio import taken_views
from apps.studio.film_preview import FilmPreview, shot_at
from apps.studio.present_values import present_values
from apps.studio.shot_edits import NoShotError, starts_s
from apps.texts import texts
from layers.labels.signs import NO_SIGNS
from twin.errors import TwinError
from twin.scene import LayerState
from twin.storyboard.storyboard import Storyboard

if TYPE_CHECKING:
    from apps.parts.studio.recorder_protocol import Recorder
    from apps.recorder.film_frame import FilmFrame
    from apps.session.controller import Controller
    from apps.studio.film_problems import FilmProblem
    from apps.studio.followed_lines import FollowedLine
    from apps.studio.open_film import OpenFilm
    from apps.studio.storyboard_folder import Listed
    from twin.storyboard.frozen_values import FrozenValue
    from twin.storyboard.storyboard import Shot


class Player(Protocol):
    """Player of the film; :class:`apps.parts.studio.preview_bar.FilmPlayer`."""

    @property
    def playing(self) -> bool: ...
    def show(self, at_s: float) -> None: ...
    def play(self, *, until_s: float | None = None, then: Callable[[], None] = ...) -> None: ...
    def stop(self) -> None: ...
    def refresh(self) -> None: ...


@dataclass
class StudioState:
    """Film that is open, the edited shot and the second shown.

    ``thumbs`` are addresses of pictures by the shot's id; ``by`` is who edits. The hub keeps it while the
    desk changes to another generation.
    """

    film: OpenFilm
    by: str = ""
    selected: str = ""
    at_s: float = 0.0
    thumbs: Mapping[str, str] = field(default_factory=dict)
    #: What cannot be recorded, as it was checked last.
    problems: Sequence[FilmProblem] = ()
    #: Films of the folder, as they were listed last.
    files: Sequence[Listed] = ()
    #: Lines of the basin that a camera can follow, the longest first.
    lines: Sequence[FollowedLine] = ()
    #: Sound files of the folder, as they were listed last.
    sounds: Sequence[str] = ()
    presenting: bool = False
    #: Shots that are presented go onto the wall too.
    on_wall: bool = False
    #: The Scene is the film's; false while a hand has the camera.
    scripted: bool = False
    #: Plays the film; the preview's, once there is a basin.
    player: Player | None = None
    #: Recordings of the hub.
    recorder: Recorder | None = None
    #: Addresses of pictures of the shots that others dissolve from, by the id of the later shot.
    fades: Mapping[str, str] = field(default_factory=dict)
    #: The picture has another size.
    on_size: Callable[[], None] = lambda: None
    #: A hand moves the camera.
    on_hand: Callable[[], None] = lambda: None
    #: Publishes what is written; the hub's.
    publish: Callable[[], None] = lambda: None
    _preview: FilmPreview | None = None

    @property
    def board(self) -> Storyboard | None:
        """Storyboard that is open."""
        return self.film.board

    @property
    def shot(self) -> Shot | None:
        """Shot that is edited; the first one where it is gone."""
        if self.board is None:
            return None
        return next((shot for shot in self.board.shots if shot.id == self.selected), self.board.shots[0])

    def start_of(self, id_: str) -> float:
        """Return the second at which a shot begins; raises NoShotError."""
        if self.board is not None:
            for shot, start_s in zip(self.board.shots, starts_s(self.board), strict=True):
                if shot.id == id_:
                    return start_s
        raise NoShotError(f"the shot {id_} is not in the film any more", shot=id_)

    def preview(self, controller: Controller) -> FilmPreview | None:
        """Return the evaluated film, made anew when the storyboard has changed."""
        basin, board = controller.session.basin, self.board
        if board is None:
            return None
        if self._preview is None or self._preview.board is not board or self._preview.basin is not basin:
            self._preview = FilmPreview(board, basin, controller.session.ground, before=self._preview)
        return self._preview

    def select(self, id_: str) -> None:
        """Select a shot, and go to its first second."""
        self.at_s = self.start_of(id_)
        self.selected = id_

    def go_to(self, at_s: float) -> None:
        """Go to a second of the film; the shot there is edited."""
        if self.board is not None:
            self.at_s = min(max(0.0, at_s), sum(shot.seconds for shot in self.board.shots))
            self.selected = shot_at(self.board, self.at_s).id


def studio_of(controller: Controller) -> StudioState:
    """Return the studio of a controller of a studio's page."""
    assert isinstance(controller.studio, StudioState)
    return controller.studio


def show_frame(controller: Controller, frame: FilmFrame, *, moving: bool = True) -> None:
    """Show a film's frame as the session's Scene.

    The page's language stays.
    """
    session, scene = controller.session, frame.scene
    studio = studio_of(controller)
    if scene.moment != session.scene.moment:
        session.show(scene.moment, "link")
    layers = {id_: scene.layers.get(id_, state) for id_, state in at_first(controller).items()}
    if frame.signs == NO_SIGNS and STATIONS in layers:
        layers[STATIONS] = LayerState(visible=False)
    kept = {"moment": session.scene.moment, "layers": layers, "language": session.scene.language}
    controller.do(lambda _: scene.changed(**kept), moving=moving)
    if not studio.scripted:  # from now on the page's camera is that of the pictures
        controller.area.jump()
        studio.scripted = True
    controller.publish_moment_soon()


async def values_of(controller: Controller) -> list[FrozenValue]:
    """Read the present values of the basin's stations.

    An error is shown, and there are none.
    """
    try:
        return await asyncio.to_thread(present_values, controller.session.basin)
    except TwinError as error:
        controller.show_error(error)
        return []


async def begin_film(controller: Controller) -> None:
    """Create a film of one shot, the present view.

    It has the first free name. Raises FilmDiskError, FolderFullError.
    """
    studio, scene = studio_of(controller), controller.session.scene
    shot = taken_views.new_shot("shot-1", scene, at_first(controller))
    base = texts(scene.language)["film_new_name"]
    listed = {film.name for film in await studio.film.listed()}
    name = next(one for number in range(1, 1000) if (one := f"{base} {number}") not in listed)
    values = await values_of(controller) if scene.moment.is_live else []
    frozen = taken_views.frozen_with(None, scene.moment, values)
    board = Storyboard(title=name, language=scene.language, frozen=frozen, shots=[shot])
    await studio.film.create(name, board)
    studio.select(shot.id)
    studio.files = await studio.film.listed()
    studio.publish()


def at_first(controller: Controller) -> dict[str, LayerState]:
    """Return the state in which each layer begins."""
    return {id_: layer.at_first for id_, layer in controller.layers.items()}
