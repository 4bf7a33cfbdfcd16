"""``twin storyboard``: every refusal before the first frame, one clear line with its number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from apps.commands.opened_script import OpenedScript
from apps.error_messages import say
from apps.studio.present_values import present_values
from tests.apps.command import one_line, twin
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.forecast_table import ForecastLevels
from twin.live import open_database
from twin.moment import what_if
from twin.runs_file import FILE, RunsFile
from twin.scene import Camera, Scene
from twin.stations.model import Observation
from twin.stations.store import Writer
from twin.store import Store
from twin.storyboard.loading import StoryboardError, load_storyboard

GOOD = """\
title: 试片
catalog: {catalog}
shots:
  - id: one
    seconds: 5
    camera: {{keys: [{{at_s: 0, viewpoint: home}}]}}
    water: {{levels: [{{at_s: 0, level_m: 150}}, {{at_s: 5, level_m: 155}}]}}
    layers: {{villages: {{visible: true}}}}
    captions:
      - {{text: 水位上涨, to_s: 2}}
    callouts:
      - {{text: 东村, layer: villages, feature: 东村}}
      - {{text: 大坝, station: 30500001}}
"""


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A basin with a flood, two villages and three stations."""
    return shared_store.build(write_live_basin(tmp_path_factory.mktemp("film"), url=None))


@pytest.fixture
def write(catalog: Path, tmp_path: Path) -> Callable[..., Path]:
    """Write the good storyboard with changes (old text, new text)."""

    def do(*changes: tuple[str, str]) -> Path:
        text = GOOD.format(catalog=catalog)
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "film.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return do


def closed(catalog: Path, *entries: str) -> tuple[object, ...]:
    """Options of the same basin with some entries for the office only."""
    text = catalog.read_text("utf-8")
    for entry in entries:
        start = text.index(f"\n  {entry}:")
        text = text[:start] + text[start:].replace("access: public", "access: internal", 1)
    path = catalog.with_name("closed.yaml")
    path.write_text(text, "utf-8")
    return ("--catalog", path, "--store", Store.beside(catalog).folder)


def test_a_good_storyboard_passes(write: Callable[..., Path]) -> None:
    result = twin("storyboard", "check", write())
    assert result.returncode == 0, result.stdout
    assert result.stdout.endswith("film.yaml: no errors\n")


def test_what_is_left_out_is_named(write: Callable[..., Path], catalog: Path) -> None:
    options = closed(catalog, "stations", "villages")
    result = twin("storyboard", "check", write(), *options)
    assert result.returncode == 0
    assert "villages is internal: it is left out of this film, which is public" in result.stdout
    assert "stations is internal: it is left out" in result.stdout
    whole = twin("storyboard", "check", write(("title:", "access: internal\ntitle:")), *options)
    assert whole.stdout.count("\n") == 1


