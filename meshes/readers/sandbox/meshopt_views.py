"""Buffer views under EXT_meshopt_compression or KHR_meshopt_compression, unpacked."""

from __future__ import annotations

import meshopt
import numpy as np

from meshes.errors import DamagedError, OverLimitError
from meshes.readers.sandbox.json_values import Json, extension, whole_in

NAMES = ("EXT_meshopt_compression", "KHR_meshopt_compression")
MOST_BYTES = 1 << 30
_MODES = ("ATTRIBUTES", "TRIANGLES", "INDICES")
_FILTERS = ("NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR")


def compressed(view: Json) -> Json:
    """Return a buffer view's compression, empty where uncompressed."""
    return next((told for name in NAMES if (told := extension(view, name))), {})


def unpacked(data: memoryview, told: Json, index: int) -> memoryview:
    """Decompress the bytes of the elements.

    Raises DamagedError, OverLimitError.
    """
    count, size = whole_in(told, "count"), whole_in(told, "byteStride")
    mode, how = told.get("mode"), told.get("filter") or "NONE"
    if mode not in _MODES or how not in _FILTERS or count < 0 or size < 1:
        raise DamagedError(f"bufferViews[{index}] is meshopt data of no known kind")
    if count * size > MOST_BYTES:
        raise OverLimitError(f"bufferViews[{index}] unpacks to more than {MOST_BYTES >> 20:,} MiB")
    if not count:
        return memoryview(b"")
    try:
        rows = meshopt.decode_gltf_buffer(bytes(data), count, size, mode, how)
    except (ValueError, RuntimeError, TypeError, OverflowError):
        raise DamagedError(f"bufferViews[{index}] is damaged meshopt data") from None
    return memoryview(np.ascontiguousarray(rows).tobytes())
