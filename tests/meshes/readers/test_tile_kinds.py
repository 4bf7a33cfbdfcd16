"""Every kind of tile of 3D Tiles 1.0 and 1.1: points, instances, composites, and models of before."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import DracoPy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from meshes.errors import DamagedError, ForeignFileError, OverLimitError, UnsupportedForeignError
from meshes.readers.sandbox import tile
from meshes.readers.sandbox.i3dm import _from_octahedron, matrices_of
from meshes.readers.surface import SurfaceData, read_surface
from meshes.readers.tileset import read_tile
from tests.meshes.build_foreign.making import LAT, LON, to_ecef
from tests.meshes.readers.foreign import HOUSE, Glb, b3dm, house, jpeg
from tests.meshes.readers.old_tiles import cmpt, i3dm, pnts

UPRIGHT = HOUSE[:, [0, 2, 1]] * [1, -1, 1]
PLACES = np.array([[0, 0, 0], [10, 0, 0], [0, 20, 5], [1, 2, 3]], np.float32)
RGB = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [8, 16, 32]], np.uint8)
GLB = house().bytes()


def read(tmp_path: Path, data: bytes, name: str = "a.b3dm", **how: Any) -> SurfaceData:
    (tmp_path / name).write_bytes(data)
    return read_tile(tmp_path / name, **how)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"RGB": RGB}, RGB),
        ({"RGBA": np.hstack([RGB, [[9]] * 4]).astype(np.uint8)}, RGB),
        ({"RGB565": np.array([0xF800, 0x07E0, 0x001F, 0x0884], np.uint16)}, [*RGB[:3], [8, 16, 33]]),
        ({"told": {"CONSTANT_RGBA": [1, 2, 3, 255]}}, [[1, 2, 3]] * 4),
    ],
)
def test_points_keep_their_places_and_colours(tmp_path: Path, more: dict[str, Any], expected: Any) -> None:
    (cloud,) = read(tmp_path, pnts(4, POSITION=PLACES, **more)).clouds
    assert cloud.position.tolist() == PLACES.tolist()
    assert cloud.colour is not None
    assert cloud.colour[:, :3].tolist() == np.asarray(expected).tolist()


def test_quantized_points_move_with_their_centre_and_their_tile(tmp_path: Path) -> None:
    told = {
        "QUANTIZED_VOLUME_OFFSET": [1, 2, 3],
        "QUANTIZED_VOLUME_SCALE": [65535, 655.35, 0],
        "RTC_CENTER": [100, 200, 300],
    }
    steps = np.array([[0, 0, 0], [7, 100, 65535]], np.uint16)
    transform = np.diag([2.0, 2, 2, 1])
    (cloud,) = read(tmp_path, pnts(2, told, POSITION_QUANTIZED=steps), transform=transform).clouds
    assert cloud.position == pytest.approx(np.array([[202, 404, 606], [216, 406, 606]]))
    assert cloud.colour is None


def test_whole_numbers_of_a_table_may_be_written_with_a_point(tmp_path: Path) -> None:
    data = pnts(4, {"POINTS_LENGTH": 4.0}, POSITION=PLACES, RGB=RGB)
    told = b'"RGB": {"byteOffset": 48}'
    assert told in data
    (cloud,) = read(tmp_path, data.replace(told, b'"RGB":{"byteOffset":48.0}')).clouds
    assert cloud.position.tolist() == PLACES.tolist()
    assert cloud.colour is not None
    assert cloud.colour[:, :3].tolist() == RGB.tolist()


def test_points_under_draco_are_unpacked(tmp_path: Path) -> None:
    packed = DracoPy.encode(PLACES, colors=RGB, quantization_bits=16, preserve_order=True)
    ids = {a["attribute_type"]: a["unique_id"] for a in DracoPy.decode(packed).attributes}
    told = {"properties": {"POSITION": ids[0], "RGB": ids[2]}, "byteOffset": 0, "byteLength": len(packed)}
    told = {"POSITION": {"byteOffset": 0}, "extensions": {"3DTILES_draco_point_compression": told}}
    data = pnts(4, told, DRACO=np.frombuffer(packed, np.uint8))
    (cloud,) = read(tmp_path, data).clouds
    order = np.lexsort(cloud.position.round().T)
    assert cloud.position[order] == pytest.approx(PLACES[np.lexsort(PLACES.T)], abs=1e-3)
    assert cloud.colour is not None
    assert cloud.colour[order][:, :3].tolist() == RGB[np.lexsort(PLACES.T)].tolist()
    with pytest.raises(DamagedError, match="Draco points"):
        read(tmp_path, data.replace(packed, packed[:30] + bytes(len(packed) - 30)))


def test_points_of_a_gltf_are_points_in_a_tile_and_named_in_a_surface(tmp_path: Path) -> None:
    glb = Glb()
    glb.primitive(
        {"POSITION": glb.accessor(HOUSE), "COLOR_0": glb.accessor(np.ones((6, 3), np.float32))}, mode=0
    )
    glb.json["meshes"][0]["primitives"][0]["indices"] = glb.accessor(np.array([5, 0], np.uint16))
    (cloud,) = read(tmp_path, glb.bytes(), "a.glb").clouds
    assert cloud.position == pytest.approx(UPRIGHT[[5, 0]])
    assert cloud.colour is not None
    assert (cloud.colour == 255).all()
    with pytest.raises(UnsupportedForeignError, match="nothing but points"):
        read_surface(tmp_path / "a.glb")


TURN = Rotation.from_euler("zyx", [30, 40, 50], degrees=True).as_matrix()


@pytest.mark.parametrize("form", ["embedded", "uri"])
def test_instances_are_copies_that_are_turned_scaled_and_moved(tmp_path: Path, form: str) -> None:
    turns = np.stack([np.eye(3), TURN, TURN.T, np.eye(3)])
    arrays = {
        "POSITION": PLACES,
        "NORMAL_UP": turns[:, :, 1].astype(np.float32),
        "NORMAL_RIGHT": turns[:, :, 0].astype(np.float32),
        "SCALE": np.array([1, 2, 1, 3], np.float32),
        "SCALE_NON_UNIFORM": np.array([[1, 1, 1], [1, 2, 3], [1, 1, 1], [1, 1, 1]], np.float32),
        "BATCH_ID": np.array([7, 8, 9, 3], np.uint16),
    }
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "tree.glb").write_bytes(GLB)
    if form == "embedded":
        data = i3dm(GLB, 4, {"RTC_CENTER": [1000, 0, 0]}, **arrays)
    else:
        data = i3dm(b"m/tree.glb   ", 4, {"RTC_CENTER": [1000, 0, 0]}, form=0, **arrays)
    (part,) = read(tmp_path, gzip.compress(data), "a.i3dm").parts
    scale = np.array([[1, 1, 1], [2, 4, 6], [1, 1, 1], [3, 3, 3]])
    expected = [UPRIGHT * s @ r.T + p + [1000, 0, 0] for s, r, p in zip(scale, turns, PLACES, strict=True)]
    assert part.position.reshape(4, 6, 3) == pytest.approx(np.array(expected), abs=1e-4)
    assert part.triangles.shape == (16, 3)
    assert part.triangles[4:8].tolist() == (part.triangles[:4] + 6).tolist()
    assert part.feature is not None
    assert part.feature.reshape(4, 6)[:, 0].tolist() == [8, 9, 10, 4]


def test_a_mirrored_instance_keeps_its_outside(tmp_path: Path) -> None:
    mirror = np.array([[-1, 1, 1]], np.float32)
    (part,) = read(tmp_path, i3dm(GLB, 1, POSITION=PLACES[:1], SCALE_NON_UNIFORM=mirror)).parts
    (plain,) = read(tmp_path, i3dm(GLB, 1, POSITION=PLACES[:1])).parts
    assert part.triangles.tolist() == plain.triangles[:, ::-1].tolist()


def test_instances_on_the_globe_stand_upright(tmp_path: Path) -> None:
    places = to_ecef(np.array([[0.0, 0, 0], [500, 900, 0]]))
    told = {"EAST_NORTH_UP": True, "RTC_CENTER": places[0].tolist()}
    data = i3dm(GLB, 2, told, POSITION=(places - places[0]).astype(np.float32))
    (part,) = read(tmp_path, data).parts
    lon, lat = np.radians([LON, LAT])
    up = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    assert part.position[:6] == pytest.approx(to_ecef(UPRIGHT), abs=1e-2)
    assert (part.position[10:12] - part.position[6:8]).mean(axis=0) @ up == pytest.approx(6, abs=1e-3)
    with pytest.raises(DamagedError, match="not on earth"):
        read(tmp_path, i3dm(GLB, 1, {"EAST_NORTH_UP": True}, POSITION=PLACES[:1]))


@given(arrays(np.float64, (5, 3), elements=st.floats(-1, 1)))
def test_packed_directions_are_those_that_were_packed(vectors: np.ndarray[Any, Any]) -> None:
    vectors = vectors + np.where(np.linalg.norm(vectors, axis=1, keepdims=True) < 0.1, 1.0, 0.0)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    flat = unit / np.abs(unit).sum(axis=1, keepdims=True)
    sign = np.where(flat[:, :2] >= 0, 1.0, -1.0)
    folded = np.where(flat[:, 2:] < 0, (1 - np.abs(flat[:, [1, 0]])) * sign, flat[:, :2])
    packed = np.rint((folded + 1) / 2 * 65535).astype(np.uint16)
    assert _from_octahedron(packed) == pytest.approx(unit, abs=2e-4)


def test_packed_normals_and_places_turn_as_plain_ones() -> None:
    up, right = np.array([[32768, 65535]], np.uint16), np.array([[65535, 32768]], np.uint16)
    told = {"QUANTIZED_VOLUME_OFFSET": [0, 0, 0], "QUANTIZED_VOLUME_SCALE": [65535, 65535, 65535]}
    steps = np.array([[1, 2, 3]], np.uint16)
    data = i3dm(GLB, 1, told, POSITION_QUANTIZED=steps, NORMAL_UP_OCT32P=up, NORMAL_RIGHT_OCT32P=right)
    ((matrix,), _) = matrices_of(data, np.eye(4))
    assert matrix == pytest.approx(
        np.array([[1, 0, 0, 1], [0, 1, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]]), abs=1e-4
    )


def test_too_many_instances_cost_their_tile(tmp_path: Path) -> None:
    with pytest.raises(OverLimitError, match="400,000 instances of 6 vertices; at most 2,000,000"):
        read(tmp_path, i3dm(GLB, 400_000, POSITION=np.zeros((400_000, 3), np.float32)))


def test_a_composite_is_all_its_tiles(tmp_path: Path) -> None:
    red, blue = jpeg(colour=(255, 0, 0)), jpeg(colour=(0, 0, 255))
    first, second = (b3dm(house(picture=picture).bytes()) for picture in (red, blue))
    data = cmpt(first, cmpt(second, pnts(4, POSITION=PLACES)), i3dm(GLB, 2, POSITION=PLACES[:2]))
    found = read(tmp_path, data, "a.cmpt")
    assert [part.image for part in found.parts] == [red, blue, None]
    assert [len(cloud.position) for cloud in found.clouds] == [4]
    assert found.notes == ()


def test_a_bad_tile_in_a_composite_costs_itself(tmp_path: Path) -> None:
    bad = b3dm(GLB[:12] + b"x" + GLB[13:])
    found = read(tmp_path, cmpt(b3dm(GLB), bad, b"vctr" + struct.pack("<II", 1, 12)), "a.cmpt")
    assert len(found.parts) == 1
    assert found.notes[0].startswith("inner tile 2 of the composite ")
    assert found.notes[1] == "inner tile 3 of the composite holds vectors (vctr), which is not read: left out"
    short = cmpt(b3dm(GLB), b3dm(GLB))[:-100]
    short = short[:8] + struct.pack("<I", len(short)) + short[12:]
    found = read(tmp_path, short, "a.cmpt")
    assert len(found.parts) == 1
    assert found.notes == ("the composite after its inner tile 1 does not fit into its file: left out",)
    with pytest.raises(UnsupportedForeignError, match="vctr"):
        read(tmp_path, cmpt(b"vctr" + struct.pack("<II", 1, 12)), "a.cmpt")


def old(data: bytes, form: int, batches: bytes = b'{"id":[1]}  ') -> bytes:
    """A b3dm of before the feature table: 20 or 24 bytes of header."""
    if form == 20:
        head = struct.pack("<4sIIII", b"b3dm", 1, 20 + len(batches) + len(data), 1, len(batches))
    else:
        head = struct.pack("<4sIIIII", b"b3dm", 1, 24 + len(batches) + len(data), len(batches), 0, 1)
    return head + batches + data


@pytest.mark.parametrize("form", [20, 24])
@pytest.mark.parametrize("batches", [b"", b'{"id":[1]}  '])
def test_models_of_before_the_feature_table_are_read(tmp_path: Path, form: int, batches: bytes) -> None:
    (part,) = read(tmp_path, old(GLB, form, batches)).parts
    assert part.position == pytest.approx(UPRIGHT)
    with pytest.raises(DamagedError, match="cut off"):
        read(tmp_path, old(GLB, form, batches)[:-40])


def test_gltf_1_in_an_old_model_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedForeignError, match="glTF 1"):
        read(tmp_path, old(GLB[:4] + struct.pack("<I", 1) + GLB[8:], 20))


def test_a_gltf_without_a_container_is_read_whatever_its_name(tmp_path: Path) -> None:
    glb = house()
    glb.bytes()
    glb.json["buffers"][0]["uri"] = "a.bin"
    (tmp_path / "a.bin").write_bytes(glb.binary)
    text = json.dumps(glb.json).encode()
    assert read(tmp_path, text, "tile").triangles == 4
    assert read(tmp_path, b3dm(text + b"  ")).triangles == 4


@pytest.mark.parametrize("kind", ["pnts", "i3dm", "cmpt", "b3dm"])
@given(data=st.data())
def test_a_mutated_tile_is_read_or_refused_in_our_words(
    kind: str, data: st.DataObject, tmp_path_factory: Any
) -> None:
    """In process: the guard is not the point."""

    whole = {
        "pnts": pnts(4, {"RTC_CENTER": [1, 2, 3]}, POSITION=PLACES, RGB=RGB),
        "i3dm": i3dm(GLB, 4, POSITION=PLACES, NORMAL_UP=PLACES, NORMAL_RIGHT=PLACES),
        "cmpt": cmpt(pnts(4, POSITION=PLACES), b3dm(GLB)),
        "b3dm": old(GLB, 24),
    }[kind]
    mutant = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        mutant[data.draw(st.integers(4, min(len(mutant), 200) - 1))] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.getbasetemp()
    path = folder / f"mutant.{kind}"
    path.write_bytes(mutant[: data.draw(st.sampled_from([len(mutant), len(mutant) // 2]))])
    try:
        tile.read(path, out=folder, root=str(folder), transform=np.eye(4).ravel().tolist(), up="Y")
    except ForeignFileError as error:
        assert error.message
