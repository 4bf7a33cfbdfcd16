"""What a glTF says of a surface's look arrives: wrap, alpha, colours, and which of its pictures is seen."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.parts import RawPart
from meshes.readers.sandbox.scene import parts_of
from meshes.tiles.finish import Finish
from tests.meshes.readers.foreign import Glb, house, jpeg

HERE = Path(__file__).parent
RED, BLUE = jpeg(colour=(200, 30, 30)), jpeg(colour=(30, 30, 200))


def read(glb: Glb) -> tuple[RawPart, bytes | None, list[str]]:
    """The one part of a GLB, its picture, and the notes."""
    (part,), pictures, notes = parts_of(Gltf(glb.bytes(), folder=HERE, root=HERE), np.eye(4), up="Y")
    return part, pictures[part.picture] if part.picture >= 0 else None, notes


def dressed(material: dict[str, Any], **more: np.ndarray) -> Glb:
    """The house in a material, over two pictures."""
    glb = house(**more)
    glb.json["images"] = [{"bufferView": glb.view(data), "mimeType": "image/jpeg"} for data in (RED, BLUE)]
    glb.json["textures"] = [{"source": 0}, {"source": 1}]
    glb.json["materials"] = [material]
    glb.json["meshes"][0]["primitives"][0]["material"] = 0
    return glb


def base(**more: object) -> dict[str, Any]:
    return {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, **more}}


@pytest.mark.parametrize(
    ("sampler", "wrap"),
    [
        (None, ("repeat", "repeat")),
        ({}, ("repeat", "repeat")),
        ({"wrapS": 33071}, ("clamp", "repeat")),
        ({"wrapS": 10497.0, "wrapT": 33648}, ("repeat", "mirror")),
    ],
)
def test_a_picture_repeats_unless_its_sampler_says_otherwise(
    sampler: dict[str, Any] | None, wrap: tuple[str, str]
) -> None:
    glb = dressed(base())
    if sampler is not None:
        glb.json["samplers"] = [sampler]
        glb.json["textures"][0]["sampler"] = 0
    part, picture, notes = read(glb)
    assert part.finish.wrap == wrap
    assert (picture, notes) == (RED, [])


@pytest.mark.parametrize(
    ("told", "finish"),
    [
        ({}, Finish()),
        ({"alphaMode": "OPAQUE", "alphaCutoff": 0.2}, Finish(cutoff=0.2)),
        ({"alphaMode": "MASK"}, Finish(alpha="mask")),
        ({"alphaMode": "MASK", "alphaCutoff": 0.25}, Finish(alpha="mask", cutoff=0.25)),
        ({"alphaMode": "BLEND"}, Finish(alpha="blend")),
        ({"alphaMode": None}, Finish()),
    ],
)
def test_alpha_is_taken_as_its_mode_says(told: dict[str, Any], finish: Finish) -> None:
    assert read(dressed(base() | told))[0].finish == finish


def test_base_colour_and_vertex_colours_stand_beside_the_picture() -> None:
    light = np.full((6, 4), (1.0, 0.2, 0.0, 0.5), np.float32)
    part, picture, _ = read(dressed(base(baseColorFactor=[0.2, 1, 1, 0.25]), COLOR_0=light))
    assert picture == RED
    assert part.base == (124, 255, 255, 64)  # IEC 61966-2-1: 0.2 of the light is 124 of 255
    assert part.colour is not None
    assert part.colour[0].tolist() == [255, 124, 0, 128]


GLOSS = "KHR_materials_pbrSpecularGlossiness"
BLACK = {"baseColorFactor": [0, 0, 0, 0]}
SEEN: dict[str, tuple[dict[str, Any], bytes | None, tuple[int, int, int, int]]] = {
    "glow over black": (
        {"emissiveTexture": {"index": 1}, "emissiveFactor": [1, 1, 1], "pbrMetallicRoughness": BLACK},
        BLUE,
        (255, 255, 255, 255),
    ),
    "glow over nothing": (
        {"emissiveTexture": {"index": 1}, "emissiveFactor": [1, 1, 1]},
        BLUE,
        (255, 255, 255, 255),
    ),
    "glow without its factor": (
        {"emissiveTexture": {"index": 1}, "pbrMetallicRoughness": BLACK},
        BLUE,
        (255, 255, 255, 255),
    ),
    "dim glow": (
        {"emissiveTexture": {"index": 1}, "emissiveFactor": [0.2, 1, 0], "pbrMetallicRoughness": BLACK},
        BLUE,
        (124, 255, 0, 255),
    ),
    "glow over a black picture": (
        {
            "emissiveTexture": {"index": 1},
            "emissiveFactor": [1, 1, 1],
            "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "baseColorFactor": [0, 0, 0, 1]},
        },
        BLUE,
        (255, 255, 255, 255),
    ),
    "base beside a glow": (
        base() | {"emissiveTexture": {"index": 1}, "emissiveFactor": [1, 1, 1]},
        RED,
        (255, 255, 255, 255),
    ),
    "a colour that glows": (
        {"emissiveFactor": [0, 0.2, 0], "pbrMetallicRoughness": {"baseColorFactor": [0, 0, 0, 1]}},
        None,
        (0, 124, 0, 255),
    ),
    "stronger glow": (
        {
            "emissiveFactor": [0, 0.1, 0],
            "pbrMetallicRoughness": {"baseColorFactor": [0, 0, 0, 1]},
            "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 2}},
        },
        None,
        (0, 124, 0, 255),
    ),
    "black": ({"pbrMetallicRoughness": {"baseColorFactor": [0, 0, 0, 1]}}, None, (0, 0, 0, 255)),
    "gloss": (
        {"extensions": {GLOSS: {"diffuseTexture": {"index": 1}, "diffuseFactor": [1, 0.2, 1, 1]}}},
        BLUE,
        (255, 124, 255, 255),
    ),
    "common": (
        {"extensions": {"KHR_materials_common": {"values": {"diffuse": {"index": 1}}}}},
        BLUE,
        (255, 255, 255, 255),
    ),
    "common of a colour": (
        {"extensions": {"KHR_materials_common": {"values": {"diffuse": [1, 0.2, 0, 1]}}}},
        None,
        (255, 124, 0, 255),
    ),
    "gloss of a colour": (
        {"extensions": {GLOSS: {"diffuseFactor": [1, 0.2, 1, 1]}}},
        None,
        (255, 124, 255, 255),
    ),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_is_seen_without_light_is_taken(name: str) -> None:
    material, picture, colour = SEEN[name]
    part, found, notes = read(dressed(material))
    assert (found, part.base, notes) == (picture, colour, [])


def test_a_glowing_picture_lies_as_its_own_texture_says() -> None:
    second = np.array([[0.5, 2.0]] * 6, np.float32)
    material = {"emissiveTexture": {"index": 1, "texCoord": 1.0}, "pbrMetallicRoughness": BLACK}
    part, _, _ = read(dressed(material, TEXCOORD_1=second))
    assert part.tcoord is not None
    assert part.tcoord.tolist() == second.tolist()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"images": [{"uri": "gone.jpg"}, {}]}, "names 'gone.jpg', and there is no such file"),
        ({"images": [{"uri": "../gone.jpg"}, {}]}, "leads out of its folder"),
        ({"images": [{"uri": "https://example.org/a.jpg"}, {}]}, "nothing is fetched"),
        ({"images": [{}, {}]}, "no text"),
        ({"images": [{"bufferView": 99}, {}]}, "bufferViews[99]"),
        ({"images": []}, "names images[0], and has 0"),
        ({"textures": [{}]}, "textures[0] names no picture"),
        ({"textures": []}, "names textures[0], and has 0"),
        ({"textures": [{"source": 0, "sampler": 7}]}, "names samplers[7], and has 0"),
        ({"textures": [{"source": 0.5}]}, "source is 0.5"),
    ],
)
def test_without_its_picture_a_shape_stays_in_its_materials_colour(
    change: dict[str, Any], words: str
) -> None:
    glb = dressed(base(baseColorFactor=[1, 0.2, 0, 1]))
    glb.json |= change
    part, picture, (note,) = read(glb)
    assert len(part.triangles) == 4
    assert (picture, part.base) == (None, (255, 124, 0, 255))
    assert words in note
    assert "material's colour" in note


@pytest.mark.parametrize(
    ("material", "words"),
    [
        ({"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0]}}, "baseColorFactor is not 4 numbers"),
        ({"alphaCutoff": "half"}, "alphaCutoff is not 1 number"),
        ({"emissiveFactor": [1, None, 0]}, "emissiveFactor is not 3 numbers"),
        (None, "materials[0] is no object"),
    ],
)
def test_a_broken_material_costs_its_look_and_is_told(material: Any, words: str) -> None:
    part, _, (note,) = read(dressed(material))
    assert len(part.triangles) == 4
    assert part.base == (255, 255, 255, 255)
    assert words in note


@pytest.mark.parametrize(("kind", "name"), [("WEBP", "EXT_texture_webp"), ("AVIF", "EXT_texture_avif")])
def test_pictures_of_other_formats_become_jpeg(kind: str, name: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 30)).save(file, kind)
    glb = house(picture=file.getvalue())
    glb.json["textures"] = [{"extensions": {name: {"source": 0}}}]
    glb.json["extensionsRequired"] = [name]
    _, picture, notes = read(glb)
    assert notes == []
    assert picture is not None
    assert picture.startswith(b"\xff\xd8\xff")
    with Image.open(io.BytesIO(picture)) as opened:
        assert np.abs(np.asarray(opened).astype(int) - (200, 30, 30)).max() < 8


def test_a_material_without_a_factor_is_white_and_none_says_no_colour() -> None:
    white, _, _ = read(dressed({}))
    assert white.colour is not None
    assert white.colour.min() == 255
    pictured, _, _ = read(dressed(base()))
    assert pictured.colour is None
    bare = dressed({})
    del bare.json["meshes"][0]["primitives"][0]["material"]
    assert read(bare)[0].colour is None
