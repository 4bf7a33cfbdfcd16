"""Where VTK itself draws a point: its own projection, to check the scene's against."""

from __future__ import annotations

from math import cos, radians, sin

from layers.heights import flood_of
from layers.stage import Stage
from twin.scene import Camera


def on_screen(stage: Stage, east: float, north: float, height: float) -> tuple[float, float]:
    """Fractions from the picture's left and top at which a point was drawn in the last frame."""
    frame, renderer = stage.basin.frame, stage.renderer
    renderer.SetWorldPoint(east - frame.east, north - frame.north, height * stage.scene.exaggeration, 1.0)
    renderer.WorldToView()
    x, y, _ = renderer.GetViewPoint()
    return (x + 1.0) / 2.0, (1.0 - y) / 2.0


def eye_of(camera: Camera, exaggeration: float = 1.0) -> tuple[float, float, float]:
    """East, north and (exaggerated) height of the eye, from the definition of a camera."""
    heading, pitch = radians(camera.heading_deg), radians(camera.pitch_deg)
    back = camera.distance_m
    return (
        camera.target_east_m - back * sin(heading) * cos(pitch),
        camera.target_north_m - back * cos(heading) * cos(pitch),
        camera.target_m * exaggeration - back * sin(pitch),
    )


def above_ground(stage: Stage, camera: Camera) -> float:
    """Height of the eye over the ground or water as it is drawn, m; NaN off the terrain."""
    east, north, z = eye_of(camera, stage.scene.exaggeration)
    surface = stage.ground.height(east, north, flood=flood_of(stage.scene))
    return float(z - stage.scene.exaggeration * surface)
