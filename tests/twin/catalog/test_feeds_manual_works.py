"""What docs/feeds.md shows is copied as it stands: checker and build take it, and the values are right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from meshes.build.catalog_check import check
from tests.small import write_small_basin
from tests.twin.stations.feeds.memory import gate
from tests.twin.stations.nets import START
from twin.build.stations import make_stations
from twin.catalog import StationsEntry, load_catalog
from twin.catalog.site import Site
from twin.stations.feeds.mapped_json import Mapper
from twin.stations.feeds.mqtt import topic_pattern
from twin.stations.network import load_network

MANUAL = (Path(__file__).parents[3] / "docs" / "feeds.md").read_text(encoding="utf-8")
YAML = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)]
CSV = re.findall(r"```csv\n(.*?)```", MANUAL, re.DOTALL)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The small basin with everything that the manual shows."""
    path = write_small_basin(tmp_path)
    told = yaml.safe_load(path.read_text("utf-8"))
    told["entries"] |= YAML[0]
    path.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
    (tmp_path / "stations.csv").write_text(CSV[0], "utf-8")
    (tmp_path / "datastreams.csv").write_text(CSV[1], "utf-8")
    site = tmp_path / told["site"]
    plan = yaml.safe_load(site.read_text("utf-8")) | YAML[1] | YAML[2]
    site.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def test_the_checker_and_a_build_take_it_without_a_word(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unset,) = [p.message for p in check(copied).problems if "TWIN_OFFICE_URL" in p.message]
    assert "is not set here" in unset
    for name in ("TWIN_SL651_PASSWORD", "TWIN_OFFICE_URL", "TWIN_OBSERVATIONS_URL"):
        monkeypatch.setenv(name, "0000")
    report = check(copied)
    assert [problem.message for problem in report.problems] == []
    (row,) = [row for row in report.rows if row.kind == "stations"]
    assert (row.status, row.facts) == ("ok", "2 stations, 3 datastreams")
    catalog = load_catalog(copied)
    make_stations(tmp_path, catalog=catalog, entry=catalog.only(StationsEntry))
    network = load_network(tmp_path)
    assert list(network.datastreams) == ["30510101.level", "30510101.inflow", "3051E010.rain"]
    assert network.stations["30510101"].name["zh"] == "大坝站"


HTTP = {
    "data": {
        "rows": [
            {"stcd": "30510101", "kind": "Z", "v": "148.95", "tm": "2026/7/28 14:00"},
            {"stcd": "3051E010", "kind": "P", "v": "2.5", "tm": "2026-07-28 13:00:00"},
        ]
    }
}


@pytest.mark.parametrize(
    ("feed", "document", "topic", "found"),
    [
        ("weather", HTTP, "", {"30510101.level": 148.95, "3051E010.rain": 2.5}),
        (
            "rain",
            {"code": "3051E010", "mm": 2.5, "at": "2026-07-28T13:55:00+08:00"},
            "",
            {"3051E010.rain": 2.5},
        ),
        ("gauges", 14895, "gauges/30510101/level", {"30510101.level": 148.95}),
    ],
)
async def test_the_values_of_each_map_come_out_right(
    copied: Path, tmp_path: Path, feed: str, document: Any, topic: str, found: dict[str, float]
) -> None:
    catalog = load_catalog(copied)
    make_stations(tmp_path, catalog=catalog, entry=catalog.only(StationsEntry))
    (spec,) = [spec for spec in catalog.site.feeds if spec.id == feed]
    named = {}
    if topic:
        match = topic_pattern(spec.map.topic).fullmatch(topic)  # type: ignore[union-attr]
        assert match is not None
        named = match.groupdict()
    mapper = Mapper(spec.map, zone=ZoneInfo(catalog.site.time_zone))  # type: ignore[union-attr]
    intake, kept = gate(load_network(tmp_path))
    await intake.deliver(feed, list(mapper.readings(document, named=named, arrived_at=START)))
    assert {row.datastream: row.value for row in kept.rows} == found
    assert intake.refused(feed) == {}


def test_the_example_as_it_was_is_refused_by_the_checker(copied: Path, tmp_path: Path) -> None:
    """One unit for rain and level made 0.149 m of a lake at 148.95 m, and called it good."""
    site = next(tmp_path.glob("*site.yaml"))
    plan = yaml.safe_load(site.read_text("utf-8"))
    (weather,) = [feed for feed in plan["feeds"] if feed["id"] == "weather"]
    del weather["map"]["units"]
    weather["map"]["unit"] = "'mm'"
    site.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
    report = check(copied)
    assert not report.ok
    (problem,) = [problem for problem in report.problems if problem.severity == "error"]
    assert problem.key == "feeds[5].map" and "units: {level: m, rain: mm}" in problem.message
    assert Site().feeds == []
