"""Evaluate alarms of a run (a flood replayed, a forecast).

By the same rules, in a log of their own. They never reach the journal: alarms come from live only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from twin.alarms.lifecycle import AlarmLifecycle, Change
from twin.alarms.rules import Rules
from twin.catalog.site import Site
from twin.stations.model import Datastream, Observation, Station
from twin.stations.network import network_of

LAKE = "lake"


def alarms_of_levels(site: Site, levels: Iterable[tuple[datetime, float]], *, every_s: float) -> list[Change]:
    """Return alarms that a series of lake levels raises and ends.

    Working levels (aware time, m), oldest first.
    """
    station = Station(id=LAKE, name={"zh": "水库", "en": "reservoir"}, kind="reservoir", lon=0.0, lat=0.0)
    stream = Datastream(id=f"{LAKE}.level", station=LAKE, property="level", interval_s=every_s)
    rules = Rules(
        site,
        network_of([station], [stream]),
        zone=ZoneInfo(site.time_zone),
        to_working_m=lambda _, value_m, at: value_m,
    )
    lifecycle, log = AlarmLifecycle(), []
    for at, level_m in levels:
        o = Observation(
            datastream=stream.id, phenomenon_at=at, received_at=at, value=level_m, quality="estimate"
        )
        log += [change for j in rules.evaluate(o) if (change := lifecycle.update(j)) is not None]
    return log
