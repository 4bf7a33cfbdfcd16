"""Build a page from the parts of a room."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import groupby
from typing import Any

from trame.app import get_server
from trame.ui.html import DivLayout
from trame.widgets import html

from apps.browser import module
from apps.parts.part import client_only, first_state
from apps.rooms.room import Room

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%230d2233'/%3E"
    "%3Cpath d='M4 20 11 9l5 7 4-5 8 9z' fill='%237d9db5'/%3E"
    "%3Cpath d='M4 20h24v5a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3z' fill='%2339b6ee'/%3E%3C/svg%3E"
)


def build(server: Any, room: Room) -> DivLayout:
    """Build a room's first state and template on a trame server.

    The page's root element has the classes ``room`` and the room's ``id``.
    """
    parts = room.parts
    server.enable_module(module)
    server.state.update(first_state(parts))
    server.state.client_only(*client_only(parts))
    server.state.trame__favicon = ICON
    with DivLayout(server, classes=f"room {room.id}") as layout:
        for place, group in groupby(parts, key=lambda part: part.place):
            named = [f':aria-label="t.aside_{place}"']
            with html.Aside(classes=place, raw_attrs=named) if place != "over" else nullcontext():
                for part in group:
                    if part.build is not None:
                        part.build()
                    if part.build_of is not None:
                        part.build_of(parts)
    # After a lost connection trame puts another template in the page's place; ours stays and says so itself.
    server.state.trame__template_error = server.state.trame__template_main
    return layout


def prototype(room: Room) -> Any:
    """Return a trame server that has a room's page and never runs."""
    server = get_server(f"prototype of {room.id}")
    build(server, room)
    server.state.ready()
    server.state.flush()
    return server
