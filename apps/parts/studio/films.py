"""Panel of films: open, new, copy, rename, delete, settings."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, ValidationError
from trame.widgets import html

from apps.browser.module import Icon
from apps.formatting import written
from apps.parts.part import Part
from apps.parts.studio.strip_view import worded
from apps.parts.studio.studio_state import begin_film, studio_of
from apps.parts.triggers import trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller
from apps.studio import shot_edits
from apps.studio.shot_fields import ShotFieldError
from twin.access import LEVELS
from twin.errors import TwinError

Name = Annotated[str, StringConstraints(max_length=200)]
Size = Literal["1280x720", "1920x1080", "2560x1440", "3840x2160"]
SIZES: tuple[Size, ...] = ("1280x720", "1920x1080", "2560x1440", "3840x2160")


@dataclass(frozen=True, kw_only=True)
class FilmRow:
    name: str
    changed: str


@dataclass(frozen=True, kw_only=True)
class FilmsView:
    """Films of the folder, and settings of the open one."""

    rows: list[FilmRow] = field(default_factory=list)
    title: str = ""
    language: str = "zh"
    size: str = ""
    sizes: list[str] = field(default_factory=list)
    fps: int = 30
    access: str = "public"


class FilmActions:
    """Files of films; what fails leaves all as it was."""

    def __init__(self, controller: Controller) -> None:
        self._controller, self._studio = controller, studio_of(controller)
        controller.on_panel.append(self._listed)

    @trigger
    def open_film(self, name: Name) -> None:
        """Open a film, and show its first frame."""
        self._do(self._open(name))

    @trigger
    def new_film(self) -> None:
        """Create a film with the present view."""
        self._do(begin_film(self._controller))

    @trigger
    def copy_film(self, name: Name) -> None:
        """Copy a film, and open the copy."""

        async def copy() -> None:
            await self._studio.film.flush()
            await self._open(await self._studio.film.copy(name))

        self._do(copy())

    @trigger
    def rename_film(self, new: Name) -> None:
        """Rename the open film; a title like its name goes along."""

        async def rename() -> None:
            film, before = self._studio.film, self._studio.film.name
            await film.rename(new.strip())
            if film.board is not None and film.board.title == before:
                film.do(shot_edits.changed(film.board, title=film.name))

        self._do(rename())

    @trigger
    def delete_film(self, name: Name) -> None:
        """Move a film to the trash."""
        self._do(self._studio.film.delete(name))

    @trigger
    def set_film(self, field: Literal["title", "language", "size", "fps", "access"], value: Name) -> None:
        """Set a field of the open film."""
        board = self._studio.board
        if board is None:
            return
        width, _, height = value.partition("x")
        try:
            new: Any = (
                (int(width), int(height)) if field == "size" else int(value) if field == "fps" else value
            )
            self._studio.film.do(shot_edits.changed(board, **{field: new}))
        except (ValidationError, ValueError):
            error = ShotFieldError(f"{value!r} cannot be used here", field=field, value=value[:40])
            self._controller.show_error(error)
        self._studio.publish()

    async def _open(self, name: str) -> None:
        studio = self._studio
        await studio.film.open(name)
        if studio.board is None:
            return
        studio.select(studio.board.shots[0].id)
        if studio.player is not None:
            studio.player.show(0.0)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        async def run() -> None:
            try:
                await work
            except TwinError as error:
                self._controller.show_error(error)
            self._studio.files = await self._studio.film.listed()
            self._studio.publish()

        self._controller.query(run(), lambda _: None)

    def _listed(self) -> None:
        """The list is read when the panel is opened."""

        async def nothing() -> None: ...

        if self._controller.panel == "films":
            self._do(nothing())


def build() -> None:
    with panel("films"):
        html.H2("{{ t.films }}")
        with html.Button(type="button", classes="tool films-new", click="trigger('new_film')"):
            Icon("plus")
            html.Span("{{ t.film_begin }}")
        with html.Ul(classes="films"):
            with html.Li(
                v_for=("row in films.rows",),
                key=("row.name",),
                classes=("row.name === film.name ? 'film-open' : ''",),
            ):
                with html.Button(
                    type="button", classes="film-name", click="trigger('open_film', [row.name])"
                ):
                    html.Span("{{ row.name }}")
                    html.Small("{{ row.changed }}")
                for icon, action, text in (
                    ("content-copy", "copy_film", "film_copy"),
                    ("delete", "delete_film", "film_delete"),
                ):
                    with html.Button(
                        type="button",
                        classes="tool tool-icon",
                        title=(f"t.{text}",),
                        click=f"trigger('{action}', [row.name])",
                        raw_attrs=[f":aria-label=\"t.{text} + ' ' + row.name\""],
                    ):
                        Icon(icon)
        html.P("{{ t.films_none }}", v_if=("!films.rows.length",), classes="note")
        with html.Div(v_if=("film.name",), key=("film.name",), classes="shot-form"):
            html.H3("{{ t.film_settings }}")
            _field("film_name", "film.name", "trigger('rename_film', [$event.target.value])")
            _field("film_title", "films.title", "trigger('set_film', ['title', $event.target.value])")
            with html.Div(classes="form-pair"):
                _choice("film_size", "size", "films.size", "films.sizes")
                _choice("film_fps", "fps", "String(films.fps)", "['15', '25', '30', '60']")
            with html.Label(classes="form-field"):
                html.Span("{{ t.film_language }}")
                with html.Select(
                    classes="choice",
                    change="trigger('set_film', ['language', $event.target.value])",
                    raw_attrs=[':value="films.language"'],
                ):
                    html.Option("中文", value="zh")
                    html.Option("English", value="en")
            with html.Label(classes="form-field"):
                html.Span("{{ t.film_access }}")
                with html.Select(
                    classes="choice",
                    change="trigger('set_film', ['access', $event.target.value])",
                    raw_attrs=[':value="films.access"'],
                ):
                    for access in LEVELS:
                        html.Option(f"{{{{ t.film_access_{access} }}}}", value=access)
        html.P("{{ t.films_note }}", classes="note")


def _field(text: str, value: str, change: str) -> None:
    with html.Label(classes="form-field"):
        html.Span(f"{{{{ t.{text} }}}}")
        html.Input(
            type="text",
            change=change,
            raw_attrs=[f':value="{value}"', 'maxlength="200"', f'data-field="{text}"'],
        )


def _choice(text: str, field: str, value: str, choices: str) -> None:
    with html.Label(classes="form-field"):
        html.Span(f"{{{{ t.{text} }}}}")
        with html.Select(
            classes="choice",
            change=f"trigger('set_film', ['{field}', $event.target.value])",
            raw_attrs=[f':value="{value}"'],
        ):
            html.Option("{{ c.replace('x', ' × ') }}", v_for=(f"c in {choices}",), key=("c",), value=("c",))


def _view(controller: Controller) -> Mapping[str, Any]:
    studio, zone = studio_of(controller), controller.session.zone
    rows = [FilmRow(name=one.name, changed=written(one.changed_at, zone)) for one in studio.files]
    board = studio.board
    if board is None:
        return {"films": FilmsView(rows=rows)}
    size = f"{board.size[0]}x{board.size[1]}"
    return {
        "films": FilmsView(
            rows=rows,
            title=worded(board.title, board.language),
            language=board.language,
            size=size,
            sizes=[*SIZES, *([] if size in SIZES else [size])],
            fps=board.fps,
            access=board.access,
        )
    }


PART = Part(
    id="films",
    state={"films": FilmsView()},
    client_only=("films",),
    view=_view,
    build=build,
    panel="films",
    actions=(FilmActions,),
    button=lambda: panel_button("films", "movie-open", key="O"),
    tools="head",
    keys={"o": ("panel", "films")},
    help=(("O", "key_panels"),),
)
