"""Frame a place by a camera above the ground."""

from __future__ import annotations

from math import atan2, degrees, isfinite

import numpy as np

from layers.camera import camera as geometry
from layers.heights import Ground, flood_of
from twin.scene import Camera, Scene

NEAREST_M, FARTHEST_M = 2_500.0, 60_000.0
RADII = 3.5
"""So many times a place's radius it is looked at from."""
CELLS, CELLS_AROUND = 40.0, 72.0
"""And from so many cells of the terrain, or of its surroundings: nearer, coarse ground is a blurred slope."""
LOOKS = (
    *((pitch, turn) for pitch in (-32.0, -45.0) for turn in (0.0, 40.0, -40.0)),
    (-60.0, 0.0),
    (-75.0, 0.0),
)
"""Pitch and turn to the right that are tried, degrees."""
CLEAR_M = 5.0
SAMPLES = 256


def seeing(scene: Scene, ground: Ground, east: float, north: float, *, radius_m: float = 0.0) -> Camera:
    """Return a camera of a place and its neighbourhood.

    In the direction that is looked in now, from beyond the terrain towards it; where something stands
    between, turned or steeper. From so far that the ground there has enough cells.
    """
    camera, k = scene.camera, scene.exaggeration
    height_m = _surface(scene, ground, np.array([east]), np.array([north]))[0]
    is_within = ground.is_within(east, north)
    cells, ahead_deg = CELLS if is_within else CELLS_AROUND, camera.heading_deg
    if not is_within:
        west, south, right, top = ground.extent
        ahead_deg = degrees(atan2((west + right) / 2 - east, (south + top) / 2 - north))
    distance_m = max(NEAREST_M, RADII * radius_m, cells * ground.cell_m(east, north))
    at = camera.model_copy(
        update={
            "target_east_m": east,
            "target_north_m": north,
            "target_m": float(height_m) if isfinite(height_m) else 0.0,
            "distance_m": min(FARTHEST_M, distance_m),
            "view_angle_deg": type(camera).model_fields["view_angle_deg"].default,
        }
    )
    for pitch, turn in LOOKS:
        heading = (ahead_deg + turn) % 360.0 % 360.0
        look = at.model_copy(update={"pitch_deg": pitch, "heading_deg": heading})
        if _is_clear(scene, ground, look, k):
            return look
    return at.model_copy(update={"pitch_deg": -88.0})


def _is_clear(scene: Scene, ground: Ground, camera: Camera, k: float) -> bool:
    """Whether no ground stands between a camera and its target."""
    eye, target = np.array(geometry.eye(camera, k)), np.array(geometry.target(camera, k))
    shares = np.linspace(0.0, 0.97, SAMPLES)[:, None]
    points = eye + shares * (target - eye)
    surface_m = _surface(scene, ground, points[:, 0], points[:, 1])
    above = points[:, 2] - k * np.where(np.isnan(surface_m), -np.inf, surface_m)
    return bool((above > CLEAR_M * k * (1.0 - shares[:, 0])).all())


def _surface(scene: Scene, ground: Ground, east: np.ndarray, north: np.ndarray) -> np.ndarray:
    """Heights of ground or water, beyond the terrain of its surroundings; NaN where none is known."""
    height_m = ground.height(east, north, flood=flood_of(scene))
    return np.where(np.isnan(height_m), ground.height_around(east, north), height_m)
