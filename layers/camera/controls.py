"""Pan, orbit and zoom a Scene's camera about a grabbed point.

What is grabbed stays under the pointer: dragging moves the ground with it, turning goes around it, zooming
goes towards it. Pure functions; places of the view are fractions from its left and top, points are
(east, north, height · exaggeration), ``aspect`` is the view's width over its height.
"""

from __future__ import annotations

from math import cos, degrees, dist, hypot, radians, sin

from layers.camera import camera as geometry
from layers.camera.camera import LONGEST_M, SHORTEST_M, Vector
from layers.camera.flight import Flight, fly
from layers.heights import Ground, WaterLevels, flood_of
from twin.scene import Camera, Scene

STEEPEST_DEG = -89.0
FLATTEST_DEG = -2.0
TURN_DEG = 180.0  # a drag across the whole view


def surface_at(scene: Scene, ground: Ground, x: float, y: float, *, aspect: float) -> Vector | None:
    """Raycast ground or water under a point of the view.

    Returns (east, north, height), or None in the sky.
    """
    k = scene.exaggeration
    eye, look = geometry.eye(scene.camera, k), geometry.ray(scene.camera, x, y, aspect)
    return ground.hit(eye, look, flood=flood_of(scene), exaggeration=k)


def grabbed_at(scene: Scene, ground: Ground, x: float, y: float, *, aspect: float) -> Vector:
    """Return the point that is grabbed at a place of the view.

    On the surface, or the camera's target in the sky.
    """
    if (hit := surface_at(scene, ground, x, y, aspect=aspect)) is not None:
        return hit[0], hit[1], hit[2] * scene.exaggeration
    return geometry.target(scene.camera, scene.exaggeration)


def pan(scene: Scene, ground: Ground, grabbed: Vector, *, to: tuple[float, float], aspect: float) -> Scene:
    """Pan the scene level until ``grabbed`` lies under the view point ``to``."""
    k = scene.exaggeration
    return aimed_at_surface(
        scene, ground, panned(scene.camera, grabbed, to=to, aspect=aspect, exaggeration=k)
    )


def orbit(scene: Scene, ground: Ground, grabbed: Vector, *, right_deg: float, up_deg: float) -> Scene:
    """Orbit the scene's camera around ``grabbed``."""
    k = scene.exaggeration
    return aimed_at_surface(
        scene, ground, turned(scene.camera, grabbed, right_deg=right_deg, up_deg=up_deg, exaggeration=k)
    )


def zoom(scene: Scene, ground: Ground, grabbed: Vector, *, factor: float) -> Scene:
    """Zoom the scene to ``factor`` times the distance to ``grabbed``."""
    return aimed_at_surface(
        scene, ground, zoomed(scene.camera, grabbed, factor=factor, exaggeration=scene.exaggeration)
    )


def kept_above(scene: Scene, ground: Ground) -> Scene:
    """Return the scene with its camera above ground and water.

    Itself where it is there already.
    """
    camera = geometry.kept_above(scene.camera, ground, flood=flood_of(scene), exaggeration=scene.exaggeration)
    return scene if camera == scene.camera else scene.changed(camera=camera)


def flight(scene: Scene, ground: Ground, end: Camera, *, seconds: float | None = None) -> Flight:
    """Return a smooth flight from the scene's camera to another one.

    It stays above ground and water.
    """
    return fly(
        scene.camera,
        end,
        seconds=seconds,
        ground=ground,
        flood=flood_of(scene),
        exaggeration=scene.exaggeration,
    )


def aimed_at_surface(scene: Scene, ground: Ground, camera: Camera) -> Scene:
    """Return the scene with a camera aimed at the surface.

    Its target on the surface and its eye above it.
    """
    camera = aimed(camera, ground, flood=flood_of(scene), exaggeration=scene.exaggeration)
    return kept_above(scene.changed(camera=camera), ground)


def panned(
    camera: Camera, grabbed: Vector, *, to: tuple[float, float], aspect: float, exaggeration: float
) -> Camera:
    """Return the camera moved level: ``grabbed`` lies under view point ``to``."""
    x, y, z = geometry.eye(camera, exaggeration)
    a, b, c = geometry.ray(camera, *to, aspect)
    drop = grabbed[2] - z
    # Towards the horizon a finger's width is a mountain range: no farther than four times the grabbed point.
    farthest = 4.0 * max(hypot(grabbed[0] - x, grabbed[1] - y), abs(drop))
    level = hypot(a, b)
    t = drop / c if drop * c > 0 else farthest / max(level, 1e-9)
    t = min(t, farthest / max(level, 1e-9))
    moved = (grabbed[0] - t * a, grabbed[1] - t * b, z)
    return geometry.posed(camera, eye_at=moved, exaggeration=exaggeration)


def turned(
    camera: Camera, grabbed: Vector, *, right_deg: float, up_deg: float, exaggeration: float
) -> Camera:
    """Return the camera orbited around ``grabbed``.

    It turns to the right, and its pitch rises.
    """
    pitch = min(FLATTEST_DEG, max(STEEPEST_DEG, camera.pitch_deg + up_deg))
    x, y, z = (e - g for e, g in zip(geometry.eye(camera, exaggeration), grabbed, strict=True))
    # Around the level axis through the point, across the look; then around the vertical one.
    heading, rise = radians(camera.heading_deg), radians(pitch - camera.pitch_deg)
    along, across = x * sin(heading) + y * cos(heading), x * cos(heading) - y * sin(heading)
    along, z = along * cos(rise) - z * sin(rise), along * sin(rise) + z * cos(rise)
    new = radians(camera.heading_deg + right_deg)
    place = (
        grabbed[0] + along * sin(new) + across * cos(new),
        grabbed[1] + along * cos(new) - across * sin(new),
        grabbed[2] + z,
    )
    return geometry.posed(
        camera, eye_at=place, exaggeration=exaggeration, heading_deg=degrees(new), pitch_deg=pitch
    )


def zoomed(camera: Camera, grabbed: Vector, *, factor: float, exaggeration: float) -> Camera:
    """Return the camera at ``factor`` times its distance from ``grabbed``.

    It moves along the line between them.
    """
    x, y, z = geometry.eye(camera, exaggeration)
    away = max(1.0, dist((x, y, z), grabbed))
    f = min(max(factor, min(1.0, SHORTEST_M / away)), max(1.0, LONGEST_M / away))
    place = (
        grabbed[0] + f * (x - grabbed[0]),
        grabbed[1] + f * (y - grabbed[1]),
        grabbed[2] + f * (z - grabbed[2]),
    )
    return geometry.posed(camera, eye_at=place, exaggeration=exaggeration, distance_m=camera.distance_m * f)


def aimed(camera: Camera, ground: Ground, *, flood: WaterLevels | None, exaggeration: float) -> Camera:
    """Return the same view with the surface in its middle as target.

    Its distance is then that of what is seen, which the scale bar and the next zoom count on. Looks into the
    sky keep their target.
    """
    k = exaggeration
    eye = geometry.eye(camera, k)
    hit = ground.hit(eye, geometry.forward(camera), flood=flood, exaggeration=k)
    away = 0.0 if hit is None else dist(eye, (hit[0], hit[1], hit[2] * k))
    if away > geometry.CLEARANCE_M:
        return geometry.posed(camera, eye_at=eye, exaggeration=k, distance_m=away)
    return camera
