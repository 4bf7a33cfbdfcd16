"""glTF under meshopt, Draco and Basis Universal is the same as without."""

from __future__ import annotations

import io
from pathlib import Path

import DracoPy
import meshopt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from meshes.errors import DamagedError, ForeignFileError
from meshes.readers.sandbox import accessors
from meshes.readers.sandbox.gltf import Gltf
from tests.meshes.readers.compressed import ETC1S, UASTC
from tests.meshes.readers.foreign import HOUSE, ROOF, Glb, draco_house, house, jpeg
from tests.meshes.readers.test_gltf_read import UPRIGHT, one, read


def packed(glb: Glb, name: str = "EXT_meshopt_compression") -> Glb:
    """All of a GLB's views under meshopt."""
    views, glb.json["bufferViews"] = glb.json["bufferViews"], []
    whole, glb.binary = glb.binary, b""
    for accessor in glb.json["accessors"]:
        view = views[accessor["bufferView"]]
        data = whole[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        count = accessor["count"]
        if accessor["type"] == "SCALAR":
            mode, size = "TRIANGLES", len(data) // count
            coded = meshopt.encode_gltf_buffer(np.frombuffer(data, f"<u{size}"), mode)
        else:
            mode, size = "ATTRIBUTES", len(data) // count
            coded = meshopt.encode_gltf_buffer(np.frombuffer(data, np.uint8).reshape(count, size), mode)
        told = {"buffer": 0, "byteLength": len(coded), "byteStride": size, "count": count, "mode": mode}
        accessor["bufferView"] = glb.view(coded)
        here = glb.json["bufferViews"][-1]
        here["extensions"] = {name: told | {"byteOffset": here["byteOffset"]}}
        here |= {"buffer": 1, "byteOffset": 0, "byteLength": len(data)}
    glb.json["extensionsRequired"] = [name]
    return glb


@pytest.mark.parametrize("name", ["EXT_meshopt_compression", "KHR_meshopt_compression"])
def test_meshopt_is_unpacked(name: str) -> None:
    glb = packed(house(triangles=ROOF.astype(np.uint32)), name)
    data = glb.bytes()
    part = one(data)
    assert part.position == pytest.approx(UPRIGHT)
    corners = {tuple(np.roll(row, -int(np.argmin(row)))) for row in part.triangles.tolist()}
    assert corners == {tuple(np.roll(row, -int(np.argmin(row)))) for row in ROOF.tolist()}


@pytest.mark.parametrize("how", ["EXPONENTIAL", "COLOR", "OCTAHEDRAL", "QUATERNION"])
def test_filters_of_meshopt_are_undone(how: str) -> None:
    rows = np.random.default_rng(4).uniform(0, 1, (50, 4)).astype(np.float32)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    kind, size, made = {
        "EXPONENTIAL": (np.float32, 16, meshopt.encode_filter_exp(rows, 24)),
        "COLOR": (np.uint8, 4, meshopt.encode_filter_color(rows, 4, 8)),
        "OCTAHEDRAL": (np.int8, 4, meshopt.encode_filter_oct(unit, 4, 8)),
        "QUATERNION": (np.int16, 8, meshopt.encode_filter_quat(unit, 8, 16)),
    }[how]
    glb = Glb()
    coded = meshopt.encode_gltf_buffer(made, "ATTRIBUTES", version=1)
    view = glb.view(coded)
    told = {"buffer": 0, "byteLength": len(coded), "byteStride": size, "count": 50, "mode": "ATTRIBUTES"}
    glb.json["bufferViews"][view]["extensions"] = {"EXT_meshopt_compression": told | {"filter": how}}
    component = {np.float32: 5126, np.uint8: 5121, np.int8: 5120, np.int16: 5122}[kind]
    glb.json["accessors"] = [
        {"bufferView": view, "componentType": component, "type": "VEC4", "count": 50, "normalized": True}
    ]
    found = accessors.values(Gltf(glb.bytes(), folder=Path(), root=Path()), 0)
    wanted = rows if how in ("EXPONENTIAL", "COLOR") else unit
    if how == "OCTAHEDRAL":  # of three numbers; the fourth is kept as it is
        found, wanted = found[:, :3], unit[:, :3] / np.linalg.norm(unit[:, :3], axis=1, keepdims=True)
        found = found / np.linalg.norm(found, axis=1, keepdims=True)
    assert found == pytest.approx(wanted, abs=0.03)


@given(cut=st.integers(0, 200), change=st.integers(0, 255), at=st.integers(0, 150))
def test_damaged_meshopt_has_a_verdict(cut: int, change: int, at: int) -> None:
    glb = packed(house(triangles=ROOF.astype(np.uint32)))
    binary = bytearray(glb.binary)
    binary[at % len(binary)] = change
    glb.binary = bytes(binary[: max(1, len(binary) - cut)])
    try:
        read(glb)
    except ForeignFileError as error:
        assert "meshopt" in str(error) or "buffer" in str(error) or "triangle" in str(error)


def ktx2(data: bytes) -> Glb:
    glb = house(picture=data)
    glb.json["textures"] = [{"extensions": {"KHR_texture_basisu": {"source": 0}}}]
    glb.json["extensionsRequired"] = ["KHR_texture_basisu"]
    return glb


@pytest.mark.parametrize(("data", "begins"), [(ETC1S, b"\xff\xd8\xff"), (UASTC, b"\x89PNG")])
def test_a_ktx2_picture_becomes_one_that_every_viewer_shows(data: bytes, begins: bytes) -> None:
    _, (picture,), notes = read(ktx2(data))
    assert notes == []
    assert picture.startswith(begins)
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA")).astype(int)
    assert pixels.shape == (16, 16, 4)
    assert np.abs(pixels[:7, :7, :3] - (220, 40, 30)).max() < 12
    assert np.abs(pixels[9:, :7, :3] - (30, 60, 210)).max() < 12
    assert (pixels[:, :7, 3] == 255).all()
    assert (pixels[:, 9:, 3] == (0 if data == UASTC else 255)).all()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (ETC1S[:200], "damaged KTX2"),
        (ETC1S[:20] + (60_000).to_bytes(4, "little") * 2 + ETC1S[28:], "60,000 × 60,000 pixels|damaged KTX2"),
        (ETC1S[:12] + (37).to_bytes(4, "little") + ETC1S[16:], "neither ETC1S nor UASTC|damaged KTX2"),
    ],
)
def test_a_ktx2_picture_that_cannot_be_read_is_told(data: bytes, words: str) -> None:
    (part,), _, (note,) = read(ktx2(data))
    assert part.picture == -1
    assert any(word in note for word in words.split("|"))


