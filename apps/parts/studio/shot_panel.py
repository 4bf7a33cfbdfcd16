"""Panel of one shot: times, water, camera, words, panels over the picture."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from trame.widgets import html

from apps.browser.module import Icon
from apps.parts.part import Part
from apps.parts.studio.shot_form import ShotForm, shot_form
from apps.parts.studio.studio_state import studio_of
from apps.parts.triggers import Number, Word, trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller
from apps.studio import shot_edits, shot_fields
from apps.studio.taken_views import camera_key
from twin.errors import TwinError
from twin.storyboard.storyboard import Shot

Typed = Annotated[str, StringConstraints(max_length=500)]
Value = bool | Number | Typed
Place = Annotated[int, Field(ge=0, le=200)]
SCENARIO = "scenario:"


class ShotActions:
    """Edits of the shot in the form; each can be undone."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._studio = studio_of(controller)
        controller.on_selection.append(lambda: controller.publish_part("shot_panel"))

    @trigger
    def set_shot(self, field: Word, value: Value) -> None:
        """Set a field of the form; see :func:`apps.studio.shot_fields.with_field`."""
        board = self._studio.board
        language = self._controller.language if board is None else board.language
        zone = self._controller.session.zone
        if field == "water" and str(value).startswith(SCENARIO):
            self._edit(lambda shot: self._with_flood(shot, str(value).removeprefix(SCENARIO)))
        elif field == "water" and value in ("level", "rise"):
            self._edit(lambda shot: self._with_levels(shot, str(value)))
        else:
            self._edit(lambda shot: shot_fields.with_field(shot, field, value, language=language, zone=zone))

    @trigger
    def set_line(self, lines: shot_fields.Lines, number: Place, field: Word, value: Value) -> None:
        """Set text or times of a caption or call-out."""
        board = self._studio.board
        language = self._controller.language if board is None else board.language
        self._edit(lambda shot: shot_fields.with_line(shot, lines, number, field, value, language=language))

    @trigger
    def add_caption(self, text: Typed) -> None:
        """Add a caption."""
        at_s = self._local_s()
        self._edit(lambda shot: shot_fields.with_caption(shot, text, at_s=at_s))

    @trigger
    def add_callout(self, text: Typed) -> None:
        """Add words at the clicked point, or where the camera aims."""
        scene = self._controller.session.scene
        east, north = scene.camera.target_east_m, scene.camera.target_north_m
        if (chosen := scene.selection) is not None and chosen.east_m is not None:
            assert chosen.north_m is not None
            east, north = chosen.east_m, chosen.north_m
        self._edit(lambda shot: shot_fields.with_callout(shot, text, east_m=east, north_m=north))

    @trigger
    def remove_line(self, lines: shot_fields.Lines, number: Place) -> None:
        """Remove a caption or call-out."""
        self._edit(lambda shot: shot_fields.without_line(shot, lines, number))

    @trigger
    def retake_key(self, number: Place) -> None:
        """Replace a view of the shot by the present one."""
        camera = self._controller.session.scene.camera

        def edit(shot: Shot) -> Shot:
            at_s = shot.camera.keys[number].at_s if number < len(shot.camera.keys) else 0.0
            return shot_fields.with_key(shot, number, camera_key(camera, at_s))

        self._edit(edit)

    @trigger
    def time_key(self, number: Place, at_s: Annotated[Number, Field(ge=0, le=600)]) -> None:
        """Set the second of the shot at which a view is reached."""

        def edit(shot: Shot) -> Shot:
            keys = shot.camera.keys
            if not 0 < number < len(keys):
                return shot
            return shot_fields.with_key(shot, number, keys[number].model_copy(update={"at_s": at_s}))

        self._edit(edit)

    @trigger
    def remove_key(self, number: Place) -> None:
        """Remove a view of the shot."""
        self._edit(lambda shot: shot_fields.without_key(shot, number))

    def _with_levels(self, shot: Shot, kind: str) -> Shot:
        """A level of the shot's own: what it had, else the one that is shown now."""
        had = [] if shot.water is None else [key.level_m for key in shot.water.levels]
        level_m = had[0] if had else self._controller.session.scene.moment.level_m
        zone = self._controller.session.zone
        still = shot_edits.changed_shot(shot, water=None)
        still = shot_fields.with_field(still, "level", level_m, language="zh", zone=zone)
        if kind == "level":
            return still
        return shot_fields.with_field(
            still, "level_to", had[-1] if had else level_m, language="zh", zone=zone
        )

    def _with_flood(self, shot: Shot, id_: str) -> Shot:
        flood = self._controller.session.flood
        if flood is None or flood.id != id_:
            raise shot_fields.ShotFieldError(f"there is no flood {id_}", field="water", value=id_)
        start, end = (datetime.fromtimestamp(at, UTC) for at in (flood.start, flood.end))
        return shot_fields.with_scenario(shot, id_, start, end)

    def _local_s(self) -> float:
        studio = self._studio
        return 0.0 if studio.shot is None else max(0.0, studio.at_s - studio.start_of(studio.shot.id))

    def _edit(self, edit: Callable[[Shot], Shot]) -> None:
        board, shot = self._studio.board, self._studio.shot
        if board is None or shot is None:
            return
        try:
            new = shot_edits.with_shot(board, edit(shot))
        except TwinError as error:
            self._controller.show_error(error)
            self._studio.publish()
            return
        self._studio.film.do(new)
        self._studio.publish()


