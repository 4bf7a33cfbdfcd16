"""Where the scene is looked at from: a small value, how it moves, and how a VTK camera takes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import asin, atan2, cos, degrees, hypot, isfinite, radians, sin, sqrt, tan

from vtkmodules.vtkRenderingCore import vtkCamera

from layers.ground import Flood, Ground
from twin.catalog.site import Viewpoint
from twin.frame import Frame

VIEW_ANGLE_DEG = 35.0
CLEARANCE_M = 25.0


@dataclass(frozen=True, kw_only=True)
class CameraState:
    """A look at a point of the frame's CRS (``east``, ``north``, ``height``; m) from ``distance_m`` away.

    ``heading_deg`` is the compass direction of the look; ``pitch_deg`` its angle to the horizon, negative
    downwards. Heights are true heights; the distance is one in the exaggerated scene.
    """

    east: float
    north: float
    height: float
    distance_m: float
    heading_deg: float = 0.0
    pitch_deg: float = -35.0

    @property
    def forward(self) -> tuple[float, float, float]:
        """Unit vector of the look: east, north, up."""
        h, p = radians(self.heading_deg), radians(self.pitch_deg)
        return sin(h) * cos(p), cos(h) * cos(p), sin(p)

    @property
    def right(self) -> tuple[float, float, float]:
        h = radians(self.heading_deg)
        return cos(h), -sin(h), 0.0

    @property
    def up(self) -> tuple[float, float, float]:
        h, p = radians(self.heading_deg), radians(self.pitch_deg)
        return -sin(h) * sin(p), -cos(h) * sin(p), cos(p)

    def eye(self, exaggeration: float = 1.0) -> tuple[float, float, float]:
        """Where the camera is, in the exaggerated scene: (east, north, height · exaggeration)."""
        x, y, z = self.forward
        d = self.distance_m
        return self.east - d * x, self.north - d * y, self.height * exaggeration - d * z

    def ray(self, x: float, y: float, aspect: float) -> tuple[float, float, float]:
        """Direction, not of unit length, through a point of the view: fractions from its left and top."""
        half = tan(radians(VIEW_ANGLE_DEG) / 2)
        a, b = (2 * x - 1) * half * aspect, (1 - 2 * y) * half
        f, r, u = self.forward, self.right, self.up
        return f[0] + a * r[0] + b * u[0], f[1] + a * r[1] + b * u[1], f[2] + a * r[2] + b * u[2]


def at_viewpoint(viewpoint: Viewpoint, frame: Frame) -> CameraState:
    """The camera of a named viewpoint of the site file."""
    east, north = frame.place(viewpoint.target)
    return CameraState(
        east=east,
        north=north,
        height=viewpoint.target_m,
        distance_m=viewpoint.distance_m,
        heading_deg=viewpoint.heading_deg,
        pitch_deg=viewpoint.pitch_deg,
    )


def overview(ground: Ground) -> CameraState:
    """A look at the whole terrain from the south, where the site file names no home."""
    west, south, east, north = ground.extent
    x, y = (west + east) / 2, (south + north) / 2
    height = float(ground.height(x, y))
    span = max(east - west, north - south)
    return CameraState(
        east=x, north=y, height=height if isfinite(height) else 0.0, distance_m=1.1 * span, pitch_deg=-35.0
    )


def look_from(
    eye: tuple[float, float, float], target: tuple[float, float, float], exaggeration: float = 1.0
) -> CameraState:
    """The camera at ``eye`` (exaggerated scene) that looks at ``target`` (true height)."""
    x, y, z = target[0] - eye[0], target[1] - eye[1], target[2] * exaggeration - eye[2]
    distance = sqrt(x * x + y * y + z * z)
    return CameraState(
        east=target[0],
        north=target[1],
        height=target[2],
        distance_m=distance,
        heading_deg=degrees(atan2(x, y)) % 360.0,
        pitch_deg=degrees(asin(max(-1.0, min(1.0, z / distance)))),
    )


def kept_above(
    state: CameraState, ground: Ground, *, flood: Flood | None, exaggeration: float
) -> CameraState:
    """The same look, from higher up where it would be inside the ground or under water."""
    east, north, z = state.eye(exaggeration)
    below = float(ground.height(east, north, flood=flood))
    lowest = below * exaggeration + CLEARANCE_M
    if not z < lowest:  # off the terrain the height is NaN, and nothing holds the camera
        return state
    x, y = state.east - east, state.north - north
    drop = state.height * exaggeration - lowest
    if hypot(x, y) < 1e-6 * max(1.0, state.distance_m):
        return replace(state, distance_m=max(-drop, CLEARANCE_M))
    return look_from((east, north, lowest), (state.east, state.north, state.height), exaggeration)


def point(camera: vtkCamera, state: CameraState, frame: Frame, exaggeration: float) -> None:
    """Bring a VTK camera to a state; the scene's coordinates are the frame's minus its origin."""
    east, north, z = state.eye(exaggeration)
    camera.SetViewAngle(VIEW_ANGLE_DEG)
    camera.SetPosition(east - frame.east, north - frame.north, z)
    camera.SetFocalPoint(state.east - frame.east, state.north - frame.north, state.height * exaggeration)
    camera.SetViewUp(*state.up)
