"""The example with a person's own data runs as it stands in the documentation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

EXAMPLE = "examples/02_pyvista.py"
GOLD, WALL, STAMP_BROWN = (255, 215, 0), (255, 90, 54), (150, 40, 20)


def save(project: Path, *args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, EXAMPLE, *map(str, args)]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)


def test_own_data_stands_in_the_scene_with_its_names_and_stamp(
    project: Path, small_basin: Path, tmp_path: Path
) -> None:
    out = tmp_path / "survey.png"
    done = save(project, small_basin, "--level", 150, "--size", "640x360", "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3394 wet cells" in done.stdout
    with Image.open(out) as file:
        assert file.size == (640, 360)
        picture = np.asarray(file.convert("RGB")).astype(int)

    def near(colour: tuple[int, int, int]) -> np.ndarray:
        return np.abs(picture - colour).max(axis=-1) < 40

    assert near(GOLD).sum() > 60, "the survey line"
    wall = np.flatnonzero(near(WALL).any(axis=0))
    assert np.ptp(wall) > 450, "the zone around the dam"
    badge = np.abs(picture[338:356, 265:375] - STAMP_BROWN).max(axis=-1) < 80
    assert badge.mean() > 0.3, "invented data says so"
    assert (picture[130:160, 290:350].min(axis=-1) > 200).sum() > 50, "the lake's name"


def test_a_level_out_of_range_is_one_line_and_no_picture(
    project: Path, small_basin: Path, tmp_path: Path
) -> None:
    out = tmp_path / "survey.png"
    done = save(project, small_basin, "--level", 190, "--out", out)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "02_pyvista.py: level 190 m lies outside 126.00 to 160.00 m: give one inside"
    ]
    assert not out.exists()
