"""Serve the wall's own desk: one Scene, one picture, no browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from apps.hub.desk_server import Desk, DeskHub
from apps.hub.kept_desks_file import Kept
from apps.hub.kept_runs import runs_of
from apps.hub.visitor import Visitor
from apps.parts.part import Part
from apps.parts.timebar import FloodActions
from apps.parts.wall.screen_fit import covered, text_zoom
from apps.parts.wall.shared_scene import WallScreenView
from apps.rooms import wall, wall_control
from apps.rooms.room import Room
from apps.session.views import plain
from apps.session.wall_state import WallState
from apps.stream.scene_protocol import SLOW_BYTES_PER_S
from apps.stream.wall_view import WallView

if TYPE_CHECKING:
    from apps.hub.generations import Offer
    from apps.hub.opened import Opened
    from apps.session.controller import Controller

NAME = "wall"


def all_parts() -> tuple[Part, ...]:
    """Return the parts of both rooms of the wall, each once."""
    return tuple({part.id: part for part in (*wall_control.PARTS, *wall.PARTS)}.values())


class WallDesk(Desk):
    """Desk of the wall, whose browsers are watchers.

    It follows the store's newest generation by itself: nobody sits before it.
    """

    area: WallView
    make_view: Callable[..., WallView] = WallView

    def __init__(self, hub: DeskHub, room_state: WallState, *, on_shown: Callable[[], None]) -> None:
        screen = hub.catalog.site.wall
        visitor = Visitor(name=NAME, role="operate", sees=screen.access)
        room = Room(id=wall.ROOM.id, path=wall.ROOM.path, parts=all_parts(), shared=True)
        super().__init__(hub, NAME, visitor, room=room, kept=Kept(language=screen.language))
        control: Mapping[str, Any] = hub.first_states[wall_control.ROOM.id]
        self.state.update({key: value for key, value in control.items() if key not in self.state})
        width, height = screen.pixels
        zoom = text_zoom(screen)
        view = WallScreenView(width=width, height=height, zoom=zoom)
        self.state.update({"wall_screen": plain(view)})
        self.area.fit(width, height, covered=covered(screen), zoom=zoom)
        self.pictures.joined = True
        self.area.stream.credit.line.seconds_per_byte = 1.0 / SLOW_BYTES_PER_S / 1e3
        self.replay: FloodActions | None = None
        #: Level of a fresh session, m: shown while nothing is known of the present.
        self.start_level_m = 0.0
        self._room_state = room_state
        self._on_shown = on_shown

    def equip(self, controller: Controller) -> None:
        """Give a new controller the state of the wall, live."""
        self._room_state.end()
        self.replay = FloodActions(controller)
        self.start_level_m = controller.session.scene.moment.level_m
        controller.wall = self._room_state
        controller.runs = runs_of(self.visitor, self._hub.shelf)

    async def show(self, opened: Opened) -> None:
        """Show a basin, live."""
        await super().show(opened)
        self._on_shown()

    def show_offer(self, found: Offer) -> None:
        """Change to the store's current generation."""
        self.offer = found
        if found.current is not None:
            self._hub.show_current(self)
