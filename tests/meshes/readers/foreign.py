"""Small foreign files, written from arrays, right and wrong."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import DracoPy
import numpy as np
from PIL import Image

Array = np.ndarray[Any, Any]

# A house of 10 × 8 × 6 m as glTF has it, Y up: the ridge runs along x.
HOUSE = np.array([[0, 0, 0], [10, 0, 0], [10, 0, -8], [0, 0, -8], [0, 6, -4], [10, 6, -4]], np.float32)
ROOF = np.array([[0, 1, 5], [0, 5, 4], [2, 3, 4], [2, 4, 5]], np.uint16)
UV = np.array([[0, 1], [1, 1], [1, 0], [0, 0], [0, 0.5], [1, 0.5]], np.float32)


def jpeg(size: tuple[int, int] = (8, 8), colour: tuple[int, int, int] = (200, 90, 40)) -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def png_of(wide: int, high: int) -> bytes:
    """A PNG whose header says how large it is, and whose data does not matter."""
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


class Glb:
    """A GLB in the making."""

    def __init__(self) -> None:
        self.binary = b""
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}],
            "meshes": [],
            "accessors": [],
            "bufferViews": [],
        }

    def view(self, data: bytes) -> int:
        self.binary += bytes(-len(self.binary) % 8)
        self.json["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        )
        self.binary += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, values: Array, **more: object) -> int:
        kinds = {"b": 5120, "B": 5121, "h": 5122, "H": 5123, "I": 5125, "f": 5126}
        types = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
        told = {
            "bufferView": self.view(np.ascontiguousarray(values).tobytes()),
            "componentType": kinds[values.dtype.char],
            "count": len(values),
            "type": types[1 if values.ndim == 1 else values.shape[1]],
        }
        self.json["accessors"].append(told | more)
        return len(self.json["accessors"]) - 1

    def primitive(self, attributes: dict[str, int], indices: int | None = None, **more: object) -> None:
        told: dict[str, Any] = {"attributes": attributes, **more}
        if indices is not None:
            told["indices"] = indices
        self.json["meshes"].append({"primitives": [told]})

    def picture(self, data: bytes) -> None:
        self.json["images"] = [{"bufferView": self.view(data), "mimeType": "image/jpeg"}]
        self.json["textures"] = [{"source": 0}]
        self.json["materials"] = [
            {"name": "roof", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}
        ]
        self.json["meshes"][0]["primitives"][0]["material"] = 0

    def bytes(self) -> bytes:
        self.json["buffers"] = [{"byteLength": len(self.binary)}]
        text = json.dumps(self.json).encode()
        text += b" " * (-len(text) % 4)
        data = self.binary + bytes(-len(self.binary) % 4)
        length = 12 + 8 + len(text) + 8 + len(data)
        return (
            struct.pack("<4sII", b"glTF", 2, length)
            + struct.pack("<I4s", len(text), b"JSON")
            + text
            + struct.pack("<I4s", len(data), b"BIN\0")
            + data
        )


def house(
    position: Array = HOUSE, triangles: Array = ROOF, *, picture: bytes | None = None, **extra: Array
) -> Glb:
    """The house, with more attributes where they are given."""
    glb = Glb()
    attributes = {"POSITION": glb.accessor(position), "TEXCOORD_0": glb.accessor(UV)}
    attributes |= {name: glb.accessor(values) for name, values in extra.items()}
    glb.primitive(attributes, glb.accessor(triangles.ravel()))
    if picture is not None:
        glb.picture(picture)
    return glb


def draco_house(broken: int = 0) -> Glb:
    """The house under Draco; ``broken`` bytes are cut off its data."""
    data = DracoPy.encode(HOUSE, ROOF.astype(np.uint32), quantization_bits=16, preserve_order=True)
    ids = {a["attribute_type"]: a["unique_id"] for a in DracoPy.decode(data).attributes}
    glb = Glb()
    told = {"componentType": 5126, "count": 6, "type": "VEC3"}
    glb.json["accessors"] = [told, {"componentType": 5123, "count": 12, "type": "SCALAR"}]
    extension = {
        "bufferView": glb.view(data[: len(data) - broken]),
        "attributes": {"POSITION": ids[0]},
    }
    glb.primitive({"POSITION": 0}, 1, extensions={"KHR_draco_mesh_compression": extension})
    glb.json["extensionsRequired"] = glb.json["extensionsUsed"] = ["KHR_draco_mesh_compression"]
    return glb


def b3dm(glb: bytes, **features: object) -> bytes:
    """A GLB as a batched 3D model."""
    table = json.dumps({"BATCH_LENGTH": 0, **features}).encode()
    table += b" " * (-(28 + len(table)) % 8)
    head = struct.pack("<4sIIIIII", b"b3dm", 1, 28 + len(table) + len(glb), len(table), 0, 0, 0)
    return head + table + glb


BOX = {"box": [5, 4, 3, 5, 0, 0, 0, 4, 0, 0, 0, 3]}


def tile(uri: str | None = None, error: float = 0, **more: object) -> dict[str, Any]:
    """A tile of a tileset."""
    told: dict[str, Any] = {"boundingVolume": BOX, "geometricError": error, **more}
    if uri is not None:
        told["content"] = {"uri": uri}
    return told
