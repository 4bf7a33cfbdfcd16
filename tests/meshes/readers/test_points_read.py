"""Point clouds as laspy writes them, and real ones: places, colours, classes and the CRS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import laspy
import numpy as np
import pyproj
import pytest

from meshes.errors import DamagedError, PlacementError
from meshes.readers.points import read_points

PLACES = np.array(
    [[442_000.125, 4_480_000.25, 155.5], [442_010.5, 4_480_020.75, 160.25], [442_001.0, 4_480_001.0, -3.0]]
)


def write_las(
    path: Path, *, version: str = "1.2", format_: int = 3, shift: int = 0, crs: object = "EPSG:4548"
) -> Path:
    """Three points with colours of 8 bits, shifted."""
    header = laspy.LasHeader(version=version, point_format=format_)
    header.scales, header.offsets = np.full(3, 0.001), PLACES[0]
    if crs:
        header.add_crs(pyproj.CRS(crs))
    las = laspy.LasData(header)
    las.x, las.y, las.z = PLACES.T
    las.classification = np.array([2, 6, 9], np.uint8)
    if "red" in header.point_format.dimension_names:
        las.red, las.green, las.blue = (
            np.array([10, 20, 255]) << shift,
            np.zeros(3, int),
            np.full(3, 7 << shift),
        )
    las.write(str(path))
    return path


@pytest.mark.parametrize(
    ("version", "format_", "name"),
    [("1.2", 3, "a.las"), ("1.3", 3, "a.laz"), ("1.4", 7, "a.las"), ("1.4", 8, "a.laz"), ("1.1", 1, "a.las")],
)
def test_points_come_back_where_they_are(tmp_path: Path, version: str, format_: int, name: str) -> None:
    path = write_las(tmp_path / name, version="1.2" if version == "1.1" else version, format_=format_)
    if version == "1.1":  # laspy writes none
        data = bytearray(path.read_bytes())
        data[25] = 1
        path.write_bytes(data)
    points = read_points(path)
    assert points.position == pytest.approx(PLACES, abs=0.0006)
    assert points.classification.tolist() == [2, 6, 9]
    assert pyproj.CRS(points.crs) == pyproj.CRS("EPSG:4548")
    assert (points.colour is None) == (format_ == 1)


@pytest.mark.parametrize("shift", [0, 8])
def test_colours_of_8_and_16_bits_come_out_alike(tmp_path: Path, shift: int) -> None:
    points = read_points(write_las(tmp_path / "a.las", shift=shift))
    assert points.colour is not None
    assert points.colour.tolist() == [[10, 0, 7], [20, 0, 7], [255, 0, 7]]


def test_the_catalogs_crs_is_used_where_the_file_says_none_and_one_is_needed(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.las", crs=None)
    with pytest.raises(PlacementError, match="set crs in the catalog"):
        read_points(path)
    with pytest.raises(DamagedError, match="name the right one"):
        read_points(path, crs="EPSG:1")
    points = read_points(path, crs="EPSG:4548")
    assert (points.crs, points.told) == ("EPSG:4548", None)


def test_a_compound_crs_names_its_heights(tmp_path: Path) -> None:
    points = read_points(write_las(tmp_path / "a.las", version="1.4", format_=7, crs="EPSG:4548+5773"))
    assert (points.crs, points.vertical) == ("EPSG:4548", "EGM96 height")


def test_the_arrays_outlive_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = tmp_path / "answers"
    answers.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(answers))
    points = read_points(write_las(tmp_path / "a.las"))
    assert list(answers.iterdir()) == []
    assert points.position.sum() == pytest.approx(PLACES.sum(), abs=0.01)


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "crs", "many", "unit_m"),
    [
        ("autzen_trim.laz", None, 110_000, 0.3048),  # feet of Oregon, in all three axes
        ("epsg_4326.las", None, 5_380, 1.0),
        ("lone-star.copc.laz", "EPSG:32614", None, 1.0),
    ],
)
def test_real_clouds_lie_inside_their_own_bounds(
    shared: Path, name: str, crs: str | None, many: int | None, unit_m: float
) -> None:
    path = shared / "pointcloud" / name
    points = read_points(path, crs=crs)
    with laspy.open(path) as source:
        header: Any = source.header
    assert len(points) == header.point_count == (many or header.point_count)
    assert points.position.min(axis=0) == pytest.approx(header.mins * [1, 1, unit_m], abs=1e-6)
    assert points.position.max(axis=0) == pytest.approx(header.maxs * [1, 1, unit_m], abs=1e-6)
