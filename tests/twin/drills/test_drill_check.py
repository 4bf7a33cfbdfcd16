"""A drill's file is right as a whole, or has one clear line for each fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.twin.drills.drill_basin import LAKE, RAIN, basin, told, written
from twin.catalog.drill_file import load_drill
from twin.drills.drill_check import check_drill

RISE = (LAKE, "level", [[0, 151.0], [30, 154.0]])


def test_a_sound_file_is_read_whole(tmp_path: Path) -> None:
    checked = check_drill(written(tmp_path, told(RISE, (RAIN, "rain", [[-5, 3.0], [0, 9.5]]))), basin())
    assert checked.problems == () and checked.drill is not None
    assert checked.drill.series[1].values == [(-5.0, 3.0), (0.0, 9.5)]


@pytest.mark.parametrize(
    ("document", "where", "words"),
    [
        (
            told(RISE, (RAIN, "level", [[0, 1.0]])),
            "series[1].property",
            "measures no level (known here: rain)",
        ),
        (told(RISE, ("3050000", "level", [[0, 1.0]])), "series[1].station", "no station '3050000' (did you"),
        (told((RAIN, "rain", [[0, 1.0]])), "series", "the lake's level is missing"),
        (told((LAKE, "level", [[5, 151.0]])), "series[0].values[0]", "from minute 0 on"),
        (told((LAKE, "level", [[0, 151.0], [9, 159.6]])), "series[0].values[1]", "160.10 m has no answer"),
        (
            told((LAKE, "level", [[0, 151.0], [61, 152.0]])),
            "series[0].values[1]",
            "after the drill's end, 60",
        ),
        (told(RISE, (RAIN, "rain", [[0, 1.0], [0, 2.0]])), "series[1].values[1]", "does not come after 0"),
        (told(RISE, (RAIN, "rain", [[0, -1.0]])), "series[1].values[0]", "-1 mm cannot be: 0 to 500"),
        (told(RISE, (*RISE[:2], [[0, 151.0]])), "series[1].property", "stands in the file twice"),
        (told(RISE, speed=3), "speed", "is not a key here"),
        (told((LAKE, "level", [[0, "hoch"]])), "series[0].values[0][1]", "must be a number"),
        (told((LAKE, "level", [[0]])), "series[0].values[0][1]", "is missing"),
        (told((LAKE, "level", [[0, float("nan")]])), "series[0].values[0][1]", "finite"),
        (told(RISE, minutes=0), "minutes", "must be greater than 0"),
        (told(RISE, author=" "), "author", "is empty"),
        (told(RISE, version=2), "version", "cannot be 2"),
        ([1, 2], "", "must be a group of keys"),
    ],
)
def test_each_fault_is_one_line_with_its_place(tmp_path: Path, document: Any, where: str, words: str) -> None:
    checked = check_drill(written(tmp_path, document), basin())
    assert checked.drill is None
    (problem,) = checked.problems
    assert (problem.key, words in f"{problem.message} ({problem.hint})") == (where, True), str(problem)
    assert "\n" not in str(problem)


def test_the_line_is_that_of_the_value(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(
        "version: 1\nname: {zh: 一, en: One}\nauthor: Li\nminutes: 30\nseries:\n"
        f'  - station: "{LAKE}"\n    property: level\n    values:\n      - [0, 151.0]\n      - [5, 1510]\n',
        "utf-8",
    )
    (problem,) = check_drill(path, basin()).problems
    assert problem.line == 10


def test_what_is_no_yaml_or_not_there_is_one_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"\xff\xfe\x00")
    for path in (bad, tmp_path / "gone.yaml"):
        checked = check_drill(path, basin())
        assert checked.drill is None and len(checked.problems) == 1


def test_the_drill_of_the_sample_basin_is_sound(project: Path) -> None:
    drill, _, problems = load_drill(project / "drills" / "sample_flood.yaml")
    assert problems == [] and drill is not None
    assert {series.station for series in drill.series} == {"30500001", "30900001"}
