"""``twin storyboard preview`` and ``estimate``: every shot on the sheet, figures of what was drawn here."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from apps.recorder.contact_sheet import GAP, LINES, sheet_frames
from apps.recorder.shots import Film
from tests.apps.command import one_line, twin
from twin.basin import Basin
from twin.storyboard.loading import load_storyboard

TEXT = """\
title: 试片
size: [480, 270]
fps: 5
catalog: {catalog}
shots:
  - id: one
    seconds: 1.2
    camera: {{keys: [{{at_s: 0, viewpoint: home}}]}}
    title: {{text: 片头}}
  - id: two
    name: 第二
    seconds: 0.4
    camera: {{keys: [{{at_s: 0, viewpoint: home}}]}}
"""


@pytest.fixture
def film(small_basin: Path, tmp_path: Path) -> Path:
    path = tmp_path / "film.yaml"
    path.write_text(TEXT.format(catalog=small_basin), encoding="utf-8")
    return path


def test_every_shot_is_on_the_sheet_and_a_movie_is_beside_it(film: Path) -> None:
    result = twin("storyboard", "preview", film, "--movie")
    assert result.returncode == 0, result.stderr
    sheet = np.asarray(Image.open(film.with_suffix(".preview.png")))
    frames = [sheet[GAP : GAP + LINES, GAP + k * (480 + GAP) :][:, :480] for k in range(3)]
    assert frames[0].std() > 20 < frames[1].std()
    assert (frames[2] == frames[2][0, 0]).all()  # there is no third one
    assert np.abs(frames[0].astype(int) - frames[1]).mean() > 5.0  # the title is over the first alone
    with av.open(str(film.with_suffix(".preview.mp4"))) as movie:
        pictures = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
    assert [picture.shape for picture in pictures] == [(360, 640, 3)] * 8
    assert twin("storyboard", "preview", film).returncode == 0  # replaced
    assert not list(film.parent.glob(".*"))


def test_long_films_have_fewer_frames_a_second(film: Path, small_basin: Path) -> None:
    basin, storyboard = Basin.open(small_basin), load_storyboard(film)
    long = [shot.model_copy(update={"seconds": 400.0}) for shot in storyboard.shots]
    numbers = sheet_frames(Film(storyboard.model_copy(update={"fps": 2, "shots": long}), basin))
    assert 80 <= len(numbers) <= 160
    assert {shot for shot, _ in numbers} == {0, 1}


def test_an_estimate_counts_frames_and_names_time_size_and_memory(film: Path) -> None:
    result = twin("storyboard", "estimate", film, "--workers", "2", "--json")
    found = json.loads(result.stdout)
    assert (found["frames"], found["workers"], found["seconds"]) == (8, 2, 1.6)
    assert 0 < found["frame_s"] < 5
    assert found["takes_s"] == pytest.approx(found["start_s"] + 8 * found["frame_s"] / 2)
    assert 1_000 < found["nbytes"] < 5_000_000
    assert 50e6 < found["worker_bytes"] < 8e9


def test_what_is_wrong_stops_both_before_a_frame(film: Path) -> None:
    film.write_text(film.read_text("utf-8").replace("viewpoint: home", "viewpoint: none"), "utf-8")
    for command in ("preview", "estimate"):
        one_line(twin("storyboard", command, film), "film.yaml:8: shots[0].camera", "1 more")
