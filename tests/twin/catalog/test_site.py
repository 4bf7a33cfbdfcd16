from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from twin.catalog import CatalogError, Season, load_catalog

Write = Callable[..., Path]

SITE = """\
version: 1
levels:
  - {id: normal, name: {zh: 正常蓄水位, en: Normal}, level_m: 157.5, source: published}
  - id: limit
    name: {zh: 汛限水位, en: Flood limit}
    level_m: 152.0
    season: {from: 06-01, to: 09-15}
    since: 2021-01-01
    source: published
home: dam
viewpoints:
  - id: above
    name: {zh: 俯视, en: Above}
    target: {lon: 116.9, lat: 40.5}
    distance_m: 60000
    heading_deg: 0
    pitch_deg: -90
  - id: dam
    name: {zh: 大坝, en: Dam}
    target: {east: 488000, north: 4480000}
    distance_m: 5000
    heading_deg: 20
    pitch_deg: -20
"""


def test_levels_hold_in_their_season_and_since_their_day(write: Write) -> None:
    site = load_catalog(write(site=SITE)).site
    assert [level.id for level in site.levels_on(date(2025, 7, 29))] == ["limit", "normal"]
    assert [level.id for level in site.levels_on(date(2025, 12, 1))] == ["normal"]
    assert [level.id for level in site.levels_on(date(2020, 7, 29))] == ["normal"]


def test_a_season_may_go_over_the_new_year() -> None:
    winter = Season.model_validate({"from": "11-15", "to": "03-15"})
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 15), date(2026, 3, 16), date(2026, 7, 1))
    assert [winter.holds_on(day) for day in days] == [True, True, True, False, False]


def test_home_is_the_viewpoint_named(write: Write) -> None:
    assert load_catalog(write(site=SITE)).site.home_viewpoint.id == "dam"
    assert load_catalog(write(site=SITE.replace("home: dam\n", ""))).site.home_viewpoint.id == "above"


def test_without_a_site_file_there_are_defaults(write: Write) -> None:
    site = load_catalog(write()).site
    assert (site.time_zone, site.levels, site.home_viewpoint) == ("Asia/Shanghai", [], None)


def test_a_site_file_that_is_named_must_be_there(write: Write) -> None:
    with pytest.raises(CatalogError, match=r"elsewhere\.yaml: there is no such file"):
        load_catalog(write(("synthetic: true", "synthetic: true\nsite: elsewhere.yaml")))


@pytest.mark.parametrize(
    ("old", "new", "key", "line"),
    [
        ("home: dam", "home: damn", "home", 10),
        ("id: dam", "id: above", "viewpoints", 11),
        ("from: 06-01", "from: 31-06", "levels[1].season.from", 7),
        ("from: 06-01", "from: 06-31", "levels[1].season.from", 7),
        ("since: 2021-01-01", "since: 2021-01-01\n    until: 2020-12-31", "levels[1]", 4),
        ("from: 06-01", "form: 06-01", "levels[1].season.form", 7),
        ("pitch_deg: -20", "pitch_deg: 20", "viewpoints[1].pitch_deg", 23),
        ("version: 1", "version: 1\ntime_zone: Asia/Beijing", "time_zone", 2),
        ("version: 1", "version: 1\nhydrological_day_start: 25:00", "hydrological_day_start", 2),
    ],
)
def test_what_is_wrong_in_it_has_its_line(write: Write, old: str, new: str, key: str, line: int) -> None:
    with pytest.raises(CatalogError) as caught:
        load_catalog(write(site=SITE.replace(old, new, 1)))
    assert (key, line) in {(problem.key, problem.line) for problem in caught.value.problems}
    assert {problem.file.name for problem in caught.value.problems} == {"site.yaml"}


def test_the_site_that_ships_holds_the_published_levels(project: Path) -> None:
    site = load_catalog(project / "data_catalog.yaml").site
    in_flood_season = {level.id: level.level_m for level in site.levels_on(date(2026, 7, 1))}
    assert in_flood_season == {
        "dead": 126.0,
        "flood-limit": 152.0,
        "protection": 155.0,
        "normal": 157.5,
        "design": 158.5,
        "check": 159.5,
    }
