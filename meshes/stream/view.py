"""View of the streaming core: frustum and apparent size."""

from __future__ import annotations

from dataclasses import dataclass

from twin.arrays import F64


@dataclass(frozen=True, kw_only=True)
class View:
    """Camera of the streaming core.

    In the frame's CRS (absolute east and north) and working heights times ``exaggeration``. ``eye`` (3,)
    float64. ``planes`` (k, 4) float64 unit normals that point inwards and offsets: a point p is in view where
    ``planes[:, :3] @ p + planes[:, 3] >= 0`` for all of them. ``forward`` (3,) unit vector. ``height_px`` is
    the picture's height, ``tan_half`` the tangent of half of its vertical angle.
    """

    eye: F64
    planes: F64
    forward: F64
    height_px: float
    tan_half: float
    exaggeration: float = 1.0
