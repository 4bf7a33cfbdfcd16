"""Classify the water of all sections by GB 3838-2002."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from twin.alarms.gb3838 import CLASSES, Class, Verdict, verdict, worse_by
from twin.stations.freshness import Freshness
from twin.stations.model import Datastream, Station
from twin.stations.snapshot import Now

TRUSTED = ("good", "unchecked", "estimate")
KNOWN = (Freshness.FRESH, Freshness.STALE)
"""A section is sampled seldom: a stale value still stands, a dead one does not."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Water-quality section, what its class is and should be.

    ``oldest_s`` is the age of the oldest value that counted; ``stale`` where one of them is.
    """

    station: Station
    verdict: Verdict
    target: Class
    oldest_s: float
    stale: bool

    @property
    def worse(self) -> int:
        """Number of classes below its target, 0 where it is met."""
        return max(0, worse_by(self.verdict.water_class, self.target))


def sections(
    now: Now,
    *,
    elapsed_s: Callable[[str], float],
    stations: Mapping[str, Sequence[Datastream]],
    network: Mapping[str, Station],
    target_of: Callable[[str], Class],
) -> list[Section]:
    """Return the sections with a class now, the worst first.

    ``stations`` has the datastreams of each section; a section of a river is judged as one, others as lake.
    """
    found = []
    for id_, streams in stations.items():
        values: dict[str, float] = {}
        ages: list[float] = []
        stale = False
        for stream in streams:
            value = now.values.get(stream.id)
            if value is None or value.value is None or value.age_s is None or value.quality not in TRUSTED:
                continue
            freshness = value.freshness(elapsed_s=elapsed_s(stream.id))
            if freshness in KNOWN:
                values[stream.property] = value.value
                ages.append(value.age_s + elapsed_s(stream.id))
                stale = stale or freshness is Freshness.STALE
        station = network[id_]
        found_class = verdict(values, "river" if station.river else "lake")
        if found_class is not None:
            found.append(
                Section(
                    station=station,
                    verdict=found_class,
                    target=target_of(id_),
                    oldest_s=max(ages),
                    stale=stale,
                )
            )
    return sorted(found, key=lambda s: (-s.worse, -CLASSES.index(s.verdict.water_class), s.station.id))


def class_counts(found: Sequence[Section]) -> dict[Class, int]:
    """Count sections by class, best first, all classes named."""
    counts = dict.fromkeys(CLASSES, 0)
    for section in found:
        counts[section.verdict.water_class] += 1
    return counts