def build() -> None:
    with panel("shot", wide=False):
        html.P("{{ t.shot_none }}", v_if=("!edit.id",), classes="note")
        with html.Div(v_if=("edit.id",), key=("edit.id",), classes="shot-form"):
            html.H2("{{ t.shot_number.replace('{number}', edit.number) }}")
            html.P(
                "{{ film.shots[edit.number - 1]?.problem }}",
                v_if=("film.shots[edit.number - 1]?.problem",),
                classes="form-problem",
                raw_attrs=['role="status"'],
            )
            _text("name", "shot_name")
            with html.Div(classes="form-pair"):
                _number("seconds", "shot_seconds", least=0.1, most=600)
                _number("fade_s", "shot_fade", least=0, most=5)
            html.H3("{{ t.shot_water }}")
            _water()
            html.H3("{{ t.shot_camera }}")
            _camera()
            html.H3("{{ t.shot_words }}")
            _text("title", "shot_title")
            _text("under", "shot_under", shown="edit.title")
            _lines("captions", "caption", "add_caption")
            _lines("callouts", "callout", "add_callout", note="edit.place")
            html.H3("{{ t.shot_panels }}")
            for name in ("numbers", "chart", "inset"):
                _check(f"panel_{name}", f"edit.panels.{name}", f"panel_{name}")
            _check("uncertain", "edit.uncertain", "shot_uncertain")
            with html.Label(classes="form-field"):
                html.Span("{{ t.shot_stations }}")
                _select("stations", "edit.stations", ("none", "frozen", "history"), "stations")


def _text(field: str, text: str, *, shown: str = "true") -> None:
    with html.Label(v_if=(shown,), classes="form-field"):
        html.Span(f"{{{{ t.{text} }}}}")
        html.Input(
            type="text",
            change=f"trigger('set_shot', ['{field}', $event.target.value])",
            raw_attrs=[f':value="edit.{field}"', 'maxlength="500"', f'data-field="{field}"'],
        )


def _number(
    field: str, text: str, *, least: object, most: object, step: str = "0.1", plain: str = ""
) -> None:
    """Add a number of the form; ``plain`` is its name where the level stays."""
    with html.Label(classes="form-field"):
        html.Span(
            f"{{{{ edit.level_to === '' ? t.{plain} : t.{text} }}}}" if plain else f"{{{{ t.{text} }}}}"
        )
        html.Input(
            type="number",
            change=f"trigger('set_shot', ['{field}', Number($event.target.value)])",
            raw_attrs=[
                f':value="edit.{field}"',
                f':min="{least}"',
                f':max="{most}"',
                f'step="{step}"',
                f'data-field="{field}"',
            ],
        )


def _check(field: str, value: str, text: str) -> None:
    with html.Label(classes="check"):
        html.Input(
            type="checkbox",
            change=f"trigger('set_shot', ['{field}', $event.target.checked])",
            raw_attrs=[f':checked="{value}"'],
        )
        html.Span(f"{{{{ t.{text} }}}}")


def _select(field: str, value: str, choices: tuple[str, ...], text: str) -> None:
    with html.Select(
        classes="choice",
        change=f"trigger('set_shot', ['{field}', $event.target.value])",
        raw_attrs=[f':value="{value}"', f'data-field="{field}"'],
    ):
        for choice in choices:
            html.Option(f"{{{{ t.{text}_{choice} }}}}", value=choice)


