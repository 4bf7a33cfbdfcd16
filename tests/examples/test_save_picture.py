"""The example runs as it stands in the documentation, without a server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from twin.arrays import U8, Bools

EXAMPLE = "examples/01_save_picture.py"
STAMP_BROWN = (150, 40, 20)


def save(project: Path, *args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, EXAMPLE, *map(str, args)]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)


def is_water(picture: U8) -> Bools:
    red, _, blue = np.moveaxis(picture.astype(int), -1, 0)
    return (blue - red > 30) & (blue < 190)  # the sky is paler


def test_it_saves_the_lake_with_its_marks(project: Path, small_basin: Path, tmp_path: Path) -> None:
    out = tmp_path / "lake.png"
    done = save(project, small_basin, "--level", 150, "--size", "640x360", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "150 m" in done.stdout
    assert "under water" in done.stdout
    with Image.open(out) as file:
        assert file.format == "PNG"
        assert file.size == (640, 360)
        picture = np.asarray(file.convert("RGB"))
    assert is_water(picture[195:225, 305:335]).mean() > 0.99, "the middle of the lake"
    assert (picture[170:190, 295:345].min(axis=-1) > 200).sum() > 50, "its name"
    assert not is_water(picture[170:190, 20:60]).any(), "the plateau"
    stamp = picture[338:356, 260:380]
    assert (np.abs(stamp.astype(int) - STAMP_BROWN).max(axis=-1) < 60).mean() > 0.3, "the badge"
    assert (stamp.min(axis=-1) > 230).sum() > 100, "its letters"


def test_a_level_out_of_range_is_one_line_and_no_picture(
    project: Path, small_basin: Path, tmp_path: Path
) -> None:
    out = tmp_path / "lake.png"
    done = save(project, small_basin, "--level", 190, "--out", out)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "01_save_picture.py: level 190 m lies outside 126.00 to 160.00 m: give one inside"
    ]
    assert not out.exists()


def test_a_missing_catalog_is_one_line(project: Path, tmp_path: Path) -> None:
    done = save(project, tmp_path / "none.yaml")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "none.yaml" in done.stderr


def test_what_is_missing_is_built_into_the_store_that_was_named(
    project: Path, small_catalog: Path, tmp_path: Path
) -> None:
    out, store = tmp_path / "lake.png", tmp_path / "store"
    done = save(project, small_catalog, "--store", store, "--size", "160x90", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "building" in done.stderr
    assert (store / "current").exists() or any(store.iterdir())
    assert not (small_catalog.parent / ".twin").exists()
    assert out.is_file()
