"""glTF as exporters write it, sound and odd: what is meant is read, what is not read is named."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meshes.errors import DamagedError, ForeignFileError, OverLimitError, UnsupportedForeignError
from meshes.readers.sandbox import accessors, scene
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import parsed
from meshes.readers.sandbox.parts import RawPart
from tests.meshes.readers.foreign import HOUSE, ROOF, UV, Glb, house, jpeg

UPRIGHT = HOUSE[:, [0, 2, 1]] * [1, -1, 1]
Found = tuple[list[Any], list[bytes], list[str]]


def read(data: bytes | Glb, folder: Path = Path(__file__).parent) -> Found:
    """Parts, pictures and notes, Z up."""
    raw = data.bytes() if isinstance(data, Glb) else data
    return scene.parts_of(Gltf(raw, folder=folder, root=folder), np.eye(4), up="Y")


def one(data: bytes | Glb) -> RawPart:
    (part,), _, notes = read(data)
    assert notes == []
    return part


def text_of(glb: Glb) -> dict[str, Any]:
    """The same as a .gltf that holds its buffer."""
    glb.bytes()
    glb.json["buffers"][0]["uri"] = "data:;base64," + base64.b64encode(glb.binary).decode()
    return glb.json


def retold(value: object) -> object:
    """Whole numbers written as 5.0."""
    if isinstance(value, dict):
        return {name: retold(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [retold(inner) for inner in value]
    return float(value) if type(value) is int else value


def test_whole_numbers_may_be_written_with_a_point() -> None:
    told = retold(text_of(house(picture=jpeg())))
    part = one(json.dumps(told).encode())
    assert part.position == pytest.approx(UPRIGHT)
    assert part.triangles.tolist() == ROOF.tolist()
    assert part.picture == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030"])
def test_the_text_may_be_of_any_encoding_that_tools_write(encoding: str) -> None:
    document = text_of(house()) | {"materials": [{"name": "青瓦"}]}
    document["meshes"][0]["primitives"][0]["material"] = 0
    text = json.dumps(document, ensure_ascii=False)
    assert one(text.encode(encoding)).material == "青瓦"


def test_only_a_zero_behind_the_point_makes_a_whole_number() -> None:
    found = parsed(b'{"a": [5.0, -3.0, 5.5, 1e3, 123456789012345678.0]}')["a"]
    assert [type(value) for value in found] == [int, int, float, float, float]
    assert found == [5, -3, 5.5, 1000.0, 123456789012345678.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"asset": {"version": "1.0"}, "asset": {"version": "2.0"}}', 'the key "asset" is given twice'),
        (b'{"extras": 1e999}', "1e999 is not a finite number"),
        (b'{"extras": -Infinity}', "-Infinity is not a finite number"),
        (b'{"extras": "\\ud83d"}', "lone surrogate"),
    ],
)
def test_json_that_readers_would_take_differently_is_refused(text: bytes, words: str) -> None:
    with pytest.raises(DamagedError, match=words):
        parsed(text)


def test_what_is_null_counts_as_not_written() -> None:
    glb = house(picture=jpeg())
    document = text_of(glb)
    document |= {"extensions": None, "extensionsRequired": None, "animations": None}
    document["nodes"][0] |= {
        "matrix": None,
        "rotation": None,
        "children": None,
        "skin": None,
        "extensions": None,
    }
    document["meshes"][0]["primitives"][0] |= {"mode": None, "targets": None, "extensions": None}
    document["accessors"][0] |= {"byteOffset": None, "sparse": None, "normalized": None}
    document["bufferViews"][0] |= {"byteStride": None, "extensions": None}
    document["textures"][0] |= {"sampler": None}
    document["materials"][0] |= {"alphaMode": None, "emissiveTexture": None, "emissiveFactor": None}
    document["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"] = None
    assert one(json.dumps(document).encode()).position == pytest.approx(UPRIGHT)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint32])
def test_indices_of_every_width_are_read(kind: type) -> None:
    assert one(house(triangles=ROOF.astype(kind))).triangles.tolist() == ROOF.tolist()


@pytest.mark.parametrize("mode", [4, 5, 6])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_indices_make_no_triangle(mode: int, count: int) -> None:
    glb = house(triangles=np.arange(count, dtype=np.uint16))
    glb.json["meshes"][0]["primitives"][0]["mode"] = mode
    assert read(glb) == ([], [], [])


def test_interleaved_attributes_are_taken_apart() -> None:
    glb = Glb()
    rows = np.zeros(6, [("place", "<f4", 3), ("uv", "<u2", 2), ("colour", "u1", 4)])
    rows["place"], rows["uv"], rows["colour"] = HOUSE, UV * 65535, [255, 0, 0, 255]
    view = glb.view(rows.tobytes())
    glb.json["bufferViews"][view]["byteStride"] = rows.itemsize
    told = [(5126, "VEC3", 0, False), (5123, "VEC2", 12, True), (5121, "VEC4", 16, True)]
    glb.json["accessors"] = [
        {"bufferView": view, "componentType": c, "type": t, "byteOffset": o, "normalized": n, "count": 6}
        for c, t, o, n in told
    ]
    glb.primitive({"POSITION": 0, "TEXCOORD_0": 1, "COLOR_0": 2}, glb.accessor(ROOF.ravel()))
    glb.picture(jpeg())
    part = one(glb)
    assert part.position == pytest.approx(UPRIGHT)
    assert part.tcoord == pytest.approx(UV, abs=1e-4)
    assert part.colour is not None
    assert part.colour.tolist() == [[255, 0, 0, 255]] * 6


NORMALISED = {np.int8: 127, np.uint8: 255, np.int16: 32767, np.uint16: 65535}


@pytest.mark.parametrize("kind", NORMALISED)
def test_normalised_numbers_are_shares(kind: type) -> None:
    """glTF 2.0, 3.11: f = max(c / most, -1)."""
    info = np.iinfo(kind)
    values = np.array([[info.min, 0, info.max, 1]], kind)
    glb = Glb()
    glb.accessor(values, normalized=True)
    found = accessors.values(Gltf(glb.bytes(), folder=Path(), root=Path()), 0)
    expected = np.maximum(values / NORMALISED[kind], -1)
    assert found == pytest.approx(expected)


def test_sparse_elements_replace_others_or_stand_over_nothing() -> None:
    glb = house()
    where, what = glb.view(np.array([1, 4], np.uint8).tobytes()), glb.view(HOUSE[[1, 4]].tobytes())
    sparse = {
        "count": 2.0,
        "indices": {"bufferView": where, "componentType": 5121},
        "values": {"bufferView": what},
    }
    other = HOUSE.copy()
    other[[1, 4]] = 99
    glb.json["accessors"][0] = glb.json["accessors"][glb.accessor(other)] | {"sparse": sparse}
    assert one(glb).position == pytest.approx(UPRIGHT)
    del glb.json["accessors"][0]["bufferView"]
    assert one(glb).position[[0, 1, 4]] == pytest.approx(UPRIGHT[[0, 1, 4]])


def test_a_primitive_without_position_or_of_another_kind_costs_itself_and_is_told() -> None:
    glb = house()
    whole = glb.json["meshes"][0]["primitives"][0]
    glb.json["meshes"][0]["primitives"] += [
        {"attributes": {}},
        {"attributes": {"POSITION": 0}, "mode": 0},
        {"attributes": {"POSITION": 0}, "mode": 1},
        {"attributes": {"POSITION": 0}, "mode": 3.0},
    ]
    glb.json["nodes"].append({"mesh": 0})
    glb.json["scenes"][0]["nodes"].append(1)
    parts, _, notes = read(glb)
    shapes = [part for part in parts if isinstance(part, RawPart)]
    assert [len(part.triangles) for part in shapes] == [4, 4]
    assert [len(part.position) for part in parts] == [6, 6, 6, 6]
    assert whole in glb.json["meshes"][0]["primitives"]
    assert notes == [
        "primitives of lines are left out, only triangles are read (4)",
        "primitives without POSITION are left out (2)",
    ]


def test_attributes_that_are_not_used_may_be_anything() -> None:
    glb = house(NORMAL=np.zeros((2, 3), np.float32))
    glb.json["meshes"][0]["primitives"][0]["attributes"]["TANGENT"] = 77
    assert len(one(glb).triangles) == 4


def test_a_place_in_the_picture_that_is_no_number_costs_no_more_than_itself() -> None:
    uv = UV.copy()
    uv[2, 0] = np.nan
    glb = house(picture=jpeg())
    glb.json["accessors"][1] = glb.json["accessors"][glb.accessor(uv)]
    (part,), _, (note,) = read(glb)
    assert part.tcoord is not None
    assert np.isfinite(part.tcoord).all()
    assert note == "vertices have a place in their picture that is no number (1)"


def test_instances_stand_where_they_are_told_to() -> None:
    glb = house()
    move = np.array([[0, 0, 0], [100, 0, 0], [0, 5, 0]], np.float32)
    turn = np.array([[0, 0, 0, 127], [0, 90, 0, 90], [0, 0, 0, 127]], np.int8)  # a quarter round the up axis
    size = np.array([[1, 1, 1], [2, 2, 2], [-1, 1, 1]], np.float32)
    attributes = {
        "TRANSLATION": glb.accessor(move),
        "ROTATION": glb.accessor(turn, normalized=True),
        "SCALE": glb.accessor(size),
    }
    glb.json["nodes"][0] |= {
        "translation": [0, 0, 7],
        "extensions": {"EXT_mesh_gpu_instancing": {"attributes": attributes}},
    }
    glb.json["extensionsRequired"] = ["EXT_mesh_gpu_instancing"]
    part = one(glb)
    x, y, z = HOUSE.T
    stands = [HOUSE, np.stack([2 * z + 100, 2 * y, -2 * x], 1), np.stack([-x, y + 5, z], 1)]
    upright = (np.concatenate(stands) + np.array([0, 0, 7]))[:, [0, 2, 1]] * [1, -1, 1]
    assert part.position == pytest.approx(upright, abs=0.3)  # a turn of 7 bits
    assert part.triangles.tolist() == np.concatenate([ROOF, ROOF + 6, ROOF[:, ::-1] + 12]).tolist()


@pytest.mark.parametrize(("count", "words"), [(1_000_001, "1,000,001 instances"), (99_000, "vertices")])
def test_more_instances_than_memory_has_room_for_are_refused(count: int, words: str) -> None:
    glb = house(position=np.zeros((700, 3), np.float32))
    glb.json["meshes"][0]["primitives"][0]["attributes"].pop("TEXCOORD_0")
    glb.json["accessors"].append({"componentType": 5126, "type": "VEC3", "count": count})
    told = {"attributes": {"TRANSLATION": len(glb.json["accessors"]) - 1}}
    glb.json["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": told}
    with pytest.raises(OverLimitError, match=words):
        read(glb)


def test_a_skin_stands_as_its_joints_do_and_not_as_its_node() -> None:
    """Two joints: the ridge is held by the second alone, which stands 4 m higher than it was bound."""
    joints, weights = np.zeros((6, 4), np.uint8), np.zeros((6, 4), np.float32)
    weights[:, 0] = 1
    joints[4:, 0] = 1
    glb = house(JOINTS_0=joints, WEIGHTS_0=weights)
    bound = np.stack([np.eye(4), np.eye(4)]).astype(np.float32)
    bound[1, 3, 1] = -2.0  # column by column: 2 m down
    view = glb.view(bound.tobytes())
    glb.json["accessors"].append({"bufferView": view, "componentType": 5126, "type": "MAT4", "count": 2})
    glb.json["skins"] = [{"joints": [1, 2], "inverseBindMatrices": len(glb.json["accessors"]) - 1}]
    glb.json["nodes"] = [
        {"mesh": 0, "skin": 0, "scale": [100, 100, 100]},
        {"children": [2]},
        {"translation": [0, 6, 0]},
    ]
    glb.json["scenes"][0]["nodes"] = [0, 1]
    expected = HOUSE.copy()
    expected[4:, 1] += 4
    assert one(glb).position == pytest.approx(expected[:, [0, 2, 1]] * [1, -1, 1])


def test_morph_targets_are_weighed_as_the_file_says_and_films_are_told() -> None:
    glb = house()
    move = np.tile(np.array([[0, 2, 0]], np.float32), (6, 1))
    glb.json["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": glb.accessor(move)}, {}]
    glb.json["meshes"][0]["weights"] = [0.5, 1]
    glb.json["animations"] = [{"channels": [], "samplers": []}]
    (part,), _, notes = read(glb)
    assert part.position == pytest.approx(UPRIGHT + np.array([0, 0, 1]))
    assert notes == ["is animated, and shown at rest"]


def test_what_has_no_meaning_for_a_shape_at_rest_is_passed_over() -> None:
    glb = house(picture=jpeg())
    glb.json |= {
        "cameras": [{}],
        "extensions": {"KHR_lights_punctual": {"lights": [{}]}, "KHR_materials_variants": {"variants": []}},
        "extensionsRequired": ["KHR_lights_punctual", "KHR_materials_variants", "KHR_materials_transmission"],
    }
    glb.json["nodes"][0] |= {"camera": 0, "extensions": {"KHR_lights_punctual": {"light": 0}}}
    glb.json["materials"][0]["extensions"] = {"KHR_materials_transmission": {"transmissionFactor": 1}}
    assert one(glb).picture == 0


def test_a_hidden_node_is_not_shown() -> None:
    glb = house()
    hidden = {"extensions": {"KHR_node_visibility": {"visible": False}}, "children": [1]}
    glb.json["nodes"] = [hidden, {"mesh": 0}, {"mesh": 0, "translation": [1, 0, 0]}]
    glb.json["scenes"][0]["nodes"] = [0, 2]
    assert one(glb).position[0].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scenes": [{}]}, "shows none of its 1 meshes"),
        ({"scenes": None, "scene": None, "nodes": None}, "shows none of its 1 meshes"),
        ({"asset": {"version": "1.0"}}, "glTF 1.0.*convert it to glTF 2.0"),
        ({"asset": {}, "meshes": {"a": {}}}, "glTF 1.0.*convert it to glTF 2.0"),
        ({"asset": {"version": "3.0"}}, "glTF 3.0"),
    ],
)
def test_a_sound_file_that_is_not_read_is_not_called_damaged(change: dict[str, Any], words: str) -> None:
    with pytest.raises(UnsupportedForeignError, match=words) as caught:
        read(json.dumps(text_of(house()) | change).encode())
    assert "damaged" not in str(caught.value)


@pytest.mark.parametrize(
    ("begins", "words"),
    [(b"PK\3\4", "a ZIP archive"), (b"Kaydara FBX Binary", "an FBX"), (b"b3dm\1\0\0\0", "a tile")],
)
def test_a_file_of_another_kind_is_called_by_its_name(begins: bytes, words: str) -> None:
    with pytest.raises(UnsupportedForeignError, match=f"is {words}.*: save it as GLB"):
        read(begins + bytes(40))


def test_without_a_scene_every_node_that_no_other_has_is_shown() -> None:
    document = text_of(house())
    document["nodes"] = [{"children": [1]}, {"mesh": 0}]
    del document["scenes"], document["scene"]
    assert len(one(json.dumps(document).encode()).triangles) == 4


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("accessors", 0, "count"), 5.5, "count is 5.5"),
        (("accessors", 0, "count"), "6", 'count is "6"'),
        (("accessors", 0, "type"), None, "unknown type"),
        (("bufferViews", 0, "byteLength"), None, "byteLength is missing"),
        (("bufferViews", 0, "byteStride"), -4, "outside bufferViews"),
        (("bufferViews", 0, "byteStride"), 2, "outside bufferViews"),
        (("bufferViews", 0, "buffer"), None, "buffer is null"),
        (("meshes", 0, "primitives", 0, "indices"), 3.5, "accessors is 3.5"),
        (("meshes", 0, "primitives", 0), 3, "a primitive is no object"),
        (("meshes", 0, "primitives"), {}, "primitives is no list"),
        (("meshes", 0, "primitives", 0, "mode"), 7, "the mode 7"),
        (("meshes", 0, "primitives", 0, "attributes", "POSITION"), 99, r"accessors\[99\], and has 3"),
        (("nodes", 0, "mesh"), True, "meshes is true"),
        (("nodes", 0, "scale"), [1, 1], "scale is not 3 numbers"),
        (("nodes", 0, "rotation"), [0, 0, "a", 1], "rotation is not 4 numbers"),
        (("nodes", 0), None, r"nodes\[0\] is no object"),
        (("scenes", 0, "nodes"), [0.5], "nodes is 0.5"),
        (("scene",), "first", 'scenes is "first"'),
        (("buffers",), [{}], r"buffers\[0\] has no bytes"),
        (("buffers",), [{"uri": "", "byteLength": 1}], "empty"),
        (("buffers",), [{"uri": "gone.bin"}], "names 'gone.bin', and there is no such file"),
    ],
)
def test_what_is_wrong_is_said_in_words_of_the_format(
    path: tuple[Any, ...], value: object, words: str
) -> None:
    glb = house()
    document = text_of(glb)
    document["meshes"][0]["primitives"][0]["material"] = 0
    document["materials"] = [{}]
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ForeignFileError, match=words):
        read(json.dumps(document).encode())
