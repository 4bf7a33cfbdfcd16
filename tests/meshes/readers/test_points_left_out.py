"""What a cloud says is no surface is left out and counted; all else is kept."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from meshes.errors import ForeignFileError, UnsupportedForeignError
from meshes.readers.sandbox.npy_head import write_head
from tests.meshes.readers.clouds import EAST, NORTH, read, write_cloud

LINE = [(float(k), 0.0, 160.0 + k) for k in range(6)]


@pytest.mark.parametrize(
    ("format_", "name"), [(0, "a.las"), (3, "a.laz"), (6, "a.las"), (8, "a.laz"), (9, "a.las"), (4, "a.laz")]
)
def test_withheld_points_and_noise_are_left_out_and_counted(tmp_path: Path, format_: int, name: str) -> None:
    path = write_cloud(
        tmp_path / name,
        format_=format_,
        position=LINE,
        classification=[2, 2, 7, 18, 6, 7],
        withheld=[0, 1, 0, 0, 0, 1],
    )
    found = read(path, tmp_path / "out")
    assert found["position"][:, 0].tolist() == [EAST, EAST + 4]
    assert found["classification"].tolist() == [2, 6]
    assert found["count"] == 2
    assert found["classes"] == {2: 1, 6: 1}
    assert found["notes"] == [
        "points left out: 2 flagged Withheld, 1 noise (class 7), 1 high noise (class 18)"
    ]


def test_overlap_key_points_and_synthetic_points_are_kept(tmp_path: Path) -> None:
    old = write_cloud(tmp_path / "old.las", format_=1, position=LINE, classification=[12, 8, 2, 2, 2, 2])
    new = write_cloud(
        tmp_path / "new.las", format_=6, position=LINE, overlap=[1] * 6, synthetic=[1] * 6, key_point=[1] * 6
    )
    for path in (old, new):
        found = read(path, tmp_path / "out")
        assert found["count"] == 6
        assert found["notes"] == []


def test_a_cloud_of_noise_alone_says_so(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las", classification=[7, 7, 18])
    with pytest.raises(
        UnsupportedForeignError, match=r"none of its 3 points is shown: 2 noise .*1 high noise"
    ):
        read(path, tmp_path / "out")


@pytest.mark.parametrize("name", ["a.las", "a.laz"])
def test_a_cloud_without_points_is_sound_and_empty(tmp_path: Path, name: str) -> None:
    path = write_cloud(tmp_path / name, position=np.zeros((0, 3)))
    with pytest.raises(UnsupportedForeignError, match="holds no point"):
        read(path, tmp_path / "out")


def test_one_point_and_many_at_one_place_are_clouds(tmp_path: Path) -> None:
    for many in (1, 50):
        path = write_cloud(tmp_path / "a.las", position=[(5, 5, 150)] * many)
        assert read(path, tmp_path / "out")["position"].tolist() == [[EAST + 5, NORTH + 5, 150.0]] * many


def test_noise_that_is_not_classified_is_doubted(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las", position=[*LINE, (3.0, 3.0, 2600.0)])
    found = read(path, tmp_path / "out")
    assert found["count"] == 7
    assert (
        "the height 2,600.0 (1 of its points) lies far from all others, which follow at 165.0"
        in found["notes"][0]
    )


def changed(path: Path, at: int, form: str, *values: float) -> Path:
    """The file with numbers of its header changed."""
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, at, *values)
    path.write_bytes(data)
    return path


def test_points_outside_the_headers_box_are_told(tmp_path: Path) -> None:
    path = changed(write_cloud(tmp_path / "a.las", position=LINE), 179, "<d", EAST + 3)
    assert read(path, tmp_path / "out")["notes"] == ["points outside the box that its header announces: 2"]


def test_points_behind_those_announced_are_told(tmp_path: Path) -> None:
    path = changed(write_cloud(tmp_path / "a.las", version="1.2", format_=3, position=LINE), 107, "<I", 4)
    found = read(path, tmp_path / "out")
    assert found["count"] == 4
    assert "announces 4 points, and there is room for 2 more" in found["notes"][0]


def test_two_counts_that_differ_are_told_and_one_alone_counts(tmp_path: Path) -> None:
    path = changed(write_cloud(tmp_path / "a.las", position=LINE), 107, "<I", 5)
    found = read(path, tmp_path / "out")
    assert found["count"] == 6
    assert found["notes"] == ["its header has two counts of points, 6 and 5: the first is believed"]
    path = changed(write_cloud(tmp_path / "b.las", position=LINE), 107, "<I", 6)
    found = read(changed(path, 247, "<Q", 0), tmp_path / "out")
    assert (found["count"], found["notes"]) == (6, [])


@pytest.mark.parametrize("name", ["a.las", "a.laz"])
def test_points_that_the_header_does_not_announce_at_all_are_an_unfinished_file(
    tmp_path: Path, name: str
) -> None:
    path = write_cloud(tmp_path / name, position=LINE)
    changed(path, 107, "<I", 0)
    with pytest.raises(
        ForeignFileError, match="announces no point and holds some: its writer did not finish"
    ):
        read(changed(path, 247, "<Q", 0), tmp_path / "out")


def test_a_file_that_lacks_points_is_cut_off(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las", position=LINE)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ForeignFileError, match="announces 6 points and has room for 4"):
        read(path, tmp_path / "out")


def test_las_1_0_is_read_like_1_1(tmp_path: Path) -> None:
    path = write_cloud(tmp_path / "a.las", version="1.2", format_=1, position=LINE)
    assert read(changed(path, 25, "B", 0), tmp_path / "out")["position"][:, 2].tolist() == [
        160 + k for k in range(6)
    ]


def test_laz_of_laszips_first_form_is_read(tmp_path: Path) -> None:
    """A point after the other, without a table of chunks: the same bytes as one chunk of today's."""
    path = write_cloud(tmp_path / "a.laz", version="1.2", format_=1, position=LINE)
    data = bytearray(path.read_bytes())
    (points_at,) = struct.unpack_from("<I", data, 96)
    (table_at,) = struct.unpack_from("<q", data, points_at)
    record = data.index(b"laszip encoded") - 2 + 54
    struct.pack_into("<H", data, record, 1)
    struct.pack_into("<I", data, record + 12, 0)
    path.write_bytes(data[:points_at] + data[points_at + 8 : table_at])
    assert read(path, tmp_path / "out")["position"][:, 2].tolist() == [160 + k for k in range(6)]


