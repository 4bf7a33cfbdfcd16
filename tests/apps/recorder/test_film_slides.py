"""Stills and slides of a film: the frame that stands for a shot, and its words."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from apps.recorder.poster_frames import poster_frames
from apps.recorder.shots import Film
from apps.recorder.slides.film_deck import film_deck
from apps.recorder.stills import write_stills
from tests.apps.command import twin
from twin.arrays import U8
from twin.basin import Basin
from twin.scene import Scene
from twin.storyboard.storyboard import Storyboard

OVERVIEW = {"keys": [{"at_s": 0, "viewpoint": "home"}]}
TITLED = {"id": "open", "title": {"text": {"zh": "水库 158 m", "en": "158 m"}, "under": "一次推演"}}
RISE = {
    "id": "rise",
    "name": "上涨",
    "water": {"levels": [{"at_s": 0, "level_m": 150}, {"at_s": 4, "level_m": 158}]},
    "captions": [{"text": "开始", "to_s": 2}, {"text": "水位上涨", "from_s": 2, "to_s": 3.5}],
}


@pytest.fixture(scope="module")
def basin(small_basin: Path) -> Basin:
    return Basin.open(small_basin)


def film(basin: Basin, *shots: dict[str, Any], **head: Any) -> Film:
    told = [{"id": f"s{k}", "seconds": 4, "camera": OVERVIEW, **shot} for k, shot in enumerate(shots)]
    board = {"title": "影片", "fps": 10, "shots": told, **head}
    return Film(Storyboard.model_validate_json(json.dumps(board)), basin)


def grey(number: int) -> U8:
    return np.full((1080, 1920, 3), 128, dtype=np.uint8)


def test_a_poster_is_the_last_frame_whose_words_are_whole(basin: Basin) -> None:
    made = film(basin, TITLED, RISE | {"fade_s": 1}, {"id": "still"}, {"id": "named", "poster_s": 0.5})
    posters = poster_frames(made)
    assert [frame.shot for frame in posters] == ["open", "rise", "still", "named"]
    first, rise, still, named = posters
    assert first.words.title is not None
    assert first.words.title.opacity == 1.0
    assert rise.words.caption is not None
    assert (rise.words.caption.text, rise.words.caption.opacity) == ("水位上涨", 1.0)
    after = made.frame(rise.number + 1).words.caption
    assert after is not None
    assert after.opacity < 1.0
    assert (still.number, named.number) == (119, 125)
    assert all(frame.before is None for frame in posters)


def test_a_title_goes_before_a_caption(basin: Basin) -> None:
    shot = {"title": {"text": "片头", "to_s": 2}, "captions": [{"text": "字幕", "from_s": 2.2}]}
    made = film(basin, shot)
    (poster,) = poster_frames(made)
    assert poster.words.title is not None
    assert poster.words.title.opacity == 1.0
    (slide,) = film_deck(made, grey).slides
    assert (slide.title, slide.captions) == ("片头", ("字幕",))


def test_a_shot_that_only_dissolves_still_has_a_poster(basin: Basin) -> None:
    made = film(basin, {}, {"seconds": 1, "fade_s": 1})
    assert [frame.number for frame in poster_frames(made)] == [39, 49]


def test_one_png_a_shot_in_their_order(basin: Basin, tmp_path: Path) -> None:
    made = film(basin, TITLED, RISE)
    asked: list[int] = []

    def picture(number: int) -> U8:
        asked.append(number)
        return np.full((9, 16, 3), number, dtype=np.uint8)

    files = write_stills(made, picture, tmp_path / "stills")
    assert [file.name for file in files] == ["01-open.png", "02-rise.png"]
    assert [int(np.asarray(Image.open(file))[0, 0, 0]) for file in files] == asked
    assert sorted(path.name for path in (tmp_path / "stills").iterdir()) == ["01-open.png", "02-rise.png"]


def test_a_slide_holds_its_shots_words_and_where_they_come_from(basin: Basin) -> None:
    deck = film_deck(film(basin, TITLED, RISE), grey)
    opening, rise = deck.slides
    assert (deck.title, opening.title, opening.under) == ("影片", "水库 158 m", "一次推演")
    assert rise.captions == ("开始", "水位上涨")
    assert rise.picture is not None
    assert Image.open(io.BytesIO(rise.picture)).size == (1920, 1080)
    notes = rise.notes.splitlines()
    assert notes[:2] == ["镜头 2：上涨", "片中 0:04.0–0:08.0，画面取自 0:07.1"]
    assert notes[2].startswith("状态：情景推演，水位 156.")
    assert basin.generation.id in rise.notes
    link = notes[-1].partition("/?scene=")[2]
    assert Scene.from_link(link) == film(basin, TITLED, RISE).frame(71).scene


def test_a_film_without_a_title_gets_a_title_slide(basin: Basin) -> None:
    deck = film_deck(film(basin, RISE, language="en", dated="2026-11-30"), grey)
    assert [slide.title for slide in deck.slides] == ["影片", ""]
    assert (deck.slides[0].under, deck.slides[0].picture) == ("2026-11-30", None)
    assert "Shot 1: 上涨" in deck.slides[1].notes


def test_stills_are_the_movies_own_frames_and_slides_open(small_basin: Path, tmp_path: Path) -> None:
    shot = {**RISE, "seconds": 4, "camera": OVERVIEW}
    board = {"title": "片", "size": [320, 180], "fps": 2, "shots": [shot]}
    script, pngs = tmp_path / "film.yaml", tmp_path / "pngs"
    script.write_text(json.dumps(board), encoding="utf-8")
    movie, deck = tmp_path / "film.mp4", tmp_path / "film.pptx"
    asked = ("--from", 3, "--workers", 1, "--frames", pngs, "--stills", tmp_path / "stills")
    assert twin("record", script, "--catalog", small_basin, "-o", movie, *asked).returncode == 0
    still, frame = tmp_path / "stills" / "01-rise.png", pngs / "frame-000006.png"
    assert np.array_equal(np.asarray(Image.open(still)), np.asarray(Image.open(frame)))
    result = twin("storyboard", "slides", script, "--catalog", small_basin, "-o", deck)
    assert result.stdout.strip() == f"{deck}: 2 slides"
    assert len(Presentation(str(deck)).slides) == 2
