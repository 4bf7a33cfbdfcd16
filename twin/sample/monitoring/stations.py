"""Sample basin's 429 stations.

Kinds and numbers as a basin of this size has them, all invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from twin.arrays import F64
from twin.sample.monitoring.naming import TOWNSHIPS, hamlets
from twin.sample.monitoring.places import Places, River, along, nearest, spread, watersheds
from twin.stations.model import Datastream, GaugeZero, Station, StationKind
from twin.stations.network import Network, network_of

Name = tuple[str, str]

COUNTS: dict[StationKind, int] = {
    "rain": 150,
    "stage": 60,
    "flow": 24,
    "reservoir": 1,
    "quality": 101,
    "outfall": 32,
    "ecology": 18,
    "soil": 43,
}
"""429 in all: as many as the real basin's plan names, shared out as its text says."""

LAKE_QUALITY, LAKE_ECOLOGY = 20, 4
FIVE_MIN, HOUR, FOUR_HOURS, DAY, MONTH = 300.0, 3600.0, 14_400.0, 86_400.0, 30 * 86_400.0
MEASURED: dict[StationKind, tuple[tuple[str, float], ...]] = {
    "rain": (("rain", FIVE_MIN), ("voltage", HOUR)),
    "stage": (("level", FIVE_MIN), ("flow", FIVE_MIN)),
    "flow": (("flow", FIVE_MIN), ("level", FIVE_MIN)),
    "reservoir": (("level", FIVE_MIN), ("inflow", HOUR), ("release", HOUR)),
    "quality": (
        ("ph", FOUR_HOURS),
        ("oxygen", FOUR_HOURS),
        ("codmn", FOUR_HOURS),
        ("ammonia", FOUR_HOURS),
        ("phosphorus", FOUR_HOURS),
        ("nitrogen", FOUR_HOURS),
    ),
    "outfall": (("flow", HOUR), ("cod", FOUR_HOURS), ("ammonia", FOUR_HOURS)),
    "ecology": (("water_temperature", HOUR), ("chlorophyll", FOUR_HOURS), ("algae", MONTH)),
    "soil": (("soil_moisture", HOUR), ("sediment", DAY)),
}
CODES: dict[StationKind, str] = {
    "rain": "309",
    "stage": "310",
    "flow": "311",
    "reservoir": "305",
    "quality": "320",
    "outfall": "330",
    "ecology": "340",
    "soil": "350",
}
SUFFIXES: dict[StationKind, Name] = {
    "rain": ("雨量站", "rain gauge"),
    "stage": ("水位站", "stage"),
    "flow": ("水文站", "gauging station"),
    "reservoir": ("库水位站", "reservoir level"),
    "quality": ("水质断面", "quality section"),
    "outfall": ("排污口", "outfall"),
    "ecology": ("生态站", "ecology station"),
    "soil": ("水保站", "soil station"),
}


def sample_network(sources: Places, *, seed: int) -> Network:
    """Return all stations and datastreams, deterministically.

    Equal for equal sources and seed.
    """
    rng = np.random.default_rng([seed, 429])
    stations = [*_places(sources, rng)]
    return network_of(stations, (stream for station in stations for stream in _streams(station)))


def _streams(station: Station) -> Iterator[Datastream]:
    for property_, interval_s in MEASURED[station.kind]:
        yield Datastream(
            id=f"{station.id}.{property_}", station=station.id, property=property_, interval_s=interval_s
        )


