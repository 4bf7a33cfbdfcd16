"""Define what a part of a page declares.

State, view, widget, actions, keys, help. A room (:mod:`apps.rooms`) is a list of parts. The page's state,
what a browser may write of it, the head's buttons, the keyboard and the help dialog are made from that list:
a new part is its file, its texts in both locales and its line in the room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from apps.session.controlled import Live
from apps.session.controller import Controller
from apps.session.views import plain
from apps.session.wall_operator import WallOperator

ToolGroup = Literal["head", "view", "work", "share", "page"]
"""Where a part's tools stand: in the head, or in a group of its menu. The head has what a decision-maker
looks for in the first minute, and at 1280 pixels no place for more."""

Command = tuple[Any, ...]
"""What a key does in the browser: ``("panel", name)`` opens or closes a panel, ``("set", key, value)`` and
``("turn", key, [values])`` write state, ``("focus", selector)`` moves the focus, ``("trigger", name, args)``
calls an action, ``("page", name)`` a function of ``www/``. ``apps/browser/www/keys.js`` carries it out."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Declaration of one part of a page.

    ``state`` names its keys of the page's state with their first values (dataclasses or plain values).
    ``view`` gives keys that follow scene, language and unit; ``caption`` those that travel with the
    picture, so that no number is shown beside another one's water. ``writable`` are keys that a browser
    may write, with the kinds of values they may have; ``client_only`` live in the browser alone.
    ``panel`` is the name under which the part is opened as a panel, '' for none. ``actions`` are classes
    made with the controller, whose triggers the browser may call; ``live_actions`` are offered only
    where the basin has stations, ``wall_actions`` to who operates the wall. ``button`` adds its tools to
    ``tools``: a group of the head's menu, or the head itself. ``build`` adds the widget;
    ``build_of`` one that is made of the room's parts (head, help). ``keys`` maps keys as the browser
    names them (letters in lower case) to commands; ``help`` are lines (keys as written, text key), lines
    of one text are joined; ``mouse`` (text key of the gesture, text key).
    """

    id: str
    state: Mapping[str, Any] = field(default_factory=dict)
    view: Callable[[Controller], Mapping[str, Any]] | None = None
    caption: Callable[[Controller], Mapping[str, Any]] | None = None
    build: Callable[[], None] | None = None
    build_of: Callable[[Sequence[Part]], None] | None = None
    place: Literal["over", "left", "right"] = "over"
    panel: str = ""
    writable: Mapping[str, Any] = field(default_factory=dict)
    client_only: tuple[str, ...] = ()
    actions: tuple[Callable[[Controller], Any], ...] = ()
    live_actions: tuple[Callable[[Controller, Live], Any], ...] = ()
    wall_actions: tuple[Callable[[WallOperator], Any], ...] = ()
    button: Callable[[], None] | None = None
    tools: ToolGroup = "work"
    keys: Mapping[str, Command] = field(default_factory=dict)
    help: tuple[tuple[str, str], ...] = ()
    mouse: tuple[tuple[str, str], ...] = ()


def first_state(parts: Iterable[Part]) -> dict[str, Any]:
    """Merge the first state of parts; ``keys`` holds their keyboard.

    ValueError for a key of two parts.
    """
    state: dict[str, Any] = {"panel": "", "keys": keyboard(parts)}
    for part in parts:
        if twice := state.keys() & part.state.keys():
            raise ValueError(f"the part {part.id} has state of another part: {', '.join(sorted(twice))}")
        state |= {name: plain(value) for name, value in part.state.items()}
    return state


def writable(parts: Iterable[Part]) -> dict[str, TypeAdapter[Any]]:
    """Collect state keys that browsers may write, with their types."""
    panels = ("", *(part.panel for part in parts if part.panel))
    kinds = {"panel": Literal[panels]} | {key: kind for part in parts for key, kind in part.writable.items()}
    return {key: TypeAdapter(kind) for key, kind in kinds.items()}


def client_only(parts: Iterable[Part]) -> tuple[str, ...]:
    """Collect the state that no browser sends back.

    Its own, and what comes with the pictures.
    """
    return tuple(key for part in parts for key in part.client_only)


def keyboard(parts: Iterable[Part]) -> dict[str, list[Command]]:
    """Collect shortcuts; several parts may answer one key.

    Escape closes whatever panel is open.
    """
    keys: dict[str, list[Command]] = {"Escape": [("set", "panel", "")]}
    for part in parts:
        for key, command in part.keys.items():
            keys.setdefault(key, []).append(command)
    return keys


def help_lines(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """Collect the help's lines (keys, text key).

    Keys of one text share a line.
    """
    lines: dict[str, list[str]] = {}
    for part in parts:
        for keys, text in part.help:
            lines.setdefault(text, []).append(keys)
    return [(" · ".join(keys), text) for text, keys in lines.items()]
