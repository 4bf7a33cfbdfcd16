"""glTF's header of a tile, for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from meshes.tiles.content import Point
from meshes.tiles.layout import Facts, PartFacts, padded

Json = dict[str, Any]

FLOAT, UINT, UBYTE = 5126, 5125, 5121
LINEAR, LINEAR_MIPMAPS, CLAMP = 9729, 9987, 33071
VERTICES, INDICES = 34962, 34963
POINTS, TRIANGLES = 0, 4

# Column after column: glTF's y is our height, its z our south.
Z_UP_TO_Y_UP = [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
UNLIT, FEATURES = "KHR_materials_unlit", "EXT_mesh_features"

ACCESSORS: dict[str, Json] = {
    "POSITION": {"componentType": FLOAT, "type": "VEC3"},
    "TEXCOORD_0": {"componentType": FLOAT, "type": "VEC2"},
    "_FEATURE_ID_0": {"componentType": FLOAT, "type": "SCALAR"},
    "COLOR_0": {"componentType": UBYTE, "normalized": True, "type": "VEC4"},
    "indices": {"componentType": UINT, "type": "SCALAR"},
}


def gltf_header(facts: Facts, extents: Sequence[tuple[Point, Point]]) -> Json:
    """The glTF document; ``extents`` are the exact low and high of each part's positions."""
    views: list[Json] = []
    accessors: list[Json] = []
    offset = facts.table_nbytes
    primitives = []
    for k, (part, (low, high)) in enumerate(zip(facts.parts, extents, strict=True)):
        places = {}
        for name, count, size in part.spans:
            places[name] = len(views)
            target = INDICES if name == "indices" else VERTICES
            views.append({"buffer": 0, "byteOffset": offset, "byteLength": count * size, "target": target})
            accessors.append({"bufferView": places[name], "count": count, **ACCESSORS[name]})
            offset += count * size
        offset += 12 * part.coarse
        accessors[places["POSITION"]] |= {"min": list(low), "max": list(high)}
        primitives.append(_primitive(part, places, material=k))
    images = []
    for media, size in facts.images:
        images.append({"bufferView": len(views), "mimeType": media})
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": size})
        offset += padded(size)
    extensions = [UNLIT, FEATURES] if any(part.buildings for part in facts.parts) else [UNLIT]
    document: Json = {
        "asset": {"version": "2.0", "generator": "miyun-twin", "extras": {"centre": list(facts.centre)}},
        "extensionsUsed": extensions,
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "matrix": Z_UP_TO_Y_UP}],
        "meshes": [{"primitives": primitives}],
        "materials": [_material(part.image) for part in facts.parts],
        "buffers": [{"byteLength": offset}],
        "bufferViews": views,
        "accessors": accessors,
    }
    if images:
        sampler = {"magFilter": LINEAR, "minFilter": LINEAR_MIPMAPS, "wrapS": CLAMP, "wrapT": CLAMP}
        document["samplers"] = [sampler]
        document["textures"] = [{"sampler": 0, "source": k} for k in range(len(images))]
        document["images"] = images
    return document


def _primitive(part: PartFacts, places: dict[str, int], *, material: int) -> Json:
    primitive: Json = {
        "attributes": {name: place for name, place in places.items() if name != "indices"},
        "material": material,
        "mode": TRIANGLES if part.triangles else POINTS,
    }
    if part.triangles:
        primitive["indices"] = places["indices"]
    if part.buildings:
        ids = {"featureCount": part.buildings, "nullFeatureId": 0, "attribute": 0}
        primitive["extensions"] = {FEATURES: {"featureIds": [ids]}}
    return primitive


def _material(image: int | None) -> Json:
    surface: Json = {"metallicFactor": 0, "roughnessFactor": 1}
    if image is not None:
        surface["baseColorTexture"] = {"index": image}
    return {"pbrMetallicRoughness": surface, "extensions": {UNLIT: {}}}
