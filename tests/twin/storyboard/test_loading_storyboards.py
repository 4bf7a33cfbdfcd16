"""Loading a storyboard: everything that is wrong at once, each with its line and a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.catalog.problems import Problem
from twin.storyboard.loading import StoryboardError, load_storyboard
from twin.storyboard.storyboard_schema import FILE, storyboard_schema

GOOD = """\
title: 试片
shots:
  - id: one
    seconds: 5
    camera:
      keys:
        - {at_s: 0, viewpoint: home}
        - {at_s: 4, target: {lon: 116.9, lat: 40.5}, distance_m: 900, heading_deg: 0, pitch_deg: -20}
    water: {levels: [{at_s: 0, level_m: 140}]}
    captions:
      - {text: 一, to_s: 2}
      - text: {zh: 二, en: Two}
        from_s: 2
    callouts:
      - {text: 站, station: 0030500001}
  - id: two
    seconds: 3
    camera: {keys: [{at_s: 0, viewpoint: home}]}
"""


def problems_of(tmp_path: Path, *changes: tuple[str, str]) -> dict[str, Problem]:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "film.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoryboardError) as caught:
        load_storyboard(path)
    assert "\n" not in str(caught.value)
    assert caught.value.in_chinese().startswith("分镜脚本有误")
    return {problem.key: problem for problem in caught.value.problems}


def test_a_good_storyboard_loads(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text(GOOD, encoding="utf-8")
    film = load_storyboard(path)
    assert film.seconds == 8
    assert film.shots[0].captions[1].text["en"] == "Two"  # type: ignore[index]
    assert film.shots[0].callouts[0].station == "0030500001"


def test_every_error_is_named_at_once_with_its_line_and_a_hint(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        ("title: 试片", "titel: 试片"),
        ("seconds: 5", "seconds: five"),
        ("level_m: 140", "level_m: .nan"),
        ("{text: 一, to_s: 2}", "{text: 一, from_s: 3, to_s: 2}"),
        ("text: {zh: 二, en: Two}", "text: {zh: 二, em: Two}"),
        ("viewpoint: home}\n        -", "viewpoint: home, link: 2.abc}\n        -"),
        ("station: 0030500001", "station: 0030500001, layer: villages"),
    )
    assert {key: problem.line for key, problem in found.items()} == {
        "title": 1,
        "titel": 1,
        "shots[0].seconds": 4,
        "shots[0].camera.keys[0]": 7,
        "shots[0].water.levels[0].level_m": 9,
        "shots[0].captions[0]": 11,
        "shots[0].captions[1].text.en": 12,
        "shots[0].captions[1].text.em": 12,
        "shots[0].callouts[0]": 15,
    }
    assert found["titel"].hint == "did you mean 'title'?"
    assert found["shots[0].captions[1].text.em"].hint == "did you mean 'en'?"
    assert found["shots[0].captions[0]"].message == "ends before it begins"
    assert "exactly one of viewpoint, link, target and eye" in found["shots[0].camera.keys[0]"].message


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "words"),
    [
        ("id: two", "id: one", "shots[1].id", 16, "id of a shot before: 'one'"),
        (
            "seconds: 3",
            "seconds: 3\n    seconds: 4",
            "shots[1].seconds",
            18,
            "stands twice; first on line 17",
        ),
        ("level_m: 140", "level_m: &a 140", "shots[0].water.levels[0].level_m", 9, "anchors"),
        ("seconds: 3", "seconds: *a", "shots[1].seconds", 17, "aliases"),
        ("seconds: 5", "seconds: 601", "shots[0].seconds", 4, "must be 600 or less"),
        (
            "levels: [{at_s: 0, level_m: 140}]",
            "history: {from: 2026-01-02T08:00, to: 2026-01-03T08:00+08:00}",
            "shots[0].water.history.from",
            9,
            "lacks its zone",
        ),
        (
            "levels: [{at_s: 0, level_m: 140}]",
            "history: {from: 2026-01-04T08:00Z, to: 2026-01-03T08:00+08:00}",
            "shots[0].water.history",
            9,
            "ends before it begins",
        ),
        (
            "levels: [{at_s: 0, level_m: 140}]",
            "levels: [], frozen: no",
            "shots[0].water.frozen",
            9,
            "is text",
        ),
        ("levels: [{at_s: 0, level_m: 140}]", "levels: []", "shots[0].water", 9, "exactly one of levels"),
        (", heading_deg: 0", "", "shots[0].camera.keys[1]", 8, "distance_m, heading_deg and pitch_deg"),
    ],
)
def test_a_refusal_has_its_line(tmp_path: Path, old: str, new: str, key: str, line: int, words: str) -> None:
    found = problems_of(tmp_path, (old, new))
    assert found[key].line == line
    assert words in found[key].message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "the file is empty"),
        (b"- 1\n", "must be a group of keys, from 'title:' on"),
        (b"title: \xff\n", "is not UTF-8"),
        (b"title: x\n" + b"#" * (1 << 20), "is larger than the 512 KiB"),
        (b"title: [x\n", "is not YAML"),
    ],
)
def test_files_that_are_no_storyboard_are_refused(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "film.yaml"
    path.write_bytes(text)
    with pytest.raises(StoryboardError, match=words):
        load_storyboard(path)
    with pytest.raises(StoryboardError, match="there is no such file"):
        load_storyboard(tmp_path / "none.yaml")


def test_the_committed_schema_is_what_the_model_says() -> None:
    said = "is old: run python -m twin.storyboard.storyboard_schema"
    assert FILE.read_text(encoding="utf-8") == storyboard_schema(), said
