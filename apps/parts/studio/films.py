"""Panel of films: open, new, copy, rename, delete."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import StringConstraints
from trame.widgets import html

from apps.browser.module import Icon
from apps.formatting import written
from apps.parts.part import Part
from apps.parts.studio.film_settings import FilmSettings, SettingsActions, build_settings, film_settings
from apps.parts.studio.studio_state import begin_film, studio_of
from apps.parts.triggers import trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller
from apps.studio import shot_edits
from twin.errors import TwinError

Name = Annotated[str, StringConstraints(max_length=200)]


@dataclass(frozen=True, kw_only=True)
class FilmRow:
    name: str
    changed: str


@dataclass(frozen=True, kw_only=True)
class FilmsView:
    """Films of the folder."""

    rows: list[FilmRow] = field(default_factory=list)


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
            self._studio.sounds = await self._studio.film.sounds()
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
            build_settings()
        html.P("{{ t.films_note }}", classes="note")


def _view(controller: Controller) -> Mapping[str, Any]:
    studio, zone = studio_of(controller), controller.session.zone
    rows = [FilmRow(name=one.name, changed=written(one.changed_at, zone)) for one in studio.files]
    return {"films": FilmsView(rows=rows), "film_set": film_settings(studio)}


PART = Part(
    id="films",
    state={"films": FilmsView(), "film_set": FilmSettings()},
    client_only=("films", "film_set"),
    view=_view,
    build=build,
    panel="films",
    actions=(FilmActions, SettingsActions),
    button=lambda: panel_button("films", "movie-open", key="O"),
    tools="head",
    keys={"o": ("panel", "films")},
    help=(("O", "films"),),
)
