"""Read back observations that alarms and trends need after a start."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from twin.alarms.rain import LONGEST
from twin.alarms.rules import TRUSTED
from twin.stations.latest import TREND_VALUES
from twin.stations.store.schema import QUALITY_NUMBER, as_time

if TYPE_CHECKING:
    from twin.stations.model import Datastream, Observation
    from twin.stations.network import Network
    from twin.stations.store import Reader

YEAR = timedelta(days=366)


class KnownBefore:
    """Newest observations of a store, and times up to which they reach.

    ``newest`` has, oldest first, as many of each datastream as a trend needs; ``kept_until`` is by
    datastream. Raises StoreError.
    """

    def __init__(self, reader: Reader, network: Network) -> None:
        self._reader, self._network = reader, network
        self.newest: list[Observation] = []
        self.kept_until: dict[str, datetime] = {}
        for name, newest in reader.latest().items():
            ahead = newest.reason == "future"  # it must not hide true values of before
            until = self.kept_until[name] = newest.received_at if ahead else newest.phenomenon_at
            if (stream := network.datastreams.get(name)) is not None:
                start = until - timedelta(seconds=TREND_VALUES * stream.interval_s)
                self.newest += reader.revisions(name, start, newest.phenomenon_at)

    def judged(self, nitrogen: Collection[str]) -> Iterator[tuple[str, list[tuple[datetime, float, int]]]]:
        """Yield trusted (time, value, count) of rain and nitrogen, by datastream.

        ``nitrogen`` are the stations whose yearly mean is judged. Sums and means go up to the newest value,
        whatever the clock shows now. Raises StoreError.
        """
        for stream in self._network.datastreams.values():
            end, length = self.kept_until.get(stream.id), _judged_for(stream, nitrogen)
            if stream.origin != "observed" or end is None or length is None:
                continue
            series = self._reader.history(stream.id, end - length, end)
            trusted = np.isin(series.qualities, [QUALITY_NUMBER[quality] for quality in TRUSTED])
            trusted &= ~np.isnan(series.values)
            times, values = series.times_us[trusted].tolist(), series.values[trusted].tolist()
            counts = series.counts[trusted].tolist()
            yield stream.id, list(zip(map(as_time, times), values, counts, strict=True))


def _judged_for(stream: Datastream, nitrogen: Collection[str]) -> timedelta | None:
    if stream.property == "rain":
        return LONGEST
    return YEAR if stream.property == "nitrogen" and stream.station in nitrogen else None
