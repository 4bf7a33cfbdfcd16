"""Fly over the site's viewpoints, and to new alarms.

Pure decisions at each step, by a clock that is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from apps.parts.alarms.alarm_rows import OPEN
from apps.parts.viewpoints import named
from layers.camera import camera as cameras
from layers.camera.framing import seeing

if TYPE_CHECKING:
    from apps.session.controller import Controller
    from apps.session.wall_state import WallState
    from twin.catalog.wall_site import Tour
    from twin.scene import Camera
    from twin.stations.snapshot import AlarmNow

HELD_S = 600.0
"""An alarm that nobody acknowledges holds the tour for so long."""
AROUND_M = 2_000.0
"""An alarm's station is shown with its surroundings: from nearer a gauge at the lake is a screen of water."""


class Touring:
    """Tour of the wall.

    Only live walls tour. A new alarm stops it: the camera flies to the gravest one's station, and the tour
    goes on when that is acknowledged or over, or after ``HELD_S``.
    """

    def __init__(self, tour: Tour, state: WallState, *, clock: Callable[[], float]) -> None:
        self._tour, self._state, self._clock = tour, state, clock
        self._next_s, self._number = 0.0, 0
        self._known: set[str] | None = None
        self._held: tuple[str, float] | None = None

    def begin(self) -> None:
        """Restart the tour; present alarms count as known."""
        self._known, self._held = None, None
        self._next_s = self._clock() + self._tour.dwell_s

    def step(self, controller: Controller) -> None:
        """Do what is due."""
        new = self._new_alarms(controller)
        if not controller.session.scene.moment.is_live and self._state.presentation is not None:
            return
        now = self._clock()
        if new:
            alarm = min(new, key=lambda one: one.rank)
            if (camera := _camera_of(alarm, controller)) is not None:
                self._held = alarm.id, now
                controller.area.fly_to(camera)
                return
        if self._is_held(controller) or not self._state.touring or now < self._next_s:
            return
        if (camera := self._next_place(controller)) is not None:
            controller.area.fly_to(camera)
            self._next_s = now + self._tour.dwell_s

    def _new_alarms(self, controller: Controller) -> list[AlarmNow]:
        """Alarms that were not there at the last step; none at the first one that knows any."""
        now = None if controller.live is None else controller.live.client.now
        if now is None or now.alarms is None:
            return []
        known, self._known = self._known, {alarm.id for alarm in now.alarms}
        if known is None:
            return []
        return [alarm for alarm in now.alarms if alarm.id not in known and alarm.state in OPEN]

    def _is_held(self, controller: Controller) -> bool:
        if self._held is None:
            return False
        id_, since_s = self._held
        now = None if controller.live is None else controller.live.client.now
        waits = now is not None and any(one.id == id_ and one.state in OPEN for one in now.alarms or ())
        if not waits or self._clock() - since_s >= HELD_S:
            self._held = None
        return self._held is not None

    def _next_place(self, controller: Controller) -> Camera | None:
        basin = controller.session.basin
        ids = self._tour.places or [place.id for place in basin.site.viewpoints]
        places = [place for id_ in ids if (place := named(basin.site, id_)) is not None]
        if not places:
            return None
        place = places[self._number % len(places)]
        self._number += 1
        return cameras.at_viewpoint(place, basin.frame)


def _camera_of(alarm: AlarmNow, controller: Controller) -> Camera | None:
    """A camera before an alarm's station; None where it has none."""
    live = controller.live
    station = None if live is None else live.network.stations.get(alarm.station)
    if station is None:
        return None
    session = controller.session
    east, north = (float(v) for v in session.basin.frame.from_lonlat(station.lon, station.lat))
    return seeing(session.scene, session.ground, east, north, radius_m=AROUND_M)
