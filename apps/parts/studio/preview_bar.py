"""Preview of a film: scrub, play, overprint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part
from apps.parts.studio.film_over import OverDrawer, OverView, build_over
from apps.parts.studio.studio_state import show_frame, studio_of
from apps.parts.triggers import Number, trigger
from apps.session.controller import Controller
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.recorder.film_frame import FilmFrame

TICK_S = 1 / 15
"""Frames of the preview; painters draw as many of them as they can."""
Second = Annotated[Number, Field(ge=0, le=3600)]


@dataclass(frozen=True, kw_only=True)
class WordsView:
    """Words of the frame that is shown, for screen readers."""

    shown: bool = False
    title: str = ""
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class PlayView:
    """Second of the film that is shown; ``text`` is it in minutes."""

    playing: bool = False
    at_s: float = 0.0
    text: str = "0:00"


def words_of(frame: FilmFrame) -> WordsView:
    """Return the words of a frame for the page."""
    title, caption = frame.words.title, frame.words.caption
    return WordsView(
        shown=True,
        title="" if title is None else " · ".join(part for part in (title.text, title.under) if part),
        caption="" if caption is None else caption.text,
    )


class FilmPlayer:
    """Plays the film that is open into a session's Scene.

    A hand that moves the camera ends it.
    """

    def __init__(self, controller: Controller) -> None:
        self._controller, self._studio = controller, studio_of(controller)
        self._playing: asyncio.Task[None] | None = None
        self._over = OverDrawer(controller)
        controller.stop_replay = self.stop
        self._studio.on_hand = self.hand_over
        self._studio.on_size = self.refresh

    @property
    def playing(self) -> bool:
        return self._playing is not None and not self._playing.done()

    def show(self, at_s: float) -> None:
        """Show a second of the film, standing still."""
        self.stop()
        self._studio.go_to(at_s)
        self._show(moving=False)
        self._studio.publish()

    def refresh(self) -> None:
        """Show the present second again.

        Not while a hand has the camera, nor while it plays.
        """
        if self._studio.scripted and not self.playing:
            self._show(moving=False)

    def play(self, *, until_s: float | None = None, then: Callable[[], None] = lambda: None) -> None:
        """Play from the second that is shown.

        ``then`` is called at the end.
        """
        self.stop()
        board = self._studio.board
        if board is not None:
            end_s = sum(shot.seconds for shot in board.shots) if until_s is None else until_s
            self._playing = asyncio.create_task(self._play(end_s, then))

    def stop(self) -> None:
        """Stop playing, wherever it is."""
        if self.playing and self._playing is not asyncio.current_task():
            assert self._playing is not None
            self._playing.cancel()
            self._playing = None
            self._controller.publish_part("preview_bar")

    def hand_over(self) -> None:
        """Stop for a camera that the browser moves; hide the words."""
        self.stop()
        self._over.hide()
        self._controller.publish(words=WordsView())

    async def _play(self, end_s: float, then: Callable[[], None]) -> None:
        studio, loop = self._studio, asyncio.get_running_loop()
        began_s = loop.time() - studio.at_s
        shot = ""
        while True:
            at_s = min(end_s, loop.time() - began_s)
            # The last frame of a shot, and not the first of the one behind it.
            studio.go_to(max(0.0, at_s - 1e-3) if at_s == end_s else at_s)
            if not self._show(moving=at_s < end_s):
                break
            if studio.selected != shot:
                shot = studio.selected
                self._controller.publish_part("strip")
            if at_s >= end_s:
                break
            await asyncio.sleep(TICK_S)
        self._playing = None
        studio.publish()
        then()

    def _show(self, *, moving: bool) -> bool:
        """Show the frame at the studio's second; False where the film cannot be evaluated."""
        try:
            preview = self._studio.preview(self._controller)
            if preview is None:
                return False
            frame = preview.frame(self._studio.at_s)
            show_frame(self._controller, frame, moving=moving)
        except TwinError as error:
            self._controller.show_error(error)
            return False
        self._over.draw(preview, frame)
        self._controller.publish(words=words_of(frame))
        self._controller.publish_part("preview_bar")
        return True


class PreviewActions:
    """Actions of the bar: scrub, play, pause."""

    def __init__(self, controller: Controller) -> None:
        self._controller, self._studio = controller, studio_of(controller)
        self._player = FilmPlayer(controller)
        self._studio.player = self._player

    @trigger
    def go_to_second(self, at_s: Second) -> None:
        """Show a second of the film."""
        self._player.show(at_s)

    @trigger
    def play_film(self) -> None:
        """Play the film, or stop it.

        From its start where it is at its end.
        """
        if self._player.playing:
            self._player.show(self._studio.at_s)
            return
        board = self._studio.board
        if board is not None and self._studio.at_s >= sum(shot.seconds for shot in board.shots) - 0.1:
            self._studio.go_to(0.0)
        self._player.play()
        self._controller.publish_part("preview_bar")


def build_bar() -> None:
    """Add play button, time and slider."""
    with html.Button(
        type="button",
        classes="play",
        title=("play.playing ? t.film_pause : t.film_play",),
        click="trigger('play_film')",
        raw_attrs=[':aria-label="play.playing ? t.film_pause : t.film_play"'],
    ):
        Icon(("play.playing ? 'pause' : 'play'",))
    html.Span("{{ play.text }}", classes="strip-time")
    html.Input(
        type="range",
        classes="range strip-scrub",
        input="trigger('go_to_second', [Number($event.target.value)])",
        raw_attrs=[
            'min="0"',
            ':max="film.seconds"',
            'step="0.1"',
            ':value="play.at_s"',
            ':aria-label="t.film_scrub"',
            ":style=\"{ '--part': 100 * play.at_s / film.seconds + '%' }\"",
        ],
    )


def build() -> None:
    """Add the overprint, and its words for screen readers."""
    named = [':aria-label="t.film_words"']
    with html.Section(v_if=("words.shown",), classes="film-words", raw_attrs=named):
        build_over()
        html.P("{{ words.title }}", v_if=("words.title",), classes="film-title unseen")
        html.P("{{ words.caption }}", v_if=("words.caption",), classes="film-caption unseen")


def _view(controller: Controller) -> Mapping[str, Any]:
    studio = studio_of(controller)
    playing = studio.player is not None and studio.player.playing
    at_s = round(studio.at_s, 1)
    board = studio.board
    seconds = 0.0 if board is None else sum(shot.seconds for shot in board.shots)
    return {"play": PlayView(playing=playing, at_s=at_s, text=f"{clock(at_s)} / {clock(seconds)}")}


def clock(seconds: float) -> str:
    """Format seconds of a film like 1:07.5."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


PART = Part(
    id="preview_bar",
    state={"play": PlayView(), "words": WordsView(), "over": OverView()},
    client_only=("play", "words", "over"),
    view=_view,
    build=build,
    actions=(PreviewActions,),
    keys={" ": ("trigger", "play_film", [])},
    help=(("Space", "film_play"),),
)
