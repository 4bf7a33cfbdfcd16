"""Tiles of 3D Tiles 1.0, written from arrays: pnts, i3dm, cmpt."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def table(told: dict[str, object], arrays: dict[str, Array]) -> tuple[bytes, bytes]:
    """A feature table: its JSON and its binary part."""
    binary = b""
    for name, values in arrays.items():
        binary += bytes(-len(binary) % 8)
        told = told | {name: {"byteOffset": len(binary)}}
        binary += np.ascontiguousarray(values).tobytes()
    text = json.dumps(told).encode()
    return text + b" " * (-len(text) % 8), binary + bytes(-len(binary) % 8)


def pnts(count: int, told: dict[str, object] | None = None, **arrays: Array) -> bytes:
    """A cloud of points."""
    text, binary = table({"POINTS_LENGTH": count} | (told or {}), arrays)
    length = 28 + len(text) + len(binary)
    return struct.pack("<4sIIIIII", b"pnts", 1, length, len(text), len(binary), 0, 0) + text + binary


def i3dm(
    glb: bytes, count: int, told: dict[str, object] | None = None, *, form: int = 1, **arrays: Array
) -> bytes:
    """A model at several places."""
    text, binary = table({"INSTANCES_LENGTH": count} | (told or {}), arrays)
    length = 32 + len(text) + len(binary) + len(glb)
    head = struct.pack("<4sIIIIIII", b"i3dm", 1, length, len(text), len(binary), 0, 0, form)
    return head + text + binary + glb


def cmpt(*tiles: bytes) -> bytes:
    """Several tiles in one."""
    return struct.pack("<4sIII", b"cmpt", 1, 16 + sum(map(len, tiles)), len(tiles)) + b"".join(tiles)
