"""A hand is answered by the browser at once; the true picture follows without a jump."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page

from layers.camera.camera import CLEARANCE_M, eye
from layers.heights import ground_of
from tests.browser.conftest import RESTING
from tests.browser.links import link_with
from tests.browser.test_painter_falls import painter_of
from twin.basin import Basin
from twin.scene import Scene

pytestmark = pytest.mark.browser

FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
WARPED = "() => document.querySelector('.twin-warped').style.display === 'block'"
PLACES = (
    """() => Object.fromEntries(window.twinDesk.overlayNow.labels.map((one) => [one.id, [one.x, one.y]]))"""
)
FRAME = "() => document.querySelector('.twin-scene').dataset.frame"


@contextmanager
def paused(desk: Any) -> Iterator[None]:
    """A painter that draws nothing for a moment, too short to be taken for one that hangs."""
    painter = painter_of(psutil.Process(desk.process.pid))
    painter.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        painter.send_signal(signal.SIGCONT)


def settled(page: Page) -> None:
    """The true picture of the camera of now is shown."""
    for _ in range(2):  # a step that waits for its repaint would come after what seemed to rest
        page.evaluate(FRAMES)
    page.wait_for_function(f"() => !({WARPED})()")
    page.wait_for_selector(RESTING)


GESTURES = {
    "drag": ("left", (-80.0, 30.0)),
    "turn": ("right", (60.0, -20.0)),
}


@pytest.mark.parametrize("gesture", GESTURES)
def test_the_picture_moves_with_the_hand_before_any_is_drawn(page: Page, desk: Any, gesture: str) -> None:
    button, (dx, dy) = GESTURES[gesture]
    frame = page.evaluate(FRAME)
    with paused(desk):
        page.mouse.move(640, 420)
        page.mouse.down(button=button)  # type: ignore[arg-type]
        page.mouse.move(640 + dx, 420 + dy)
        page.evaluate(FRAMES)
        assert page.evaluate(FRAME) == frame, "no picture has come"
        assert page.evaluate(WARPED)
        moved = page.evaluate(PLACES)
    page.mouse.up(button=button)  # type: ignore[arg-type]
    settled(page)
    true = page.evaluate(PLACES)
    assert true.keys() & moved.keys()
    for name in true.keys() & moved.keys():
        off = [abs(a - b) * size for a, b, size in zip(true[name], moved[name], (1280, 720), strict=True)]
        assert max(off) < 2.0, (name, off)


def test_what_is_grabbed_stays_under_the_pointer(page: Page, desk: Any) -> None:
    x, y = page.evaluate(PLACES)["lake"]
    with paused(desk):
        page.mouse.move(1280 * x, 720 * y)
        page.mouse.down()
        page.mouse.move(1280 * x - 90, 720 * y + 25)
        page.evaluate(FRAMES)
        now = page.evaluate(PLACES)["lake"]
    page.mouse.up()
    settled(page)
    for place in (now, page.evaluate(PLACES)["lake"]):
        assert abs(1280 * (place[0] - x) + 90) < 3.0 and abs(720 * (place[1] - y) - 25) < 3.0


def test_the_wheel_zooms_at_once_towards_the_pointer(page: Page, desk: Any) -> None:
    before = page.evaluate(PLACES)["lake"]
    with paused(desk):
        page.mouse.move(1280 * before[0], 720 * before[1])
        page.mouse.wheel(0, -280)
        page.wait_for_function(WARPED)
        page.evaluate(FRAMES)
        now = page.evaluate(PLACES)["lake"]
    assert max(abs(a - b) for a, b in zip(now, before, strict=True)) < 0.004
    settled(page)


def test_a_flight_is_flown_and_one_that_is_not_wanted_is_a_step(page: Page) -> None:
    flown = """async () => {
      const before = window.twinDesk.stats.moves.length;
      await window.twinDesk.trame.trigger("home", []);
      const scene = document.querySelector(".twin-scene");
      const end = performance.now() + 20000;
      while (window.twinDesk.stats.moves.length === before && performance.now() < end) {
        await new Promise(requestAnimationFrame);
      }
      await new Promise((done) => setTimeout(done, 300));
      return window.twinDesk.stats.moves.length - before;
    }"""

    def away() -> None:
        page.locator(".twin-scene").focus()
        for _ in range(4):
            page.keyboard.press("ArrowLeft")
        settled(page)

    away()
    assert page.evaluate(flown) > 3
    settled(page)
    page.emulate_media(reduced_motion="reduce")
    away()
    assert page.evaluate(flown) == 1
    settled(page)


def test_a_camera_that_would_be_under_the_ground_is_lifted_by_the_server(
    page: Page, flood_basin: Path
) -> None:
    page.locator(".twin-scene").focus()
    for _ in range(25):
        page.keyboard.press("+")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    settled(page)
    ground = ground_of(Basin.open(flood_basin))

    def above_ground_m(scene: Scene) -> float:
        east, north, z = eye(scene.camera, scene.exaggeration)
        return z - ground.floor(east, north)

    scene = Scene.from_link(link_with(page, lambda scene: above_ground_m(scene) < 200.0))
    assert above_ground_m(scene) >= CLEARANCE_M - 0.5
