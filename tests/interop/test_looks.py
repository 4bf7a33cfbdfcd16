"""The look of a foreign glTF arrives at other viewers of the store: CesiumJS shows the colours it means."""

from __future__ import annotations

import io
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from meshes.build.foreign.contents import written
from meshes.build.foreign.tree_repair import sound_tree
from meshes.readers.tileset import read_tile
from meshes.tiles import write_tileset
from tests.interop.test_cesium import SKY, on_the_globe
from tests.interop.viewer import Viewer, viewing
from tests.interop.villages import EAST, FRAME, NORTH
from tests.meshes.readers.foreign import Glb
from tests.meshes.tiles.conftest import Validate
from twin.arrays import U8

pytestmark = pytest.mark.browser

PLACE = np.array([EAST, NORTH, 160.0])
STEP_M, SIDE_M = 12.0, 10.0
RGB = (200, 90, 40)

Colour = tuple[int, int, int]


GAMMA = 2.2
"""CesiumJS turns bytes into light and back by this power; IEC 61966-2-1 differs for dark tones only."""


def light(byte: float) -> float:
    """A byte of the screen as a share of light."""
    return float((byte / 255) ** GAMMA)


def screen(share: float) -> int:
    return round(255 * share ** (1 / GAMMA))


def times(colour: Colour, *factors: float) -> Colour:
    red, green, blue = (screen(light(band) * factor) for band, factor in zip(colour, factors, strict=True))
    return red, green, blue


def over(front: Colour, share: float) -> Colour:
    """A colour blended over the sky."""
    red, green, blue = (round(share * a + (1 - share) * b) for a, b in zip(front, SKY, strict=True))
    return red, green, blue


def png(*halves: tuple[int, ...]) -> bytes:
    """A picture of one colour, or with another in its right half."""
    pixels = np.full((32, 32, len(halves[0])), halves[0], np.uint8)
    pixels[:, 16:] = halves[-1]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


BASE = {"baseColorTexture": {"index": 0}}
# A material, the picture, what the vertices are coloured with, and what is seen at a quarter and three.
QUADS: dict[str, tuple[dict[str, Any], bytes, tuple[float, ...] | None, Colour, Colour]] = {
    "picture": ({"pbrMetallicRoughness": BASE}, png(RGB, (10, 90, 200)), None, RGB, (10, 90, 200)),
    "base": (
        {"pbrMetallicRoughness": {**BASE, "baseColorFactor": [0.5, 0.2, 1, 1]}},
        png(RGB),
        None,
        times(RGB, 0.5, 0.2, 1),
        times(RGB, 0.5, 0.2, 1),
    ),
    "vertices": (
        {"pbrMetallicRoughness": BASE},
        png(RGB),
        (0.2, 0.2, 0.2, 1),
        times(RGB, 0.2, 0.2, 0.2),
        times(RGB, 0.2, 0.2, 0.2),
    ),
    "dark": (
        {"pbrMetallicRoughness": {"baseColorFactor": [0.004, 0.01, 0.2, 1]}},
        png(RGB),
        None,
        times((255, 255, 255), 0.004, 0.01, 0.2),
        times((255, 255, 255), 0.004, 0.01, 0.2),
    ),
    "glow": (
        {
            "emissiveTexture": {"index": 0},
            "emissiveFactor": [1, 1, 1],
            "pbrMetallicRoughness": {"baseColorFactor": [0, 0, 0, 0]},
        },
        png(RGB),
        None,
        RGB,
        RGB,
    ),
    "mask": (
        {"alphaMode": "MASK", "alphaCutoff": 0.3, "pbrMetallicRoughness": BASE},
        png((*RGB, 100), (*RGB, 60)),
        None,
        RGB,
        SKY,
    ),
    "opaque": ({"pbrMetallicRoughness": BASE}, png((*RGB, 100), (*RGB, 0)), None, RGB, RGB),
    "blend": (
        {"alphaMode": "BLEND", "pbrMetallicRoughness": BASE},
        png((*RGB, 51)),
        None,
        over(RGB, 0.2),
        over(RGB, 0.2),
    ),
}


def scene() -> bytes:
    """A row of quads that face the sky, one for each material; texture coordinates from 0 to 1, and of the
    first from 1 to 2."""
    glb = Glb()
    glb.json["nodes"] = []
    for name in ("images", "textures", "materials"):
        glb.json[name] = []
    for number, (meant, picture, colour, *_) in enumerate(QUADS.values()):
        x = number * STEP_M
        corners = [[x, 0, 0], [x + SIDE_M, 0, 0], [x + SIDE_M, 0, -SIDE_M], [x, 0, -SIDE_M]]
        uv = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32) + np.float32(number == 0)
        told = {
            "POSITION": glb.accessor(np.array(corners, np.float32)),
            "TEXCOORD_0": glb.accessor(uv.astype(np.float32)),
        }
        if colour is not None:
            told["COLOR_0"] = glb.accessor(np.array([colour] * 4, np.float32))
        glb.primitive(told, glb.accessor(np.array([0, 1, 2, 0, 2, 3], np.uint16)), material=number)
        glb.json["images"].append({"bufferView": glb.view(picture), "mimeType": "image/png"})
        glb.json["textures"].append({"source": number})
        material = deepcopy(meant)
        for holder in (material, material.get("pbrMetallicRoughness", {})):
            for texture in ("emissiveTexture", "baseColorTexture"):
                if texture in holder:
                    holder[texture] = {"index": number}
        glb.json["materials"].append(material)
        glb.json["nodes"].append({"mesh": number})
    glb.json["scenes"] = [{"nodes": [*range(len(QUADS))]}]
    return glb.bytes()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("looks")
    (folder / "foreign.glb").write_bytes(scene())
    data = read_tile(folder / "foreign.glb")
    assert data.notes == ()
    made = written(folder / "0.glb", data, lambda points: points + PLACE)
    assert made is not None
    tree = sound_tree(
        parent=np.array([-1], np.int32),
        error_m=np.zeros(1),
        low=made.low[None],
        high=made.high[None],
        add=np.zeros(1, bool),
        content=("0.glb",),
        nbytes=np.array([made.nbytes]),
    )
    write_tileset(folder, tree, frame=FRAME)
    return folder


Seen = tuple[Viewer, U8]


@pytest.fixture(scope="module")
def seen(store: Path, cesium: Path) -> Iterator[Seen]:
    with viewing(store, cesium=cesium, error_px=1.0, size=(960, 240)) as viewer:
        middle = PLACE + np.array([(len(QUADS) - 1) * STEP_M / 2 + SIDE_M / 2, SIDE_M / 2, 0])
        viewer.look(on_the_globe(middle), pitchDeg=-89.9, rangeM=90.0)
        yield viewer, viewer.picture()
        assert viewer.faults() == []


@pytest.mark.parametrize("name", QUADS)
def test_cesium_shows_the_colour_that_the_material_means(name: str, seen: Seen) -> None:
    viewer, number = seen[0], [*QUADS].index(name)
    for share, colour in zip((0.25, 0.75), QUADS[name][-2:], strict=True):
        place = PLACE + np.array([number * STEP_M + share * SIDE_M, SIDE_M / 2, 0.0])
        x, y = (round(value) for value in viewer.call("pixel", on_the_globe(place).tolist()))
        found = seen[1].astype(int)[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3)
        assert np.abs(found - colour).max() <= 3, (name, share, found.mean(axis=0), colour)


def test_the_validator_of_gltf_has_nothing_against_it(store: Path, validate: Validate) -> None:
    (report,) = validate(store / "0.glb")
    assert [issue for issue in report["issues"] if issue["severity"] < 2] == []
