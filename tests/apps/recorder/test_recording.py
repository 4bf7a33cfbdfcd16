"""A film is the same, frame by frame, however many processes draw it, and after it was killed."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.apps.command import Result, twin

FILM = {
    "title": "片",
    "size": [320, 180],
    "fps": 4,
    "shots": [
        {
            "id": "turn",
            "seconds": 2.25,
            "camera": {
                "orbit": {
                    "around": {"east": 492010, "north": 4483590},
                    "distance_m": 3000,
                    "pitch_deg": -30,
                }
            },
            "water": {"levels": [{"at_s": 0, "level_m": 150}, {"at_s": 2, "level_m": 158}]},
            "captions": [{"text": "上涨"}],
        },
        {"id": "home", "seconds": 1, "camera": {"keys": [{"at_s": 0, "viewpoint": "home"}]}, "fade_s": 0.5},
    ],
}
FRAMES = 13


@pytest.fixture
def film(tmp_path: Path) -> Path:
    file = tmp_path / "film.yaml"
    file.write_text(json.dumps(FILM), encoding="utf-8")  # JSON is YAML
    return file


def record(film: Path, basin: Path, out: Path, *options: object) -> Result:
    return twin("record", film, "--catalog", basin, "-o", out, *options)


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out.with_suffix(".manifest.json").read_text(encoding="utf-8"))
    return found


def test_any_number_of_processes_gives_the_same_frames(film: Path, small_basin: Path, tmp_path: Path) -> None:
    one, two, pngs = tmp_path / "one.mp4", tmp_path / "two.mp4", tmp_path / "pngs"
    assert record(film, small_basin, one, "--workers", 1, "--frames", pngs).returncode == 0
    assert record(film, small_basin, two, "--workers", 2).returncode == 0
    hashes = manifest(one)["frames"]
    assert hashes == manifest(two)["frames"]
    assert len(set(hashes)) == FRAMES - 1, "all frames move but the last"
    pictures = [np.asarray(Image.open(file)) for file in sorted(pngs.iterdir())]
    assert [sha256(picture.tobytes()).hexdigest() for picture in pictures] == hashes
    with av.open(str(two)) as movie:
        decoded = list(movie.decode(video=0))
    assert [round(float(frame.time or 0.0) * 4) for frame in decoded] == list(range(FRAMES))
    shown = [frame.to_ndarray(format="rgb24").astype(int) for frame in decoded]
    off = [np.abs(one - other).mean() for one, other in zip(shown, pictures, strict=True)]
    assert max(off) < 4.0, "the movie shows the frames, in their order and colours"
    assert {file.name for file in tmp_path.glob("two.*")} == {"two.mp4", "two.manifest.json"}
