"""Read textures of a glTF document.

Their pictures, each kept once, and their wrap beyond the edges.
"""

from __future__ import annotations

from meshes.errors import DamagedError
from meshes.readers.sandbox import pictures
from meshes.readers.sandbox.gltf import Gltf
from meshes.readers.sandbox.json_values import Json, extension, whole, whole_in
from meshes.tiles.finish import Wrap

WRAPS: dict[int, Wrap] = {10497: "repeat", 33071: "clamp", 33648: "mirror"}
_SOURCES = ("EXT_texture_webp", "KHR_texture_basisu", "EXT_texture_avif", "MSFT_texture_dds")


class Textures:
    """Cache of textures.

    ``pictures``: JPEG or PNG files, each that is used once.
    """

    def __init__(self, gltf: Gltf) -> None:
        self._gltf = gltf
        self._images: dict[int, int] = {}
        self.pictures: list[bytes] = []

    def picture(self, index: object) -> tuple[int, tuple[Wrap, Wrap]]:
        """Return a texture's number in ``pictures``, and its wrap.

        Raises ForeignFileError.
        """
        texture = self._gltf.item("textures", index)
        sources = [texture.get("source"), *(extension(texture, name).get("source") for name in _SOURCES)]
        source = next((source for source in sources if source is not None), None)
        if source is None:
            raise DamagedError(f"textures[{index}] names no picture")
        return self._image(whole(source, "source")), self._wrap(texture)

    def _image(self, source: int) -> int:
        if source not in self._images:
            image = self._gltf.item("images", source)
            if image.get("bufferView") is not None:
                data, name = bytes(self._gltf.view(image["bufferView"])), f"images[{source}]"
            else:
                data, name = self._gltf.resource(image.get("uri")), _named(image.get("uri"), source)
            self.pictures.append(pictures.checked(data, name))
            self._images[source] = len(self.pictures) - 1
        return self._images[source]

    def _wrap(self, texture: Json) -> tuple[Wrap, Wrap]:
        """Repeated where the file says nothing, as glTF has it."""
        if texture.get("sampler") is None:
            return "repeat", "repeat"
        sampler = self._gltf.item("samplers", texture["sampler"])
        across, down = (WRAPS.get(whole_in(sampler, name, 10497), "repeat") for name in ("wrapS", "wrapT"))
        return across, down


def _named(uri: object, source: int) -> str:
    return f"images[{source}]" if str(uri).startswith("data:") else str(uri)[:80]
