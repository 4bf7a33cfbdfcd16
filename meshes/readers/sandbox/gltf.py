"""Read a glTF 2.0 document and its bytes.

The container, its buffers and views, every offset checked.
"""

from __future__ import annotations

import base64
import binascii
import struct
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from meshes.errors import DamagedError, MissingForeignError, UnsafeUriError, UnsupportedForeignError
from meshes.readers.sandbox import meshopt_views
from meshes.readers.sandbox.json_values import Json, listed, parsed, section, whole, whole_in
from meshes.readers.sandbox.signatures import kind_of
from meshes.readers.sandbox.uris import beside, found

# What a file may need: read, or of no meaning for a shape at rest and its picture.
_KNOWN = {
    "KHR_draco_mesh_compression",
    "EXT_meshopt_compression",
    "KHR_meshopt_compression",
    "EXT_mesh_gpu_instancing",
    "KHR_mesh_quantization",
    "KHR_texture_basisu",
    "KHR_texture_transform",
    "KHR_techniques_webgl",
    "KHR_node_visibility",
    "EXT_texture_webp",
    "EXT_texture_avif",
    "CESIUM_RTC",
    "EXT_mesh_features",
    "EXT_instance_features",
    "EXT_structural_metadata",
    "EXT_feature_metadata",
    "KHR_lights_punctual",
    "EXT_lights_image_based",
    "KHR_animation_pointer",
    "KHR_xmp_json_ld",
    "CESIUM_primitive_outline",
    "AGI_articulations",
    "AGI_stk_metadata",
}
_NAMED = {
    "KHR_gaussian_splatting": "Gaussian splats",
    "MSFT_texture_dds": "DDS textures",
    "MPEG_media": "films",
    "EXT_primitive_voxels": "voxels",
    "MAXAR_mesh_variants": "variants of meshes",
}


class Gltf:
    """glTF document with its buffers.

    What is wrong is raised as DamagedError or UnsupportedForeignError.
    """

    def __init__(self, data: bytes, *, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self._binary: memoryview | None = None
        self.document = self._document(data)
        self._buffers: dict[int, memoryview] = {}
        self._unpacked: dict[int, memoryview] = {}
        self._check_version()
        for name in map(str, listed(self.document, "extensionsRequired")):
            if name not in _KNOWN and not name.startswith("KHR_materials_"):
                words = f"{_NAMED[name]} ({name})" if name in _NAMED else f"the extension {name[:80]}"
                raise UnsupportedForeignError(f"needs {words}, which is not read: export it without")

    def _document(self, data: bytes) -> Json:
        if data[:4] != b"glTF":
            if other := kind_of(data):
                raise UnsupportedForeignError(f"is {other}, which is not read as a glTF: save it as GLB")
            return parsed(data)
        if len(data) < 20:
            raise DamagedError("is cut off: a GLB of less than 20 bytes")
        version, length, json_length, json_kind = struct.unpack_from("<IIII", data, 4)
        if version != 2:
            raise UnsupportedForeignError(f"is glTF {version}.0, which is not read: convert it to glTF 2.0")
        if length > len(data):
            raise DamagedError(f"is cut off: {len(data):,} bytes of {length:,}")
        if json_kind != 0x4E4F534A or 20 + json_length > length:
            raise DamagedError("is a damaged GLB: its JSON chunk does not fit")
        rest = 20 + json_length
        if rest + 8 <= length:
            binary_length, binary_kind = struct.unpack_from("<II", data, rest)
            if binary_kind == 0x004E4942:
                if rest + 8 + binary_length > length:
                    raise DamagedError("is a damaged GLB: its binary chunk does not fit")
                self._binary = memoryview(data)[rest + 8 : rest + 8 + binary_length]
        return parsed(data[20:rest].rstrip(b"\0 "))

    def _check_version(self) -> None:
        version = str(section(self.document, "asset").get("version", "2.0"))
        # glTF 1.0 names its meshes; 2.0 counts them.
        if version.split(".", maxsplit=1)[0] != "2" or isinstance(self.document.get("meshes"), dict):
            version = "1.0" if version.startswith("2") else version[:20]
            raise UnsupportedForeignError(f"is glTF {version}, which is not read: convert it to glTF 2.0")

    def item(self, kind: str, index: object) -> Json:
        """Return an accessor, view, node... by its ``index``."""
        items, at = listed(self.document, kind), whole(index, f"a place among the {kind}")
        if not 0 <= at < len(items):
            raise DamagedError(f"names {kind}[{at}], and has {len(items)}")
        if not isinstance(items[at], dict):
            raise DamagedError(f"{kind}[{at}] is no object")
        return dict(items[at])

    def buffer(self, index: object) -> memoryview:
        """Return the bytes of a buffer.

        The GLB's own, or those of the URI.
        """
        at = whole(index, "buffer")
        if at not in self._buffers:
            told = self.item("buffers", at)
            if told.get("uri") is not None:
                data = memoryview(self.resource(told["uri"]))
            elif at == 0 and self._binary is not None:
                data = self._binary
            else:
                raise DamagedError(f"buffers[{at}] has no bytes")
            if whole_in(told, "byteLength", 0) > len(data):
                raise DamagedError(f"buffers[{at}] is cut off")
            self._buffers[at] = data
        return self._buffers[at]

    def resource(self, uri: object) -> bytes:
        """Read what a URI of this file refers to.

        Raises MissingForeignError, UnsafeUriError, DamagedError.
        """
        if isinstance(uri, str) and uri[:5].lower() == "data:":
            head, _, body = uri.partition(",")
            data = unquote_to_bytes(body)
            if not head.lower().rstrip().endswith(";base64"):
                return data
            try:
                packed = b"".join(data.split()).rstrip(b"=")
                return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
            except binascii.Error:
                raise DamagedError("a data: URI is not base64") from None
        return self._file(uri).read_bytes()

    def _file(self, uri: object) -> Path:
        """The file that a URI means, as it is written or as exporters write it.

        Not encoded, with GB 18030 in its percents, or as a path of the exporter's own disk.
        """
        try:
            return found(uri, folder=self.folder, root=self.root)
        except (MissingForeignError, UnsafeUriError) as error:
            if isinstance(uri, str):
                for name in (uri, unquote_to_bytes(uri).decode("gb18030", "replace")):
                    try:
                        return beside(name, folder=self.folder, root=self.root)
                    except (MissingForeignError, UnsafeUriError, DamagedError):
                        continue
            raise error

    def view(self, index: object) -> memoryview:
        """Return the bytes of a buffer view, unpacked where it is compressed."""
        at = whole(index, "bufferView")
        if at in self._unpacked:
            return self._unpacked[at]
        told = self.item("bufferViews", at)
        if packed := meshopt_views.compressed(told):
            data = meshopt_views.unpacked(self.slice(packed, f"bufferViews[{at}]"), packed, at)
            self._unpacked[at] = data
            return data
        return self.slice(told, f"bufferViews[{at}]")

    def slice(self, told: dict[str, Any], name: str) -> memoryview:
        """Return an object's piece of a buffer.

        By its ``buffer``, ``byteOffset`` and ``byteLength``.
        """
        data = self.buffer(told.get("buffer"))
        start, length = whole_in(told, "byteOffset", 0), whole_in(told, "byteLength")
        if start < 0 or length < 0 or start + length > len(data):
            raise DamagedError(f"{name} lies outside its buffer")
        return data[start : start + length]