WATER = "levels: [{at_s: 0, level_m: 150}, {at_s: 5, level_m: 155}]"
KEYS = "keys: [{at_s: 0, viewpoint: home}]"
THERE = Camera(
    target_east_m=492_010,
    target_north_m=3_483_590,
    target_m=150,
    distance_m=900,
    heading_deg=0,
    pitch_deg=-40,
)
HERE = Camera(**{**dict(THERE), "target_north_m": 4_483_590.0})
ELSEWHERE = f"http://x/index.html?scene={Scene(camera=THERE, moment=what_if(150)).to_link()}&live=1"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("viewpoint: home", "viewpoint: hme", 6, "there is no viewpoint 'hme' here (did you mean 'home'?)"),
        (KEYS, "keys: [{at_s: 0, link: 2.abc}]", 6, "the link is damaged"),
        (KEYS, f"keys: [{{at_s: 0, link: '{ELSEWHERE}'}}]", 6, "km from the middle of this basin"),
        (
            KEYS,
            "orbit: {around: {lon: 40.5, lat: 80}, distance_m: 900, pitch_deg: -20}",
            6,
            "from the middle of this basin (is it one of another basin?)",
        ),
        (
            "layer: villages, feature: 东村",
            "place: {lon: 116.9, lat: 30}",
            12,
            "km from the middle of this basin",
        ),
        (KEYS, "keys: [{at_s: 6, viewpoint: home}]", 6, "is at 6 s, outside the shot, which ends at 5 s"),
        (KEYS, "keys: [{at_s: 4, viewpoint: home, dwell_s: 2}]", 6, "rests until 6 s, outside the shot"),
        (
            KEYS,
            "keys: [{at_s: 2, viewpoint: home}, {at_s: 2, viewpoint: home}]",
            6,
            "is at 2 s, not after the key before it, at 2 s",
        ),
        (
            KEYS,
            "keys: [{at_s: 0, viewpoint: home, dwell_s: 3}, {at_s: 2, viewpoint: home}]",
            6,
            "is at 2 s, while the key before it rests until 3 s",
        ),
        (
            KEYS,
            "keys: [{at_s: 0, target: {east: 492010, north: 4483590}, distance_m: 900, heading_deg: 0,"
            " pitch_deg: 10}]",
            6,
            "the camera is 156 m under the ground or water: raise it",
        ),
        (
            KEYS,
            "keys: [{at_s: 0, eye: {place: {east: 492010, north: 4483590}, height_m: 150,"
            " look_at: {east: 492010, north: 4484000}}}]",
            6,
            "the camera is 5 m under the ground or water: raise it",
        ),
        (
            KEYS,
            "follow: {layer: villages, feature: 南村, distance_m: 900, pitch_deg: -20}",
            6,
            "villages has no feature '南村' (did you mean",
        ),
        ("level_m: 155", "level_m: 175", 7, "level 175 m lies outside 126.00 to 160.00 m"),
        (
            WATER,
            "levels: [{at_s: 3, level_m: 150}, {at_s: 1, level_m: 155}]",
            7,
            "not after the key before it",
        ),
        (WATER, "storages: [{at_s: 0, storage_m3: 1e12}]", 7, "lies outside"),
        (
            WATER,
            "scenario: {id: flod, from: 2025-07-27T00:00+08:00, to: 2025-07-28T00:00+08:00}",
            7,
            "there is no scenario 'flod' here (did you mean 'flood'?)",
        ),
        (
            WATER,
            "scenario: {id: flood, from: 2020-01-01T00:00+08:00, to: 2025-07-28T00:00+08:00}",
            7,
            "2020-01-01T00:00+08:00 lies outside flood,",
        ),
        (
            WATER,
            "run: {id: none, from: 2025-07-27T00:00+08:00, to: 2025-07-28T00:00+08:00}",
            7,
            "there is no kept run 'none' here",
        ),
        (WATER, "frozen: true", 7, "the water's level is not frozen in this file"),
        (
            "layers: {villages",
            "layers: {vilages",
            8,
            "there is no layer 'vilages' here (did you mean 'villages'?)",
        ),
        ("to_s: 2}", "to_s: 7}", 10, "ends at 7 s, after the shot, which ends at 5 s"),
        ("to_s: 2}", "from_s: 5}", 10, "begins at 5 s, after the shot"),
        ("to_s: 2}", "to_s: 2}\n      - {text: 二, from_s: 1}", 11, "while captions[0] shows until 2 s"),
        ("水位上涨", "水位\U0001f30a", 10, "the font has no glyph for \U0001f30a (U+1F30A)"),
        ("title: 试片", "title: {zh: 试片, en: \U00013080}", 1, "(U+13080)"),
        ("feature: 东村", "feature: 北村", 12, "villages has no feature '北村'"),
        (
            "station: 30500001",
            "station: 30500002",
            13,
            "there is no station '30500002' here (did you mean '30500001'?)",
        ),
        ("    seconds: 5", "    stations: frozen\n    seconds: 5", 5, "what stations show is not frozen"),
        ("    seconds: 5", "    stations: history\n    seconds: 5", 5, "give the shot water.history"),
        ("    seconds: 5", "    fade_s: 1\n    seconds: 5", 5, "the first shot has none"),
        ("title:", "size: [1281, 720]\ntitle:", 1, "even sizes only, not width 1281: write 1280 × 720"),
        ("title:", "sound: none.mp3\ntitle:", 1, "there is no file"),
        ("title:", "sound: ../none.mp3\ntitle:", 1, "lies outside the storyboard's folder"),
        ("title:", "sound: /etc/passwd\ntitle:", 1, "lies outside the storyboard's folder"),
        (
            "title:",
            "frozen: {at: 2026-01-01T00:00Z, level_m: 170}\ntitle:",
            1,
            "level 170 m lies outside 126.00 to 160.00 m",
        ),
        (
            "title:",
            "frozen:\n  at: 2026-01-01T00:00Z\n  values:\n"
            "    - {station: 1, parameter: rain, value: 1, unit: mm, time: 2026-01-01T00:00Z}\ntitle:",
            4,
            "there is no station '1' here",
        ),
        ("title:", "generation: abc123\ntitle:", 1, "the generation abc123 is gone"),
    ],
)
def test_each_refusal_is_one_line_with_its_number(
    write: Callable[..., Path], old: str, new: str, line: int, words: str
) -> None:
    path = write((old, new))
    result = twin("storyboard", "check", path)
    assert result.returncode == 1
    errors = [
        said for said in result.stdout.splitlines() if said.startswith(f"{path}:") and "left out" not in said
    ]
    assert len(errors) == 2, result.stdout
    assert errors[0].startswith(f"{path}:{line}: ")
    assert words in errors[0]
    assert errors[1] == f"{path}: 1 error"


