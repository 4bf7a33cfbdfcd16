"""Read materials of a glTF document.

The picture, its place, the colours, and what alpha does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, ForeignFileError
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import Json, extension, numbers, numbers_in, section, whole_in
from meshes.readers.sandbox.parts import WHITE
from meshes.readers.sandbox.textures import Textures
from meshes.tiles.finish import REPEATED, Finish
from twin.arrays import F32, F64, U8


@dataclass(frozen=True, kw_only=True)
class GltfMaterial:
    """Material of a primitive.

    ``matrix`` (2, 3) moves its texture coordinates (KHR_texture_transform). ``told``: it has a material,
    whose ``base`` is meant also where it is white.
    """

    name: str = ""
    told: bool = False
    base: tuple[int, int, int, int] = WHITE
    picture: int = -1
    channel: int = 0
    matrix: F64 | None = None
    finish: Finish = REPEATED

    def tcoord(self, attributes: dict[str, NDArray[Any]]) -> F32 | None:
        """Return texture coordinates, (n, 2), or None.

        None without a picture or coordinates. Raises DamagedError.
        """
        values = attributes.get(f"TEXCOORD_{self.channel}")
        if self.picture < 0 or values is None:
            return None
        if values.ndim != 2 or values.shape[1] != 2:
            raise DamagedError("a texture coordinate is not two numbers")
        place = values.astype(np.float32)
        if self.matrix is None:
            return place
        return np.asarray(place @ self.matrix[:, :2].T + self.matrix[:, 2], np.float32)

    def colour(self, attributes: dict[str, NDArray[Any]]) -> U8 | None:
        """Return (n, 4) RGBA, from linear light to sRGB.

        Raises DamagedError.
        """
        values = attributes.get("COLOR_0")
        if values is None:
            return None
        if values.ndim != 2 or values.shape[1] not in (3, 4):
            raise DamagedError("a vertex colour is not three or four numbers")
        light = values.astype(np.float64) / (1 if values.dtype.kind == "f" else np.iinfo(values.dtype).max)
        full = np.ones((len(light), 4))
        full[:, : light.shape[1]] = light
        return screen(full)


def screen(light: F64) -> U8:
    """Convert linear RGBA to sRGB bytes (IEC 61966-2-1).

    Alpha stays as it is.
    """
    light = np.nan_to_num(np.clip(light, 0, 1))
    rgb = light[..., :3]
    curve = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(np.concatenate([curve, light[..., 3:]], axis=-1) * 255), np.uint8)


class GltfMaterials:
    """Cache of materials.

    ``pictures`` holds each that is used once, ``notes`` what was left out of them.
    """

    def __init__(self, gltf: Gltf) -> None:
        self._gltf = gltf
        self._textures = Textures(gltf)
        self._looks: dict[str | None, GltfMaterial] = {None: GltfMaterial()}
        self.pictures = self._textures.pictures
        self.notes: list[str] = []

    def look(self, index: object) -> GltfMaterial:
        """Return the material of a number, or of None.

        A broken one is replaced by none, which is noted.
        """
        key = index if index is None else json.dumps(index)
        if key not in self._looks:
            try:
                self._looks[key] = self._read(self._gltf.item("materials", index))
            except DamagedError as error:
                self.notes.append(f"materials[{key}]: {error.message}; what has it is shown without")
                self._looks[key] = GltfMaterial()
        return self._looks[key]

    def _read(self, told: Json) -> GltfMaterial:
        light, texture = _shown(told)
        red, green, blue, alpha = (int(value) for value in screen(light))
        name, base = str(told.get("name", "")), (red, green, blue, alpha)
        look = GltfMaterial(name=name, told=True, base=base, finish=_finish(told))
        if texture is None:
            return look
        try:
            return self._pictured(look, texture)
        except ForeignFileError as error:  # the shape is good without
            self.notes.append(f"{error.message}; what it lies on is shown in its material's colour")
            return look

    def _pictured(self, look: GltfMaterial, texture: Json) -> GltfMaterial:
        """Raises ForeignFileError where the picture cannot be had."""
        moved = extension(texture, "KHR_texture_transform")
        picture, wrap = self._textures.picture(texture.get("index"))
        return replace(
            look,
            picture=picture,
            channel=whole_in(moved, "texCoord", whole_in(texture, "texCoord", 0)),
            matrix=_matrix(moved) if moved else None,
            finish=replace(look.finish, wrap=wrap),
        )


def _shown(told: Json) -> tuple[F64, Json | None]:
    """The colour (4,) and the texture that are seen without light: those of the base, or what glows.

    Photogrammetry is often exported with its picture in ``emissiveTexture`` over a black base: it is meant
    to be seen as it is. Raises DamagedError.
    """
    gloss = extension(told, "KHR_materials_pbrSpecularGlossiness")
    metal = section(told, "pbrMetallicRoughness")
    base, name = (gloss, "diffuse") if gloss and not metal else (metal, "baseColor")
    light = numbers_in(base, f"{name}Factor", (1, 1, 1, 1))
    texture = section(base, f"{name}Texture") or None
    glow = numbers_in(told, "emissiveFactor", (0, 0, 0))
    glow = glow * _number(extension(told, "KHR_materials_emissive_strength"), "emissiveStrength", 1)
    glowing = section(told, "emissiveTexture") or None
    if glowing and texture is None and not glow.any():
        glow = np.ones(3)  # older exporters name the texture and forget the factor, which is 0 then
    black = not light[:3].any()
    if glow.any() and (black or (texture is None and glowing)):
        # Nothing else is seen of it: an alpha of 0 is the black base's.
        return np.append(glow, light[3] or 1.0), glowing
    if texture is None and (common := section(extension(told, "KHR_materials_common"), "values")):
        diffuse = common.get("diffuse")
        if isinstance(diffuse, dict):
            return light, diffuse
        return (light if diffuse is None else numbers(diffuse, 4, "diffuse")), None
    return light, texture or _by_technique(told)


def _finish(told: Json) -> Finish:
    modes: dict[object, Any] = {"OPAQUE": "opaque", "MASK": "mask", "BLEND": "blend"}
    cutoff = min(max(_number(told, "alphaCutoff", 0.5), 0.0), 1e6)
    return Finish(alpha=modes.get(str(told.get("alphaMode")), "opaque"), cutoff=cutoff)


def _number(told: Json, name: str, otherwise: float) -> float:
    value = told.get(name)
    return float(numbers([otherwise if value is None else value], 1, name)[0])


def _by_technique(told: Json) -> Json | None:
    """The first texture that an old exporter's own shader takes (KHR_techniques_webgl)."""
    values = section(extension(told, "KHR_techniques_webgl"), "values")
    return next((value for value in values.values() if isinstance(value, dict) and "index" in value), None)


def _matrix(told: Json) -> F64:
    """(2, 3): scaled, then turned, then moved (KHR_texture_transform)."""
    turn = _number(told, "rotation", 0)
    cos, sin = np.cos(turn), np.sin(turn)
    wide, high = numbers_in(told, "scale", (1, 1))
    right, down = numbers_in(told, "offset", (0, 0))
    return np.array([[cos * wide, sin * high, right], [-sin * wide, cos * high, down]])
