"""Wall: big screen of a command centre, without any input."""

from __future__ import annotations

from apps.parts import loading, trouble
from apps.parts.wall import (
    cards,
    drill_card,
    figures,
    frame,
    shared_scene,
    wall_message,
    wall_mode,
    wall_page,
)
from apps.rooms.room import Room

PARTS = (
    shared_scene.PART,
    wall_page.PART,
    frame.HEAD,
    figures.PART,
    cards.PART,
    frame.SCENE_FIGURES,
    wall_mode.PART,
    drill_card.PART,
    wall_message.PART,
    trouble.PART,
    loading.PART,
)

ROOM = Room(id="wall", path="wall", parts=PARTS, shared=True)
