"""Status of each station: headline value, age, gravest alarm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twin.stations.freshness import Freshness
from twin.stations.model import Datastream, Station, StationKind
from twin.stations.snapshot import Tone

if TYPE_CHECKING:
    from twin.stations.snapshot import AlarmNow, Now, ValueNow

MAIN: Mapping[StationKind, tuple[str, ...]] = {
    "rain": ("rain", "rain_total"),
    "stage": ("level", "flow"),
    "flow": ("flow", "level"),
    "reservoir": ("level", "storage"),
    "quality": ("nitrogen", "phosphorus", "codmn", "ammonia", "oxygen", "ph"),
    "outfall": ("flow", "cod", "ammonia"),
    "ecology": ("chlorophyll", "algae", "water_temperature"),
    "soil": ("soil_moisture", "sediment"),
}
"""What speaks for a station of a kind: the first of these that it measures, else the first it measures."""

State = Literal["alarm", "fresh", "stale", "dead", "never", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StationStatus:
    """Status of a station.

    ``rank`` is that of the gravest standing alarm, 0 for none; ``elapsed_s`` the time since ``value`` was
    received.
    """

    station: Station
    main: Datastream | None
    value: ValueNow | None
    elapsed_s: float
    freshness: Freshness
    rank: int
    alarms: tuple[AlarmNow, ...] = ()

    @property
    def age_s(self) -> float | None:
        """Age of the value now, s."""
        if self.value is None or self.value.age_s is None:
            return None
        return self.value.age_s + self.elapsed_s

    @property
    def tone(self) -> Tone:
        """Colour of its gravest alarm, '' for none."""
        return self.alarms[0].tone if self.alarms else ""

    @property
    def state(self) -> State:
        """State of the station: alarm first, then freshness."""
        return "alarm" if self.rank else self.freshness.value


def main_datastream(station: Station, streams: tuple[Datastream, ...]) -> Datastream | None:
    """Return a station's main observed datastream, or None."""
    observed = [s for s in streams if s.origin == "observed"]
    for property_ in MAIN[station.kind]:
        for stream in observed:
            if stream.property == property_:
                return stream
    return next(iter(observed), None)


def statuses(
    mains: Mapping[str, tuple[Station, Datastream | None]],
    now: Now | None,
    elapsed_s: Callable[[str], float],
) -> dict[str, StationStatus]:
    """Return all stations' statuses.

    ``mains`` is each station with its main datastream. ``now`` is None before the live service has told
    anything: then all are unknown, which is not "no value".
    """
    alarms: dict[str, list[AlarmNow]] = {}
    for alarm in now.alarms if now is not None else ():
        if alarm.state != "shelved":
            alarms.setdefault(alarm.station, []).append(alarm)
    nothing = Freshness.UNKNOWN if now is None else Freshness.NEVER
    found = {}
    for id_, (station, main) in mains.items():
        value = now.values.get(main.id) if now is not None and main is not None else None
        elapsed = elapsed_s(main.id) if value is not None and main is not None else 0.0
        mine = tuple(sorted(alarms.get(id_, ()), key=lambda alarm: alarm.rank))
        found[id_] = StationStatus(
            station=station,
            main=main,
            value=value,
            elapsed_s=elapsed,
            freshness=nothing if value is None else value.freshness(elapsed_s=elapsed),
            rank=mine[0].rank if mine else 0,
            alarms=mine,
        )
    return found
