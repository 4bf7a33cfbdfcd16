"""A film's frames: the right shot, water and words, and the same in any order."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from apps.recorder.shot_camera import ShotCamera
from tests.apps.recorder.films import RISING, film
from twin.basin import Basin


@pytest.fixture(scope="module")
def basin(small_basin: Path) -> Basin:
    return Basin.open(small_basin)


def test_frames_are_the_same_in_any_order(basin: Basin) -> None:
    orbit = {"around": {"east": 492010, "north": 4483590}, "distance_m": 3000, "pitch_deg": -30}
    shots = (
        {"water": RISING, "captions": [{"text": "上涨"}]},
        {"camera": {"orbit": orbit}, "fade_s": 1, "seconds": 2.35},
    )
    one, other = film(basin, *shots), film(basin, *shots)
    numbers = list(range(len(one)))
    assert len(numbers) == 64
    found = {number: one.frame(number) for number in numbers}
    random.Random(1).shuffle(numbers)
    assert all(other.frame(number) == found[number] for number in numbers)


def test_an_edited_film_has_the_frames_of_one_made_anew_whatever_it_takes_over(
    basin: Basin, monkeypatch: pytest.MonkeyPatch
) -> None:
    orbit = {"around": {"east": 492010, "north": 4483590}, "distance_m": 3000, "pitch_deg": -30}
    nearer = {"orbit": {**orbit, "distance_m": 2000}}
    first = {"water": RISING}
    edits: list[tuple[int, dict[str, object]]] = [
        (0, {}),
        (0, {"captions": [{"text": "上涨"}]}),
        (1, {"camera": nearer}),
        (1, {"exaggeration": 2.0}),
        (1, {"seconds": 3}),
        (1, {"water": {"levels": [{"at_s": 0, "level_m": 155}]}}),
    ]
    paths: list[object] = []
    made = ShotCamera.path
    monkeypatch.setattr(ShotCamera, "path", lambda camera: (paths.append(camera), made(camera))[1])
    before = film(basin, first, {"camera": {"orbit": orbit}, "seconds": 2})
    for anew, change in edits:
        shots = (first, {"camera": {"orbit": orbit}, "seconds": 2, **change})
        paths.clear()
        edited = film(basin, *shots, before=before)
        assert len(paths) == anew
        alone = film(basin, *shots)
        assert [edited.frame(k) for k in range(len(edited))] == [alone.frame(k) for k in range(len(alone))]


def test_a_what_if_rises_straight_between_its_keys_and_is_marked_as_one(basin: Basin) -> None:
    made = film(basin, {"water": RISING}, {})
    moments = [made.frame(number).scene.moment for number in (0, 10, 39, 40, 79)]
    assert [moment.level_m for moment in moments] == pytest.approx([150.0, 152.0, 157.8, 158.0, 158.0])
    assert {(moment.mode, moment.generation) for moment in moments} == {("what-if", basin.generation.id)}


def test_pockets_stay_full_while_the_water_falls(basin: Basin) -> None:
    falling = {"storages": [{"at_s": 0, "storage_m3": 2e7}, {"at_s": 4, "storage_m3": 1e7}]}
    made = film(basin, {"water": falling})
    first, last = made.frame(0).scene.moment, made.frame(39).scene.moment
    assert last.level_m < first.level_m == first.highest_m == last.highest_m
    curve = basin.water.curve
    assert float(curve.storage_at(made.frame(20).scene.moment.level_m)) == pytest.approx(1.5e7, rel=1e-4)


def test_a_dissolve_mixes_the_shot_before(basin: Basin) -> None:
    made = film(basin, {"water": RISING}, {"fade_s": 1})
    inside, after = made.frame(45), made.frame(50)
    assert inside.before is not None
    assert (inside.shot, inside.before.shot, inside.mix) == ("s1", "s0", 0.5)
    assert (after.before, after.mix) == (None, 1.0)


def test_captions_fade_in_and_out_in_the_films_language(basin: Basin) -> None:
    caption = {"text": {"zh": "涨", "en": "rising"}, "from_s": 1, "to_s": 3}
    made = film(basin, {"captions": [caption]}, language="en")
    shown = [made.frame(number).words.caption for number in (9, 12, 14, 20, 28, 30)]
    assert [None if words is None else (words.text, words.opacity) for words in shown] == [
        None,
        ("rising", pytest.approx(0.5)),
        ("rising", 1.0),
        ("rising", 1.0),
        ("rising", pytest.approx(0.5)),
        None,
    ]


def test_a_frame_outside_the_film_is_refused(basin: Basin) -> None:
    made = film(basin, {})
    for number in (-1, 40):
        with pytest.raises(IndexError, match="40 frames"):
            made.frame(number)
