"""The list of what a level affects: from the hand on the slider to the new list on the page.

``python tests/bench/affected.py [CATALOG] [STORE] [STEPS]``: headless Chromium, 1280 × 720, on the same
cores as hub and painter, all villages listed, keys on the slider at moments without a rhythm. A step counts
from the key event's own time to the repaint that shows the list of the new level.
"""

from __future__ import annotations

import random
import sys
from itertools import islice
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, expect

sys.path.insert(0, str(Path(__file__).parents[2]))

from meshes.pipeline import build
from tests.bench.desk import PROJECT, READY, p95, server
from tests.bench.desk_browser import browser

LISTED = "() => window.twinDesk.trame.state.get('affected')"
WATCH = """() => {
  window.took = [];
  let caused = null;
  document.addEventListener("keydown", (event) => (caused ??= event.timeStamp), true);
  new MutationObserver(() => {
    const from = caused;
    caused = null;
    if (from !== null) requestAnimationFrame(() => window.took.push(performance.now() - from));
  }).observe(document.querySelector(".panel h2"), { subtree: true, characterData: true, childList: true });
}"""
PAUSE_MS = (400, 1200)

Row = tuple[str, str, str]


def steps(page: Page, *, count: int) -> list[float]:
    """How long each of so many steps took, ms."""
    page.keyboard.press("f")
    expect(page.locator(".panel h2")).to_be_visible()
    page.locator(".affected-all input").check()
    handle = page.locator(".gauge-handle")
    handle.focus()
    page.evaluate(WATCH)
    luck = random.Random(1)
    for number in range(count):
        page.wait_for_timeout(luck.uniform(*PAUSE_MS))
        before = page.evaluate("() => window.took.length")
        page.keyboard.press("ArrowUp" if number % 8 < 4 else "ArrowDown")
        page.wait_for_function("(before) => window.took.length > before", arg=before, timeout=30_000)
    found: list[float] = page.evaluate("() => window.took")
    return found


def rows_of(page: Page, *, count: int) -> list[Row]:
    took = steps(page, count=count)
    listed = page.evaluate(LISTED)
    shown = page.locator("[data-village]").count()
    buildings = next((one["most"] for one in listed["sums"] if one["id"] == "buildings"), "0")
    return [
        (f"{shown} villages listed, {buildings} buildings under water at most: key to list, median",
         f"{median(took):.0f} ms", "stated"),
        (f"… 95th percentile of {len(took)}", f"{p95(took):.0f} ms", "≤ 200 ms"),
        ("… the longest", f"{max(took):.0f} ms", "stated"),
    ]  # fmt: skip


def main(catalog: Path, store: Path | None = None, count: int = 60, *, level_m: float = 159.0) -> None:
    build(catalog, store=store)
    with browser() as page, server("desk", catalog=catalog, store=store) as desk:
        page.goto(desk.url)
        page.wait_for_selector(READY, timeout=120_000)
        page.evaluate(f"() => window.twinDesk.trame.trigger('set_water', ['level', {level_m}])")
        page.wait_for_selector(READY, timeout=120_000)
        rows = rows_of(page, count=count)
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml",
        Path(arguments[1]) if len(arguments) > 1 else None,
        *islice(map(int, arguments[2:]), 1),
    )
