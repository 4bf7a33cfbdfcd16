"""List all rooms of a server."""

from __future__ import annotations

from apps.rooms import desk, studio, wall, wall_control

ROOMS = {room.id: room for room in (desk.ROOM, studio.ROOM, wall.ROOM, wall_control.ROOM)}
