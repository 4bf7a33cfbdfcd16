"""From the hand to the picture: moved by the browser at once, and how like the true one it is.

``python tests/bench/hand.py [CATALOG] [STORE] [SECONDS]``: headless Chromium on the same cores as hub and
painter, which draws as fast as it can meanwhile. Likeness: the page decodes no picture while the hand moves
as it does in 200 ms, and is compared with what it shows when it decodes again; stale is the page before.
"""

from __future__ import annotations

import io
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page
from skimage.metrics import structural_similarity

sys.path.insert(0, str(Path(__file__).parents[2]))

from meshes.pipeline import build
from tests.bench.desk import PROJECT, p95, server
from tests.bench.desk_browser import browser
from twin.arrays import U8

READY = '.twin-scene[data-smooth="true"]'
SIZES = ((1280, 720), (1920, 1080))
BARE = ".glass, .head, .frame, .twin-labels, .trouble, .notice { visibility: hidden !important }"
PLACES = "window.twinDesk.trame.state.get('views').places"
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
WAITING = """() => {
  const decoded = window.createImageBitmap;
  window.createImageBitmap = async (...args) => {
    await window.decodable;
    return decoded(...args);
  };
}"""
TRUE = "() => document.querySelector('.twin-warped').style.display === 'none'"
NOT_TRUE = "() => document.querySelector('.twin-warped').style.display === 'block'"

Hand = Callable[[Page, float], None]
Row = tuple[str, str, str]


def dragged(page: Page, t: float) -> None:
    width, height = _size(page)
    page.mouse.move(width * (0.5 + 0.15 * math.sin(1.3 * t)), height * (0.5 + 0.1 * math.sin(2.1 * t)))


def zoomed(page: Page, t: float) -> None:
    page.mouse.wheel(0, 25 if math.sin(2.0 * t) > 0 else -25)


def moving(page: Page, *, hand: Hand, button: str, seconds: float) -> tuple[float, float]:
    """(ms from movement to moved picture, 95th percentile; pictures a second) while a hand moves."""
    width, height = _size(page)
    page.mouse.move(width / 2, height / 2)
    if button:
        page.mouse.down(button=button)  # type: ignore[arg-type]
    hand(page, 0.1)
    page.evaluate("window.twinDesk.stats.moves.length = 0")
    start, count = time.perf_counter(), 0
    while (now := time.perf_counter() - start) < seconds:
        hand(page, now)
        count += 1
        page.wait_for_timeout(max(0.0, 1000 * (count / 60 - (time.perf_counter() - start))))
    spent = time.perf_counter() - start
    moves = page.evaluate("window.twinDesk.stats.moves")
    if button:
        page.mouse.up(button=button)  # type: ignore[arg-type]
    page.wait_for_selector(READY, timeout=60_000)
    return p95(moves), len(moves) / spent


def flying(page: Page) -> tuple[float, float]:
    """The same of a flight home: from one step to its picture."""
    page.locator(".twin-scene").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "+", "+", "+"):
        page.keyboard.press(key)
    page.wait_for_function(TRUE, timeout=60_000)
    page.evaluate("window.twinDesk.stats.moves.length = 0")
    page.evaluate("window.twinDesk.trame.trigger('home', [])")
    page.wait_for_function("window.twinDesk.stats.moves.length > 0", timeout=30_000)
    start, count, spent = time.perf_counter(), 0, 1e-9
    while (now := page.evaluate("window.twinDesk.stats.moves.length")) != count:
        count, spent = now, time.perf_counter() - start
        page.wait_for_timeout(200)
    page.wait_for_selector(READY, timeout=60_000)
    return p95(page.evaluate("window.twinDesk.stats.moves")), count / max(spent, 0.2)


@contextmanager
def undecoded(page: Page) -> Iterator[None]:
    """Let the page decode pictures only afterwards: a painter that is stopped would be replaced."""
    page.evaluate("void (window.decodable = new Promise((done) => (window.decode = done)))")
    try:
        yield
    finally:
        page.evaluate("window.decode()")


def orbit(page: Page) -> None:
    """6° in 200 ms."""
    _once(page, "right", 6 / 180 * _size(page)[1], 0.0)


def pan(page: Page) -> None:
    """5 % of the view."""
    _once(page, "left", 0.05 * _size(page)[0], 0.0)