def test_a_name_does_not_say_whether_points_are_packed(tmp_path: Path) -> None:
    for name, other in (("a.laz", "b.las"), ("c.las", "d.laz")):
        path = write_cloud(tmp_path / name, position=LINE).rename(tmp_path / other)
        assert read(path, tmp_path / "out")["count"] == 6


@pytest.mark.parametrize("cut", [20, 60])
def test_packed_points_that_end_early_are_told_without_words_of_a_library(tmp_path: Path, cut: int) -> None:
    path = write_cloud(tmp_path / "a.laz", position=LINE)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(
        ForeignFileError, match=r"is cut off or damaged: its packed points cannot be unpacked$"
    ):
        read(path, tmp_path / "out")


@pytest.mark.parametrize("format_", [3, 7])
def test_a_record_whose_owner_is_named_in_gbk_costs_nothing(tmp_path: Path, format_: int) -> None:
    for name in ("a.las", "a.laz"):
        path = write_cloud(
            tmp_path / name, version="1.4", format_=format_, position=LINE, wkt=CRS("EPSG:4548").to_wkt()
        )
        data = path.read_bytes()
        at = data.index(b"LASF_Projection")
        path.write_bytes(
            data[: at - 2]
            + data[at - 2 :].replace(b"LASF_Projection\0", "国".encode("gbk") + b"_rojection000\0")
        )
        found = read(path, tmp_path / "out")
        assert found["count"] == 6
        assert found["crs"] is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"ply\nformat ascii 1.0\n", "is a PLY file, which is not read as a cloud: save it as LAS or LAZ"),
        (b"ASTM-E57\1\0\0\0", "is an E57 file"),
        (b"PK\3\4", "is a ZIP archive"),
        (b"490000 4483000 160\n" * 30, "does not begin with LASF"),
    ],
)
def test_other_clouds_are_called_by_their_names(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a.las").write_bytes(data)
    with pytest.raises(ForeignFileError, match=words):
        read(tmp_path / "a.las", tmp_path / "out")


@given(st.integers(0, 10**18), st.sampled_from([(), (3,)]), st.sampled_from([np.float64, np.uint8, np.bool_]))
def test_the_head_of_an_array_is_as_long_for_any_number_of_rows(
    rows: int, row: tuple[int, ...], kind: type[np.generic]
) -> None:
    empty, full = BytesIO(), BytesIO()
    write_head(empty, 0, row=row, kind=kind)
    write_head(full, rows, row=row, kind=kind)
    assert len(empty.getvalue()) == len(full.getvalue())