def test_a_picture_that_is_there_in_two_forms_is_read() -> None:
    glb = ktx2(ETC1S)
    glb.json["images"].append({"bufferView": glb.view(jpeg()), "mimeType": "image/jpeg"})
    glb.json["textures"][0]["source"] = 1
    assert read(glb)[1] == [jpeg()]


def test_several_draco_primitives_and_one_without_stand_together() -> None:
    glb = draco_house()
    glb.json["meshes"][0]["primitives"].append(glb.json["meshes"][0]["primitives"][0] | {"material": None})
    plain = {"attributes": {"POSITION": glb.accessor(HOUSE)}, "indices": glb.accessor(ROOF.ravel())}
    glb.json["meshes"][0]["primitives"].append(plain)
    parts, _, notes = read(glb)
    assert notes == []
    for part in parts:
        assert part.position[part.triangles] == pytest.approx(UPRIGHT[ROOF], abs=1e-3)
    assert len(parts) == 3


def test_a_draco_cloud_of_points_is_no_surface() -> None:
    glb = draco_house()
    data = DracoPy.encode(HOUSE, quantization_bits=14)
    (primitive,) = glb.json["meshes"][0]["primitives"]
    primitive["extensions"]["KHR_draco_mesh_compression"]["bufferView"] = glb.view(data)
    with pytest.raises(DamagedError, match="Draco mesh is empty"):
        read(glb)
