"""glTF's header of a tile, for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meshes.tiles.content import Point
from meshes.tiles.finish import Finish, Wrap
from meshes.tiles.layout import Header, PrimitiveHeader, padded

Json = dict[str, Any]

FLOAT, UINT, USHORT = 5126, 5125, 5123
LINEAR, LINEAR_MIPMAPS = 9729, 9987
WRAP = {"repeat": 10497, "clamp": 33071, "mirror": 33648}
VERTICES, INDICES = 34962, 34963
POINTS, TRIANGLES = 0, 4

# Column after column: glTF's y is our height, its z our south.
Z_UP_TO_Y_UP = [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
UNLIT, FEATURES = "KHR_materials_unlit", "EXT_mesh_features"

ACCESSORS: dict[str, Json] = {
    "POSITION": {"componentType": FLOAT, "type": "VEC3"},
    "TEXCOORD_0": {"componentType": FLOAT, "type": "VEC2"},
    "_FEATURE_ID_0": {"componentType": FLOAT, "type": "SCALAR"},
    "COLOR_0": {"componentType": USHORT, "normalized": True, "type": "VEC4"},
    "indices": {"componentType": UINT, "type": "SCALAR"},
}


def gltf_header(header: Header, extents: Sequence[tuple[Point, Point]]) -> Json:
    """Return the glTF document.

    ``extents`` are the exact low and high of each primitive's positions.
    """
    views: list[Json] = []
    accessors: list[Json] = []
    offset = header.table_nbytes
    primitives = []
    for k, (primitive, (low, high)) in enumerate(zip(header.primitives, extents, strict=True)):
        places = {}
        for name, count, size in primitive.spans:
            places[name] = len(views)
            target = INDICES if name == "indices" else VERTICES
            views.append({"buffer": 0, "byteOffset": offset, "byteLength": count * size, "target": target})
            accessors.append({"bufferView": places[name], "count": count, **ACCESSORS[name]})
            offset += count * size
        offset += 12 * primitive.coarse
        accessors[places["POSITION"]] |= {"min": list(low), "max": list(high)}
        primitives.append(_primitive(primitive, places, material=k))
    images = []
    for media, size in header.images:
        images.append({"bufferView": len(views), "mimeType": media})
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": size})
        offset += padded(size)
    extensions = [UNLIT, FEATURES] if any(primitive.buildings for primitive in header.primitives) else [UNLIT]
    textures = _Textures()
    materials = [_material(primitive, textures) for primitive in header.primitives]
    document: Json = {
        "asset": {"version": "2.0", "generator": "miyun-twin", "extras": {"centre": list(header.centre)}},
        "extensionsUsed": extensions,
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "matrix": Z_UP_TO_Y_UP}],
        "meshes": [{"primitives": primitives}],
        "materials": materials,
        "buffers": [{"byteLength": offset}],
        "bufferViews": views,
        "accessors": accessors,
    }
    if images:
        document["samplers"] = [_sampler(wrap) for wrap in textures.samplers]
        document["textures"] = [{"sampler": sampler, "source": image} for image, sampler in textures.of]
        document["images"] = images
    return document


def _primitive(header: PrimitiveHeader, places: dict[str, int], *, material: int) -> Json:
    primitive: Json = {
        "attributes": {name: place for name, place in places.items() if name != "indices"},
        "material": material,
        "mode": TRIANGLES if header.triangles else POINTS,
    }
    if header.triangles:
        primitive["indices"] = places["indices"]
    if header.buildings:
        ids = {"featureCount": header.buildings, "nullFeatureId": 0, "attribute": 0}
        primitive["extensions"] = {FEATURES: {"featureIds": [ids]}}
    return primitive


class _Textures:
    """A picture under each way that its primitives go on beyond its edges, once."""

    def __init__(self) -> None:
        self.of: dict[tuple[int, int], int] = {}
        self.samplers: dict[tuple[Wrap, Wrap], int] = {}

    def place(self, image: int, finish: Finish) -> int:
        sampler = self.samplers.setdefault(finish.wrap, len(self.samplers))
        return self.of.setdefault((image, sampler), len(self.of))


def _sampler(wrap: tuple[Wrap, Wrap]) -> Json:
    return {
        "magFilter": LINEAR,
        "minFilter": LINEAR_MIPMAPS,
        "wrapS": WRAP[wrap[0]],
        "wrapT": WRAP[wrap[1]],
    }


def _material(primitive: PrimitiveHeader, textures: _Textures) -> Json:
    surface: Json = {"metallicFactor": 0, "roughnessFactor": 1}
    if primitive.image is not None:
        surface["baseColorTexture"] = {"index": textures.place(primitive.image, primitive.finish)}
    material: Json = {"pbrMetallicRoughness": surface, "extensions": {UNLIT: {}}}
    if primitive.finish.alpha != "opaque":
        material["alphaMode"] = primitive.finish.alpha.upper()
    if primitive.finish.alpha == "mask":
        material["alphaCutoff"] = primitive.finish.cutoff
    if primitive.finish.two_sided:
        material["doubleSided"] = True
    return material
