"""From a file's own coordinates to the frame's: east, north and working height, vertex by vertex.

No matrix is fitted, so that a model of any size is right in all its corners.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import PlacingError
from meshes.readers.osgb import OsgbTree
from meshes.tiles.ecef import geodetic_to_ecef
from twin.catalog import Catalog, ModelEntry
from twin.frame import Frame, FrameError, frame_of
from twin.geodesy import distance_m
from twin.vertical import height_shift

F64 = NDArray[np.float64]

Place = Callable[[F64], F64]
"""Points (n, 3) of a file, Z up, to (n, 3) float64: east and north in the frame's CRS, working height, m."""

_Y_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
_FARTHEST_UP_M = 20_000.0
_FARTHEST_M = 500_000.0


def place_of(catalog: Catalog, entry: ModelEntry, *, own: OsgbTree | None = None) -> Place:
    """How the points of an entry come into the frame; ``own`` says so where the entry does not.

    The result raises PlacingError for points that the entry's system has no place for, or that end up far
    from the ground. Raises VerticalError where the entry's heights cannot be converted.
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
        return _checked(lambda points: plane((points @ upright.T - origin) @ turned.T), seed, frame)
    if entry.ecef:
        return _checked(from_ecef(rise_m, frame=frame), seed, frame)
    if entry.crs is None and own is not None and own.tangent is not None:
        lat, lon = own.tangent
        return _checked(tangent(lon, lat, rise_m, frame=frame), seed, frame)
    crs = entry.crs or (None if own is None else own.crs)
    if crs is None:
        raise PlacingError("nothing says where it stands: give the entry crs or anchor")
    return _checked(from_crs(crs, rise_m, frame=frame), seed, frame)


def from_crs(crs: str, rise_m: float, *, frame: Frame) -> Place:
    """Points of a CRS, x east; ``rise_m`` makes their heights working ones."""

    def place(points: F64) -> F64:
        east, north = frame.from_crs(crs, points[:, 0], points[:, 1])
        return np.column_stack([east, north, points[:, 2] + rise_m])

    return place


def from_ecef(rise_m: float, *, frame: Frame) -> Place:
    """Points in earth-centred metres; ``rise_m`` makes ellipsoidal heights working ones."""

    def place(points: F64) -> F64:
        lon, lat, height = _geodetic().transform(points[:, 0], points[:, 1], points[:, 2])
        return np.column_stack([*frame.from_lonlat(lon, lat), np.asarray(height) + rise_m])

    return place


def tangent(lon: float, lat: float, height_m: float, *, frame: Frame) -> Place:
    """Metres east, north and up on the plane that touches the earth at a point, ``height_m`` working height.

    The plane is laid at that height over the ellipsoid. The true one is off by the geoid's some tens of
    metres, which scales the model by a hundred-thousandth.
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


def _checked(place: Place, seed: F64, frame: Frame) -> Place:
    def safe(points: F64) -> F64:
        try:
            placed = place(np.asarray(points, np.float64))
        except FrameError as error:
            raise PlacingError(f"{error.message}; mend the entry's crs, ecef or anchor") from None
        if not np.isfinite(placed).all():
            raise PlacingError("some points have no place in the frame: mend the entry's crs, ecef or anchor")
        away_m = np.linalg.norm(placed[:, :2] - seed, axis=1)
        if away_m.max(initial=0.0) > _FARTHEST_M:
            worst_e, worst_n = placed[away_m.argmax(), :2].tolist()
            away_km = distance_m((seed[0], seed[1]), (worst_e, worst_n), crs=frame.crs) / 1000
            raise PlacingError(
                f"stands {away_km:,.0f} km from the reservoir: mend the entry's crs, ecef or anchor"
            )
        if len(placed) and np.abs(placed[:, 2]).max() > _FARTHEST_UP_M:
            worst = placed[np.abs(placed[:, 2]).argmax(), 2]
            raise PlacingError(
                f"a point would stand {worst:,.0f} m high: mend the entry's crs, ecef or anchor"
            )
        return placed

    return safe


@lru_cache(maxsize=1)
def _geodetic() -> Any:
    from pyproj import Transformer  # noqa: PLC0415  (60 ms that only a build pays)

    return Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
