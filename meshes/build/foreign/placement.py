"""Place foreign coordinates in the frame, vertex by vertex.

East, north and working height. No matrix is fitted, so that a model of any size is right in all its corners.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from meshes.build.foreign.agreement import height_mult, known_place, strange_place
from meshes.errors import PlacementError
from meshes.readers.osgb import OsgbTree
from meshes.tiles.ecef import geodetic_to_ecef
from twin.arrays import F64, Bools
from twin.catalog import Catalog, ModelEntry, frame_of
from twin.crs import WGS84, transform
from twin.frame import Frame
from twin.geodesy import distance_m
from twin.vertical import height_shift

Place = Callable[[F64], F64]
"""Points (n, 3) of a file, Z up, to (n, 3) float64: east and north in the frame's CRS, working height, m."""

_Y_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
_FARTHEST_UP_M = 20_000.0
_FARTHEST_M = 500_000.0
_ZONES = 13, 45
"""Of Gauss-Krüger in China, of 6° and of 3°: many write the zone's number before the easting."""
_EARTH_M = 6_367_000.0
"""Between the polar and the equatorial radius, 11 km from either."""


def place_of(catalog: Catalog, entry: ModelEntry, *, own: OsgbTree | None = None) -> Placement:
    """Return the transform of an entry's points into the frame.

    ``own`` is the file's CRS, where the entry has none. Raises VerticalError where the entry's heights cannot
    be converted, PlacementError without a place.
    """
    frame = frame_of(catalog.head)
    seed = np.array(frame.place(catalog.head.reservoir.seed))
    rise_m = height_shift(entry.vertical, settings=catalog.head.vertical).offset_m
    if entry.anchor is not None:
        anchor = entry.anchor
        lon, lat = (float(value) for value in frame.to_lonlat(*frame.place(anchor)))
        turned = _turn(anchor.heading_deg) * anchor.scale
        plane = tangent(lon, lat, anchor.height_m + rise_m, frame=frame)
        upright = _Y_UP if entry.up == "Y" and entry.driver != "surface" else np.eye(3)
        origin = np.array(anchor.origin)
        return Placement(
            lambda points: plane((points @ upright.T - origin) @ turned.T), seed=seed, frame=frame
        )
    if entry.ecef:
        return Placement(from_ecef(rise_m, frame=frame), seed=seed, frame=frame, globe=True)
    if entry.crs is None and own is not None and own.tangent is not None:
        lat, lon = own.tangent
        return Placement(tangent(lon, lat, rise_m, frame=frame), seed=seed, frame=frame)
    crs = entry.crs or (None if own is None else own.crs)
    if crs is None:
        raise PlacementError(
            "nothing says where it stands, a metadata.xml neither: give the entry crs or anchor"
        )
    if not known_place(crs):
        raise PlacementError(f"says it is in {strange_place(crs)}: mend the entry's crs, or its SRS")
    place = from_crs(crs, rise_m, frame=frame, height_mult=height_mult(entry, own)[0])
    return Placement(place, seed=seed, frame=frame, crs=crs)


def from_crs(crs: str, rise_m: float, *, frame: Frame, height_mult: float = 1.0) -> Place:
    """Return the transform of points of a CRS, x east.

    ``height_mult`` makes metres of their heights, ``rise_m`` working ones. What has no place in the CRS is
    not finite.
    """

    def place(points: F64) -> F64:
        east, north = transform(points[:, 0], points[:, 1], source=crs, target=frame.crs, strict=False)
        return np.column_stack([east, north, points[:, 2] * height_mult + rise_m])

    return place


def from_ecef(rise_m: float, *, frame: Frame) -> Place:
    """Return the transform of ECEF points, m.

    ``rise_m`` makes ellipsoidal heights working ones.
    """

    def place(points: F64) -> F64:
        lon, lat, height = _geodetic().transform(points[:, 0], points[:, 1], points[:, 2])
        plane = transform(lon, lat, source=WGS84, target=frame.crs, strict=False)
        return np.column_stack([*plane, np.asarray(height) + rise_m])

    return place


