"""Message of an operator on the wall, and whether the tour runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trame.widgets import html

from apps.formatting import written
from apps.parts.part import Part
from apps.session.controller import Controller
from apps.texts import texts


@dataclass(frozen=True, kw_only=True)
class WallMessageView:
    """Message, '' for none; who wrote it, and when."""

    text: str = ""
    by: str = ""
    since: str = ""


def _view(controller: Controller) -> Mapping[str, Any]:
    wall = controller.wall
    if wall is None:
        return {}
    notice = wall.notice
    found = WallMessageView()
    if notice is not None:
        found = WallMessageView(
            text=notice.text,
            by=notice.by or texts(controller.language)["wall_operator"],
            since=written(notice.since, controller.session.zone),
        )
    return {"wall_message": found, "wall_tour": wall.touring}


def build() -> None:
    with html.Div(v_if=("wall_message.text",), classes="wall-message", raw_attrs=['role="status"']):
        html.B("{{ wall_message.text }}")
        html.Span("{{ wall_message.by }} · {{ wall_message.since }}")


STATE = Part(id="wall_message", state={"wall_message": WallMessageView(), "wall_tour": True}, view=_view)
"""The message without its widget, for the control."""

PART = replace(STATE, build=build)
