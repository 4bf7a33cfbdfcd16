"""Control of the wall: page for an operator's phone or tablet."""

from __future__ import annotations

from apps.parts import loading, trouble
from apps.parts.wall import control_page, drill_card, shared_scene, wall_message, wall_mode, wall_page
from apps.rooms.room import Room

PARTS = (
    shared_scene.AIMED,
    trouble.PART,
    wall_page.PART,
    wall_page.HEAD,
    wall_mode.PART,
    wall_message.STATE,
    control_page.ALARMS,
    control_page.PART,
    drill_card.CONTROL,
    loading.PART,
)

ROOM = Room(id="wall-control", path="wall/control", parts=PARTS, needs="operate", shared=True)
