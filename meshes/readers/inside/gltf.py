"""glTF 2.0 files as arrays: the container, its buffers, views and accessors, every offset checked."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, UnsupportedError
from meshes.readers.inside.uris import found

_TYPES: dict[int, Any] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
_WIDE = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_KNOWN = {
    "KHR_draco_mesh_compression",
    "KHR_mesh_quantization",
    "KHR_texture_transform",
    "KHR_techniques_webgl",
    "EXT_texture_webp",
    "CESIUM_RTC",
    "EXT_mesh_features",
    "EXT_structural_metadata",
    "EXT_feature_metadata",
}
_NAMED = {
    "EXT_meshopt_compression": "meshopt compression",
    "KHR_meshopt_compression": "meshopt compression",
    "KHR_texture_basisu": "KTX2 textures",
    "EXT_mesh_gpu_instancing": "instances",
}


class Gltf:
    """A document and its bytes. What is wrong is raised as DamagedError or UnsupportedError."""

    def __init__(self, data: bytes, *, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self._binary: memoryview | None = None
        self.document = self._document(data)
        self._buffers: dict[int, memoryview] = {}
        for name in self.document.get("extensionsRequired", ()):
            if name not in _KNOWN and not str(name).startswith("KHR_materials_"):
                words = f"{_NAMED[name]} ({name})" if name in _NAMED else f"the extension {name}"
                raise UnsupportedError(f"needs {words}, which is not read: export it without")

    def _document(self, data: bytes) -> dict[str, Any]:
        if data[:4] != b"glTF":
            return parsed(data)
        if len(data) < 20:
            raise DamagedError("is cut off: a GLB of less than 20 bytes")
        version, length, json_length, json_kind = struct.unpack_from("<IIII", data, 4)
        if version != 2:
            raise UnsupportedError(f"is glTF {version}, which is not read: convert it to glTF 2.0")
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
        return parsed(data[20:rest])

    def item(self, kind: str, index: object) -> dict[str, Any]:
        """One of the document's accessors, views, nodes...: what ``index`` stands for."""
        items = self.document.get(kind, [])
        if not isinstance(index, int) or not isinstance(items, list) or not 0 <= index < len(items):
            raise DamagedError(f"names {kind}[{index}], and has {len(items)}")
        if not isinstance(items[index], dict):
            raise DamagedError(f"{kind}[{index}] is no object")
        return dict(items[index])

    def buffer(self, index: int) -> memoryview:
        """The bytes of a buffer: the GLB's own, or those of the URI."""
        if index not in self._buffers:
            told = self.item("buffers", index)
            if "uri" in told:
                data = memoryview(self.resource(told["uri"]))
            elif index == 0 and self._binary is not None:
                data = self._binary
            else:
                raise DamagedError(f"buffers[{index}] has no bytes")
            if int(told.get("byteLength", 0)) > len(data):
                raise DamagedError(f"buffers[{index}] is cut off")
            self._buffers[index] = data
        return self._buffers[index]

    def resource(self, uri: object) -> bytes:
        """What a URI of this file stands for."""
        if isinstance(uri, str) and uri.startswith("data:"):
            head, _, body = uri.partition(",")
            try:
                return base64.b64decode(body, validate=True) if head.endswith(";base64") else body.encode()
            except binascii.Error:
                raise DamagedError("a data: URI is not base64") from None
        return found(uri, folder=self.folder, root=self.root).read_bytes()

    def view(self, index: object) -> memoryview:
        """The bytes of a buffer view."""
        told = self.item("bufferViews", index)
        if compressed := [name for name in _NAMED if name in told.get("extensions", {})]:
            raise UnsupportedError(f"has {_NAMED[compressed[0]]} ({compressed[0]}), which is not read")
        data = self.buffer(int(told["buffer"]))
        start, length = int(told.get("byteOffset", 0)), int(told["byteLength"])
        if start < 0 or length < 0 or start + length > len(data):
            raise DamagedError(f"bufferViews[{index}] lies outside its buffer")
        return data[start : start + length]

    def accessor(self, index: object) -> NDArray[Any]:
        """(n, k) numbers as stored, or (n,) for scalars; integers that are normalised come as float32."""
        told = self.item("accessors", index)
        kind = _TYPES.get(int(told["componentType"]))
        wide = _WIDE.get(str(told["type"]))
        count = int(told["count"])
        if kind is None or wide is None or not 0 <= count < 1 << 31:
            raise DamagedError(f"accessors[{index}] has an unknown type or count")
        if "bufferView" in told:
            stride = int(self.item("bufferViews", told["bufferView"]).get("byteStride", 0))
            start = int(told.get("byteOffset", 0))
            values = self._strided(told["bufferView"], start, count, wide, np.dtype(kind), stride)
        else:
            values = np.zeros((count, wide), kind)
        if "sparse" in told:
            values = self._sparse(values, told["sparse"], index)
        if told.get("normalized") and kind is not np.float32:
            values = np.maximum(values.astype(np.float32) / np.iinfo(kind).max, -1.0)
        return values[:, 0] if wide == 1 else values

    def _strided(
        self, view: object, start: int, count: int, wide: int, kind: np.dtype[Any], stride: int
    ) -> NDArray[Any]:
        data = self.view(view)
        stride = stride or wide * kind.itemsize
        size = wide * kind.itemsize
        if start < 0 or stride < size or (count and start + (count - 1) * stride + size > len(data)):
            raise DamagedError(f"an accessor of {count:,} elements lies outside bufferViews[{view}]")
        if not count:
            return np.zeros((0, wide), kind)
        return np.ndarray((count, wide), kind, buffer=data, offset=start, strides=(stride, kind.itemsize))

    def _sparse(self, values: NDArray[Any], told: dict[str, Any], index: object) -> NDArray[Any]:
        count, where, what = int(told["count"]), told["indices"], told["values"]
        kind = _TYPES.get(int(where["componentType"]))
        if kind not in (np.uint8, np.uint16, np.uint32) or count < 0:
            raise DamagedError(f"accessors[{index}].sparse has no indices")
        places = self._strided(
            where["bufferView"], int(where.get("byteOffset", 0)), count, 1, np.dtype(kind), 0
        )
        if count and int(places.max()) >= len(values):
            raise DamagedError(f"accessors[{index}].sparse replaces elements that it has not")
        fresh = self._strided(
            what["bufferView"], int(what.get("byteOffset", 0)), count, values.shape[1], values.dtype, 0
        )
        values = values.copy()
        values[places[:, 0]] = fresh
        return values


