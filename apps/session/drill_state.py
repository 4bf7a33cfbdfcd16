"""State of a wall's drill: what runs, and which files there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apps.session.live_level import basin_gauge
from twin.drills.drill_check import CheckedDrill, DrillBasin
from twin.stations.heights import working_level_m

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.drills.drill_run import DrillRun
    from twin.stations.model import Station
    from twin.stations.snapshot import AlarmNow


@dataclass(frozen=True, kw_only=True)
class DrillState:
    """Drill that runs, files to choose from, real alarms raised meanwhile."""

    run: DrillRun | None = None
    files: tuple[CheckedDrill, ...] = ()
    real: tuple[AlarmNow, ...] = ()


def drill_basin(basin: Basin) -> DrillBasin | None:
    """Return a drill's view of a basin; None without a lake gauge."""
    settings, zone = basin.catalog.head.vertical, ZoneInfo(basin.site.time_zone)
    network = basin.network()
    gauge = None if network is None else basin_gauge(basin, network)
    if network is None or gauge is None:
        return None

    def to_working_m(station: Station, value_m: float, at: datetime) -> float:
        return working_level_m(station, value_m, at, settings=settings, zone=zone)

    return DrillBasin(
        site=basin.site,
        zone=zone,
        network=network,
        lake=gauge.datastream,
        to_working_m=to_working_m,
        lowest_m=basin.water.answered_from_m,
        highest_m=basin.catalog.head.reservoir.highest_m,
    )
