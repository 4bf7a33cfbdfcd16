"""A shortcut that a hint or the help names is one that the keyboard has."""

from __future__ import annotations

import re

import pytest
from trame.app import get_server

from apps.parts.part import help_lines, keyboard
from apps.rooms import desk, page
from apps.texts import texts

KEYS = keyboard(desk.PARTS)
HINTS = {
    name: found[1].lower()
    for name, text in texts("en").items()
    if (found := re.search(r"\(([A-Z?/]|Space)\)$", text))
}


@pytest.mark.parametrize("hint", HINTS)
def test_a_key_that_a_hint_names_does_what_it_says(hint: str) -> None:
    key = " " if HINTS[hint] == "space" else HINTS[hint]
    assert key in KEYS
    panel = hint.removesuffix("_hint")
    if panel in {part.panel for part in desk.PARTS}:
        assert KEYS[key] == [("panel", panel)]


def test_hints_of_both_languages_name_the_same_keys() -> None:
    for name, key in HINTS.items():
        assert texts("zh")[name].lower().endswith(f"({'空格' if key == 'space' else key})"), name


def test_every_key_but_the_numbers_stands_in_the_help() -> None:
    written = {key for keys, _ in help_lines(desk.PARTS) for key in re.split(r"[ ·–]+", keys)}
    named = {"Escape": "Esc", " ": "Space", "?": "?", "Alt+ArrowLeft": "Alt+←", "Alt+ArrowRight": "Alt+→"}
    missing = {key for key in KEYS if named.get(key, key.upper()) not in written and not key.isdecimal()}
    assert missing == {"?"}


def test_a_key_that_a_tool_shows_is_on_the_keyboard() -> None:
    template = page.build(get_server("keys of tools"), desk.ROOM).html
    shown = re.findall(r'aria-keyshortcuts="([^"]+)"', template)
    assert len(shown) > 12
    assert {key.lower() for key in shown} <= KEYS.keys()
