"""A part of the page is its declaration and its line in a room: nothing else names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from trame.app import get_server
from trame.widgets import html

from apps.hub.gate import Gate
from apps.parts.part import Part, client_only, first_state, help_lines, icon_button, keyboard, writable
from apps.parts.triggers import trigger, triggers
from apps.rooms import desk, page
from apps.session.controller import Controller


@dataclass(frozen=True)
class TideView:
    """State of the dummy part."""

    height_m: float = 0.0


class TideActions:
    """Its one action."""

    def __init__(self, board: Any) -> None:
        self.asked: list[float] = []

    @trigger
    def tide(self, height_m: float) -> None:
        """Ask for a tide."""
        self.asked.append(height_m)


def _build() -> None:
    html.P("{{ tide.height_m }}", classes="tide")


TIDE = Part(
    id="tide",
    state={"tide": TideView(), "tide_kind": "low"},
    view=lambda board: {"tide": TideView(height_m=board.visitors * 1.5)},
    caption=lambda board: {"tide_said": board.visitors},
    build=_build,
    panel="tide",
    writable={"tide_kind": Literal["low", "high"]},
    client_only=("tide_said",),
    actions=(TideActions,),
    button=lambda: icon_button("mdi-waves", "panel = 'tide'", "home"),
    keys={"x": ("panel", "tide"), "Escape": ("set", "tide_kind", "low")},
    help=(("X", "key_panels"),),
)
ROOM = (*desk.PARTS, TIDE)


def test_its_state_keys_and_help_are_the_pages() -> None:
    state = first_state(ROOM)
    assert state["tide"] == {"height_m": 0.0}
    assert state["keys"]["x"] == [("panel", "tide")]
    assert state["keys"]["Escape"] == [*keyboard(desk.PARTS)["Escape"], ("set", "tide_kind", "low")]
    assert ("L · V · K · X", "key_panels") in help_lines(ROOM)
    assert "tide_said" in client_only(ROOM)


def test_a_browser_may_write_what_it_declares_and_no_more() -> None:
    kinds = writable(ROOM)
    assert kinds["panel"].validate_python("tide") == "tide"
    assert kinds["tide_kind"].validate_python("high") == "high"
    with pytest.raises(ValueError, match="literal"):
        kinds["tide_kind"].validate_python("ebb")
    with pytest.raises(ValueError, match="literal"):
        writable(desk.PARTS)["panel"].validate_python("tide")
    assert Gate(kinds, {})


def test_its_widget_and_its_tool_stand_in_the_page() -> None:
    server = get_server("tide")
    page.build(server, ROOM)
    template = str(server.state.trame__template_main)
    assert 'class="tide"' in template
    assert "mdi-waves" in template
    assert "key_panels" in template


def test_the_controller_publishes_it_without_knowing_it() -> None:
    told: dict[str, Any] = {}
    board = Controller(None, None, lambda **views: told.update(views), parts=ROOM)  # type: ignore[arg-type]
    board.visitors = 2
    board.publish_part("tide")
    assert told == {"tide": TideView(height_m=3.0)}
    actions = TIDE.actions[0](board)
    triggers(actions)["tide"](1.25)
    assert actions.asked == [1.25]


def test_two_parts_may_not_have_the_same_state() -> None:
    with pytest.raises(ValueError, match="state of another part: tide"):
        first_state((*ROOM, Part(id="other", state={"tide": 1})))
