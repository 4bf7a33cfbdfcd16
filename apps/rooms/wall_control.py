"""Control of the wall: page for an operator's phone or tablet."""

from __future__ import annotations

from apps.parts import loading, scene, trouble
from apps.rooms.room import Room

PARTS = (
    scene.PART,
    trouble.PART,
    loading.PART,
)

ROOM = Room(id="wall-control", path="wall/control", parts=PARTS, needs="operate")
