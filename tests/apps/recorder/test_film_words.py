"""Words of a film in either language: panels, title block, sources, call-outs; what is left out is named."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from apps.recorder.shot_error import ShotError
from tests.affected_basin import write_affected_basin
from tests.apps.recorder.films import OVERVIEW, RISING, film
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.bilingual import Language
from twin.storyboard.film_basin import closed_titles
from twin.water.surface import WaterState

CJK = re.compile(r"[\u4e00-\u9fff]")
PANELS = ["numbers", "chart", "inset"]


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    """Villages and buildings around the lake; the buildings are for the office only."""
    folder = tmp_path_factory.mktemp("film-words")
    return Basin.open(shared_store.build(write_affected_basin(folder, access="restricted")))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_is_in_the_films_language(basin: Basin, language: Language) -> None:
    block = {
        "unit": {"zh": "局", "en": "Office"},
        "classification": {"zh": "内部", "en": "Internal"},
        "map_approval": "GS(2026)1",
    }
    shot = {"water": RISING, "panels": PANELS}
    frame = film(
        basin, shot, language=language, access="restricted", title_block=block, dated="2026-07-01"
    ).frame(20)
    words = asdict(frame.words)
    told = [words["moment"], words["block"], words["chart"]["heading"]]
    told += [one[key] for one in words["numbers"] for key in ("label", "source")]
    told += [name for _, name in words["chart"]["lines"]]
    assert all(told)
    assert not any("{" in one for one in told)
    assert [bool(CJK.search(one)) for one in told] == [language == "zh"] * len(told)
    assert frame.scene.language == language
    assert frame.words.inset


def test_figures_are_those_of_the_basin_at_the_frames_level(basin: Basin) -> None:
    made = film(
        basin, {"water": RISING, "panels": PANELS}, access="restricted", language="en", dated="2026-07-01"
    )
    frame = made.frame(38)
    level_m = frame.scene.moment.level_m
    found = {one.label: one.value for one in frame.words.numbers}
    report = basin.water.at(level_m=level_m)
    total = basin.affected.at(WaterState.rising(level_m)).total
    assert found["Level"] == f"{level_m:.2f}"
    assert found["Water area"] == f"{report.curve_area_m2 / 1e6:.1f}"
    assert found["Villages under water"].startswith(str(total.villages.certain))
    assert total.villages.at_most > 0


def test_what_readers_may_not_see_is_left_out_and_named(basin: Basin) -> None:
    shot = {"water": RISING, "callouts": [{"text": "屋", "layer": "buildings", "feature": "0"}]}
    public = film(basin, shot).frame(20)
    assert not public.scene.layers["buildings"].visible
    assert public.words.lacking.endswith("建筑")
    assert public.words.callouts == ()
    assert "rectangles" not in public.words.attributions
    office = film(basin, {"water": RISING}, access="restricted").frame(20)
    assert office.words.lacking == ""
    assert "rectangles" in office.words.attributions


def test_a_basin_that_its_readers_see_names_what_it_lacks_by_the_titles_given(basin: Basin) -> None:
    seen = basin.seen_by("public")
    made = film(seen, {}, left_out=closed_titles(basin, seen))
    assert made.frame(0) == film(basin, {}).frame(0)


def test_sources_are_those_of_what_is_shown(basin: Basin) -> None:
    hidden = film(basin, {"layers": {"footprints": {"visible": False}}}).frame(0).words.attributions
    shown = film(basin, {}).frame(0).words.attributions
    assert "squares" in shown
    assert "squares" not in hidden


def test_call_outs_lie_on_their_places_and_rise_with_the_water(basin: Basin) -> None:
    shot = {
        "water": RISING,
        "callouts": [
            {"text": "湖", "place": {"east": 492010, "north": 4483590}, "from_s": 0, "to_s": 4},
            {"text": "上空", "place": {"east": 492010, "north": 4483590}, "height_m": 300.0},
        ],
    }
    made = film(basin, shot)
    for number in (10, 30):
        lake, air = made.frame(number).words.callouts
        assert lake.height_m == pytest.approx(made.frame(number).scene.moment.level_m, abs=0.011)
        assert (air.height_m, air.east_m, air.opacity) == (300.0, 492010.0, 1.0)


def test_names_that_are_not_there_are_refused(basin: Basin) -> None:
    for shot, words in (
        ({"callouts": [{"text": "?", "station": "1"}]}, "call-out is to 1"),
        ({"camera": {"keys": [{"at_s": 0, "viewpoint": "nowhere"}]}}, "no viewpoint 'nowhere'"),
        (
            {"camera": {"follow": {"layer": "none", "feature": "x", "distance_m": 900, "pitch_deg": -20}}},
            "following none x: there is no such line",
        ),
        (
            {"camera": {"keys": [*OVERVIEW["keys"], {"at_s": 0, "viewpoint": "home"}]}},
            "no time between",
        ),
    ):
        with pytest.raises(ShotError, match=words):
            film(basin, shot)
