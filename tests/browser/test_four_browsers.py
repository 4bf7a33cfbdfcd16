"""Four browsers on two cores: two drag, one is frozen, a painter is killed: a blur, no more."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.desk_browser import launch
from tests.browser.conftest import RESTING
from tests.browser.test_painter_falls import painter_of

pytestmark = pytest.mark.browser

LEVEL = "[data-figure=level] b"
SEEN = """() => ({
  moves: window.twinDesk.stats.moves.length,
  frame: Number(document.querySelector(".twin-scene").dataset.frame),
})"""
DRAG_S = 6.0
BLUR_S = 2.0
"""So long a hand may see no change, with the browsers of four people on two cores that also draw."""


@dataclass
class Window:
    """One browser with a desk, and the times at which its picture changed."""

    page: Page
    process: psutil.Process
    seen: dict[str, float] = field(default_factory=dict)
    changes: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)

    def look(self) -> None:
        now, seen = time.monotonic(), self.page.evaluate(SEEN)
        if seen != self.seen:
            self.changes.append(now)
        if seen["frame"] != self.seen.get("frame"):
            self.frames.append(now)
        self.seen = seen

    def signal(self, what: int) -> None:
        for process in (self.process, *self.process.children(recursive=True)):
            process.send_signal(what)


def running() -> set[psutil.Process]:
    """All that runs here but the server's painters, which come and go."""
    found = psutil.Process().children(recursive=True)
    return {one for one in found if one.is_running() and "apps.painter" not in one.cmdline()}


@pytest.fixture
def windows(flood_basin: Path, serve: Callable[..., Any]) -> Iterator[tuple[Any, list[Window]]]:
    desk = serve(flood_basin)
    with sync_playwright() as play:
        found = []
        for _ in range(4):
            before = running()
            browser = launch(play)
            new = running() - before
            (process,) = [one for one in new if one.parent() not in new]
            page = browser.new_page(viewport={"width": 1280, "height": 720}, locale="zh-CN")
            page.goto(desk.url)
            found.append(Window(page, process))
        for window in found:
            window.page.wait_for_selector(RESTING, timeout=120_000)
        yield desk, found
        for window in found:
            window.page.context.browser.close()  # type: ignore[union-attr]


def longest_gap_s(times: list[float]) -> float:
    return max(b - a for a, b in pairwise(times))


def test_two_drag_one_is_frozen_a_painter_is_killed(windows: tuple[Any, list[Window]]) -> None:
    desk, (one, two, still, frozen) = windows
    before = still.page.locator(LEVEL).inner_text(), still.page.evaluate(SEEN)["moves"]
    hub = psutil.Process(desk.process.pid)
    for window in (one, two):
        window.page.mouse.move(640, 400)
        window.page.mouse.down(button="right")
    frozen.signal(signal.SIGSTOP)
    start, killed = time.monotonic(), 0.0
    step = 0
    while (now := time.monotonic()) < start + DRAG_S:
        step += 1
        for window in (one, two):
            window.page.mouse.move(640 + 8 * (step % 25), 400)
            window.look()
        if not killed and now > start + DRAG_S / 3:
            painter_of(hub).kill()
            killed = now
    for window in (one, two):
        window.page.mouse.up(button="right")
        window.page.wait_for_selector(RESTING)
        assert longest_gap_s(window.changes) < BLUR_S
        assert window.frames[-1] > killed, "pictures have come again under the hand"
    assert (still.page.locator(LEVEL).inner_text(), still.page.evaluate(SEEN)["moves"]) == before
    expect(still.page.locator(".trouble")).to_have_count(0)
    frozen.signal(signal.SIGCONT)
    frozen.page.locator(".gauge-handle").focus()
    frozen.page.keyboard.press("End")
    expect(frozen.page.locator(LEVEL)).to_have_text("160.00")
    frozen.page.wait_for_selector(RESTING)
    assert still.page.locator(LEVEL).inner_text() == before[0]
