"""Actions on stations: filter, select, choose a chart."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import Field

from apps.parts.triggers import Word, trigger
from apps.session.controlled import Live
from apps.session.controller import Controller
from layers.camera.framing import seeing
from twin.stations.filter import STATES, Filter
from twin.stations.model import STATION_KINDS, StationKind
from twin.stations.status import State

T = TypeVar("T")


def _toggled(chosen: frozenset[T], one: T, every: frozenset[T]) -> frozenset[T]:
    """The choice after a click: the first of all chooses it alone; without any left, all are shown."""
    return frozenset({one}) if chosen == every else (chosen ^ {one}) or every


class StationActions:
    """Actions of the stations panel; without stations they do nothing."""

    def __init__(self, controller: Controller, live: Live) -> None:
        self._live = live
        self._controller = controller

    @trigger
    def toggle_kind(self, kind: StationKind) -> None:
        """Filter by a kind: only it first, then further ones."""
        self._choose(kinds=_toggled(self._filter.kinds, kind, frozenset(STATION_KINDS)))

    @trigger
    def toggle_state(self, state: State) -> None:
        """Filter by a status: only it first, then further ones."""
        self._choose(states=_toggled(self._filter.states, state, frozenset(STATES)))

    @trigger
    def clear_filter(self) -> None:
        """Show all stations."""
        self._live.choose(Filter())

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
            self._controller.area.fly_to(seeing(session.scene, session.ground, east, north))

    @trigger
    def choose_stream(self, stream: Annotated[str, Field(max_length=200)]) -> None:
        """Chart another datastream of the station shown."""
        self._live.choose_stream(stream)
