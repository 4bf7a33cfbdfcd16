"""A small network for tests, and clocks that they set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from twin.stations.model import Datastream, Station, StationKind
from twin.stations.network import Network, network_of

START = datetime(2026, 7, 28, 6, 0, tzinfo=UTC)

MEASURED: dict[StationKind, tuple[str, ...]] = {
    "reservoir": ("level", "inflow"),
    "stage": ("level", "flow"),
    "rain": ("rain",),
    "quality": ("nitrogen", "ph", "phosphorus", "water_temperature"),
}
STATIONS: tuple[tuple[str, StationKind], ...] = (
    ("30500001", "reservoir"),
    ("31000001", "stage"),
    ("30900001", "rain"),
    ("30900002", "rain"),
    ("32000001", "quality"),
)


def station(id_: str, kind: StationKind) -> Station:
    return Station(id=id_, name={"zh": f"站{id_}", "en": f"station {id_}"}, kind=kind, lon=116.9, lat=40.5)


def network() -> Network:
    """Five stations; levels and rain every five minutes, water quality every four hours."""
    streams = [
        Datastream(
            id=f"{id_}.{name}",
            station=id_,
            property=name,
            interval_s=14_400.0 if kind == "quality" else 300.0,
        )
        for id_, kind in STATIONS
        for name in MEASURED[kind]
    ]
    return network_of((station(id_, kind) for id_, kind in STATIONS), streams)


@dataclass
class HandClocks:
    """Both clocks go on together, and the time of day can be set alone."""

    day: datetime = START
    seconds: float = 1000.0

    def now(self) -> datetime:
        return self.day

    def elapsed_s(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.day += timedelta(seconds=seconds)
        self.seconds += seconds

    def step(self, seconds: float) -> None:
        """Somebody sets the clock."""
        self.day += timedelta(seconds=seconds)
