"""Read point clouds of 3D Tiles 1.0 (pnts).

Places and colours, quantized or under Draco too.
"""

from __future__ import annotations

from typing import Any

import DracoPy
import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, OverLimitError
from meshes.readers.sandbox.feature_table import FeatureTable, tables
from meshes.readers.sandbox.json_values import whole_in
from meshes.readers.sandbox.parts import RawCloud
from meshes.readers.sandbox.scene import moved
from twin.arrays import F64, U8

MOST_POINTS = 20_000_000
_DRACO = "3DTILES_draco_point_compression"


def cloud(data: bytes, placed: F64) -> RawCloud:
    """Read the points after ``placed`` (4, 4) and their RTC_CENTER.

    Raises DamagedError, OverLimitError.
    """
    table, _, _ = tables(data, head=28, name="a pnts")
    count = table.number("POINTS_LENGTH")
    if count > MOST_POINTS:
        raise OverLimitError(f"has {count:,} points; at most {MOST_POINTS:,} are read from a tile")
    centre = table.centre()
    if centre is not None:
        placed = moved(placed, centre)
    packed = _decoded(table, count)
    position = packed.get("POSITION")
    if position is None:
        position = table.dequantized(count)
    if position.shape != (count, 3):
        raise DamagedError(f"has {len(position):,} places for {count:,} points")
    return RawCloud(
        position=position.astype(np.float64) @ placed[:3, :3].T + placed[:3, 3],
        colour=_colour(table, packed, count),
    )


def _colour(table: FeatureTable, packed: dict[str, NDArray[Any]], count: int) -> U8 | None:
    """(n, 4) RGBA of a screen; None where the file has none."""
    for name, wide in (("RGBA", 4), ("RGB", 3)):
        values = packed[name] if name in packed else table.array(name, "u1", wide, count)
        if values is not None:
            if values.shape != (count, wide):
                raise DamagedError(f"{name} is not {wide} numbers a point")
            return _whole(values)
    packed_565 = table.array("RGB565", "<u2", 1, count)
    if packed_565 is not None:
        bits = packed_565[:, 0].astype(np.uint32)
        shares = [(bits >> 11) / 31, (bits >> 5 & 63) / 63, (bits & 31) / 31]
        return _whole(np.rint(np.stack(shares, axis=1) * 255))
    constant = table.values("CONSTANT_RGBA", "u1", 4)
    return None if constant is None else _whole(np.broadcast_to(constant, (count, len(constant))))


def _whole(values: NDArray[Any]) -> U8:
    colour = np.full((len(values), 4), 255, np.uint8)
    colour[:, : values.shape[1]] = np.clip(values, 0, 255)
    return colour


def _decoded(table: FeatureTable, count: int) -> dict[str, NDArray[Any]]:
    """The properties under Draco by name, (n, k) each."""
    extensions = table.told.get("extensions")
    told = extensions.get(_DRACO) if isinstance(extensions, dict) else None
    if not isinstance(told, dict):
        return {}
    names, start, length = told.get("properties"), whole_in(told, "byteOffset"), whole_in(told, "byteLength")
    if not isinstance(names, dict):
        raise DamagedError(f"its {_DRACO} has no properties")
    if start < 0 or length < 0 or start + length > len(table.binary):
        raise DamagedError("its Draco points lie outside the feature table")
    try:
        points = DracoPy.decode(table.binary[start : start + length])
    except (DracoPy.FileTypeException, RuntimeError, ValueError, OverflowError):
        raise DamagedError("its Draco points are damaged") from None
    by_id = {int(attribute["unique_id"]): np.asarray(attribute["data"]) for attribute in points.attributes}
    found = {}
    for name, number in names.items():
        values = by_id.get(number)
        if values is None or len(values) != count:
            raise DamagedError(f"its Draco points have no {name} for each of {count:,}")
        found[str(name)] = values.reshape(count, -1)
    return found