def _water() -> None:
    with html.Label(classes="form-field"):
        html.Span("{{ t.shot_level }}")
        with html.Select(
            classes="choice",
            change="trigger('set_shot', ['water', $event.target.value])",
            raw_attrs=[':value="edit.water"', 'data-field="water"'],
        ):
            html.Option("{{ w.name }}", v_for=("w in edit.waters",), key=("w.id",), value=("w.id",))
    with html.Div(v_if=("edit.level !== ''",), classes="form-pair"):
        _number(
            "level",
            "shot_from_level",
            plain="shot_level_m",
            least="edit.lowest_m",
            most="edit.highest_m",
            step="0.01",
        )
        with html.Template(v_if=("edit.level_to !== ''",)):
            _number("level_to", "shot_to_level", least="edit.lowest_m", most="edit.highest_m", step="0.01")
    with html.Div(v_if=("edit.start",), classes="form-pair"):
        for field, value in (("from", "start"), ("to", "end")):
            with html.Label(classes="form-field"):
                html.Span(f"{{{{ t.shot_span_{field} }}}}")
                html.Input(
                    type="datetime-local",
                    change=f"trigger('set_shot', ['{field}', $event.target.value])",
                    raw_attrs=[f':value="edit.{value}"', f'data-field="{field}"'],
                )


def _camera() -> None:
    html.P("{{ t.shot_follows }}", v_if=("edit.camera === 'follow'",), classes="note")
    with html.Label(v_if=("edit.camera !== 'follow'",), classes="form-field"):
        html.Span("{{ t.shot_movement }}")
        _select("camera", "edit.camera", ("keys", "orbit"), "movement")
    with html.Template(v_if=("edit.camera === 'orbit'",)):
        _number("turn_deg", "shot_turn", least=-3600, most=3600, step="5")
    with html.Ol(v_if=("edit.camera_keys.length",), classes="form-lines"):
        with html.Li(v_for=("key, number in edit.camera_keys",), key=("number",)):
            html.Span("{{ key.name }}")
            html.Input(
                type="number",
                change="trigger('time_key', [number, Number($event.target.value)])",
                raw_attrs=[
                    ':value="key.at_s"',
                    'min="0"',
                    ':max="edit.seconds"',
                    'step="0.1"',
                    ':disabled="number === 0"',
                    ":aria-label=\"key.name + ' ' + t.shot_key_at\"",
                ],
            )
            _tool(
                "eye",
                "shot_key_go",
                "trigger('go_to_second', [film.shots[edit.number - 1].start_s + key.at_s])",
            )
            _tool("camera-outline", "shot_key_retake", "trigger('retake_key', [number])")
            _tool(
                "delete",
                "shot_key_remove",
                "trigger('remove_key', [number])",
                disabled="edit.camera_keys.length < 2",
            )


def _lines(lines: Literal["captions", "callouts"], text: str, add: str, *, note: str = "") -> None:
    with html.Ol(v_if=(f"edit.{lines}.length",), classes="form-lines"):
        with html.Li(v_for=(f"line, number in edit.{lines}",), key=("number",)):
            html.Input(
                type="text",
                change=f"trigger('set_line', ['{lines}', number, 'text', $event.target.value])",
                raw_attrs=[':value="line.text"', f":aria-label=\"t.{text} + ' ' + (number + 1)\""],
            )
            for end in ("from_s", "to_s"):
                html.Input(
                    type="number",
                    change=(
                        f"trigger('set_line', ['{lines}', number, '{end}',"
                        " $event.target.value === '' ? '' : Number($event.target.value)])"
                    ),
                    raw_attrs=[
                        f':value="line.{end}"',
                        'min="0"',
                        ':max="edit.seconds"',
                        'step="0.1"',
                        f':aria-label="t.line_{end}"',
                        f':title="t.line_{end}"',
                        ':placeholder="edit.seconds"',
                    ],
                )
            _tool("delete", "line_remove", f"trigger('remove_line', ['{lines}', number])")
    with html.Label(classes="form-field"):
        html.Span(f"{{{{ t.{text} }}}}")
        html.Input(
            type="text",
            change=f"window.twinDesk.typed($event, '{add}')",
            raw_attrs=[f':placeholder="t.{text}_add"', 'maxlength="500"', f'data-field="{add}"'],
        )
    if note:
        html.P(f"{{{{ {note} }}}}", classes="note")


def _tool(icon: str, text: str, click: str, *, disabled: str = "false") -> None:
    with html.Button(
        type="button",
        classes="tool tool-icon",
        title=(f"t.{text}",),
        click=click,
        raw_attrs=[f':aria-label="t.{text}"', f':disabled="{disabled}"'],
    ):
        Icon(icon)


def _view(controller: Controller) -> Mapping[str, Any]:
    studio = studio_of(controller)
    if studio.board is None or studio.shot is None:
        return {"edit": ShotForm()}
    return {"edit": shot_form(studio.shot, studio.board, controller.session, controller.language)}


PART = Part(
    id="shot_panel",
    state={"edit": ShotForm()},
    client_only=("edit",),
    view=_view,
    build=build,
    panel="shot",
    actions=(ShotActions,),
    button=lambda: panel_button("shot", "movie-edit", key="M"),
    tools="head",
    keys={"m": ("panel", "shot")},
    help=(("M", "key_panels"),),
)
