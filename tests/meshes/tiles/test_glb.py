"""A tile's file: what is written comes back as views of the file, and other glTF viewers can read it."""

from __future__ import annotations

import gc
import json
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshes.errors import BadTileError
from meshes.tiles import Content, map_glb, read_centre, write_glb
from meshes.tiles.finish import CLAMPED, Finish
from tests.meshes.tiles.conftest import Validate
from tests.meshes.tiles.tiling import contents, dots, picture, put, same, sheet, tile


def mapped(path: Path) -> int:
    """How often this process has the file mapped."""
    return sum(str(path) in line for line in Path("/proc/self/maps").read_text().splitlines())


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def glb(tmp_path: Path) -> Path:
    content = tile(sheet(image=picture(), colour=True, feature=True), dots())
    return tmp_path / put(tmp_path, "tile.glb", content)


@given(content=contents())
def test_what_is_written_comes_back_bit_by_bit(content: Content) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tile.glb"
        assert write_glb(path, content) == path.stat().st_size
        assert same(map_glb(path), content)
        assert read_centre(path) == content.centre
        assert names(path.parent) == ["tile.glb"]


def test_all_arrays_but_colours_are_aligned_read_only_views_of_the_file(glb: Path) -> None:
    primitive, points = map_glb(glb).primitives
    arrays = [primitive.position, primitive.triangles, primitive.tcoord, primitive.feature, points.position]
    for array in arrays:
        assert array is not None
        assert not array.flags.owndata
        assert not array.flags.writeable
        assert array.flags.c_contiguous
        assert array.ctypes.data % 4 == 0
    assert isinstance(primitive.image, memoryview)
    assert primitive.image.readonly
    assert mapped(glb) == 1


def test_the_memory_goes_with_the_last_view_and_no_descriptor_stays(glb: Path) -> None:
    before = len(names(Path("/proc/self/fd")))
    content = map_glb(glb)
    assert len(names(Path("/proc/self/fd"))) == before
    image = content.primitives[0].image
    del content
    gc.collect()
    assert mapped(glb) == 1
    assert image is not None
    assert bytes(image) == picture()
    del image
    gc.collect()
    assert mapped(glb) == 0


def test_a_tile_outlives_its_folder(glb: Path) -> None:
    content = map_glb(glb)
    expected = tile(sheet(image=picture(), colour=True, feature=True), dots())
    glb.unlink()
    glb.parent.rmdir()
    assert same(content, expected)
    with pytest.raises(BadTileError, match="cannot be read"):
        map_glb(glb)


def test_a_tile_that_is_written_anew_does_not_change_in_who_reads_the_former(glb: Path) -> None:
    former = map_glb(glb)
    write_glb(glb, tile(dots()))
    assert len(former.primitives) == 2
    assert same(former, tile(sheet(image=picture(), colour=True, feature=True), dots()))
    assert same(map_glb(glb), tile(dots()))


def test_a_picture_of_several_parts_is_kept_once(tmp_path: Path) -> None:
    image = picture("PNG", size=256)
    one = write_glb(tmp_path / "one.glb", tile(sheet(image=image)))
    two = write_glb(tmp_path / "two.glb", tile(sheet(image=image), sheet(image=image[:])))
    assert two < one + len(image)
    assert [bytes(primitive.image or b"") for primitive in map_glb(tmp_path / "two.glb").primitives] == [
        image,
        image,
    ]


def variants() -> Iterator[Content]:
    for image in (None, picture("JPEG"), picture("PNG")):
        for colour in (False, True):
            for feature in (False, True):
                yield tile(sheet(image=image, colour=colour, feature=feature))
    yield tile(dots())
    yield tile(sheet(image=picture(), feature=True), sheet(image=picture("PNG")), sheet(colour=True), dots())
    yield tile(replace(sheet(feature=True), feature=np.zeros(4, np.float32)))


def test_the_validator_of_gltf_finds_neither_errors_nor_warnings(tmp_path: Path, validate: Validate) -> None:
    paths = [tmp_path / put(tmp_path, f"{k}.glb", content) for k, content in enumerate(variants())]
    reports = validate(*paths)
    assert len(reports) == len(paths)
    # What it has to remark (2: information, 3: hints) is that it does not know these two.
    allowed = {"UNSUPPORTED_EXTENSION"}
    for report in reports:
        assert {issue["code"] for issue in report["issues"] if issue["severity"] < 2} == set()
        assert {issue["code"] for issue in report["issues"]} <= allowed
    assert reports[-2]["info"]["totalTriangleCount"] == 6


