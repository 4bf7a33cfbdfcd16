"""A film is the same, frame by frame, however many processes draw it, and after it was killed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.apps.command import Result, twin

ORBIT = {"around": {"east": 492010, "north": 4483590}, "distance_m": 3000, "pitch_deg": -30}
FILM = {
    "title": "片",
    "size": [320, 180],
    "fps": 4,
    "shots": [
        {
            "id": "turn",
            "seconds": 2.25,
            "camera": {"orbit": ORBIT},
            "water": {"levels": [{"at_s": 0, "level_m": 150}, {"at_s": 2, "level_m": 158}]},
            "captions": [{"text": "上涨"}],
        },
        {"id": "home", "seconds": 1, "camera": {"keys": [{"at_s": 0, "viewpoint": "home"}]}, "fade_s": 0.5},
    ],
}
FRAMES = 13
KILLS = 50 if os.environ.get("TWIN_ENDURANCE") == "1" else 1


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("film") / "film.yaml"
    file.write_text(json.dumps(FILM), encoding="utf-8")  # JSON is YAML
    return file


@pytest.fixture(scope="module")
def whole(film: Path, small_basin: Path) -> Path:
    """The film as two processes record it, with a PNG of every frame."""
    out = film.with_name("whole.mp4")
    result = record(film, small_basin, out, "--workers", 2, "--frames", film.with_name("pngs"))
    assert result.returncode == 0, result.stderr
    return out


def record(film: Path, basin: Path, out: Path, *options: object) -> Result:
    return twin("record", film, "--catalog", basin, "-o", out, *options)


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out.with_suffix(".manifest.json").read_text(encoding="utf-8"))
    return found


def played(path: Path) -> int:
    """How many frames of a movie, whole or not, can be played."""
    count = 0
    with suppress(av.error.FFmpegError), av.open(str(path)) as movie:
        for _ in movie.decode(video=0):
            count += 1
    return count


def test_any_number_of_processes_gives_the_same_frames(
    film: Path, whole: Path, small_basin: Path, tmp_path: Path
) -> None:
    out = tmp_path / "one.mp4"
    assert record(film, small_basin, out, "--workers", 1).returncode == 0
    hashes = manifest(whole)["frames"]
    assert manifest(out)["frames"] == hashes
    assert manifest(out)["id"] == manifest(whole)["id"]
    assert manifest(out)["driver"] == manifest(whole)["driver"] != ""
    assert len(set(hashes)) == FRAMES - 1, "all frames move but the last"
    assert {file.name for file in tmp_path.iterdir()} == {"one.mp4", "one.manifest.json"}


def test_the_movie_shows_the_frames_that_were_hashed(whole: Path) -> None:
    pictures = [np.asarray(Image.open(file)) for file in sorted(whole.with_name("pngs").iterdir())]
    assert [sha256(picture.tobytes()).hexdigest() for picture in pictures] == manifest(whole)["frames"]
    with av.open(str(whole)) as movie:
        decoded = list(movie.decode(video=0))
    assert [round(float(frame.time or 0.0) * 4) for frame in decoded] == list(range(FRAMES))
    shown = [frame.to_ndarray(format="rgb24").astype(int) for frame in decoded]
    off = [np.abs(one - other).mean() for one, other in zip(shown, pictures, strict=True)]
    assert max(off) < 4.0, "in their order and colours"


def test_a_killed_recording_goes_on_and_gives_the_same_frames(
    film: Path, whole: Path, small_basin: Path, tmp_path: Path
) -> None:
    """What was there before the kill plays, to within two seconds; afterwards nothing is missing."""
    running = 0
    for seed in range(KILLS):
        out = tmp_path / f"killed-{seed}.mp4"
        running += killed(film, small_basin, out, after_s=random.Random(seed).uniform(0.0, 0.3))
        part, parts = out.with_suffix(".part.mp4"), out.with_suffix(".parts")
        finished = len(list(parts.glob("*.json")))
        assert finished <= 2 or played(part) >= 4 * (finished - 2)
        result = record(film, small_basin, out, "--workers", 1)
        assert result.returncode == 0 or out.exists(), result.stderr
        assert manifest(out)["frames"] == manifest(whole)["frames"]
        assert played(out) == FRAMES
        assert not part.exists()
        assert not parts.exists()
    assert running, "some were killed while they drew"


def killed(film: Path, basin: Path, out: Path, *, after_s: float) -> bool:
    """Record, and kill -9 so long after the first frames; whether it was still running."""
    command = [
        sys.executable,
        "-m",
        "apps.cli",
        "record",
        film,
        "--catalog",
        basin,
        "-o",
        out,
        "--workers",
        "1",
    ]
    with subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any(" frames, " in line for line in process.stderr), "it draws"
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=after_s)
        running = process.poll() is None
        process.kill()
    return running
