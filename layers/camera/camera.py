"""Compute eye, view vectors and rays of a camera.

``twin.scene.Camera`` itself is a plain value; its geometry lives here. Coordinates here are those of the
exaggerated scene: (east, north, height · exaggeration), m.
"""

from __future__ import annotations

from math import asin, atan, atan2, cos, degrees, hypot, isfinite, radians, sin, sqrt, tan

import numpy as np

from layers.heights import Ground, WaterLevels
from layers.model import SceneBasin
from twin.catalog.site import Viewpoint
from twin.frame import Frame
from twin.scene import Camera

Vector = tuple[float, float, float]

CLEARANCE_M = 25.0
SHORTEST_M = 50.0
LONGEST_M = 400_000.0
LOWEST_TARGET_M, HIGHEST_TARGET_M = -500.0, 9000.0  # what twin.scene.Camera takes
FARTHEST_TARGET_M = 2_000_000.0


def forward(camera: Camera) -> Vector:
    """Return the unit vector of the view direction: east, north, up."""
    h, p = radians(camera.heading_deg), radians(camera.pitch_deg)
    return sin(h) * cos(p), cos(h) * cos(p), sin(p)


def right(camera: Camera) -> Vector:
    """Return unit vector to the right of the picture; it is level."""
    h = radians(camera.heading_deg)
    return cos(h), -sin(h), 0.0


def up(camera: Camera) -> Vector:
    """Return unit vector to the top of the picture."""
    h, p = radians(camera.heading_deg), radians(camera.pitch_deg)
    return -sin(h) * sin(p), -cos(h) * sin(p), cos(p)


def target(camera: Camera, exaggeration: float) -> Vector:
    """Return the point the camera is aimed at."""
    return camera.target_east_m, camera.target_north_m, camera.target_m * exaggeration


def eye(camera: Camera, exaggeration: float) -> Vector:
    """Return the camera's position."""
    (x, y, z), (a, b, c), d = target(camera, exaggeration), forward(camera), camera.distance_m
    return x - d * a, y - d * b, z - d * c


def ray(camera: Camera, x: float, y: float, aspect: float) -> Vector:
    """Return the direction through a point of the view, not normalised.

    The point is given as fractions from the view's left and top.
    """
    half = tan(radians(camera.view_angle_deg) / 2)
    a, b = (2 * x - 1) * half * aspect, (1 - 2 * y) * half
    f, r, u = forward(camera), right(camera), up(camera)
    return f[0] + a * r[0] + b * u[0], f[1] + a * r[1] + b * u[1], f[2] + a * r[2] + b * u[2]


def widened(camera: Camera, factor: float) -> Camera:
    """Return the camera with so many times the view in each direction."""
    if factor == 1.0:
        return camera
    angle_deg = 2.0 * degrees(atan(factor * tan(radians(camera.view_angle_deg) / 2)))
    return camera.model_copy(update={"view_angle_deg": angle_deg})


def posed(camera: Camera, *, eye_at: Vector, exaggeration: float, **changes: float) -> Camera:
    """Return the camera moved, with ``changes`` to its angles or distance.

    It is aimed along its new angles.
    """
    changes["heading_deg"] = changes.get("heading_deg", camera.heading_deg) % 360.0 % 360.0
    turned = camera.model_copy(update=changes)
    f, d = forward(turned), turned.distance_m
    return turned.model_copy(
        update={
            "target_east_m": eye_at[0] + d * f[0],
            "target_north_m": eye_at[1] + d * f[1],
            "target_m": (eye_at[2] + d * f[2]) / exaggeration,
        }
    )


def looking(camera: Camera, *, eye_at: Vector, at: Vector, exaggeration: float) -> Camera:
    """Return the camera at one point, aimed at another."""
    x, y, z = at[0] - eye_at[0], at[1] - eye_at[1], at[2] - eye_at[2]
    distance = max(1.0, sqrt(x * x + y * y + z * z))
    level = hypot(x, y) > 1e-6 * distance
    return camera.model_copy(
        update={
            "target_east_m": at[0],
            "target_north_m": at[1],
            "target_m": at[2] / exaggeration,
            "distance_m": distance,
            "heading_deg": degrees(atan2(x, y)) % 360.0 % 360.0 if level else camera.heading_deg,
            "pitch_deg": degrees(asin(max(-1.0, min(1.0, z / distance)))),
        }
    )