def header(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    return dict(json.loads(data[20 : 20 + length]))


def test_wrap_and_alpha_stand_in_the_materials_for_others(tmp_path: Path, validate: Validate) -> None:
    one = picture("PNG")
    finishes = (
        CLAMPED,
        Finish(alpha="mask", cutoff=0.25, two_sided=True),
        Finish(wrap=("mirror", "repeat"), alpha="blend"),
        Finish(alpha="mask"),
    )
    primitives = [replace(sheet(image=one), finish=finish) for finish in finishes]
    path = tmp_path / put(tmp_path, "tile.glb", tile(*primitives))
    told = header(path)
    assert len(told["images"]) == 1
    wraps = [
        [(sampler := told["samplers"][texture["sampler"]])["wrapS"], sampler["wrapT"]]
        for material in told["materials"]
        for texture in [told["textures"][material["pbrMetallicRoughness"]["baseColorTexture"]["index"]]]
    ]
    assert wraps == [[33071, 33071], [10497, 10497], [33648, 10497], [10497, 10497]]
    assert len(told["samplers"]) == len(told["textures"]) == 3
    names = ("alphaMode", "alphaCutoff", "doubleSided")
    assert [{name: m[name] for name in names if name in m} for m in told["materials"]] == [
        {},
        {"alphaMode": "MASK", "alphaCutoff": 0.25, "doubleSided": True},
        {"alphaMode": "BLEND"},
        {"alphaMode": "MASK", "alphaCutoff": 0.5},
    ]
    (report,) = validate(path)
    assert [issue for issue in report["issues"] if issue["severity"] < 2] == []


def test_colours_are_linear_light_for_others_and_come_back_byte_by_byte(tmp_path: Path) -> None:
    """IEC 61966-2-1, in the other direction than the code has it."""
    tones = np.arange(256, dtype=np.uint8)
    colour = np.stack([tones, tones[::-1], np.roll(tones, 7), np.roll(tones, 90)], axis=1)
    primitive = replace(dots(), position=np.zeros((256, 3), np.float32), colour=colour)
    path = tmp_path / put(tmp_path, "tile.glb", tile(primitive))
    found = map_glb(path).primitives[0].colour
    assert found is not None
    assert found.tolist() == colour.tolist()
    told = header(path)
    accessor = told["accessors"][told["meshes"][0]["primitives"][0]["attributes"]["COLOR_0"]]
    assert (accessor["componentType"], accessor["normalized"]) == (5123, True)
    start = 28 + struct.unpack_from("<I", path.read_bytes(), 12)[0]
    start += told["bufferViews"][accessor["bufferView"]]["byteOffset"]
    light = np.frombuffer(path.read_bytes(), "<u2", 1024, start).reshape(-1, 4) / 65535
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(curve[:, :3] * 255 - colour[:, :3]).max() < 0.05
    assert light[:, 3] * 255 == pytest.approx(colour[:, 3])


@settings(max_examples=3)
@given(tiles=st.lists(contents(), min_size=5, max_size=10))
def test_the_validator_finds_no_fault_in_whatever_may_be_written(
    tiles: list[Content], validate: Validate
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / put(Path(folder), f"{k}.glb", content) for k, content in enumerate(tiles)]
        found = [issue for report in validate(*paths) for issue in report["issues"] if issue["severity"] < 2]
        assert found == []


def test_arrays_that_are_cut_from_larger_ones_are_written(tmp_path: Path) -> None:
    primitive = sheet(colour=True)
    wide = np.zeros((8, 5), np.float32)
    wide[::2, 1:4] = primitive.position
    assert primitive.triangles is not None
    cut = replace(primitive, position=wide[::2, 1:4], triangles=np.asfortranarray(primitive.triangles))
    put(tmp_path, "tile.glb", tile(cut))
    assert same(map_glb(tmp_path / "tile.glb"), tile(primitive))


def test_the_validator_finds_what_is_wrong(glb: Path, validate: Validate) -> None:
    data = glb.read_bytes()
    glb.write_bytes(data.replace(b'"VEC3"', b'"VEC2"', 1))
    (report,) = validate(glb)
    assert any(issue["severity"] == 0 for issue in report["issues"])


def test_positions_are_turned_to_y_up_for_others(glb: Path) -> None:
    matrix = np.array(header(glb)["nodes"][0]["matrix"]).reshape(4, 4).T
    np.testing.assert_array_equal(matrix @ [1, 2, 3, 1], [1, 3, -2, 1])


NAN = np.float32("nan")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"position": np.zeros((0, 3), np.float32)}, "no vertices"),
        ({"position": np.zeros((4, 3))}, "position is float64"),
        ({"position": np.zeros((4, 2), np.float32)}, "position is float32"),
        ({"position": np.full((4, 3), NAN, np.float32)}, "position is not a number"),
        ({"position": np.full((4, 3), np.inf, np.float32)}, "position is not a number"),
        ({"triangles": np.array([[0, 1, 4]], np.int32)}, "not among the 4"),
        ({"triangles": np.array([[0, 1, -1]], np.int32)}, "not among the 4"),
        ({"triangles": np.zeros((0, 3), np.int32)}, "no triangles"),
        ({"triangles": np.zeros((1, 3), np.int64)}, "triangles is int64"),
        ({"tcoord": np.full((4, 2), NAN, np.float32)}, "place in the picture"),
        ({"tcoord": None}, "no places in it"),
        ({"colour": np.zeros((4, 3), np.uint8)}, "colour is uint8"),
        ({"feature": np.array([0, 1, 0.5, 0], np.float32)}, "whole number"),
        ({"feature": np.array([0, -1, 0, 0], np.float32)}, "whole number"),
        ({"feature": np.array([0, NAN, 0, 0], np.float32)}, "whole number"),
        ({"feature": np.zeros((4, 1), np.float32)}, "feature is float32"),
        ({"image": b"GIF89a"}, "neither JPEG nor PNG"),
    ],
)
def test_a_part_that_is_not_fit_is_refused_and_nothing_is_left(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    primitive = replace(sheet(image=picture()), **change)  # type: ignore[arg-type]
    with pytest.raises(BadTileError, match=says):
        write_glb(tmp_path / "tile.glb", tile(primitive))
    assert names(tmp_path) == []


def test_a_tile_without_parts_or_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTileError, match="no primitive"):
        write_glb(tmp_path / "tile.glb", tile())
    with pytest.raises(BadTileError, match="centre"):
        write_glb(tmp_path / "tile.glb", tile(dots(), centre=(0.0, float("nan"), 0.0)))


def test_a_full_disk_leaves_the_former_tile(tiny_disk: Path) -> None:
    path = tiny_disk / "tile.glb"
    write_glb(path, tile(dots()))
    with pytest.raises(OSError, match="No space"):
        write_glb(path, tile(replace(dots(), position=np.zeros((200_000, 3), np.float32), colour=None)))
    assert same(map_glb(path), tile(dots()))
    assert names(tiny_disk) == ["tile.glb"]