def test_an_address_of_a_desk_is_a_camera(write: Callable[..., Path]) -> None:
    link = Scene(camera=HERE, moment=what_if(150)).to_link()
    for told in (link, f"http://x/index.html?scene={link}"):
        path = write((KEYS, f"keys: [{{at_s: 0, link: '{told}'}}]"))
        assert twin("storyboard", "check", path).returncode == 0


def test_a_refusal_is_read_in_chinese(write: Callable[..., Path]) -> None:
    path = write(("viewpoint: home", "viewpoint: hme"), ("to_s: 2}", "to_s: 7}"))
    error = StoryboardError(OpenedScript.open(path, catalog=None, root=None, store=None).problems())
    assert say(error, "zh") == (
        f"分镜脚本有误，请按提示修改：{path}:6：shots[0].camera.keys[0].viewpoint："
        "此处没有视点 'hme'（是否为 'home'？）（另有 1 处）"
    )


def test_json_has_the_same(write: Callable[..., Path]) -> None:
    result = twin("storyboard", "check", write(("viewpoint: home", "viewpoint: hme")), "--json")
    found = [problem for problem in json.loads(result.stdout) if problem["severity"] == "error"]
    assert [(p["line"], p["code"], p["key"]) for p in found] == [
        (6, "unknown-name", "shots[0].camera.keys[0].viewpoint")
    ]


def test_a_closed_run_is_refused_in_an_open_film(write: Callable[..., Path], catalog: Path) -> None:
    file = Store.beside(catalog).folder / FILE
    run = RunsFile(file).add("what-if", name="x", author="a", access="internal", document="{}")
    span = f"run: {{id: {run}, from: 2025-07-27T00:00+08:00, to: 2025-07-28T00:00+08:00}}"
    assert (
        "the run is internal, and the film is public"
        in twin("storyboard", "check", write((WATER, span))).stdout
    )


def test_a_film_for_whom_the_ground_is_closed_is_refused(write: Callable[..., Path], catalog: Path) -> None:
    result = twin("storyboard", "check", write(), *closed(catalog, "terrain"))
    assert result.returncode == 1
    assert "the film is public, and the ground or every curve of this basin is not" in result.stdout
    assert "(access: internal, or restricted)" in result.stdout


def test_a_sound_that_cannot_be_heard_is_refused(write: Callable[..., Path]) -> None:
    path = write(("title:", "sound: words.mp3\ntitle:"))
    path.with_name("words.mp3").write_text("no sound", "utf-8")
    result = twin("storyboard", "check", path)
    assert result.returncode == 1
    assert f"{path}:1: sound: " in result.stdout
    assert "the sound cannot be read" in result.stdout


