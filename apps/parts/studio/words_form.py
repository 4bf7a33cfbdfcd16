"""Form of a shot's words: title, captions, call-outs."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from typing import Literal

from trame.widgets import html

from apps.parts.studio.form_inputs import form_tool, text_input
from apps.parts.studio.shot_editing import FormValue, LineNumber, ShotEditing, Typed
from apps.parts.triggers import Word, trigger
from apps.studio import shot_fields


class WordsActions(ShotEditing):
    """Edits of captions and call-outs."""

    @trigger
    def set_line(self, lines: shot_fields.Lines, number: LineNumber, field: Word, value: FormValue) -> None:
        """Set text or times of a caption or call-out."""
        language = self.language
        self.edit(lambda shot: shot_fields.with_line(shot, lines, number, field, value, language=language))

    @trigger
    def add_caption(self, text: Typed) -> None:
        """Add a caption."""
        at_s = self.second_of_shot()
        self.edit(lambda shot: shot_fields.with_caption(shot, text, at_s=at_s))

    @trigger
    def add_callout(self, text: Typed) -> None:
        """Add words at the clicked point, or where the camera aims."""
        scene = self.controller.session.scene
        east, north = scene.camera.target_east_m, scene.camera.target_north_m
        if (chosen := scene.selection) is not None and chosen.east_m is not None:
            assert chosen.north_m is not None
            east, north = chosen.east_m, chosen.north_m
        self.edit(lambda shot: shot_fields.with_callout(shot, text, east_m=east, north_m=north))

    @trigger
    def remove_line(self, lines: shot_fields.Lines, number: LineNumber) -> None:
        """Remove a caption or call-out."""
        self.edit(lambda shot: shot_fields.without_line(shot, lines, number))


def build_words() -> None:
    """Add title, captions and call-outs."""
    html.H3("{{ t.shot_words }}")
    text_input("title", "shot_title")
    text_input("under", "shot_under", shown="edit.title")
    _lines("captions", "caption", "add_caption", note="t.caption_fields")
    _lines("callouts", "callout", "add_callout", note="edit.place")


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
            form_tool("delete", "line_remove", f"trigger('remove_line', ['{lines}', number])")
    with html.Label(classes="form-field"):
        html.Span(f"{{{{ t.{text} }}}}")
        html.Input(
            type="text",
            change=f"window.twinDesk.typed($event, '{add}')",
            raw_attrs=[f':placeholder="t.{text}_add"', 'maxlength="500"', f'data-field="{add}"'],
        )
    if note:
        html.P(f"{{{{ {note} }}}}", classes="note")
