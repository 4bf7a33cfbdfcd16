"""Frame of all geometry: a projected, metric CRS with local origin.

Whatever computes with absolute coordinates is float64; local coordinates (projected minus origin) are
float32, exact to 2 mm within 30 km. EPSG:4548's first axis is northing; here x is always
east and y always north.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from twin.arrays import F32, F64
from twin.crs import WGS84, transform
from twin.geodesy import scale, true_north_deg


class WrittenPlace(Protocol):
    """Point as catalog and site files give it.

    WGS84 degrees, or metres in the frame's CRS.
    """

    @property
    def lon(self) -> float | None: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def east(self) -> float | None: ...
    @property
    def north(self) -> float | None: ...


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Projected CRS and the origin of local coordinates.

    ``crs`` and the point (``east``, ``north``) in it.
    """

    crs: str
    east: float
    north: float

    @cached_property
    def metre_m(self) -> float:
        """Ground length of a frame's metre at its origin, m."""
        return 1.0 / float(np.sqrt(scale(self.east, self.north, crs=self.crs).areal))

    @cached_property
    def true_north_deg(self) -> float:
        """Direction of true north at the origin.

        Degrees clockwise from the frame's own north.
        """
        return true_north_deg(self.east, self.north, crs=self.crs)

    def from_crs(self, crs: str, x: ArrayLike, y: ArrayLike) -> tuple[F64, F64]:
        """Transform coordinates of any CRS to (east, north).

        GCJ-02 included; in the frame's CRS.
        """
        return transform(x, y, source=crs, target=self.crs)

    def to_crs(self, crs: str, east: ArrayLike, north: ArrayLike) -> tuple[F64, F64]:
        """Transform coordinates of the frame's CRS to any other.

        GCJ-02 included.
        """
        return transform(east, north, source=self.crs, target=crs)

    def from_lonlat(self, lon: ArrayLike, lat: ArrayLike) -> tuple[F64, F64]:
        """Transform WGS84 degrees to (east, north)."""
        return self.from_crs(WGS84, lon, lat)

    def to_lonlat(self, east: ArrayLike, north: ArrayLike) -> tuple[F64, F64]:
        """Transform (east, north) to WGS84 degrees."""
        return self.to_crs(WGS84, east, north)

    def place(self, place: WrittenPlace) -> tuple[float, float]:
        """Return (east, north) of a place in a file.

        Of a catalog or site file.
        """
        return place_in(place, self.crs)

    def local(self, east: ArrayLike, north: ArrayLike, height: ArrayLike) -> F32:
        """Return local coordinates, float32, shape (..., 3).

        East and north minus the origin, and the height.
        """
        x = np.asarray(east, dtype=np.float64) - self.east
        y = np.asarray(north, dtype=np.float64) - self.north
        stacked = np.stack(np.broadcast_arrays(x, y, np.asarray(height, dtype=np.float64)), axis=-1)
        return np.asarray(stacked, dtype=np.float32)

    def absolute(self, local: ArrayLike) -> F64:
        """Transform local coordinates back to (east, north, height).

        Shape (..., 3), float64.
        """
        out: F64 = np.asarray(local, dtype=np.float64) + np.array([self.east, self.north, 0.0])
        return out


def place_in(place: WrittenPlace, crs: str) -> tuple[float, float]:
    """Return a place's (east, north) in a frame's CRS.

    Written in a catalog or site file.
    """
    if place.lon is not None and place.lat is not None:
        east, north = transform(place.lon, place.lat, source=WGS84, target=crs)
        return float(east), float(north)
    assert place.east is not None
    assert place.north is not None
    return place.east, place.north
