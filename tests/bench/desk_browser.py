"""A headless browser with a hand on its mouse, and what it sees: pictures counted by their pixels."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

# The page is put together by the browser's own software compositor. SwiftShader, which the browser tests run
# under, emulates a graphics card on the same two cores: about 100 ms of work a frame, whoever sends it.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
)
SIZE = (1280, 720)
MOVES_PER_S = 60

# Counts the pictures that reach a large canvas or image, whatever way they are put there. Every picture that
# comes while the camera turns is another one.
WATCH = """() => {
  const watch = { frames: 0 };
  const large = (e) => e.clientWidth > 600 && !e.matches(".twin-signs, .twin-warped");
  const count = (type, name) => {
    const original = type.prototype[name];
    type.prototype[name] = function (...args) {
      if (large(this.canvas)) watch.frames += 1;
      return original.apply(this, args);
    };
  };
  count(CanvasRenderingContext2D, "drawImage");
  count(CanvasRenderingContext2D, "putImageData");
  count(ImageBitmapRenderingContext, "transferFromImageBitmap");
  const loaded = (e) => e.target.tagName === "IMG" && large(e.target) && (watch.frames += 1);
  document.addEventListener("load", loaded, true);
  window.watch = watch;
}"""


def launch(play: Playwright) -> Browser:
    """The system's Chromium, headless."""
    return play.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))


@contextmanager
def browser() -> Iterator[Page]:
    """A page of 1280 × 720 in the system's Chromium."""
    with sync_playwright() as play:
        chromium = launch(play)
        page = chromium.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        yield page
        chromium.close()


def drag(page: Page, *, button: str, seconds: float) -> float:
    """Drag round and round from the middle of the page; returns how long it really took."""
    x, y = 0.5 * SIZE[0], 0.42 * SIZE[1]
    page.mouse.move(x, y)
    page.mouse.down(button=button)  # type: ignore[arg-type]
    start, moves = time.perf_counter(), 0
    while (now := time.perf_counter() - start) < seconds:
        page.mouse.move(x + 220 * math.sin(1.3 * now), y + 60 * math.sin(2.1 * now))
        moves += 1
        page.wait_for_timeout(max(0.0, 1000 * (moves / MOVES_PER_S - (time.perf_counter() - start))))
    spent = time.perf_counter() - start
    page.mouse.up(button=button)  # type: ignore[arg-type]
    return spent


def frames_while_dragging(page: Page, *, button: str, seconds: float) -> float:
    """Distinct pictures per second while the mouse drags."""
    page.evaluate(WATCH)
    seen = "window.watch.frames + (window.twinDesk?.stats.frames || 0)"  # ours reach a canvas by other ways
    drag(page, button=button, seconds=1.0)  # warm
    page.wait_for_function(f"{seen} > 0", timeout=60_000)
    before = page.evaluate(seen)
    spent = drag(page, button=button, seconds=seconds)
    return float(page.evaluate(seen) - before) / spent
