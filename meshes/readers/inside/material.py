"""Materials of a glTF document: the picture, its place, and the colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, UnsupportedError
from meshes.readers.inside import pictures
from meshes.readers.inside.gltf import Gltf
from meshes.readers.inside.parts import WHITE


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a primitive looks; ``matrix`` (2, 3) moves its texture coordinates (KHR_texture_transform)."""

    name: str = ""
    base: tuple[int, int, int, int] = WHITE
    picture: int = -1
    channel: int = 0
    matrix: NDArray[np.float64] | None = None

    def tcoord(self, attributes: dict[str, NDArray[Any]]) -> NDArray[np.float32] | None:
        """(n, 2): place in the picture; None without a picture or coordinates. Raises DamagedError."""
        values = attributes.get(f"TEXCOORD_{self.channel}")
        if self.picture < 0 or values is None:
            return None
        if values.ndim != 2 or values.shape[1] != 2:
            raise DamagedError("a texture coordinate is not two numbers")
        place = values.astype(np.float32)
        if self.matrix is None:
            return place
        return np.asarray(place @ self.matrix[:, :2].T + self.matrix[:, 2], np.float32)

    def colour(self, attributes: dict[str, NDArray[Any]]) -> NDArray[np.uint8] | None:
        """(n, 4) RGBA, from linear light to the screen's. Raises DamagedError."""
        values = attributes.get("COLOR_0")
        if values is None:
            return None
        if values.ndim != 2 or values.shape[1] not in (3, 4):
            raise DamagedError("a vertex colour is not three or four numbers")
        light = values.astype(np.float64) / (1 if values.dtype.kind == "f" else np.iinfo(values.dtype).max)
        full = np.ones((len(light), 4))
        full[:, : light.shape[1]] = light
        return screen(full)


def screen(light: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Linear RGBA as sRGB bytes (IEC 61966-2-1); alpha stays as it is."""
    light = np.nan_to_num(np.clip(light, 0, 1))
    rgb = light[..., :3]
    curve = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(np.concatenate([curve, light[..., 3:]], axis=-1) * 255), np.uint8)


class Materials:
    """Looks materials up, and keeps each picture that is used once."""

    def __init__(self, gltf: Gltf) -> None:
        self._gltf = gltf
        self._looks: dict[object, Look] = {None: Look()}
        self._images: dict[int, int] = {}
        self.pictures: list[bytes] = []

    def look(self, index: object) -> Look:
        """Of a material's number, or of None. Raises DamagedError, UnsupportedError, OverLimitError."""
        if index not in self._looks:
            self._looks[index] = self._read(self._gltf.item("materials", index))
        return self._looks[index]

    def _read(self, told: dict[str, Any]) -> Look:
        metal = told.get("pbrMetallicRoughness", {})
        gloss = told.get("extensions", {}).get("KHR_materials_pbrSpecularGlossiness", {})
        factor = metal.get("baseColorFactor", gloss.get("diffuseFactor", (1, 1, 1, 1)))
        values = np.asarray(factor, float)
        if values.shape != (4,):
            raise DamagedError("a material's colour is not four numbers")
        red, green, blue, alpha = (int(value) for value in screen(values))
        texture = metal.get("baseColorTexture") or gloss.get("diffuseTexture") or told.get("emissiveTexture")
        texture = texture or _by_technique(told)
        name, base = str(told.get("name", "")), (red, green, blue, alpha)
        if texture is None:
            return Look(name=name, base=base)
        told_place = texture.get("extensions", {}).get("KHR_texture_transform")
        channel = int((told_place or {}).get("texCoord", texture.get("texCoord", 0)))
        return Look(
            name=name,
            base=base,
            picture=self._picture(self._gltf.item("textures", texture["index"])),
            channel=channel,
            matrix=_matrix(told_place) if told_place else None,
        )

    def _picture(self, texture: dict[str, Any]) -> int:
        extensions = texture.get("extensions", {})
        source = texture.get("source")
        if source is None:
            if "KHR_texture_basisu" in extensions:
                raise UnsupportedError("has KTX2 textures (KHR_texture_basisu), which are not read: use JPEG")
            source = extensions.get("EXT_texture_webp", {}).get("source")
        if source is None:
            raise DamagedError("a texture has no picture")
        if source not in self._images:
            image = self._gltf.item("images", source)
            inner = "bufferView" in image
            data = (
                bytes(self._gltf.view(image["bufferView"]))
                if inner
                else self._gltf.resource(image.get("uri"))
            )
            self.pictures.append(pictures.checked(data, f"images[{source}]"))
            self._images[source] = len(self.pictures) - 1
        return self._images[source]


def _by_technique(told: dict[str, Any]) -> dict[str, Any] | None:
    """The first texture that an old exporter's own shader takes (KHR_techniques_webgl)."""
    values = told.get("extensions", {}).get("KHR_techniques_webgl", {}).get("values", {})
    return next((value for value in values.values() if isinstance(value, dict) and "index" in value), None)


def _matrix(told: dict[str, Any]) -> NDArray[np.float64]:
    """(2, 3): scaled, then turned, then moved (KHR_texture_transform)."""
    turn = float(told.get("rotation", 0))
    cos, sin = np.cos(turn), np.sin(turn)
    wide, high = (float(value) for value in told.get("scale", (1, 1)))
    right, down = (float(value) for value in told.get("offset", (0, 0)))
    return np.array([[cos * wide, sin * high, right], [-sin * wide, cos * high, down]])
