"""Fields are the numbers of their moment; a level typed by hand that is never reached is doubted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from apps.recorder.film_check import film_problems
from apps.recorder.text_check import STATED
from tests.apps.recorder.films import OVERVIEW, RISING, film
from twin.basin import Basin
from twin.storyboard.film_basin import FilmBasin
from twin.storyboard.storyboard import Storyboard


@pytest.fixture(scope="module")
def basin(small_basin: Path) -> Basin:
    return Basin.open(small_basin)


def test_fields_are_the_numbers_of_the_moment(basin: Basin) -> None:
    shot = {
        "water": RISING,
        "panels": ["numbers"],
        "title": {"text": "{from_level_m} → {to_level_m} m", "under": "{affected_villages}"},
        "captions": [{"text": "{level_m}|{storage}|{area}|{affected_households}|{date}{time}."}],
        "callouts": [{"text": "坝前 {level_m} m", "place": {"east": 492000, "north": 4482500}}],
    }
    frame = film(basin, shot).frame(20)
    words = frame.words
    assert words.caption is not None and words.title is not None
    level, stored, area, households, rest = words.caption.text.split("|")
    figures = [f"{one.value} {one.unit}" for one in words.numbers]
    assert [f"{level} m", stored, area] == figures[:3]
    assert (level, rest) == (f"{frame.scene.moment.level_m:.2f}", ".") and level != "150.00"
    assert words.title.text == "150.00 → 158.00 m"
    assert words.title.under.isdecimal() and households.isdecimal()
    assert [one.text for one in words.callouts] == [f"坝前 {level} m"]


def problems(basin: Basin, tmp_path: Path, text: str, **shot: Any) -> list[tuple[str, str]]:
    told = {"id": "a", "seconds": 4, "camera": OVERVIEW, "captions": [{"text": text}], **shot}
    board = Storyboard.model_validate_json(json.dumps({"title": "片", "shots": [told]}))
    found = film_problems(board, FilmBasin(basin=basin, left_out={}), file=tmp_path / "film.yaml")
    return [(problem.code, problem.severity) for problem in found if "captions" in problem.key]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("水位升至 158.00 米", ""),
        ("水位升至 158 米", ""),
        ("150 到 154.3 m", ""),
        ("洪峰 155 立方米每秒，155 m³/s", ""),
        ("水位升至 159.00 米", "other-level"),
        ("The lake at 149 m", "other-level"),
        ("浪高 2 米", ""),
        ("水位 {level_m} 米", ""),
        ("水位 {levl_m} 米", "unknown-field"),
        ("{date} 的水位", "no-time"),
    ],
)
def test_a_level_that_the_shot_never_has_is_doubted(
    basin: Basin, tmp_path: Path, text: str, code: str
) -> None:
    found = problems(basin, tmp_path, text, water=RISING)
    severity = "warning" if code == "other-level" else "error"
    assert found == ([(code, severity)] if code else [])


def test_numbers_of_metres_are_read_as_people_write_them() -> None:
    assert STATED.findall("158米、157.5 m，±0.5 米，1.2 米/秒，30 m², 152.00 m.") == [
        "158",
        "157.5",
        "152.00",
    ]
