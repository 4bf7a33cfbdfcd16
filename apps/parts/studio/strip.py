"""Strip of shots: take the view, order, duplicate, remove, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part
from apps.parts.studio.preview_bar import build_bar
from apps.parts.studio.strip_view import FilmView, film_view
from apps.parts.studio.studio_state import at_first, begin_film, studio_of, values_of
from apps.parts.triggers import Word, trigger
from apps.session.controller import Controller
from apps.studio import shot_edits, taken_views
from twin.errors import TwinError
from twin.storyboard.storyboard import Storyboard

if TYPE_CHECKING:
    from twin.scene import Scene
    from twin.storyboard.frozen_values import FrozenValue


class StripActions:
    """Edits of the strip; each can be undone."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._studio = studio_of(controller)

    @trigger
    def take_shot(self) -> None:
        """Add a shot of the present view behind the edited one.

        Where no film is open, the first shot begins one.
        """
        scene, board = self._controller.session.scene, self._studio.board
        if board is None:
            self._controller.query(begin_film(self._controller), lambda _: None)
        elif scene.moment.is_live:
            self._controller.query(values_of(self._controller), lambda values: self._take(scene, values))
        else:
            self._take(scene, ())

    def _take(self, scene: Scene, values: Sequence[FrozenValue]) -> None:
        board, after = self._studio.board, self._studio.shot
        if board is None or after is None:
            return
        shot = taken_views.new_shot(
            shot_edits.free_id(one.id for one in board.shots),
            scene,
            at_first(self._controller),
            frozen=board.frozen,
        )
        self._edit(
            lambda: shot_edits.changed(
                shot_edits.inserted(board, shot, after=after.id),
                frozen=taken_views.frozen_with(board, scene.moment, values),
            ),
            select=shot.id,
        )

    @trigger
    def take_view(self) -> None:
        """Let the edited shot go on to the present view and level."""
        board, shot = self._studio.board, self._studio.shot
        if board is not None and shot is not None:
            scene = self._controller.session.scene
            self._edit(lambda: shot_edits.with_shot(board, taken_views.with_view(shot, scene)))
            if (taken := self._studio.shot) is not None:
                self._studio.at_s = self._studio.start_of(taken.id) + taken.seconds
                self._studio.publish()

    @trigger
    def select_shot(self, shot: Word) -> None:
        """Select a shot, and show its first second."""
        try:
            self._studio.select(shot)
        except TwinError as error:
            self._controller.show_error(error)
            return
        if self._studio.player is not None:
            self._studio.player.show(self._studio.at_s)

    @trigger
    def move_shot(self, shot: Word, to: Annotated[int, Field(ge=-1, le=500)]) -> None:
        """Move a shot to another place, from 0."""
        board = self._studio.board
        if board is not None:
            self._edit(lambda: shot_edits.moved(board, shot, to), select=shot)

    @trigger
    def duplicate_shot(self, shot: Word) -> None:
        """Copy a shot behind itself."""
        board = self._studio.board
        if board is None:
            return
        try:
            copied, new = shot_edits.duplicated(board, shot)
        except TwinError as error:
            self._controller.show_error(error)
            return
        self._edit(lambda: copied, select=new)

    @trigger
    def remove_shot(self, shot: Word) -> None:
        """Remove a shot."""
        board = self._studio.board
        if board is not None:
            self._edit(lambda: shot_edits.removed(board, shot))

    @trigger
    def undo_edit(self) -> None:
        """Go back one edit."""
        self._studio.film.undo()

    @trigger
    def redo_edit(self) -> None:
        """Go forward one edit."""
        self._studio.film.redo()

    @trigger
    def keep_my_film(self) -> None:
        """Overwrite the file that was changed elsewhere."""
        self._studio.film.keep_mine()

    @trigger
    def take_their_film(self) -> None:
        """Open what the file has now."""
        self._controller.query(self._studio.film.take_theirs(), lambda _: None)

    def _edit(self, edit: Callable[[], Storyboard], *, select: str = "") -> None:
        try:
            board = edit()
        except TwinError as error:
            self._controller.show_error(error)
            return
        self._studio.film.do(board)
        if select:
            self._studio.select(select)
        self._studio.publish()


