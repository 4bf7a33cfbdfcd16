"""Stations, their datastreams, their observations: the words of OGC SensorThings.

A station (Thing) has datastreams; a datastream is one property in one unit, observed, computed or forecast;
an observation is one result of it. Observations are never changed: a correction is a new row with a higher
``revision``. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from twin.quantity import Quality

StationKind = Literal["rain", "stage", "flow", "reservoir", "quality", "outfall", "ecology", "soil"]
"""``reservoir``: a lake's level station; ``stage``: a river's; ``quality``: a section where water is sampled;
``soil``: soil and water conservation."""

STATION_KINDS: tuple[StationKind, ...] = (
    "rain",
    "stage",
    "flow",
    "reservoir",
    "quality",
    "outfall",
    "ecology",
    "soil",
)

Origin = Literal["observed", "computed", "forecast"]


@dataclass(frozen=True, kw_only=True, slots=True)
class GaugeZero:
    """Zero height of a staff gauge from ``since`` on.

    In m of ``reference`` (``twin.vertical``).
    """

    since: date
    zero_m: float
    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """Station: a place of measurement.

    ``id`` is the station's code (eight signs in China). ``reference`` is what the heights it reports count
    from; with ``gauge`` its stages are metres above the zero that held on the day.
    """

    id: str
    name: Mapping[str, str]
    kind: StationKind
    lon: float
    lat: float
    reference: str = "unknown"
    gauge: tuple[GaugeZero, ...] = ()
    township: str = ""
    watershed: str = ""
    river: str = ""
    owner: str = ""

    def zero_on(self, day: date) -> GaugeZero | None:
        """Return the gauge zero in force on ``day``, or None."""
        return max((z for z in self.gauge if z.since <= day), key=lambda z: z.since, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Datastream:
    """Property of a station, in its stored unit.

    ``id`` is ``<station>.<property>``, for a forecast ``<station>.<property>.forecast``. ``property`` is one
    of ``twin.stations.properties``. ``interval_s`` is how often a value is due, nominally.
    """

    id: str
    station: str
    property: str
    interval_s: float
    origin: Origin = "observed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """Observed value of a datastream.

    ``value`` is in the property's own unit, None where the station sent "missing". ``phenomenon_at`` is the
    time the value is of, ``result_at`` when it was made (None: not told), ``received_at`` when it came here.
    ``feed`` is the id of the feed it came by. ``revision`` counts from 0; the store sets it. ``reason`` says
    why the quality is not good, as one word of ``twin.stations.quality``.
    """

    datastream: str
    phenomenon_at: datetime
    received_at: datetime
    value: float | None
    quality: Quality = "unchecked"
    reason: str = ""
    feed: str = ""
    result_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Unchecked value of a feed.

    Nothing in it is trusted. ``station`` and ``property`` are as we call them (the feed has mapped its own
    names to ours). ``value`` is whatever was decoded: a number, a text, None for "missing". ``unit`` is None
    where the feed's protocol fixes it to the property's own. Times are an aware datetime or a text in ISO
    8601 with a zone. ``sent_at`` is what the station's clock said as it sent this, where the protocol tells.
    ``doubt`` is a slug of why the feed itself doubts the value, which is then kept as suspect.
    """

    station: str
    property: str
    value: object
    phenomenon_at: object
    unit: str | None = None
    result_at: object = None
    sent_at: datetime | None = None
    doubt: str = ""
