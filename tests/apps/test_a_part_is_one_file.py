"""A new part of the page is one file and one line in the room: all that a room derives, holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest
from trame.app import get_server
from trame.widgets import html

from apps.hub.gate import Gate
from apps.parts.part import Part, writable
from apps.parts.triggers import InputRefusedError, trigger, triggers
from apps.parts.widgets import panel_button
from apps.rooms import desk, page
from apps.rooms.room import Room
from apps.session.controller import Controller
from twin.errors import TwinError


@dataclass(frozen=True, kw_only=True)
class WindView:
    """The wind over the lake."""

    speed_m_s: float = 0.0


class WindActions:
    """What a browser may ask of the wind."""

    def __init__(self, controller: Any) -> None:
        self._controller = controller

    @trigger
    def set_wind(self, speed_m_s: float) -> None:
        """Set the wind."""
        self._controller.append(speed_m_s)


def _view(controller: Controller) -> Mapping[str, Any]:
    return {"wind": WindView(speed_m_s=controller.rem_px)}


def _build() -> None:
    with html.Section(v_if=("panel === 'wind'",), classes="wind"):
        html.B("{{ wind.speed_m_s }}")


WIND = Part(
    id="wind",
    state={"wind": WindView(speed_m_s=3.5), "wind_arrows": True, "wind_hover": ""},
    view=_view,
    build=_build,
    panel="wind",
    writable={"wind_arrows": bool},
    client_only=("wind_hover",),
    actions=(WindActions,),
    button=lambda: panel_button("wind", "M3,8h12"),
    keys={"j": ("panel", "wind")},
    help=(("J", "key_wind"),),
)
ROOM = (*desk.PARTS, WIND)


@pytest.fixture(scope="module")
def built() -> tuple[Any, str]:
    """The page's server and template, with the part in the room."""
    server = get_server("a part is one file")
    return server, page.build(server, Room(id="desk", path="", parts=ROOM)).html


def test_its_state_stands_on_the_page_with_its_first_values(built: tuple[Any, str]) -> None:
    state = built[0].state
    assert (state.wind, state.wind_arrows) == ({"speed_m_s": 3.5}, True)


def test_its_widget_button_and_help_line_stand_in_the_template_once(built: tuple[Any, str]) -> None:
    template = "".join(built[1].split())
    for words in ("wind.speed_m_s", "M3,8h12", "<kbd>J</kbd>", "{{t.key_wind}}"):
        assert template.count(words) == 1, words


def test_its_key_is_on_the_keyboard(built: tuple[Any, str]) -> None:
    assert built[0].state.keys["j"] == [("panel", "wind")]


def test_a_browser_may_open_its_panel_and_write_its_key_and_nothing_else_of_it() -> None:
    gate = Gate(writable(ROOM), {})
    may = [{"key": "panel", "value": "wind"}, {"key": "wind_arrows", "value": False}]
    must_not = [
        {"key": "wind", "value": {"speed_m_s": 9.0}},
        {"key": "wind_arrows", "value": "yes"},
        {"key": "wind_hover", "value": "x"},
    ]
    assert gate.allowed_changes(may + must_not) == may
    assert Gate(writable(desk.PARTS), {}).allowed_changes(may) == []


def test_what_it_shows_follows_the_controller() -> None:
    told: dict[str, Any] = {}
    controller = Controller(cast("Any", None), cast("Any", None), told.update, parts=ROOM)
    controller.rem_px = 18.0
    controller.publish_part("wind")
    assert told == {"wind": WindView(speed_m_s=18.0)}


async def test_its_action_passes_the_gate_with_checked_arguments() -> None:
    told: list[float] = []
    refused: list[TwinError] = []
    actions = triggers(*(make(cast("Any", told)) for make in WIND.actions))
    gate = Gate({}, actions, on_refused=refused.append)

    async def call(_: object, name: str, arguments: list[Any], options: dict[str, Any]) -> Any:
        return actions[name](*arguments, **options)

    for speed_m_s in (4.0, "4"):
        await gate._guarded("trame.trigger", call)(None, "set_wind", [speed_m_s], {})
    assert told == [4.0]
    (error,) = refused
    assert isinstance(error, InputRefusedError)


def test_two_parts_cannot_hold_the_same_state() -> None:
    with pytest.raises(ValueError, match="the part wind has state of another part: wind"):
        page.build(get_server("twice"), Room(id="desk", path="", parts=(*ROOM, WIND)))
