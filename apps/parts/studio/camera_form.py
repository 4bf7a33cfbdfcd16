"""Form of a shot's camera: views, circle, line followed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from trame.widgets import html

from apps.parts.studio.form_inputs import check_input, form_tool, number_input
from apps.parts.studio.shot_editing import LineNumber, ShotEditing
from apps.parts.triggers import Number, trigger
from apps.studio import camera_fields
from apps.studio.taken_views import camera_key
from twin.storyboard.storyboard import Shot


class CameraActions(ShotEditing):
    """Edits of the shot's camera."""

    @trigger
    def set_camera(self, kind: Literal["keys", "orbit", "follow"]) -> None:
        """Set the kind of camera.

        It begins with what was there, else the present view or the first line.
        """
        here = camera_key(self.controller.session.scene.camera, 0.0)
        line = next(iter(self.studio.lines), None)
        self.edit(lambda shot: camera_fields.with_camera(shot, kind, here=here, line=line))

    @trigger
    def retake_key(self, number: LineNumber) -> None:
        """Replace a view of the shot by the present one."""
        camera = self.controller.session.scene.camera

        def edit(shot: Shot) -> Shot:
            at_s = shot.camera.keys[number].at_s if number < len(shot.camera.keys) else 0.0
            return camera_fields.with_key(shot, number, camera_key(camera, at_s))

        self.edit(edit)

    @trigger
    def time_key(self, number: LineNumber, at_s: Annotated[Number, Field(ge=0, le=600)]) -> None:
        """Set the second of the shot at which a view is reached."""

        def edit(shot: Shot) -> Shot:
            keys = shot.camera.keys
            if not 0 < number < len(keys):
                return shot
            return camera_fields.with_key(shot, number, keys[number].model_copy(update={"at_s": at_s}))

        self.edit(edit)

    @trigger
    def remove_key(self, number: LineNumber) -> None:
        """Remove a view of the shot."""
        self.edit(lambda shot: camera_fields.without_key(shot, number))


def build_camera() -> None:
    """Add the camera's kind, and what belongs to it."""
    html.H3("{{ t.shot_camera }}")
    with html.Label(classes="form-field"):
        html.Span("{{ t.shot_movement }}")
        with html.Select(
            classes="choice",
            change="trigger('set_camera', [$event.target.value])",
            raw_attrs=[':value="edit.camera"', 'data-field="camera"'],
        ):
            for kind in ("keys", "orbit", "follow"):
                shown = "edit.lines.length" if kind == "follow" else "true"
                html.Option(f"{{{{ t.movement_{kind} }}}}", v_if=(shown,), value=kind)
    with html.Template(v_if=("edit.camera === 'orbit'",)):
        number_input("turn_deg", "shot_turn", least=-3600, most=3600, step="5")
    with html.Template(v_if=("edit.camera === 'follow'",)):
        _follow()
    with html.Ol(v_if=("edit.camera_keys.length",), classes="form-lines"):
        _keys()


def _follow() -> None:
    with html.Label(classes="form-field"):
        html.Span("{{ t.shot_line }}")
        with html.Select(
            classes="choice",
            change="trigger('set_shot', ['follow', $event.target.value])",
            raw_attrs=[':value="edit.follow"', 'data-field="follow"'],
        ):
            html.Option("{{ l.name }}", v_for=("l in edit.lines",), key=("l.id",), value=("l.id",))
    check_input("upstream", "edit.upstream", "shot_upstream")
    with html.Div(classes="form-pair"):
        number_input("distance_m", "shot_distance", least=50, most=400000, step="100")
        number_input("pitch_deg", "shot_pitch", least=-90, most=30, step="1")


def _keys() -> None:
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
        form_tool(
            "eye",
            "shot_key_go",
            "trigger('go_to_second', [film.shots[edit.number - 1].start_s + key.at_s])",
        )
        form_tool("camera-outline", "shot_key_retake", "trigger('retake_key', [number])")
        form_tool(
            "delete",
            "shot_key_remove",
            "trigger('remove_key', [number])",
            disabled="edit.camera_keys.length < 2",
        )
