"""Name, compare and transform coordinate systems: EPSG codes, WKT, and GCJ-02.

x is always east (or longitude) and y north (or latitude), whatever the order of a system's own axes
(EPSG:4548's first is northing). Coordinates are float64.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from twin import gcj02
from twin.arrays import F64
from twin.errors import TwinError

WGS84 = "EPSG:4326"

CODE_LENGTH = 20
"""An authority's code is no longer than this; a WKT is never so short."""


class FrameError(TwinError, ValueError):
    """Coordinate system is unknown or unfit, or coordinates are outside."""

    zh = "坐标系有误：{message}"


def check_crs(crs: str, *, metric: bool = False) -> None:
    """Raise FrameError for an unknown or unfit CRS.

    If ``crs`` is not known, or not horizontal, or not in metres where ``metric``.
    """
    known = known_crs(crs)
    if not (known.is_projected or known.is_geographic):
        raise FrameError(f"{known.name} says no place on the ground; name a projected or geographic CRS")
    if metric and not (known.is_projected and all(a.unit_conversion_factor == 1.0 for a in known.axis_info)):
        raise FrameError(
            f"{crs} ({known.name}) is not in metres; a frame needs a projected one, like EPSG:4548"
        )


def crs_name(crs: str) -> str:
    """Return a CRS's code or name.

    The name inside a WKT or PROJ text that has none.
    """
    if len(crs) <= CODE_LENGTH:
        return crs
    name = str(known_crs(crs).name)[:60]
    return "without a name" if name in ("unknown", "unnamed") else name


def same_crs(one: str, other: str) -> bool:
    """Return whether two names mean the same horizontal system.

    Whatever its axes' order, its heights, its name.
    """
    return one == other or _same(flat_crs(known_crs(one)), flat_crs(known_crs(other)))


def flat_crs(crs: Any) -> Any:
    """Return the horizontal part of a ``pyproj.CRS``.

    Of two parts, of three axes, or bound to another datum.
    """
    while crs.is_bound or crs.is_compound:
        crs = crs.source_crs if crs.is_bound else crs.sub_crs_list[0]
    return crs if crs.is_geocentric or len(crs.axis_info) < 3 else crs.to_2d()


def _same(one: Any, other: Any) -> bool:
    """PROJ takes EPSG:4548 in the WKT of ESRI or GDAL for another, its axes being turned: compare parts."""
    code = one.to_authority(min_confidence=100)
    if (code and code == other.to_authority(min_confidence=100)) or one.equals(other, ignore_axis_order=True):
        return True
    if not (one.is_projected and other.is_projected):
        return False
    first, second = (sorted(axis.unit_conversion_factor for axis in crs.axis_info) for crs in (one, other))
    bases = one.geodetic_crs, other.geodetic_crs
    return bool(
        np.allclose(first, second, rtol=1e-9)
        and one.coordinate_operation == other.coordinate_operation
        and bases[0].datum == bases[1].datum
        and bases[0].prime_meridian == bases[1].prime_meridian
    )


def height_system(crs: str) -> str | None:
    """Return the vertical part's name of a compound CRS.

    As in ``EPSG:4548+5737``; None without one.
    """
    return next((str(part.name) for part in known_crs(crs).sub_crs_list if part.is_vertical), None)


def transform(
    x: ArrayLike, y: ArrayLike, *, source: str, target: str, strict: bool = True
) -> tuple[F64, F64]:
    """Transform coordinates between two CRS, x east and y north.

    Longitude first; any shape, float64. Raises FrameError where a system is unknown or, where ``strict``, a
    point lies outside what it can take (often a sign of swapped axes); it is not finite otherwise.
    """
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if source == target:
        return a, b
    if source == "GCJ-02":
        a, b = gcj02.from_gcj02(a, b)
    start, end = (WGS84 if crs == "GCJ-02" else crs for crs in (source, target))
    if start != end:
        a, b = transformer(start, end).transform(a, b)
    if target == "GCJ-02":
        a, b = gcj02.to_gcj02(a, b)
    out = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if strict and not (np.isfinite(out[0]).all() and np.isfinite(out[1]).all()):
        raise FrameError(
            f"coordinates do not fit {crs_name(source)}: is it the right one, and is the east (or longitude) "
            "first?",
            source=source,
            target=target,
        )
    return out


# pyproj costs 60 ms and 20 MB: a process that never transforms does not pay for it.
@lru_cache(maxsize=64)
def known_crs(name: str) -> Any:
    """Return the ``pyproj.CRS`` of a name, horizontal or not.

    Raises FrameError where PROJ does not know it.
    """
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        return CRS.from_user_input(name)
    except CRSError:
        raise FrameError(f"{name[:60]} is not a coordinate system that PROJ knows", crs=name) from None


@lru_cache(maxsize=64)
def transformer(source: str, target: str) -> Any:
    """Return the ``pyproj.Transformer`` between two systems, longitude or east first."""
    from pyproj import Transformer  # noqa: PLC0415

    return Transformer.from_crs(known_crs(source), known_crs(target), always_xy=True)