def zoom(page: Page) -> None:
    """12 % nearer."""
    width, height = _size(page)
    page.mouse.move(width / 2, height / 2)
    page.mouse.wheel(0, 700 * math.log(0.88))


def pitch(page: Page) -> None:
    """4° flatter."""
    _once(page, "right", 0.0, -4 / 90 * _size(page)[1])


def _once(page: Page, button: str, dx: float, dy: float) -> None:
    width, height = _size(page)
    page.mouse.move(width / 2, height / 2)
    page.mouse.down(button=button)  # type: ignore[arg-type]
    page.mouse.move(width / 2 + dx, height / 2 + dy)
    page.mouse.up(button=button)  # type: ignore[arg-type]


def likeness(page: Page) -> Iterator[tuple[float, float]]:
    """SSIM to the true picture of the moved one and of the stale one, for four gestures in a row."""
    for gesture in (orbit, pan, zoom, pitch):
        before = seen(page)
        with undecoded(page):
            gesture(page)
            page.wait_for_function(NOT_TRUE, timeout=10_000)
            page.evaluate(FRAMES)
            moved = seen(page)
        page.wait_for_function(TRUE, timeout=60_000)
        page.wait_for_selector(READY, timeout=60_000)
        true = seen(page)
        yield similar(true, moved), similar(true, before)


def similar(one: U8, other: U8) -> float:
    return float(structural_similarity(one, other, channel_axis=2, data_range=255))


def seen(page: Page) -> U8:
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))


def _size(page: Page) -> tuple[int, int]:
    size: Any = page.viewport_size
    return size["width"], size["height"]


def answered(page: Page, *, seconds: float) -> Iterator[Row]:
    """Delays and rates of every gesture, in both sizes."""
    for (width, height), ms, rate in zip(SIZES, (60, 100), (24, 18), strict=True):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"document.querySelector('.twin-picture').width > {width}")
        page.wait_for_selector(READY, timeout=60_000)
        for name, delay, fps in (
            ("dragging", *moving(page, hand=dragged, button="left", seconds=seconds)),
            ("orbiting", *moving(page, hand=dragged, button="right", seconds=seconds)),
            ("zooming", *moving(page, hand=zoomed, button="", seconds=seconds)),
            ("flying", *flying(page)),
        ):
            what = f"{width} × {height}, {name}"
            yield f"{what}: hand to moved picture, p95", f"{delay:.0f} ms", f"≤ {ms} ms"
            yield f"{what}: moved pictures a second", f"{fps:.1f}", f"≥ {rate}"


def alike(page: Page, *, most: int) -> Iterator[Row]:
    """How like the true pictures those are that the browser moved, from home and the site's viewpoints."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.add_style_tag(content=BARE)
    page.evaluate(WAITING)
    page.wait_for_selector(READY, timeout=60_000)
    triggers = [("home", ""), *(("go_to", id_) for id_ in page.evaluate(f"{PLACES}.map((one) => one.id)"))]
    found: list[tuple[float, float]] = []
    for trigger, place in triggers[:most]:
        page.evaluate(f"window.twinDesk.trame.trigger('{trigger}', {[place] if place else []})")
        page.wait_for_timeout(500)
        page.wait_for_function(TRUE, timeout=60_000)
        page.wait_for_selector(READY, timeout=60_000)
        found += likeness(page)
    moved, stale = np.array(found).T
    yield f"moved picture to the true one, SSIM, mean of {len(moved)}", f"{moved.mean():.3f}", "≥ 0.85"
    yield "… the least", f"{moved.min():.3f}", "≥ 0.80"
    yield "stale picture to the true one, SSIM, mean", f"{stale.mean():.3f}", "beside it"


def main(catalog: Path, store: Path | None = None, seconds: float = 6.0, most: int = 12) -> None:
    build(catalog, store=store)
    with browser() as page, server("desk", catalog=catalog, store=store) as desk:
        page.goto(desk.url)
        page.wait_for_selector(READY, timeout=120_000)
        rows = [*answered(page, seconds=seconds), *alike(page, most=most)]
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml",
        Path(arguments[1]) if len(arguments) > 1 else None,
        float(arguments[2]) if len(arguments) > 2 else 6.0,
    )
