"""Panel of one shot: times, water, camera, words, panels over the picture."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from trame.widgets import html

from apps.parts.part import Part
from apps.parts.studio.camera_form import CameraActions, build_camera
from apps.parts.studio.form_inputs import check_input, form_tool, number_input, select_input, text_input
from apps.parts.studio.shot_editing import FormValue, ShotEditing
from apps.parts.studio.shot_form import ShotForm, shot_form
from apps.parts.studio.studio_state import studio_of
from apps.parts.studio.water_form import WaterTrackActions, build_water
from apps.parts.studio.words_form import WordsActions, build_words
from apps.parts.triggers import Word, trigger
from apps.parts.widgets import panel, panel_button
from apps.session.controller import Controller
from apps.studio import shot_fields
from apps.studio.followed_lines import FollowedLine, lines_to_follow


class ShotActions(ShotEditing):
    """Edits of single fields."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        controller.on_selection.append(lambda: controller.publish_part("shot_panel"))
        controller.on_panel.append(self._find_lines)

    @trigger
    def set_shot(self, field: Word, value: FormValue) -> None:
        """Set a field of the form; see :func:`apps.studio.shot_fields.with_field`."""
        language, zone = self.language, self.controller.session.zone
        self.edit(lambda shot: shot_fields.with_field(shot, field, value, language=language, zone=zone))

    def _find_lines(self) -> None:
        """Read the lines that can be followed, when the form is opened first."""
        if self.controller.panel == "shot" and not self.studio.lines:
            reading = asyncio.to_thread(lines_to_follow, self.controller.session.basin)
            self.controller.query(reading, self._have_lines)

    def _have_lines(self, lines: Sequence[FollowedLine]) -> None:
        self.studio.lines = lines
        self.controller.publish_part("shot_panel")

    @trigger
    def set_poster(self) -> None:
        """Set the second that is shown as that of still and slide."""
        self.set_shot("poster_s", round(self.second_of_shot(), 2))


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
            text_input("name", "shot_name")
            with html.Div(classes="form-pair"):
                number_input("seconds", "shot_seconds", least=0.1, most=600)
                number_input("fade_s", "shot_fade", least=0, most=5)
            build_water()
            build_camera()
            build_words()
            _panels()


def _panels() -> None:
    html.H3("{{ t.shot_panels }}")
    for name in ("numbers", "chart", "inset"):
        check_input(f"panel_{name}", f"edit.panels.{name}", f"panel_{name}")
    check_input("uncertain", "edit.uncertain", "shot_uncertain")
    with html.Label(classes="form-field"):
        html.Span("{{ t.shot_stations }}")
        select_input("stations", "edit.stations", ("none", "frozen", "history"), "stations")
    with html.Div(classes="form-field"):
        html.Label("{{ t.shot_poster }}", raw_attrs=['for="poster-s"'])
        with html.Div(classes="form-row"):
            html.Input(
                type="number",
                change=(
                    "trigger('set_shot', ['poster_s',"
                    " $event.target.value === '' ? '' : Number($event.target.value)])"
                ),
                raw_attrs=[
                    'id="poster-s"',
                    ':value="edit.poster_s"',
                    'min="0"',
                    ':max="edit.seconds"',
                    'step="0.1"',
                    ':placeholder="t.shot_poster_auto"',
                    'data-field="poster_s"',
                ],
            )
            form_tool("camera-outline", "shot_poster_now", "trigger('set_poster')")


def _view(controller: Controller) -> Mapping[str, Any]:
    studio = studio_of(controller)
    if studio.board is None or studio.shot is None:
        return {"edit": ShotForm()}
    return {
        "edit": shot_form(
            studio.shot, studio.board, controller.session, controller.language, lines=studio.lines
        )
    }


PART = Part(
    id="shot_panel",
    state={"edit": ShotForm()},
    client_only=("edit",),
    view=_view,
    build=build,
    panel="shot",
    actions=(ShotActions, WaterTrackActions, CameraActions, WordsActions),
    button=lambda: panel_button("shot", "movie-edit", key="M"),
    tools="head",
    keys={"m": ("panel", "shot")},
    help=(("M", "shot"),),
)
