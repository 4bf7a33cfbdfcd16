"""A picture warped in the browser: places against a plane's closed form, pixels against their source."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np

from apps.browser import module
from layers.camera import camera as geometry
from layers.camera import controls
from layers.gl.depth import COLS, ROWS, packed
from tests.apps.browser.test_camera_js import answers as projected
from tests.apps.browser.test_camera_js import random_camera
from twin.arrays import F32
from twin.scene import Camera

HERE = Path(__file__).parent
WWW = Path(module.__file__).with_name("www")
ASPECT, WIDENED = 1.6, 1.12


def answers(**asked: list[Any]) -> Any:
    node = shutil.which("node")
    assert node is not None, "node is needed: script/bootstrap installs it"
    done = subprocess.run(
        [node, str(HERE / "warp_cases.mjs"), str(WWW / "camera.js"), str(WWW / "warp.js")],
        input=json.dumps({"backwards": [], "filled": []} | asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def plane_depths(camera: Camera, height: float, k: float) -> F32:
    """Distances ahead of a level plane over a widened view, sky above the horizon."""
    corner, right, down = (
        np.array(geometry.ray(camera, *at, ASPECT)) for at in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
    )
    x = ((np.arange(COLS) + 0.5) / COLS - 0.5) * WIDENED + 0.5
    y = ((np.arange(ROWS) + 0.5) / ROWS - 0.5) * WIDENED + 0.5
    rise = corner[2] + x[None, :] * (right - corner)[2] + y[:, None] * (down - corner)[2]
    with np.errstate(divide="ignore"):
        ahead = (height - geometry.eye(camera, k)[2]) / rise
    return np.where(ahead > 0, ahead, np.inf).astype(np.float32)


def test_places_on_a_plane_are_found_where_the_picture_shows_them() -> None:
    """The fixed point and the interpolated depths cost less than half a pixel of 1280."""
    rng = np.random.default_rng(8)
    cases, places, points = [], [], []
    while len(cases) < 60:
        before, k = random_camera(rng), float(rng.uniform(1, 3))
        if before.pitch_deg > -40:  # no horizon in the view
            continue
        grabbed = geometry.target(before, k)
        turned = controls.turned(before, grabbed, right_deg=5.0, up_deg=-2.0, exaggeration=k)
        now = controls.zoomed(turned, grabbed, factor=0.93, exaggeration=k)
        depth = b64encode(packed(plane_depths(before, grabbed[2], k)).tobytes()).decode()
        cases.append({"from": dict(before), "to": dict(now), "k": k, "depth": depth})
        eye = np.array(geometry.eye(before, k))
        for x, y in rng.uniform(0.1, 0.9, (20, 2)):
            look = np.array(geometry.ray(before, x, y, ASPECT))
            places.append((x, y))
            points.append(eye + (grabbed[2] - eye[2]) / look[2] * look)
    asked = [
        ("project", [case["to"], list(point), case["k"], ASPECT])
        for i, case in enumerate(cases)
        for point in points[20 * i : 20 * i + 20]
    ]
    seen = projected(asked)
    for case, part in zip(cases, np.array([[*at[:2]] for at in seen]).reshape(60, 20, 2), strict=True):
        case |= {"aspect": ASPECT, "widened": WIDENED, "places": part.tolist()}
    found = np.array(answers(backwards=cases)["backwards"]).reshape(-1, 3)
    errors = np.abs(found[:, :2] - places).max(axis=1)
    assert np.quantile(errors, 0.99) < 0.5 / 1280, np.quantile(errors, [0.5, 0.9, 0.99, 1.0])


def test_a_picture_by_its_own_camera_is_itself_and_one_that_ends_leaves_the_rest() -> None:
    rng = np.random.default_rng(9)
    width, height, wide = 128, 72, 1.125
    source = (rng.integers(0, 1 << 24, (81, 144)) | (255 << 24)).astype(np.uint32).astype(np.int32)
    asked = {"width": width, "height": height, "wide": wide}
    picture = {"width": 144, "height": 81, "pixels": source.ravel().tolist()}
    shifts = ((0.0, 0.0), (0.25, 0.0))
    whole, part = answers(filled=[asked | {"source": picture, "shift": shift} for shift in shifts])["filled"]
    # The view begins 8 pixels from the picture's left and 4.5 from its top.
    mean = (source[4:76].view(np.uint32)[:, 8:136], source[5:77].view(np.uint32)[:, 8:136])
    for colour in (0, 8, 16):
        lines = [(one >> colour) & 255 for one in mean]
        found = (np.array(whole["pixels"], np.int32).view(np.uint32).reshape(height, width) >> colour) & 255
        assert (
            np.abs(found.astype(int) - (lines[0].astype(int) + lines[1]) / 2).max() <= 3
        )  # fixed point: of 255, between any two colours
    assert whole["whole"] and not part["whole"]
    left = np.array(part["pixels"]).reshape(height, width)
    assert (left[:, :102] != -1).all() and (left[:, 104:] == -1).all()
