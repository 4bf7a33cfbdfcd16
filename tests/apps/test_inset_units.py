"""An inset in feet that nobody names is doubted by check and build; one that names them is read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from tests.apps.command import twin
from tests.small import CELL_M, NORTH, WEST, ground_m, write_raster, write_small_basin
from twin.basin import Basin

FOOT_M = 0.3048
INSET = """
  survey:
    kind: inset
    title: {zh: 测量, en: Survey}
    driver: raster
    uri: inset.tif
    vertical: {reference: local}
    edition: "1"
    source: the same cone
    access: public
"""


def with_inset(folder: Path, *, unit: str | None) -> Path:
    """The small basin with a part of its own ground as an inset in feet, half as large its cells."""
    catalog = write_small_basin(folder)
    catalog.write_text(catalog.read_text("utf-8").rstrip("\n") + INSET, "utf-8")
    feet = np.kron(ground_m()[60:80, 112:132], np.ones((2, 2))) / FOOT_M
    place = from_origin(WEST + 112 * CELL_M, NORTH - 60 * CELL_M, CELL_M / 2, CELL_M / 2)
    write_raster(folder / "inset.tif", feet.astype(np.float32), transform=place)
    if unit is not None:
        with rasterio.open(folder / "inset.tif", "r+") as file:
            file.units = (unit,)
    return catalog


def test_feet_that_nobody_names_are_doubted(tmp_path: Path) -> None:
    catalog = with_inset(tmp_path, unit=None)
    words = [p["message"] for p in json.loads(twin("check", catalog, "--json").stdout)["problems"]]
    assert words
    built = twin("build", catalog, "--progress", "none")
    assert "twin: survey is doubtful: its heights lie about" in built.stderr
    assert [line.removeprefix("twin: survey is doubtful: ") for line in built.stderr.splitlines()] == words


def test_feet_that_the_file_names_are_metres(tmp_path: Path) -> None:
    catalog = with_inset(tmp_path, unit="ft")
    report = json.loads(twin("check", catalog, "--json").stdout)
    assert report["problems"] == []
    assert "ft × 0.3048 m" in next(row["facts"] for row in report["entries"] if row["id"] == "survey")
    built = twin("build", catalog, "--progress", "none")
    assert "doubtful" not in built.stderr
    ground, grid = Basin.open(catalog).ground()
    cell = grid.cell_at(WEST + 122.25 * CELL_M, NORTH - 70.25 * CELL_M)
    assert cell is not None
    assert float(ground[cell]) == pytest.approx(float(ground_m()[70, 122]), abs=0.01)


def test_a_sidecar_that_comes_later_makes_a_build_new(tmp_path: Path) -> None:
    catalog = with_inset(tmp_path, unit="ft")
    twin("build", catalog, "--progress", "none")
    assert " 0 made" in twin("build", catalog, "--progress", "none").stdout
    words = '<PAMDataset><PAMRasterBand band="1"><NoDataValue>0</NoDataValue></PAMRasterBand></PAMDataset>'
    (tmp_path / "terrain.tif.aux.xml").write_text(words, "utf-8")
    assert " 0 made" not in twin("build", catalog, "--progress", "none").stdout
