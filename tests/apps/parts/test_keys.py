"""A shortcut that a hint or the help names is one that the keyboard has."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from trame.app import get_server

from apps.parts.part import Part, help_lines, keyboard
from apps.rooms import desk, page, studio
from apps.rooms.room import Room
from apps.texts import texts

ROOMS = (desk.ROOM, studio.ROOM)
HINTS = {
    name: found[1].lower()
    for name, text in texts("en").items()
    if (found := re.search(r"\(([A-Z?/]|Space)\)$", text))
}


@pytest.mark.parametrize("hint", HINTS)
def test_a_key_that_a_hint_names_does_what_it_says(hint: str) -> None:
    assert any(_does(hint, room.parts) for room in ROOMS)


def _does(hint: str, parts: Sequence[Part]) -> bool:
    key = " " if HINTS[hint] == "space" else HINTS[hint]
    panel, keys = hint.removesuffix("_hint"), keyboard(parts)
    opens = panel in {part.panel for part in parts}
    return keys.get(key) == [("panel", panel)] if opens else key in keys


def test_hints_of_both_languages_name_the_same_keys() -> None:
    for name, key in HINTS.items():
        assert texts("zh")[name].lower().endswith(f"({'空格' if key == 'space' else key})"), name


@pytest.mark.parametrize("room", ROOMS)
def test_every_key_but_the_numbers_stands_in_the_help(room: Room) -> None:
    written = {key for keys, _ in help_lines(room.parts) for key in re.split(r"[ ·–]+", keys)}
    named = {"Escape": "Esc", " ": "Space", "?": "?", "Alt+ArrowLeft": "Alt+←", "Alt+ArrowRight": "Alt+→"}
    missing = {
        key
        for key in keyboard(room.parts)
        if named.get(key, key.upper()) not in written and not key.isdecimal()
    }
    assert missing == {"?"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_key_that_a_tool_shows_is_on_the_keyboard(room: Room) -> None:
    template = page.build(get_server(f"keys of {room.id}'s tools"), room).html
    shown = re.findall(r'aria-keyshortcuts="([^"]+)"', template)
    assert len(shown) > 8
    assert {key.lower() for key in shown} <= keyboard(room.parts).keys()


@pytest.mark.parametrize("room", ROOMS)
def test_the_help_names_the_panel_that_a_key_opens(room: Room) -> None:
    """A list of the desk's panels stood in the studio's help as well."""
    for part in room.parts:
        for key, (kind, *what) in part.keys.items():
            if kind == "panel":
                assert (key.upper() if key.isalpha() else key, *what) in part.help or key == "/", part.id
