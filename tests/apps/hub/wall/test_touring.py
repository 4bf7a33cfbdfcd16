"""The tour goes from place to place, stops for a new alarm, and goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from apps.hub.wall.touring import HELD_S, Touring
from apps.session.wall_state import WallState
from tests.apps.clock import Clock
from tests.apps.hub.wall.fake_pool import wall_without_painters
from twin.catalog.wall_site import Tour
from twin.scene import Camera

DWELL_S = 20.0


def alarm(id_: str, *, rank: int = 2, state: str = "unacknowledged", station: str = "dam") -> Any:
    return SimpleNamespace(id=id_, rank=rank, state=state, station=station)


class Toured:
    """A touring wall with alarms that a test sets."""

    def __init__(self, controller: Any, clock: Clock) -> None:
        self.clock, self.controller = clock, controller
        self.state = WallState(clock=clock)
        self.touring = Touring(Tour(dwell_s=DWELL_S), self.state, clock=clock)
        self.flights: list[Camera] = []
        controller.area.fly_to = self.flights.append
        east, north = controller.session.ground.extent[0] + 500.0, controller.session.ground.extent[1] + 500.0
        lon, lat = controller.session.basin.frame.to_lonlat(east, north)
        stations = {name: SimpleNamespace(lon=float(lon), lat=float(lat)) for name in ("dam", "river")}
        self.now = SimpleNamespace(alarms=[])
        controller.live = SimpleNamespace(
            client=SimpleNamespace(now=self.now), network=SimpleNamespace(stations=stations)
        )
        self.touring.begin()

    def step(self, seconds: float = 0.0) -> int:
        """Steps of half a second for so long; returns how many flights began."""
        before = len(self.flights)
        for _ in range(int(seconds * 2) or 1):
            self.clock.now += 0.5
            self.touring.step(self.controller)
        return len(self.flights) - before


@asynccontextmanager
async def toured(catalog: Path, clock: Clock) -> AsyncIterator[Toured]:
    async with wall_without_painters(catalog, clock=clock) as (wall, _, _, _):
        yield Toured(wall.controller, clock)


async def test_it_flies_from_place_to_place_and_waits_at_each(flood_basin: Path, clock: Clock) -> None:
    async with toured(flood_basin, clock) as tour:
        assert tour.step(19.0) == 0
        assert tour.step(1.0 + 2 * DWELL_S) == 3
        tour.state.touring = False
        assert tour.step(100.0) == 0


async def test_a_new_alarm_stops_it_until_somebody_acknowledges(flood_basin: Path, clock: Clock) -> None:
    async with toured(flood_basin, clock) as tour:
        tour.now.alarms = [alarm("old")]
        assert tour.step() == 0, "what stands at first is none that comes"
        tour.now.alarms = [alarm("old"), alarm("blue", rank=4, station="river"), alarm("red", rank=1)]
        assert tour.step() == 1
        assert tour.step(300.0) == 0, "it holds"
        tour.now.alarms = [alarm("old"), alarm("blue", rank=4), alarm("red", rank=1, state="acknowledged")]
        assert tour.step(DWELL_S) >= 1


async def test_an_alarm_that_nobody_sees_holds_it_ten_minutes(flood_basin: Path, clock: Clock) -> None:
    async with toured(flood_basin, clock) as tour:
        tour.step()
        tour.now.alarms = [alarm("red", rank=1)]
        assert tour.step() == 1
        assert tour.step(HELD_S - 1.0) == 0
        assert tour.step(2.0) == 1


async def test_what_somebody_shows_is_not_flown_away_from(flood_basin: Path, clock: Clock) -> None:
    async with toured(flood_basin, clock) as tour:
        tour.step()
        tour.state.present("Li")
        tour.now.alarms = [alarm("red", rank=1)]
        assert tour.step(60.0) == 0
