"""The browser's camera is the server's: 10,000 random cases of both."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apps.browser import module
from layers.camera import camera as geometry
from layers.camera import controls
from layers.camera.flight import fly
from twin.scene import Camera

CASES = 10_000
HERE = Path(__file__).parent
SCRIPT = Path(module.__file__).with_name("www") / "camera.js"

Case = tuple[str, list[Any], Any]
"""A function of camera.js, its arguments, and what the server's function gives."""


def answers(cases: list[tuple[str, list[Any]]]) -> list[Any]:
    """What camera.js answers."""
    node = shutil.which("node")
    assert node is not None, "node is needed: script/bootstrap installs it"
    done = subprocess.run(
        [node, str(HERE / "camera_cases.mjs"), str(SCRIPT)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


def random_camera(rng: np.random.Generator) -> Camera:
    return Camera(
        target_east_m=float(rng.uniform(400_000, 600_000)),
        target_north_m=float(rng.uniform(4_400_000, 4_600_000)),
        target_m=float(rng.uniform(-100, 2000)),
        distance_m=float(10 ** rng.uniform(1.8, 5.3)),
        heading_deg=float(rng.uniform(0, 360)),
        pitch_deg=float(rng.uniform(-88, -3)),
        view_angle_deg=float(rng.uniform(20, 60)),
    )


def near(rng: np.random.Generator, camera: Camera, k: float) -> list[float]:
    """A point about where the camera looks."""
    spread = 0.4 * camera.distance_m
    return [float(value + rng.uniform(-spread, spread)) for value in geometry.target(camera, k)[:2]] + [
        float(camera.target_m * k + rng.uniform(-200, 200))
    ]


def pan(rng: np.random.Generator, camera: Camera, k: float, aspect: float) -> Case:
    grabbed, to = near(rng, camera, k), [float(v) for v in rng.uniform(0, 1, 2)]
    wanted = controls.panned(camera, tuple(grabbed), to=tuple(to), aspect=aspect, exaggeration=k)  # type: ignore[arg-type]
    return "panned", [dict(camera), grabbed, to, aspect, k], wanted


def turn(rng: np.random.Generator, camera: Camera, k: float, aspect: float) -> Case:
    del aspect
    grabbed, by = near(rng, camera, k), [float(v) for v in rng.uniform(-90, 90, 2)]
    wanted = controls.turned(camera, tuple(grabbed), right_deg=by[0], up_deg=by[1], exaggeration=k)  # type: ignore[arg-type]
    return "turned", [dict(camera), grabbed, *by, k], wanted


def zoom(rng: np.random.Generator, camera: Camera, k: float, aspect: float) -> Case:
    del aspect
    grabbed, factor = near(rng, camera, k), float(math.exp(rng.uniform(-2, 2)))
    wanted = controls.zoomed(camera, tuple(grabbed), factor=factor, exaggeration=k)  # type: ignore[arg-type]
    return "zoomed", [dict(camera), grabbed, factor, k], wanted


def flight(rng: np.random.Generator, camera: Camera, k: float, aspect: float) -> Case:
    del k, aspect
    way = fly(camera, random_camera(rng))
    t = float(rng.uniform(-0.1, 1.1)) * way.seconds
    plan = {"start": dict(way.start), "end": dict(way.end), "seconds": way.seconds}
    return "flown", [plan, t], way.at(t)


def duration(rng: np.random.Generator, camera: Camera, k: float, aspect: float) -> Case:
    del k, aspect
    end = random_camera(rng)
    if rng.uniform() < 0.2:  # on the spot
        end = end.model_copy(update={n: getattr(camera, n) for n in ("target_east_m", "target_north_m")})
    return "fly", [dict(camera), dict(end)], {"seconds": fly(camera, end).seconds}


def eye(rng: np.random.Generator, camera: Camera, k: float, aspect: float) -> Case:
    del rng, aspect
    return "eye", [dict(camera), k], geometry.eye(camera, k)


def ray(rng: np.random.Generator, camera: Camera, k: float, aspect: float) -> Case:
    del k
    x, y = (float(v) for v in rng.uniform(-0.2, 1.2, 2))
    return "ray", [dict(camera), x, y, aspect], geometry.ray(camera, x, y, aspect)


KINDS: tuple[Callable[[np.random.Generator, Camera, float, float], Case], ...] = (
    pan,
    turn,
    zoom,
    flight,
    duration,
    eye,
    ray,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_function_is_the_servers(kind: Callable[..., Case]) -> None:
    rng = np.random.default_rng(20261130)
    cases = [
        kind(rng, random_camera(rng), float(rng.choice([1.0, 1.5, 3.0])), float(rng.uniform(0.5, 3.5)))
        for _ in range(CASES // len(KINDS) + 1)
    ]
    replies = answers([(name, args) for name, args, _ in cases])
    for (name, args, wanted), reply in zip(cases, replies, strict=True):
        numbers = wanted if isinstance(wanted, dict) else dict(_numbered(wanted))
        found = reply if isinstance(reply, dict) else dict(enumerate(reply))
        for field, value in numbers.items():
            off = abs(found[field] - value)
            if field == "heading_deg":
                off = min(off, 360.0 - off)
            assert off <= 1e-6 * max(1.0, abs(value)), (name, args, field, found[field], value)


def _numbered(wanted: Any) -> Iterable[tuple[Any, float]]:
    return wanted if isinstance(wanted, Camera) else enumerate(wanted)


def test_a_place_and_its_ray_are_inverse() -> None:
    rng = np.random.default_rng(7)
    cameras = [random_camera(rng) for _ in range(500)]
    places = rng.uniform(0, 1, (500, 2))
    points = []
    for camera, (x, y) in zip(cameras, places, strict=True):
        start, look = np.array(geometry.eye(camera, 2.0)), np.array(geometry.ray(camera, x, y, 1.6))
        points.append((start + camera.distance_m * look).tolist())
    found = answers([("project", [dict(c), p, 2.0, 1.6]) for c, p in zip(cameras, points, strict=True)])
    assert np.allclose(np.array(found)[:, :2], places, atol=1e-6)
    assert np.allclose(np.array(found)[:, 2], [c.distance_m for c in cameras], rtol=1e-6)
    behind = [(2 * np.array(geometry.eye(c, 2.0)) - p).tolist() for c, p in zip(cameras, points, strict=True)]
    assert set(
        answers([("project", [dict(c), p, 2.0, 1.6]) for c, p in zip(cameras, behind, strict=True)])
    ) == {None}
