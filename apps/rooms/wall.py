"""Wall: big screen of a command centre, without any input."""

from __future__ import annotations

from apps.parts import loading, scene, trouble
from apps.rooms.room import Room

PARTS = (
    scene.PART,
    trouble.PART,
    loading.PART,
)

ROOM = Room(id="wall", path="wall", parts=PARTS)
