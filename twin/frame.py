"""The frame: the projected, metric CRS that all geometry is kept in, and its local origin.

Whatever computes with absolute coordinates is float64; local coordinates (projected minus origin) are
float32, exact to 2 mm within 30 km. EPSG:4548's first axis is northing; here x is always
east and y always north.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from twin import gcj02
from twin.arrays import F32, F64
from twin.errors import TwinError

if TYPE_CHECKING:
    from twin.catalog.head import CatalogHead
    from twin.catalog.types import Place


WGS84 = "EPSG:4326"

CODE_LENGTH = 20
"""An authority's code is no longer than this; a WKT is never so short."""


class FrameError(TwinError, ValueError):
    """A coordinate system that is unknown or unfit, or coordinates it cannot take."""

    zh = "坐标系有误：{message}"


def check_crs(crs: str, *, metric: bool = False) -> None:
    """Raises FrameError if ``crs`` is not known, or not horizontal, or not in metres where ``metric``."""
    known = known_crs(crs)
    if not (known.is_projected or known.is_geographic):
        raise FrameError(f"{known.name} says no place on the ground; name a projected or geographic CRS")
    if metric and not (known.is_projected and all(a.unit_conversion_factor == 1.0 for a in known.axis_info)):
        raise FrameError(
            f"{crs} ({known.name}) is not in metres; a frame needs a projected one, like EPSG:4548"
        )


def crs_name(crs: str) -> str:
    """A CRS as people name it: its code, or the name inside a WKT or PROJ text that has none."""
    if len(crs) <= CODE_LENGTH:
        return crs
    name = str(known_crs(crs).name)[:60]
    return "without a name" if name in ("unknown", "unnamed") else name


def same_crs(one: str, other: str) -> bool:
    """Whether two names mean the same horizontal system, whatever its axes' order, its heights, its name."""
    return one == other or _same(flat_crs(known_crs(one)), flat_crs(known_crs(other)))


def flat_crs(crs: Any) -> Any:
    """The horizontal part of a ``pyproj.CRS``: of two parts, of three axes, or bound to another datum."""
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
    """The name of the vertical part of a system of two parts (``EPSG:4548+5737``), or None."""
    return next((str(part.name) for part in known_crs(crs).sub_crs_list if part.is_vertical), None)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """``crs`` and the point (``east``, ``north``) in it that local coordinates count from."""

    crs: str
    east: float
    north: float

    @cached_property
    def metre_m(self) -> float:
        """What a metre of the frame is on the ground at its origin, m."""
        from twin.geodesy import scale  # noqa: PLC0415  (it imports this module)

        return 1.0 / float(np.sqrt(scale(self.east, self.north, crs=self.crs).areal))

    @cached_property
    def true_north_deg(self) -> float:
        """Where true north lies at the origin, degrees clockwise from the frame's own north."""
        from twin.geodesy import true_north_deg  # noqa: PLC0415

        return true_north_deg(self.east, self.north, crs=self.crs)

    def from_crs(self, crs: str, x: ArrayLike, y: ArrayLike) -> tuple[F64, F64]:
        """Coordinates of any CRS, GCJ-02 included, to (east, north) in the frame's CRS."""
        return transform(x, y, source=crs, target=self.crs)

    def to_crs(self, crs: str, east: ArrayLike, north: ArrayLike) -> tuple[F64, F64]:
        """Coordinates of the frame's CRS to any other, GCJ-02 included."""
        return transform(east, north, source=self.crs, target=crs)

    def from_lonlat(self, lon: ArrayLike, lat: ArrayLike) -> tuple[F64, F64]:
        """WGS84 degrees to (east, north)."""
        return self.from_crs(WGS84, lon, lat)

    def to_lonlat(self, east: ArrayLike, north: ArrayLike) -> tuple[F64, F64]:
        """(east, north) to WGS84 degrees."""
        return self.to_crs(WGS84, east, north)

    def place(self, place: Place) -> tuple[float, float]:
        """(east, north) of a place written in a catalog or site file."""
        return place_in(place, self.crs)

    def local(self, east: ArrayLike, north: ArrayLike, height: ArrayLike) -> F32:
        """Local coordinates, float32, shape (..., 3): east and north minus the origin, and the height."""
        x = np.asarray(east, dtype=np.float64) - self.east
        y = np.asarray(north, dtype=np.float64) - self.north
        stacked = np.stack(np.broadcast_arrays(x, y, np.asarray(height, dtype=np.float64)), axis=-1)
        return np.asarray(stacked, dtype=np.float32)

    def absolute(self, local: ArrayLike) -> F64:
        """Local coordinates, shape (..., 3), back to (east, north, height), float64."""
        out: F64 = np.asarray(local, dtype=np.float64) + np.array([self.east, self.north, 0.0])
        return out


def frame_of(head: CatalogHead) -> Frame:
    """The catalog's frame; without an origin of its own it counts from the seed, in whole kilometres."""
    settings = head.frame
    if settings.origin is not None:
        return Frame(crs=settings.crs, east=settings.origin.east, north=settings.origin.north)
    east, north = place_in(head.reservoir.seed, settings.crs)
    return Frame(crs=settings.crs, east=round(east, -3), north=round(north, -3))


def transform(
    x: ArrayLike, y: ArrayLike, *, source: str, target: str, strict: bool = True
) -> tuple[F64, F64]:
    """Coordinates from one CRS to another, x east and y north (longitude first), any shape, float64.

    Raises FrameError where a system is unknown or, where ``strict``, a point lies outside what it can take
    (often a sign of swapped axes); it is not finite otherwise.
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


def place_in(place: Place, crs: str) -> tuple[float, float]:
    """(east, north) in a frame's CRS of a place written in a catalog or site file."""
    if place.lon is not None and place.lat is not None:
        east, north = transform(place.lon, place.lat, source=WGS84, target=crs)
        return float(east), float(north)
    assert place.east is not None
    assert place.north is not None
    return place.east, place.north


# pyproj costs 60 ms and 20 MB: a process that never transforms does not pay for it.
@lru_cache(maxsize=64)
def known_crs(name: str) -> Any:
    """The ``pyproj.CRS`` of a name, horizontal or not. Raises FrameError where PROJ does not know it."""
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        return CRS.from_user_input(name)
    except CRSError:
        raise FrameError(f"{name[:60]} is not a coordinate system that PROJ knows", crs=name) from None


@lru_cache(maxsize=64)
def transformer(source: str, target: str) -> Any:
    """The ``pyproj.Transformer`` between two systems, longitude or east first."""
    from pyproj import Transformer  # noqa: PLC0415

    return Transformer.from_crs(known_crs(source), known_crs(target), always_xy=True)