def tangent(lon: float, lat: float, height_m: float, *, frame: Frame) -> Place:
    """Return the transform of a tangent plane at a point.

    Metres east, north and up; ``height_m`` is a working height. The plane is laid at that height over the
    ellipsoid. The true one is off by the geoid's some tens of metres, which scales the model by a
    hundred-thousandth.
    """
    lam, phi = np.radians(lon), np.radians(lat)
    east = [-np.sin(lam), np.cos(lam), 0.0]
    north = [-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)]
    up = [np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)]
    axes = np.array([east, north, up])
    start = geodetic_to_ecef(np.array(lon), np.array(lat), np.array(height_m))
    whole = from_ecef(0.0, frame=frame)
    return lambda points: whole(points @ axes + start)


def _turn(heading_deg: float) -> F64:
    angle = np.radians(heading_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])


class Placement:
    """Places points (n, 3) of a file; refuses absurd places.

    As a ``Place`` does. ``crs`` is what the points are in, ``globe`` whether they count from the earth's
    centre; neither where they are in a frame of their own.
    """

    def __init__(
        self, place: Place, *, seed: F64, frame: Frame, crs: str | None = None, globe: bool = False
    ) -> None:
        self._place, self._seed, self._frame = place, seed, frame
        self._crs, self._globe = crs, globe

    def __call__(self, points: F64) -> F64:
        """All points. Raises PlacementError where one has no place, or one far from the reservoir."""
        points = np.asarray(points, np.float64)
        placed = self._place(points)
        if len(placed) and not self._sound(placed).all():
            raise PlacementError(f"{self._wrong(placed)}; {self._mend(points)}")
        return placed

    def sound(self, points: F64) -> tuple[F64, Bools]:
        """Place all points, and mask (n,) those with plausible places."""
        placed = self._place(np.asarray(points, np.float64))
        return placed, self._sound(placed)

    def _sound(self, placed: F64) -> Bools:
        with np.errstate(invalid="ignore"):
            away_m = np.linalg.norm(placed[:, :2] - self._seed, axis=1)
            sound: Bools = (away_m <= _FARTHEST_M) & (np.abs(placed[:, 2]) <= _FARTHEST_UP_M)
        return sound

    def _wrong(self, placed: F64) -> str:
        if not np.isfinite(placed).all():
            if self._crs is not None:
                return f"coordinates do not fit {self._crs} (is the east, or longitude, first?)"
            return "some points have no place in the frame"
        away_m = np.linalg.norm(placed[:, :2] - self._seed, axis=1)
        if away_m.max() > _FARTHEST_M:
            worst_e, worst_n = placed[away_m.argmax(), :2].tolist()
            seed_e, seed_n = self._seed.tolist()
            away_km = distance_m((seed_e, seed_n), (worst_e, worst_n), crs=self._frame.crs) / 1000
            return (
                f"stands {away_km:,.0f} km from the reservoir" if away_km < 1e5 else "stands nowhere on earth"
            )
        return f"a point would stand {placed[np.abs(placed[:, 2]).argmax(), 2]:,.0f} m high"

    def _mend(self, points: F64) -> str:
        """What to do; coordinates from the earth's centre are known by their size."""
        radius_m = np.linalg.norm(points, axis=1)
        globe = bool((np.abs(radius_m - _EARTH_M) < _FARTHEST_UP_M * 2).all())
        if globe and not self._globe:
            return (
                "its coordinates count from the earth's centre: write ecef: true, and neither crs nor anchor"
            )
        if self._globe and not globe:
            return "its coordinates do not count from the earth's centre: give crs or anchor, and not ecef"
        zone = points[:, 0].min() // 1e6
        if self._crs is not None and _ZONES[0] <= zone == points[:, 0].max() // 1e6 <= _ZONES[1]:
            return f"its eastings begin with the number of zone {zone:.0f}: name the system of that zone"
        return "mend the entry's crs, ecef or anchor"


@lru_cache(maxsize=1)
def _geodetic() -> Any:
    from pyproj import Transformer  # noqa: PLC0415  (60 ms that only a build pays)

    return Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