def _places(sources: Places, rng: np.random.Generator) -> Iterator[Station]:
    rivers, names = sources.rivers, hamlets()
    land = np.concatenate([river.course for river in rivers]) + rng.normal(
        scale=(0.05, 0.04), size=(sum(len(r.course) for r in rivers), 2)
    )
    yield from _stations("rain", spread(land, COUNTS["rain"], rng=rng), names, sources)
    yield from _on_rivers("stage", COUNTS["stage"], sources, shift=0.0)
    yield from _on_rivers("flow", COUNTS["flow"], sources, shift=0.03)
    yield from _stations("reservoir", sources.dams[1:2], iter(sources.dam_names[1:2]), sources)
    yield from _on_rivers("quality", COUNTS["quality"] - LAKE_QUALITY, sources, shift=0.015)
    lake = spread(sources.lake, LAKE_QUALITY, rng=rng)
    in_lake = ((f"云汀水库{k + 1}号", f"Yunting Reservoir {k + 1}") for k in range(LAKE_QUALITY))
    yield from _stations("quality", lake, in_lake, sources, first=COUNTS["quality"] - LAKE_QUALITY)
    some = rng.permutation(len(sources.villages))[: COUNTS["outfall"]]
    by_villages = sources.villages[some] + rng.normal(scale=0.004, size=(len(some), 2))
    yield from _stations("outfall", by_villages, (sources.village_names[k] for k in some), sources)
    ecology = spread(sources.lake, LAKE_ECOLOGY, rng=rng)
    eco_names = ((f"云汀水库{k + 1}区", f"Yunting Reservoir area {k + 1}") for k in range(LAKE_ECOLOGY))
    yield from _stations("ecology", ecology, eco_names, sources)
    yield from _on_rivers(
        "ecology", COUNTS["ecology"] - LAKE_ECOLOGY, sources, shift=0.045, first=LAKE_ECOLOGY
    )
    around = sources.villages[: COUNTS["soil"]] + rng.normal(
        scale=0.012, size=(len(sources.villages[: COUNTS["soil"]]), 2)
    )
    yield from _stations("soil", around, iter(sources.village_names), sources)


def _on_rivers(
    kind: StationKind, count: int, sources: Places, *, shift: float, first: int = 0
) -> Iterator[Station]:
    """Along the rivers, more on the longer ones, numbered downstream."""
    length = np.array([len(river.course) for river in sources.rivers], dtype=np.float64)
    share = np.maximum(1, np.floor(count * length / length.sum())).astype(int)
    order = np.argsort(-length)
    k = 0
    while share.sum() != count:
        share[order[k % len(order)]] += 1 if share.sum() < count else -int(share[order[k % len(order)]] > 1)
        k += 1
    for river, many in zip(sources.rivers, share, strict=True):
        names = ((f"{river.name[0]}{n + 1}号", f"{river.name[1]} {n + 1}") for n in range(many))
        points = along(river, int(many), start=0.12 + shift, end=0.94 + shift)
        yield from _stations(kind, points, names, sources, river=river, first=first)
        first += int(many)


def _stations(
    kind: StationKind,
    points: F64,
    names: Iterator[Name],
    sources: Places,
    *,
    river: River | None = None,
    first: int = 0,
) -> Iterator[Station]:
    towns = sources.villages[:: max(1, len(sources.villages) // len(TOWNSHIPS))][: len(TOWNSHIPS)]
    drains: Sequence[River] = watersheds(points, sources.rivers)
    for k, (town, basin) in enumerate(zip(nearest(points, towns), drains, strict=True)):
        zh, en = next(names)
        number = first + k + 1
        yield Station(
            id=f"{CODES[kind]}{number:05d}",
            name={"zh": zh + SUFFIXES[kind][0], "en": f"{en} {SUFFIXES[kind][1]}"},
            kind=kind,
            lon=round(float(points[k, 0]), 6),
            lat=round(float(points[k, 1]), 6),
            reference="1985",
            gauge=_gauge(kind, number),
            township=TOWNSHIPS[town],
            watershed=basin.name[0],
            river="" if river is None else river.name[0],
            owner="合成数据 / synthetic",
        )


def _gauge(kind: StationKind, number: int) -> tuple[GaugeZero, ...]:
    """River stages are read from a staff whose zero was surveyed twice."""
    if kind != "stage":
        return ()
    zero_m = 150.0 + 3.7 * (number % 41)
    return (
        GaugeZero(since=date(2005, 6, 1), zero_m=round(zero_m, 2), reference="1985"),
        GaugeZero(since=date(2021, 4, 20), zero_m=round(zero_m - 0.12, 2), reference="1985"),
    )
