"""Settings of the open film: title, picture, language, sound, title block."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints
from trame.widgets import html

from apps.parts.studio.strip_view import worded
from apps.parts.studio.studio_state import studio_of
from apps.parts.triggers import trigger
from apps.session.controller import Controller
from apps.studio.film_fields import FilmField, with_film_field
from twin.access import LEVELS
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.parts.studio.studio_state import StudioState

Typed = Annotated[str, StringConstraints(max_length=200)]
SIZES = ("1280x720", "1920x1080", "2560x1440", "3840x2160")
BLOCK = ("unit", "classification", "map_approval")


@dataclass(frozen=True, kw_only=True)
class FilmSettings:
    """Settings of the open film; words in its language.

    ``sound`` is '' for none, as are the fields of the title block where the site's are taken.
    """

    title: str = ""
    language: str = "zh"
    size: str = ""
    sizes: list[str] = field(default_factory=list)
    fps: int = 30
    access: str = "public"
    sound: str = ""
    sounds: list[str] = field(default_factory=list)
    dated: str = ""
    block: dict[str, str] = field(default_factory=dict)


class SettingsActions:
    """Edits of the film's own fields."""

    def __init__(self, controller: Controller) -> None:
        self._controller, self._studio = controller, studio_of(controller)

    @trigger
    def set_film(self, field: FilmField, value: Typed) -> None:
        """Set a field of the open film.

        '' takes the site's, or none.
        """
        board = self._studio.board
        if board is None:
            return
        try:
            self._studio.film.do(with_film_field(board, field, value))
        except TwinError as error:
            self._controller.show_error(error)
        self._studio.publish()


def film_settings(studio: StudioState) -> FilmSettings:
    """Return the settings of the open film."""
    board = studio.board
    if board is None:
        return FilmSettings()
    size = f"{board.size[0]}x{board.size[1]}"
    block, sound = board.title_block, board.sound or ""
    return FilmSettings(
        title=worded(board.title, board.language),
        language=board.language,
        size=size,
        sizes=[*SIZES, *([] if size in SIZES else [size])],
        fps=board.fps,
        access=board.access,
        sound=sound,
        sounds=[*studio.sounds, *([sound] if sound and sound not in studio.sounds else [])],
        dated="" if board.dated is None else board.dated.isoformat(),
        block={name: "" if block is None else worded(getattr(block, name), board.language) for name in BLOCK},
    )


def build_settings() -> None:
    """Add the settings, below the list of films."""
    html.H3("{{ t.film_settings }}")
    _text("film_name", "film.name", "trigger('rename_film', [$event.target.value])")
    _text("film_title", "film_set.title", _setting("title"))
    with html.Div(classes="form-pair"):
        for name, choices, words in (
            ("size", "film_set.sizes", "c.replace('x', ' × ')"),
            ("fps", "['15', '25', '30', '60']", "c"),
        ):
            with _select(name, f"String(film_set.{name})"):
                html.Option(f"{{{{ {words} }}}}", v_for=(f"c in {choices}",), key=("c",), value=("c",))
    with _select("language", "film_set.language"):
        html.Option("中文", value="zh")
        html.Option("English", value="en")
    with _select("access", "film_set.access"):
        for access in LEVELS:
            html.Option(f"{{{{ t.film_access_{access} }}}}", value=access)
    with _select("sound", "film_set.sound"):
        html.Option("{{ t.film_sound_none }}", value="")
        html.Option("{{ s }}", v_for=("s in film_set.sounds",), key=("s",), value=("s",))
    html.P("{{ t.film_sound_where }}", v_if=("!film_set.sounds.length",), classes="note")
    html.H3("{{ t.film_block }}")
    for name in BLOCK:
        _text(f"film_{name}", f"film_set.block.{name}", _setting(name), hint="film_block_site")
    _text("film_dated", "film_set.dated", _setting("dated"), kind="date")


def _setting(field: str) -> str:
    return f"trigger('set_film', ['{field}', $event.target.value])"


def _text(text: str, value: str, change: str, *, kind: str = "text", hint: str = "") -> None:
    with html.Label(classes="form-field"):
        html.Span(f"{{{{ t.{text} }}}}")
        html.Input(
            type=kind,
            change=change,
            raw_attrs=[
                f':value="{value}"',
                'maxlength="200"',
                f'data-field="{text}"',
                *([f':placeholder="t.{hint}"'] if hint else []),
            ],
        )


def _select(field: str, value: str) -> html.Select:
    """Add a labelled choice; its options are added within."""
    with html.Label(classes="form-field"):
        html.Span(f"{{{{ t.film_{field} }}}}")
        return html.Select(
            classes="choice",
            change=_setting(field),
            raw_attrs=[f':value="{value}"', f'data-field="film_{field}"'],
        )