def at_viewpoint(viewpoint: Viewpoint, frame: Frame) -> Camera:
    """Return the camera of a named viewpoint of the site file."""
    east, north = frame.place(viewpoint.target)
    return Camera(
        target_east_m=east,
        target_north_m=north,
        target_m=viewpoint.target_m,
        distance_m=viewpoint.distance_m,
        heading_deg=viewpoint.heading_deg,
        pitch_deg=viewpoint.pitch_deg,
    )


def home(basin: SceneBasin, ground: Ground, *, aspect: float = 4 / 3) -> Camera:
    """Return the camera of a fresh view.

    The site's home viewpoint, else an overview of the whole terrain.
    """
    view = basin.site.home_viewpoint
    return overview(ground, aspect=aspect) if view is None else at_viewpoint(view, basin.frame)


def overview(ground: Ground, *, aspect: float = 4 / 3) -> Camera:
    """Return a camera over the whole terrain from the south.

    For sites whose file names no home viewpoint.
    """
    west, south, east, north = ground.extent
    x, y = (west + east) / 2, (south + north) / 2
    height = float(ground.height(x, y))
    camera = Camera(
        target_east_m=x,
        target_north_m=y,
        target_m=height if isfinite(height) else 0.0,
        distance_m=1.0,
        heading_deg=0.0,
        pitch_deg=-35.0,
    )
    # From far enough that every place of the terrain lies inside the view's four sides.
    places = np.stack(np.meshgrid(np.linspace(west, east, 9), np.linspace(south, north, 9)), axis=-1)
    heights = ground.height(places[..., 0], places[..., 1])
    heights = np.where(np.isfinite(heights), heights, camera.target_m)
    off = np.dstack([places, heights]) - target(camera, 1.0)
    half = tan(radians(camera.view_angle_deg) / 2)
    sideways = np.abs(off @ right(camera)) / (half * aspect)
    upwards = np.abs(off @ up(camera)) / half
    distance = float((np.maximum(sideways, upwards) - off @ forward(camera)).max())
    return camera.model_copy(update={"distance_m": min(LONGEST_M, max(SHORTEST_M, 1.03 * distance))})


def kept_above(camera: Camera, ground: Ground, *, flood: WaterLevels | None, exaggeration: float) -> Camera:
    """Raise the camera above ground and water, keeping its target."""
    camera = _with_a_sound_target(camera, exaggeration)
    east, north, z = eye(camera, exaggeration)
    lowest = ground.floor(east, north, flood=flood) * exaggeration + CLEARANCE_M
    if z >= lowest:
        return camera
    at = target(camera, exaggeration)
    if lowest - at[2] < 1.0 and hypot(east - at[0], north - at[1]) < 1.0:
        return camera.model_copy(update={"distance_m": CLEARANCE_M})
    return looking(camera, eye_at=(east, north, lowest), at=at, exaggeration=exaggeration)


def _with_a_sound_target(camera: Camera, exaggeration: float) -> Camera:
    """The same view by a target that a ``Camera`` may have, so that a link can always say it.

    Zooming and dragging leave the target far below the ground or up in the air, kilometres from what is seen.
    """
    if not LOWEST_TARGET_M <= camera.target_m <= HIGHEST_TARGET_M:
        z, rise = eye(camera, exaggeration)[2], forward(camera)[2]
        wanted = min(HIGHEST_TARGET_M, max(LOWEST_TARGET_M, camera.target_m)) * exaggeration
        ahead = (wanted - z) / rise if abs(rise) > 1e-3 else 0.0
        if SHORTEST_M <= ahead <= FARTHEST_TARGET_M:
            camera = posed(
                camera, eye_at=eye(camera, exaggeration), exaggeration=exaggeration, distance_m=ahead
            )
    limits = {
        "target_east_m": (-1e8, 1e8),
        "target_north_m": (-1e8, 1e8),
        "target_m": (LOWEST_TARGET_M, HIGHEST_TARGET_M),
        "distance_m": (1.0, FARTHEST_TARGET_M),
    }
    return camera.model_copy(
        update={name: min(high, max(low, getattr(camera, name))) for name, (low, high) in limits.items()}
    )
