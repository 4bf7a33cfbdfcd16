"""Read a film's observations from a store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from apps.recorder.observed import ObservedLevels
from apps.session.live_level import TRUSTED, basin_gauge
from twin.basin import Basin
from twin.live import NoStationsError, open_database
from twin.stations.latest import value_at
from twin.stations.snapshot import ValueNow
from twin.stations.store import NoObservationsError, Reader
from twin.stations.store.schema import QUALITIES


def stored_observations(basin: Basin) -> ObservedStore | None:
    """Open the observations of a basin's store; None where there are none.

    It is open as long as the process: a film is asked for frames until its end.
    """
    try:
        return ObservedStore(basin, Reader(open_database(basin, write=False)))
    except NoObservationsError:
        return None


class ObservedStore:
    """Observations of a basin's stations, by a reader of their store."""

    def __init__(self, basin: Basin, reader: Reader) -> None:
        self._basin, self._reader = basin, reader
        self._network = basin.network()

    def levels(self, start: datetime, end: datetime, known_at: datetime | None) -> ObservedLevels:
        """Return trusted levels of the lake's gauge.

        Those in the range that has answers. Raises TwinError.
        """
        gauge = None if self._network is None else basin_gauge(self._basin, self._network)
        if gauge is None:
            raise NoStationsError(f"{self._basin.catalog.path}: no station is the gauge of the lake")
        series = self._reader.history(gauge.datastream.id, start, end, known_at=known_at)
        low, high = self._basin.water.answered_from_m, self._basin.water.highest_m
        found: list[tuple[float, float]] = []
        for us, value, quality in zip(series.times_us, series.values, series.qualities, strict=True):
            if QUALITIES[quality] not in TRUSTED or np.isnan(value):
                continue
            time_s = int(us) / 1e6
            level_m = round(gauge.to_working_m(float(value), datetime.fromtimestamp(time_s, UTC)), 4)
            if low <= level_m <= high:
                found.append((time_s, level_m))
        both = np.array(found, dtype=np.float64).reshape(-1, 2)
        return ObservedLevels(station=gauge.station.name, times=both[:, 0], levels_m=both[:, 1])

    def values(self, at: datetime, known_at: datetime | None) -> Mapping[str, ValueNow]:
        """Return every observed datastream's value at a time. Raises StoreError."""
        if self._network is None:
            return {}
        found = self._reader.latest(known_at=known_at, valid_at=at)
        streams = self._network.datastreams.values()
        return {s.id: value_at(s, found.get(s.id), at) for s in streams if s.origin == "observed"}
