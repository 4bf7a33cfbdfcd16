"""A basin of two stations for drills: a lake's gauge and a rain gauge."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from twin.catalog.site import Site
from twin.drills.drill_check import DrillBasin
from twin.stations.model import Datastream, Station
from twin.stations.network import network_of

LAKE, RAIN = "30500001", "30900001"

SITE = Site.model_validate_json(
    """{"time_zone": "Asia/Shanghai", "levels": [
    {"id": "flood-limit", "name": {"zh": "汛限", "en": "Flood limit"}, "level_m": 152.0, "source": "-"},
    {"id": "normal", "name": {"zh": "正常", "en": "Normal"}, "level_m": 155.0, "source": "-"}]}"""
)


def basin() -> DrillBasin:
    stations = [
        Station(id=LAKE, name={"zh": "坝", "en": "Dam"}, kind="reservoir", lon=116.9, lat=40.5),
        Station(id=RAIN, name={"zh": "岭", "en": "Ridge"}, kind="rain", lon=116.8, lat=40.6),
    ]
    lake = Datastream(id=f"{LAKE}.level", station=LAKE, property="level", interval_s=300)
    streams = [
        lake,
        Datastream(id=f"{LAKE}.inflow", station=LAKE, property="inflow", interval_s=3600),
        Datastream(id=f"{RAIN}.rain", station=RAIN, property="rain", interval_s=300),
    ]
    return DrillBasin(
        site=SITE,
        zone=ZoneInfo("Asia/Shanghai"),
        network=network_of(stations, streams),
        lake=lake,
        to_working_m=lambda station, value_m, at: value_m + 0.5,
        lowest_m=126.0,
        highest_m=160.0,
    )


def told(*series: tuple[str, str, list[list[float]]], **more: Any) -> dict[str, Any]:
    """A drill's file as plain values."""
    named = [{"station": s, "property": p, "values": v} for s, p, v in series]
    head = {"version": 1, "name": {"zh": "演习", "en": "Exercise"}, "author": "Li", "minutes": 60}
    return head | {"series": named} | more


def written(folder: Path, document: object, name: str = "one.yaml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    return path
