"""Compare a network with the reservoir and the site's rules.

Doubts of ``check`` and ``build``.
"""

from __future__ import annotations

from twin.catalog import Catalog, Place, frame_of
from twin.geodesy import distance_m
from twin.stations.heights import shift_of
from twin.stations.network import Network
from twin.vertical import VerticalError

FAR_KM = 200.0
"""Farther from the seed than this, a station is probably not of the basin."""


def station_doubts(catalog: Catalog, network: Network) -> list[str]:
    """Return doubts of a network.

    Places far away, rules without their station, a lake without a gauge.
    """
    from twin.alarms.rules import strangers  # noqa: PLC0415  (a view checks no stations)

    frame = frame_of(catalog.head)
    seed = frame.place(catalog.head.reservoir.seed)
    doubts = []
    for station in network.stations.values():
        place = frame.place(Place(lon=station.lon, lat=station.lat))
        away_km = distance_m(seed, place, crs=frame.crs) / 1000
        if not away_km <= FAR_KM:
            doubts.append(
                f"the station {station.id} lies {away_km:,.0f} km from the reservoir: is it of here?"
            )
    doubts += [line.removeprefix("site: ") for line in strangers(catalog.site, network)]
    return doubts + _gauge_doubts(catalog, network)


def _gauge_doubts(catalog: Catalog, network: Network) -> list[str]:
    """What would keep the lake's gauge from moving the water, where the basin is to be live."""
    if not catalog.site.feeds:
        return []
    gauges = [s for s in network.stations.values() if s.kind == "reservoir" and network.find(s.id, "level")]
    if not gauges:
        return ["no station of the kind reservoir measures level: the desk will have no live water"]
    try:
        shift_of(gauges[0].reference, catalog.head.vertical)
    except VerticalError as error:
        return [f"levels of {gauges[0].id} cannot be converted: {error}"]
    return []
