"""Actions on stations: filter, select, choose a chart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from apps.parts.triggers import Word, trigger
from apps.session.controller import Controller, Live
from twin.scene import Camera
from twin.stations.filter import Filter
from twin.stations.model import StationKind
from twin.stations.status import State

if TYPE_CHECKING:
    from apps.session.session import Session

LOOK_FROM_M, LOOK_PITCH_DEG = 2_500.0, -32.0


def _looking_at(session: Session, east: float, north: float) -> Camera:
    """A camera before a place, in the direction that is looked in now."""
    camera = session.scene.camera
    height_m = float(session.ground.height(np.array([east]), np.array([north]))[0])
    return Camera(
        target_east_m=east,
        target_north_m=north,
        target_m=height_m if math.isfinite(height_m) else camera.target_m,
        distance_m=LOOK_FROM_M,
        heading_deg=camera.heading_deg,
        pitch_deg=LOOK_PITCH_DEG,
    )


class StationActions:
    """Actions of the stations panel; without stations they do nothing."""

    def __init__(self, controller: Controller, live: Live) -> None:
        self._live = live
        self._controller = controller

    @trigger
    def toggle_kind(self, kind: StationKind) -> None:
        """Show or hide the stations of a kind."""
        self._choose(kinds=self._filter.kinds ^ {kind})

    @trigger
    def toggle_state(self, state: State) -> None:
        """Show or hide the stations of a status."""
        self._choose(states=self._filter.states ^ {state})

    @trigger
    def choose_township(self, township: Word) -> None:
        self._choose(township=township)

    @trigger
    def choose_watershed(self, watershed: Word) -> None:
        self._choose(watershed=watershed)

    @trigger
    def find_station(self, text: Annotated[str, Field(max_length=200)]) -> None:
        self._choose(text=text)

    @property
    def _filter(self) -> Filter:
        return self._controller.session.scene.filter

    def _choose(self, **parts: Any) -> None:
        """Change parts of the filter."""
        self._live.choose(Filter(**{**dict(self._filter), **parts}))

    @trigger
    def show_live_values(self, on: bool) -> None:
        """Show live station values over water of another moment.

        Or do not.
        """
        self._controller.do(lambda scene: scene.changed(live_values=on), moving=False)
        self._live.refresh()

    @trigger
    def open_station(self, station: Word, fly: bool = False) -> None:
        """Show a station's card, and fly there on request."""
        self._live.open_station(station)
        found = self._live.network.stations.get(station)
        if fly and found is not None:
            session = self._controller.session
            east, north = (float(v) for v in session.basin.frame.from_lonlat(found.lon, found.lat))
            self._controller.area.fly_to(_looking_at(session, east, north))

    @trigger
    def choose_stream(self, stream: Annotated[str, Field(max_length=200)]) -> None:
        """Chart another datastream of the station shown."""
        self._live.choose_stream(stream)