def test_a_forecast_is_shown_within_its_times(write: Callable[..., Path], catalog: Path) -> None:
    level_m = np.array([150.0, 151.0])
    times = np.array([1.7e9, 1.7e9 + 86_400])
    levels = ForecastLevels(time_s=times, level_m=level_m, low_m=level_m, high_m=level_m)
    file = RunsFile(Store.beside(catalog).folder / FILE)
    run = file.add("forecast", name="x", author="a", access="public", document=levels.to_document())
    start = datetime.fromtimestamp(1.7e9, UTC)
    for hours, code in ((24, 0), (25, 1)):
        end = start + timedelta(hours=hours)
        span = f"run: {{id: {run}, from: '{start.isoformat()}', to: '{end.isoformat()}'}}"
        result = twin("storyboard", "check", write((WATER, span)))
        assert result.returncode == code, result.stdout
    assert "film.yaml:4: shots[0]: levels are asked for from " in result.stdout


def test_history_is_shown_where_it_was_observed(write: Callable[..., Path], observed: datetime) -> None:
    start, end = observed - timedelta(minutes=40), observed - timedelta(minutes=5)
    for before, code in ((0, 0), (30, 1)):
        begin = start - timedelta(days=before)
        span = f"history: {{from: '{begin.isoformat()}', to: '{end.isoformat()}'}}"
        result = twin("storyboard", "check", write((WATER, span)))
        assert result.returncode == code, result.stdout
    assert "film.yaml:4: shots[0]: levels are asked for from " in result.stdout


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    result = twin("storyboard", "check", tmp_path / "none.yaml")
    assert (result.returncode, result.stdout.count("\n")) == (1, 2)
    assert "there is no such file" in result.stdout


# -- freezing ------------------------------------------------------------------------------------------


@pytest.fixture
def observed(catalog: Path) -> Iterator[datetime]:
    """Values of now: a dam's level that rose to 152.5 m and fell, and a rain station that is dead."""
    now = datetime.now(UTC).replace(microsecond=0)
    database = open_database(Basin.open(catalog), write=True)
    rows = [
        ("30500001.level", 151.0, 40),
        ("30500001.level", 152.5, 20),
        ("30500001.level", 152.25, 4),
        ("31000001.level", 2.5, 3),
        ("30900001.rain", 1.0, 60 * 24 * 5),
    ]
    Writer(database).append(
        [
            Observation(
                datastream=name,
                phenomenon_at=now - timedelta(minutes=ago),
                received_at=now - timedelta(minutes=ago),
                value=value,
                quality="good",
                feed="f",
            )
            for name, value, ago in rows
        ]
    )
    database.close()
    yield now


def test_freezing_writes_the_present_and_leaves_the_rest(
    write: Callable[..., Path], catalog: Path, observed: datetime
) -> None:
    path = write(("seconds: 5", "seconds:   5.0  # five"), (WATER, "frozen: true"))
    before = path.read_text("utf-8")
    result = twin("storyboard", "freeze", path)
    assert result.returncode == 0, result.stderr
    assert "2 values and the level, 152.25 m," in result.stdout
    assert path.read_text("utf-8").startswith(before)
    frozen = load_storyboard(path).frozen
    assert frozen is not None
    assert (frozen.level_m, frozen.highest_m) == (152.25, 152.5)
    assert [(v.station, v.parameter, v.value, v.unit) for v in frozen.values] == [
        ("30500001", "level", 152.25, "m"),
        ("31000001", "level", 2.5, "m"),
    ]
    assert frozen.values[0].time == observed - timedelta(minutes=4)
    assert present_values(Basin.open(catalog)) == frozen.values  # a live view of a studio
    assert twin("storyboard", "check", path).returncode == 0
    again = path.read_text("utf-8")
    twin("storyboard", "freeze", path)
    assert re.sub(r"at: \S+", "", path.read_text("utf-8")) == re.sub(r"at: \S+", "", again)


def test_nothing_present_is_one_line(
    write: Callable[..., Path], shared_store: SharedStore, tmp_path: Path
) -> None:
    other = shared_store.build(write_live_basin(tmp_path / "other", url=None))
    one_line(twin("storyboard", "freeze", write(), "--catalog", other), "no observations yet")
