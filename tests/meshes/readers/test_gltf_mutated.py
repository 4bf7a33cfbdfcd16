"""A glTF with any value of its JSON replaced is read or refused in words of the format."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from meshes.errors import ForeignFileError
from meshes.readers.sandbox import scene
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.parts import write
from tests.meshes.readers.compressed import UASTC
from tests.meshes.readers.foreign import ROOF, Glb, draco_house, house, jpeg
from tests.meshes.readers.test_gltf_compressed import ktx2, packed
from tests.meshes.readers.test_gltf_looks import dressed

MUTANTS = 8_000 if os.environ.get("TWIN_ENDURANCE") == "1" else 300
VALUES: tuple[Any, ...] = (
    None, -1, 0, 1, 7, 10**9, 10**30, 5.5, 1e308, "a", "", [], {}, True, [1], [None], {"a": 1},
)  # fmt: skip


def instanced() -> Glb:
    glb = house(picture=jpeg())
    move = np.array([[0, 0, 0], [100, 0, 0]], np.float32)
    told = {"TRANSLATION": glb.accessor(move), "SCALE": glb.accessor(move + 1)}
    glb.json["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": told}}
    return glb


def skinned() -> Glb:
    weights = np.zeros((6, 4), np.float32)
    weights[:, 0] = 1
    glb = house(JOINTS_0=np.zeros((6, 4), np.uint8), WEIGHTS_0=weights)
    glb.json["skins"] = [{"joints": [1, 2]}]
    glb.json["nodes"] = [{"mesh": 0, "skin": 0}, {"children": [2], "rotation": [0, 0, 0, 1]}, {}]
    glb.json["scenes"] = [{"nodes": [0, 1]}]
    glb.json["meshes"][0] |= {"weights": [0.5]}
    glb.json["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": 0}]
    return glb


def painted() -> Glb:
    place = {"KHR_texture_transform": {"offset": [0, 1], "scale": [1, 1], "rotation": 0.5}}
    base = {"baseColorFactor": [0, 0, 0, 0], "baseColorTexture": {"index": 0, "extensions": place}}
    glb = dressed(
        {
            "alphaMode": "MASK",
            "alphaCutoff": 0.3,
            "emissiveFactor": [1, 1, 1],
            "emissiveTexture": {"index": 1, "texCoord": 0},
            "pbrMetallicRoughness": base,
        }
    )
    glb.json["samplers"] = [{"wrapS": 33071}]
    glb.json["textures"][0]["sampler"] = 0
    return glb


KINDS: tuple[Callable[[], Glb], ...] = (
    lambda: packed(house(triangles=ROOF.astype(np.uint32))),
    lambda: ktx2(UASTC),
    draco_house,
    instanced,
    skinned,
    painted,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every value of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [place for key, own in inner for place in places(own, (*path, key))]
    return [path, *below] if path else below


def test_every_mutant_is_read_or_refused_in_words(tmp_path: Path) -> None:
    random_ = random.Random(7)
    verdicts = [0, 0]
    for number in range(MUTANTS):
        glb = KINDS[number % len(KINDS)]()
        path = random_.choice(places(glb.json))
        holder: Any = glb.json
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = copy.deepcopy(random_.choice(VALUES))
        try:
            gltf = Gltf(glb.bytes(), folder=tmp_path, root=tmp_path)
            parts, pictures, _ = scene.parts_of(gltf, np.eye(4), up="Y")
            write(parts, pictures, out=tmp_path)
        except ForeignFileError as error:
            assert "\n" not in error.message
            verdicts[1] += 1
        else:
            verdicts[0] += 1
    assert min(verdicts) > MUTANTS / 10
