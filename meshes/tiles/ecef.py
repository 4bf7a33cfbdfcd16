"""Fit transforms of tiles from the frame to ECEF.

A tile is flat in the projected CRS and the earth is not, so no single matrix is right for all of a tile.
``fit`` gives the turn, scale and shift that come nearest, and how far off they still are. Only other viewers
need them; this system places tiles by their centres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import F64
from twin.frame import Frame

# WGS 84, as 3D Tiles asks for; CGCS2000's ellipsoid lies within 0.2 mm of it.
SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)

# The error of a fit grows towards the rims, so a coarse lattice with the corners in it finds the largest.
_SIDE = np.linspace(-1.0, 1.0, 5)
_LATTICE = np.stack(np.meshgrid(_SIDE, _SIDE, [-1.0, 1.0], indexing="ij"), axis=-1).reshape(-1, 3)
LEAST_HALF_SIZE_M = 1.0  # of a point or a line no turn could be told


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Fitted transforms.

    ``matrix`` (n, 4, 4): frame coordinates minus the tile's centre to ECEF, column vectors. A turn, a scale
    near 1 and a shift. ``residual_m`` (n,): the largest distance between a point of the box so placed and its
    true place.
    """

    matrix: F64
    residual_m: F64


def geodetic_to_ecef(lon: F64, lat: F64, height_m: F64) -> F64:
    """Convert WGS84 degrees and ellipsoidal heights to ECEF, m.

    (...) to (..., 3).
    """
    lam, phi = np.radians(lon), np.radians(lat)
    normal = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY_2 * np.sin(phi) ** 2)
    across = (normal + height_m) * np.cos(phi)
    up = (normal * (1 - ECCENTRICITY_2) + height_m) * np.sin(phi)
    return np.stack([across * np.cos(lam), across * np.sin(lam), up], axis=-1)


def frame_to_ecef(points: F64, *, frame: Frame, ellipsoid_minus_working_m: float) -> F64:
    """Convert frame coordinates, (..., 3), to ECEF (..., 3), m.

    East, north (frame's CRS) and working height. ``ellipsoid_minus_working_m`` is added to working heights to
    make them ellipsoidal. Raises FrameError for points where the CRS has no place.
    """
    lon, lat = frame.to_lonlat(points[..., 0], points[..., 1])
    return geodetic_to_ecef(lon, lat, points[..., 2] + ellipsoid_minus_working_m)


def fit(
    low: F64, high: F64, centre: F64, *, frame: Frame, ellipsoid_minus_working_m: float, batch: int = 2000
) -> Fit:
    """Fit the transforms of n boxes around ``centre`` (n, 3).

    ``low`` to ``high`` (n, 3) in the frame. The turn and scale are those of least squares (Umeyama 1991); the
    shift then halves the largest error. Raises FrameError as ``frame_to_ecef``.
    """
    found = [
        _fit(low[k : k + batch], high[k : k + batch], centre[k : k + batch], frame, ellipsoid_minus_working_m)
        for k in range(0, len(low), batch)
    ]
    return Fit(
        matrix=np.concatenate([np.zeros((0, 4, 4)), *(matrix for matrix, _ in found)]),
        residual_m=np.concatenate([np.zeros(0), *(residual for _, residual in found)]),
    )


def _fit(low: F64, high: F64, centre: F64, frame: Frame, separation: float) -> tuple[F64, F64]:
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, LEAST_HALF_SIZE_M)
    flat = middle[:, None] + half[:, None] * _LATTICE
    true = frame_to_ecef(flat, frame=frame, ellipsoid_minus_working_m=separation)
    # Both about their means: what is left of ECEF's millions of metres is exact to a nanometre.
    mean, goal = flat.mean(axis=1), true.mean(axis=1)
    source, target = flat - mean[:, None], true - goal[:, None]
    u, sizes, v = np.linalg.svd(target.transpose(0, 2, 1) @ source)
    mirror = np.ones((len(low), 3))
    mirror[:, 2] = np.sign(np.linalg.det(u @ v))
    scale = (sizes * mirror).sum(axis=1) / (source**2).sum(axis=(1, 2))
    linear = scale[:, None, None] * (u * mirror[:, None]) @ v

    left = target - source @ linear.transpose(0, 2, 1)
    along = left @ linear / scale[:, None, None] ** 2  # along east, north and up of the tile
    shift = (linear @ ((along.min(axis=1) + along.max(axis=1)) / 2)[..., None])[..., 0]
    matrix = np.tile(np.eye(4), (len(low), 1, 1))
    matrix[:, :3, :3] = linear
    matrix[:, :3, 3] = goal + shift + (linear @ (centre - mean)[..., None])[..., 0]
    return matrix, np.linalg.norm(left - shift[:, None], axis=2).max(axis=1)
