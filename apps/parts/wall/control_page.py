"""Page of the wall's control: large buttons, one column, for fingers."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trame.widgets import html

from apps.formatting import fixed, plain
from apps.parts.alarms.alarm_rows import AlarmsView
from apps.parts.layers import view as layer_rows
from apps.parts.part import Part
from apps.parts.viewpoints import PlaceView
from apps.parts.wall import drill_card
from apps.parts.wall.control_actions import WallCameraActions, WallSceneActions
from apps.session.controller import Controller


@dataclass(frozen=True, kw_only=True)
class WallLayerView:
    """Layer that can be shown or hidden."""

    id: str
    name: str
    visible: bool


@dataclass(frozen=True, kw_only=True)
class WallLevelView:
    """Characteristic level that can be shown, m as text."""

    name: str
    level: str


@dataclass(frozen=True, kw_only=True)
class WallControlView:
    """Choices of an operator.

    ``lowest`` and ``highest`` are levels, m; ``replaying`` is the flood's state.
    """

    places: list[PlaceView] = field(default_factory=list)
    layers: list[WallLayerView] = field(default_factory=list)
    levels: list[WallLevelView] = field(default_factory=list)
    lowest: str = ""
    highest: str = ""
    flood: str = ""


@dataclass(frozen=True, kw_only=True)
class WallReplayView:
    """State of the replay.

    Times are seconds since 1970.
    """

    active: bool = False
    playing: bool = False
    now: float = 0.0
    start: float = 0.0
    end: float = 1.0


def _view(controller: Controller) -> Mapping[str, Any]:
    session, language = controller.session, controller.language
    rows = layer_rows(controller.layers, session.scene)
    return {
        "wall_control": WallControlView(
            places=[PlaceView(id=p.id, name=p.name[language]) for p in session.basin.site.viewpoints],
            layers=[
                WallLayerView(id=row.id, name=row.name, visible=row.visible) for row in rows if not row.broken
            ],
            levels=[
                WallLevelView(name=level.name[language], level=plain(level.level_m))
                for level in session.basin.site.levels_on(datetime.now(session.zone).date())
                if session.levels.lowest_m <= level.level_m <= session.levels.highest_m
            ],
            lowest=fixed(session.levels.lowest_m, 2),
            highest=fixed(session.levels.highest_m, 2),
            flood="" if session.flood is None else session.flood.name[language],
        )
    }


def _caption(controller: Controller) -> Mapping[str, Any]:
    session = controller.session
    if session.playback is None or session.flood is None:
        return {"wall_replay": WallReplayView()}
    return {
        "wall_replay": WallReplayView(
            active=session.replaying,
            playing=session.playback.playing,
            now=round(session.flood_s),
            start=session.flood.start,
            end=session.flood.end,
        )
    }


@contextmanager
def _section(text: str, name: str = "") -> Iterator[None]:
    with html.Section(classes=f"control-section {name}".strip()):
        html.H2(f"{{{{ t.{text} }}}}")
        yield


def _button(text: str, click: str, **how: Any) -> None:
    html.Button(f"{{{{ t.{text} }}}}", type="button", classes="control-button", click=click, **how)


def build() -> None:
    """Add the sections under the picture."""
    with html.Main(classes="control"):
        _mode()
        _alarms()
        with _section("wall_camera", "control-camera"):
            _pad()
            with html.Div(classes="control-row"):
                html.Button(
                    "{{ place.name }}",
                    v_for=("place in wall_control.places",),
                    key=("place.id",),
                    type="button",
                    classes="control-button",
                    click="trigger('wall_place', [place.id])",
                )
        _water()
        _message()
        drill_card.control()
        with _section("layers"):
            with html.Div(classes="control-row"):
                html.Button(
                    "{{ layer.name }}",
                    v_for=("layer in wall_control.layers",),
                    key=("layer.id",),
                    type="button",
                    classes=("'control-button' + (layer.visible ? ' control-on' : '')",),
                    click="trigger('wall_layer', [layer.id, !layer.visible])",
                    raw_attrs=[':aria-pressed="layer.visible"'],
                )
        with _section("wall_language"):
            with html.Div(classes="control-row"):
                for language, name in {"zh": "中文", "en": "English"}.items():
                    html.Button(
                        name,
                        type="button",
                        classes=(f"'control-button' + (language === '{language}' ? ' control-on' : '')",),
                        click=f"trigger('wall_speak', ['{language}'])",
                        raw_attrs=[f":aria-pressed=\"language === '{language}'\""],
                    )


def _mode() -> None:
    """Add what the wall shows now, and the way back to the present."""
    with html.Section(
        classes=("'control-mode' + (wall_mode.mode ? ' frame-' + wall_mode.mode : '')",),
        raw_attrs=['role="status"'],
    ):
        html.B("{{ wall_mode.word || t.mode_live }}")
        html.Span("{{ wall_mode.note }}", v_if=("wall_mode.note",))
        with html.Div(classes="control-row"):
            _button("wall_live", "trigger('wall_live')", v_if=("wall_mode.mode",))
            _button("wall_renew", "trigger('wall_renew')", v_if=("wall_mode.by && !wall_mode.drill",))
            html.Button(
                "{{ wall_tour ? t.wall_tour_stop : t.wall_tour_start }}",
                type="button",
                classes=("'control-button' + (wall_tour ? ' control-on' : '')",),
                click="trigger('wall_tour', [!wall_tour])",
                raw_attrs=[':aria-pressed="wall_tour"'],
            )


PAD = (
    ("turn_left", "⟲"),
    ("up", "↑"),
    ("turn_right", "⟳"),
    ("out", "−"),
    ("left", "←"),
    ("down", "↓"),
    ("right", "→"),
    ("in", "+"),
    ("steeper", "⤓"),
    ("flatter", "⤒"),
)


def _pad() -> None:
    with html.Div(classes="control-pad"):
        for step, sign in PAD:
            html.Button(
                sign,
                type="button",
                classes="control-button",
                click=f"trigger('wall_step', ['{step}'])",
                raw_attrs=[f':aria-label="t.wall_step_{step}"', f':title="t.wall_step_{step}"'],
            )


def _water() -> None:
    """Add level and replay; both are shown as not live."""
    with _section("wall_level"):
        with html.Form(
            classes="control-row",
            raw_attrs=[
                "@submit.prevent=\"wall_typed && trigger('wall_water', ['level', Number(wall_typed)])\""
            ],
        ):
            html.Input(
                type="number",
                classes="field control-level",
                v_model=("wall_typed",),
                raw_attrs=[
                    'step="0.01"',
                    ":placeholder=\"wall_control.lowest + ' – ' + wall_control.highest\"",
                    ':min="wall_control.lowest"',
                    ':max="wall_control.highest"',
                    ':aria-label="t.wall_level"',
                ],
            )
            html.Span("m")
            html.Button("{{ t.wall_level_show }}", type="submit", classes="control-button")
        with html.Div(classes="control-row"):
            html.Button(
                "{{ level.name }} {{ level.level }}",
                v_for=("level in wall_control.levels",),
                key=("level.name",),
                type="button",
                classes="control-button",
                click="trigger('wall_water', ['level', Number(level.level)])",
            )
    with html.Section(v_if=("wall_control.flood",), classes="control-section"):
        html.H2("{{ wall_control.flood }}")
        with html.Div(classes="control-row"):
            html.Button(
                "{{ wall_replay.playing ? t.wall_pause : t.wall_play }}",
                type="button",
                classes="control-button",
                click="trigger('wall_replay')",
            )
            html.Input(
                type="range",
                classes="range",
                change="trigger('wall_scrub', [Number($event.target.value)])",
                raw_attrs=[
                    ':min="wall_replay.start"',
                    ':max="wall_replay.end"',
                    'step="3600"',
                    ':value="wall_replay.now"',
                    ':aria-label="t.flood_scrub"',
                ],
            )


def _message() -> None:
    with _section("wall_message"):
        with html.Form(
            classes="control-row",
            raw_attrs=["@submit.prevent=\"trigger('wall_write', [wall_text]); wall_text = ''\""],
        ):
            html.Input(
                type="text",
                classes="field control-wide",
                v_model=("wall_text",),
                raw_attrs=['maxlength="120"', ':aria-label="t.wall_message"'],
            )
            html.Button("{{ t.wall_message_send }}", type="submit", classes="control-button")
            _button("wall_message_clear", "trigger('wall_write', [''])", v_if=("wall_message.text",))
        html.P(
            "{{ wall_message.text }} · {{ wall_message.by }} · {{ wall_message.since }}",
            v_if=("wall_message.text",),
            classes="note",
        )


def _alarms() -> None:
    """Add the alarms that wait, each with the way there, and one field for the reason."""
    with html.Section(
        v_if=("alarms.count || !alarms.known",), classes="control-section control-alarm-section"
    ):
        html.H2("{{ t.alarms }}")
        html.P("{{ alarms.note || t.alarms_unknown }}", v_if=("!alarms.known",), classes="note")
        html.Input(
            v_if=("alarms.open",),
            type="text",
            classes="field control-wide",
            v_model=("wall_reason",),
            raw_attrs=['maxlength="120"', ':placeholder="t.wall_reason"', ':aria-label="t.wall_reason"'],
        )
        with html.Ul(classes="control-alarms"):
            with html.Li(
                v_for=("group in alarms.groups",), key=("group.id",), classes=("'warn-' + group.tone",)
            ):
                html.B("{{ group.title }}")
                html.Span("{{ group.rows[0].time }} · {{ group.rows[0].state }}")
                with html.Div(classes="control-row"):
                    html.Button(
                        "{{ t.wall_go_there }}",
                        v_if=("group.rows[0].station",),
                        type="button",
                        classes="control-button",
                        click="trigger('wall_station', [group.rows[0].station])",
                    )
                    html.Button(
                        "{{ t.alarm_acknowledge }}",
                        v_if=("group.open",),
                        type="button",
                        classes="control-button",
                        click=(
                            "trigger('wall_acknowledge', [group.rows.filter((row) => row.open)"
                            ".map((row) => row.id), wall_reason.trim()]); wall_reason = ''"
                        ),
                        raw_attrs=[':disabled="wall_reason.trim().length < 2"', ':title="t.wall_reason"'],
                    )


PART = Part(
    id="wall_control",
    state={
        "wall_control": WallControlView(),
        "wall_replay": WallReplayView(),
        "wall_typed": "",
        "wall_text": "",
        "wall_reason": "",
    },
    view=_view,
    caption=_caption,
    client_only=("wall_replay", "wall_typed", "wall_text", "wall_reason"),
    build=build,
    wall_actions=(WallCameraActions, WallSceneActions),
)

ALARMS = Part(id="alarms", state={"alarms": AlarmsView()})
"""The alarms as the live service tells them."""