def extension(told: dict[str, Any], name: str) -> dict[str, Any]:
    """An extension of an object of the document, empty where it has none."""
    found = told.get("extensions")
    own = found.get(name) if isinstance(found, dict) else None
    return own if isinstance(own, dict) else {}


def whole(value: object, what: str) -> int:
    """A whole number, also one that is written as 5.0. Raises DamagedError."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        return int(value)
    raise DamagedError(f"{what} is {json.dumps(value)[:40]}, and not a whole number")


def numbers(value: object, many: int, what: str) -> NDArray[np.float64]:
    """(many,) finite numbers. Raises DamagedError."""
    items = [*value] if isinstance(value, list | tuple) else []
    if len(items) == many and all(isinstance(item, int | float) for item in items):
        found = np.array(items, np.float64)
        if np.isfinite(found).all():
            return found
    raise DamagedError(f"{what} is not {many} number{'s' * (many > 1)}")


def parsed(data: bytes) -> dict[str, Any]:
    """A JSON object. Raises DamagedError."""
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except RecursionError:
        raise DamagedError("nests too deep") from None
    except ValueError as error:
        raise DamagedError(f"is not JSON: {' '.join(str(error).split())[:120]}") from None
    if not isinstance(document, dict):
        raise DamagedError("is JSON, but no object")
    return document


def _no_number(name: str) -> float:
    raise ValueError(f"holds {name}, which is no number")
