"""Convert foreign WKB to plain shapes; count broken ones."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.arrays import Bools

_SURFACES = {15: 6, 16: 6, 17: 3}
"""WKB's PolyhedralSurface, TIN and Triangle are laid out as MultiPolygon and Polygon are."""


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """Shapes of the records that have one.

    ``there`` (n,): which of the records have a shape; ``shapes`` are those, in their order.
    """

    there: Bools
    shapes: NDArray[np.object_]
    empty: int
    broken: int
    surfaces: int
    mended: int


def shapes_of(wkbs: NDArray[np.object_]) -> Shapes:
    """Parse shapes of records, None for none.

    A TIN or polyhedral surface is what it covers, from above.
    """
    given = np.array([wkb is not None for wkb in wkbs], dtype=bool)
    shapes = np.full(len(wkbs), None, dtype=object)
    shapes[given] = shapely.from_wkb(wkbs[given], on_invalid="ignore")
    surfaces = mended = 0
    for i in np.flatnonzero(given & shapely.is_missing(shapes)).tolist():
        wkb, has_surface = _plain(bytes(wkbs[i]))
        shape = shapely.from_wkb(wkb, on_invalid="ignore" if has_surface else "fix")
        if has_surface and shape is not None:
            shape, surfaces = _from_above(shape), surfaces + 1
        elif shape is not None:
            mended += 1
        shapes[i] = shape
    missing = shapely.is_missing(shapes)
    there = ~missing
    there[there] = ~shapely.is_empty(shapes[there])
    return Shapes(
        there=there,
        shapes=shapes[there],
        empty=int((~there & ~(given & missing)).sum()),
        broken=int((given & missing).sum()),
        surfaces=surfaces,
        mended=mended,
    )


def _from_above(shape: Any) -> Any:
    """The ground that a surface covers; the lines of its patches where all of them stand upright."""
    patches = shapely.get_parts(shape)
    flat = patches[shapely.area(patches) > 0]
    return shapely.union_all(flat if len(flat) else shapely.boundary(patches), grid_size=None)


def _plain(wkb: bytes) -> tuple[bytes, bool]:
    """WKB with surfaces renamed to polygons, and whether there were any; as it is where it is damaged."""
    out = bytearray(wkb)
    try:
        _, found = _walk(out, 0, depth=0)
    except (struct.error, IndexError, RecursionError):
        return wkb, False
    return (bytes(out), found) if found else (wkb, False)


def _walk(out: bytearray, at: int, *, depth: int) -> tuple[int, bool]:
    """Rename the surfaces of the geometry at ``at``; where it ends, and whether there were any."""
    if depth > 20:
        raise RecursionError
    order = "<" if out[at] else ">"
    (code,) = struct.unpack_from(f"{order}I", out, at + 1)
    kind, more = code & 0xFFFF, (code & 0x1FFFFFFF) // 1000
    size = 8 * (2 + (more in (1, 3) or bool(code & 0x80000000)) + (more in (2, 3) or bool(code & 0x40000000)))
    kind %= 1000
    found = kind in _SURFACES
    if found:
        struct.pack_into(f"{order}I", out, at + 1, code - kind + _SURFACES[kind])
    at += 5
    if kind == 1:
        return at + size, found
    (count,) = struct.unpack_from(f"{order}I", out, at)
    at += 4
    if kind == 2:
        return at + count * size, found
    for _ in range(count):
        if kind in (3, 17):
            (points,) = struct.unpack_from(f"{order}I", out, at)
            at += 4 + points * size
        else:
            at, inner = _walk(out, at, depth=depth + 1)
            found |= inner
        if at > len(out):
            raise IndexError
    return at, found
