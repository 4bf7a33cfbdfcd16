"""Share statuses and signs of the present among a feed's desks.

Ages go on once a second in each desk. Computed by each for itself, 429 stations cost 200 desks at rest
three quarters of a core and 3 MB each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from apps.session.station_signs import reach, signs_over
from twin.stations.status import StationStatus, main_datastream, statuses

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from layers.labels.signs import Signs
    from twin.scene import Scene
    from twin.stations.model import Datastream, Station
    from twin.stations.network import Network
    from twin.stations.snapshot import Now

KEPT_S = 0.5


class LiveValues(Protocol):
    """Source of values; :class:`apps.live.client.LiveClient`."""

    now: Now | None
    connected: bool

    def elapsed_s(self, datastream: str) -> float: ...


class SharedSigns:
    """Statuses and signs of now, computed when something is known anew.

    Ages go on after ``kept_s`` seconds of ``clock``; 0 keeps nothing.
    """

    def __init__(
        self,
        network: Network,
        client: LiveValues,
        *,
        zone: ZoneInfo,
        kept_s: float = KEPT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._zone, self._kept_s, self._clock = client, zone, kept_s, clock
        streams: dict[str, list[Datastream]] = {id_: [] for id_ in network.stations}
        for stream in network.datastreams.values():
            streams[stream.station].append(stream)
        #: Each station with its main datastream.
        self.mains: Mapping[str, tuple[Station, Datastream | None]] = {
            id_: (station, main_datastream(station, tuple(streams[id_])))
            for id_, station in network.stations.items()
        }
        self._of: tuple[Now | None, bool] = (None, False)
        self._made_s: float | None = None
        self._statuses: Mapping[str, StationStatus] = {}
        self._signs: dict[object, Signs] = {}

    def statuses(self) -> Mapping[str, StationStatus]:
        """Return the statuses of all stations now, by id."""
        self._refresh()
        return self._statuses

    def signs(self, scene: Scene) -> Signs:
        """Return what stations show over a scene that is not of history."""
        self._refresh()
        key = (reach(scene), scene.language, scene.filter)
        if key not in self._signs:
            self._signs[key] = signs_over(
                scene,
                self._statuses,
                now=self._client.now if self._client.connected else None,
                elapsed_s=self._client.elapsed_s,
                zone=self._zone,
            )
        return self._signs[key]

    def _refresh(self) -> None:
        client, clock_s = self._client, self._clock()
        known, connected = self._of
        if (
            self._made_s is not None
            and (known is client.now and connected == client.connected)
            and clock_s - self._made_s < self._kept_s
        ):
            return
        self._of, self._made_s = (client.now, client.connected), clock_s
        self._statuses = statuses(self.mains, client.now, client.elapsed_s)
        self._signs = {}
