"""Read the table before a b3dm, i3dm or pnts.

Its JSON, and numbers in the binary part behind it.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.sandbox.json_values import parsed, whole_in
from twin.arrays import F64


class FeatureTable:
    """Global values and arrays by their names.

    Names are those of the specification of 3D Tiles 1.0.
    """

    def __init__(self, text: bytes, binary: bytes) -> None:
        self.told = parsed(text.rstrip(b"\0 ")) if text.strip(b"\0 ") else {}
        self.binary = binary

    def number(self, name: str) -> int:
        """Return a count. Raises DamagedError."""
        values = self.values(name, "<u4", 1)
        if values is None or not 0 <= values[0] < 1 << 31:
            raise DamagedError(f"its feature table has no {name}")
        return int(values[0])

    def values(self, name: str, kind: str, wide: int) -> F64 | None:
        """Return a global value's numbers, (wide,), or None.

        None where it is not there. Raises DamagedError.
        """
        found = self.told.get(name)
        if isinstance(found, int | float):
            found = [found]
        if found is None or isinstance(found, list):
            return None if found is None else _numbers(found, name).reshape(-1)[:wide]
        return self._binary(name, found, kind, wide).astype(np.float64)

    def array(self, name: str, kind: str, wide: int, count: int) -> NDArray[Any] | None:
        """Return a property of every feature, (count, wide), or None.

        None where it is not there. Raises DamagedError.
        """
        found = self.told.get(name)
        if found is None:
            return None
        if isinstance(found, list):
            values = _numbers(found, name)
            if values.size != count * wide:
                raise DamagedError(f"{name} has {values.size:,} numbers, not {count * wide:,}")
            return values.reshape(count, wide)
        return self._binary(name, found, kind, count * wide).reshape(count, wide)

    def _binary(self, name: str, found: object, kind: str, many: int) -> NDArray[Any]:
        at = whole_in(found, "byteOffset", 0) if isinstance(found, dict) else -1
        size = np.dtype(kind).itemsize
        if at < 0 or at + many * size > len(self.binary):
            raise DamagedError(f"{name} lies outside the feature table")
        return np.frombuffer(self.binary, kind, many, at)

    def dequantized(self, count: int) -> F64:
        """Return POSITION, or POSITION_QUANTIZED in its volume, (count, 3).

        Raises DamagedError.
        """
        position = self.array("POSITION", "<f4", 3, count)
        if position is not None:
            return position.astype(np.float64)
        steps = self.array("POSITION_QUANTIZED", "<u2", 3, count)
        offset = self.values("QUANTIZED_VOLUME_OFFSET", "<f4", 3)
        scale = self.values("QUANTIZED_VOLUME_SCALE", "<f4", 3)
        if steps is None or offset is None or scale is None or len(offset) != 3 or len(scale) != 3:
            raise DamagedError("its feature table has no POSITION")
        return steps / 65535.0 * scale + offset

    def centre(self) -> F64 | None:
        """Return RTC_CENTER, (3,), or None.

        Raises DamagedError.
        """
        centre = self.values("RTC_CENTER", "<f4", 3)
        if centre is not None and (len(centre) != 3 or not np.isfinite(centre).all()):
            raise DamagedError("RTC_CENTER is not three numbers")
        return centre


def tables(data: bytes, *, head: int, name: str) -> tuple[FeatureTable, int, int]:
    """Return the feature table, and the content's begin and end.

    Behind a header of ``head`` bytes. Raises DamagedError.
    """
    if len(data) < head:
        raise DamagedError(f"is cut off: {name} of less than {head} bytes")
    length, *sizes = struct.unpack_from("<IIIII", data, 8)
    start = head + sum(sizes)
    if length > len(data) or start > length:
        raise DamagedError(f"is cut off: {len(data):,} bytes of {max(length, start):,}")
    middle = head + sizes[0]
    return FeatureTable(data[head:middle], data[middle : middle + sizes[1]]), start, length


def _numbers(values: list[Any], name: str) -> F64:
    try:
        return np.asarray(values, np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise DamagedError(f"{name} is not numbers") from None