def build() -> None:
    with html.Section(v_if=("!presenting.on",), classes="strip glass", raw_attrs=[':aria-label="t.strip"']):
        with html.Div(classes="strip-head"):
            with html.Button(
                type="button",
                classes="tool tool-take",
                title=("t.take_shot_hint",),
                click="trigger('take_shot')",
            ):
                Icon("plus")
                html.Span("{{ t.take_shot }}")
            with html.Button(
                v_if=("film.name",),
                type="button",
                classes="tool",
                title=("t.take_view_hint",),
                click="trigger('take_view')",
            ):
                Icon("camera-outline")
                html.Span("{{ t.take_view }}")
            with html.Template(v_if=("film.name",)):
                _icon("undo", "undo_edit", "undo", disabled="!film.can_undo")
                _icon("redo", "redo_edit", "redo", disabled="!film.can_redo")
            with html.Template(v_if=("film.name",)):
                build_bar()
            with html.Div(classes="strip-name"):
                html.B("{{ film.name || t.film_none }}")
                html.Span(
                    "{{ t['film_state_' + film.saved] }}",
                    v_if=("film.name",),
                    classes=("'film-' + film.saved",),
                    raw_attrs=['role="status"'],
                )
            with html.Div(v_if=("film.file_note",), classes="strip-note", raw_attrs=['role="alert"']):
                html.Span("{{ film.file_note }}")
                html.Button(
                    "{{ t.film_take_theirs }}",
                    v_if=("film.saved === 'changed'",),
                    type="button",
                    classes="tool",
                    click="trigger('take_their_film')",
                )
                html.Button(
                    "{{ t.film_keep_mine }}",
                    v_if=("['changed', 'broken', 'gone'].includes(film.saved)",),
                    type="button",
                    classes="tool",
                    click="trigger('keep_my_film')",
                )
        html.P(
            "{{ film.problem }}", v_if=("film.problem",), classes="strip-problem", raw_attrs=['role="status"']
        )
        html.P("{{ t.strip_empty }}", v_if=("!film.name",), classes="strip-empty")
        with html.Ol(v_if=("film.name",), classes="shots", raw_attrs=[':aria-label="t.strip"']):
            _shot()


def _shot() -> None:
    with html.Li(
        v_for=("shot, number in film.shots",),
        key=("shot.id",),
        classes=("'shot' + (shot.id === film.selected ? ' shot-on' : '')",),
        raw_attrs=[
            'draggable="true"',
            '@dragstart="window.twinDesk.shotDragged($event, shot.id)"',
            "@dragover.prevent",
            '@drop.prevent="window.twinDesk.shotDropped($event, number)"',
        ],
    ):
        with html.Button(
            type="button",
            classes="shot-pick",
            click="trigger('select_shot', [shot.id])",
            raw_attrs=[
                ":aria-current=\"shot.id === film.selected ? 'true' : 'false'\"",
                ':data-shot="shot.id"',
                "@keydown.alt.left.prevent.stop=\"trigger('move_shot', [shot.id, number - 1])\"",
                "@keydown.alt.right.prevent.stop=\"trigger('move_shot', [shot.id, number + 1])\"",
                "@keydown.delete.prevent=\"trigger('remove_shot', [shot.id])\"",
            ],
        ):
            html.Img(v_if=("shot.thumb",), raw_attrs=[':src="shot.thumb"', 'alt=""', 'draggable="false"'])
            html.Span(v_if=("!shot.thumb",), classes="shot-blank")
            html.B("{{ number + 1 }}", classes="shot-number")
            with html.Span(
                v_if=("shot.problem",),
                classes=("'shot-problem' + (shot.grave ? ' shot-grave' : '')",),
                title=("shot.problem",),
            ):
                Icon("alert-outline")
            html.Span("{{ shot.name }}", classes="shot-name")
            html.Span("{{ shot.seconds }} s · {{ shot.water }}", classes="shot-facts")
        with html.Div(v_if=("shot.id === film.selected",), classes="shot-tools"):
            _icon("chevron-left", "move_shot", "shot_left", "[shot.id, number - 1]", disabled="number === 0")
            _icon(
                "chevron-right",
                "move_shot",
                "shot_right",
                "[shot.id, number + 1]",
                disabled="number === film.shots.length - 1",
            )
            _icon("content-copy", "duplicate_shot", "shot_copy", "[shot.id]")
            _icon("delete", "remove_shot", "shot_remove", "[shot.id]", disabled="film.shots.length === 1")


def _icon(icon: str, action: str, text: str, arguments: str = "[]", *, disabled: str = "false") -> None:
    """Add a button that is an icon alone; ``disabled`` is an expression of the page."""
    with html.Button(
        type="button",
        classes="tool tool-icon",
        title=(f"t.{text}",),
        click=f"trigger('{action}', {arguments})",
        raw_attrs=[f':aria-label="t.{text}"', f':disabled="{disabled}"'],
    ):
        Icon(icon)


def _view(controller: Controller) -> Mapping[str, Any]:
    return {"film": film_view(studio_of(controller), controller.language)}


PART = Part(
    id="strip",
    state={"film": FilmView()},
    client_only=("film",),
    view=_view,
    build=build,
    actions=(StripActions,),
    keys={
        "t": ("trigger", "take_shot", []),
        "y": ("trigger", "take_view", []),
        "z": ("trigger", "undo_edit", []),
        "x": ("trigger", "redo_edit", []),
    },
    help=(("T", "take_shot"), ("Y", "take_view"), ("Z", "undo"), ("X", "redo"), ("Alt+← →", "key_move_shot")),
)
