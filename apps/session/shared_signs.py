"""Share statuses and signs of the present among a feed's desks.

Computed by each desk for itself, 429 stations cost 200 desks at rest three quarters of a core and 3 MB each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from apps.boot_clock import boot_clock_s
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
T = TypeVar("T")


class LiveValues(Protocol):
    """Source of values; :class:`apps.live.client.LiveClient`."""

    now: Now | None
    connected: bool

    def elapsed_s(self, datastream: str) -> float: ...


class _Made(NamedTuple, Generic[T]):
    """What was computed of which values, and until when it holds."""

    what: T
    now: Now | None
    connected: bool
    until_s: float


class SharedSigns:
    """Statuses and signs of now, computed when something is known anew.

    Ages of statuses go on after ``kept_s`` seconds. Those of signs are counted on by pages, by ``clock_s``:
    signs are computed anew when a value comes, or grows stale.
    """

    def __init__(
        self,
        network: Network,
        client: LiveValues,
        *,
        zone: ZoneInfo,
        kept_s: float = KEPT_S,
        clock_s: Callable[[], float] = boot_clock_s,
    ) -> None:
        self._client, self._zone, self._kept_s, self._clock_s = client, zone, kept_s, clock_s
        streams: dict[str, list[Datastream]] = {id_: [] for id_ in network.stations}
        for stream in network.datastreams.values():
            streams[stream.station].append(stream)
        #: Datastreams of each station.
        self.streams: Mapping[str, list[Datastream]] = streams
        #: Each station with its main datastream.
        self.mains: Mapping[str, tuple[Station, Datastream | None]] = {
            id_: (station, main_datastream(station, tuple(streams[id_])))
            for id_, station in network.stations.items()
        }
        self._statuses: _Made[Mapping[str, StationStatus]] | None = None
        self._signs: _Made[dict[object, Signs]] | None = None

    def statuses(self) -> Mapping[str, StationStatus]:
        """Return the statuses of all stations now, by id."""
        if self._statuses is None or self._is_past(self._statuses):
            found = statuses(self.mains, self._client.now, self._client.elapsed_s)
            self._statuses = self._made(found, self._kept_s)
        return self._statuses.what

    def signs(self, scene: Scene) -> Signs:
        """Return what stations show over a scene that is not of history."""
        client = self._client
        if self._signs is None or self._is_past(self._signs):
            self._signs = self._made({}, self._unchanged_s())
        key = (reach(scene), scene.language, scene.filter)
        if key not in self._signs.what:
            self._statuses = None  # half a second old, it would make pages' ages wrong by that
            self._signs.what[key] = signs_over(
                scene,
                self.statuses(),
                now=client.now if client.connected else None,
                elapsed_s=client.elapsed_s,
                zone=self._zone,
                clock_s=self._clock_s(),
            )
        return self._signs.what[key]

    def _unchanged_s(self) -> float:
        """Seconds until a value is of another freshness."""
        now, elapsed_s = self._client.now, self._client.elapsed_s
        values = () if now is None else now.values.values()
        return min((value.lasts_s(elapsed_s=elapsed_s(value.datastream)) for value in values), default=inf)

    def _made(self, what: T, for_s: float) -> _Made[T]:
        return _Made(what, self._client.now, self._client.connected, self._clock_s() + for_s)

    def _is_past(self, made: _Made[Any]) -> bool:
        client = self._client
        is_known = made.now is client.now and made.connected == client.connected
        return not is_known or self._clock_s() >= made.until_s
