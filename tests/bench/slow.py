"""The desk over a slow line: what is there when, and what moves.

``python tests/bench/slow.py [CATALOG] [STORE] [SECONDS] [FOLDER]``: headless Chromium behind a proxy that
passes 200 kbit/s each way, with 150 ms there and back. Pictures of the page after 5 to 40 s go to FOLDER.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import Page

from meshes.pipeline import build
from tests.bench.desk import PROJECT, p95, server
from tests.bench.desk_browser import browser, drag
from tests.slow_line import SlowLine, slow_line

MOMENTS = (
    ("first words", ".first, .cover-title"),
    ("head and panels", ".readout"),
    ("first picture", ".twin-scene[data-frame]"),
    ("fine picture", '.twin-scene[data-smooth="true"]'),
)
LOOKS_S = (5, 10, 20, 40)

Row = tuple[str, str, str]


def load(page: Page, line: SlowLine, *, looks: Path | None = None) -> dict[str, tuple[float, float]]:
    """Seconds and kilobytes until each moment of a page's first minute."""
    start, before = time.perf_counter(), line.down.count
    found: dict[str, tuple[float, float]] = {}
    page.goto(line.url, wait_until="commit")
    looks_due = list(LOOKS_S) if looks else []
    while (now := time.perf_counter() - start) < 60 and (len(found) < len(MOMENTS) or looks_due):
        for name, selector in MOMENTS:
            if name not in found and page.locator(selector).first.is_visible():
                found[name] = (time.perf_counter() - start, (line.down.count - before) / 1000)
        if looks and looks_due and now >= looks_due[0]:
            page.screenshot(path=looks / f"slow-{looks_due.pop(0):02}s.png")
        page.wait_for_timeout(50)
    return found


def moved(page: Page, line: SlowLine, *, seconds: float) -> Iterator[Row]:
    """What a hand gets over that line."""
    stats = "window.twinDesk.stats"
    page.evaluate(f"{stats}.moves.length = {stats}.latencies.length = 0")
    before: Any = page.evaluate(f"[{stats}.frames, {stats}.stills]")
    count = line.down.count
    spent = drag(page, button="right", seconds=seconds)
    frames, kilobytes = page.evaluate(f"{stats}.frames") - before[0], (line.down.count - count) / 1000
    moves, latencies = page.evaluate(f"[{stats}.moves, {stats}.latencies]")
    yield "dragging: hand to moved picture, p95", f"{p95(moves):.0f} ms", "as on a fast line"
    yield "dragging: moved pictures a second", f"{len(moves) / spent:.1f}", "as on a fast line"
    yield "dragging: true pictures a second", f"{frames / spent:.2f}", "≥ 1"
    yield "dragging: kilobytes a true picture", f"{kilobytes / max(1, frames):.1f}", "stated"
    yield "dragging: hand to true picture, p95", f"{p95(latencies or [1e9]):.0f} ms", "stated"
    let_go = time.perf_counter()
    page.wait_for_selector('.twin-scene[data-still="true"]', timeout=90_000)
    yield "hand at rest to a full still", f"{time.perf_counter() - let_go:.1f} s", "stated"


def main(
    catalog: Path,
    store: Path | None = None,
    seconds: float = 10.0,
    looks: Path | None = None,
    *,
    kbit_per_s: float = 200.0,
) -> None:
    build(catalog, store=store)
    rows: list[Row] = []
    with (
        server("desk", catalog=catalog, store=store) as desk,
        slow_line(desk.url, kbit_per_s=kbit_per_s) as line,
        browser() as page,
    ):
        for visit in ("first visit", "second visit"):
            found = load(page, line, looks=looks if visit == "first visit" else None)
            for name, (after_s, kilobytes) in found.items():
                rows.append((f"{visit}: {name}", f"{after_s:.1f} s, {kilobytes:,.0f} kB", ""))
        rows += moved(page, line, seconds=seconds)
    print("| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        Path(arguments[0]) if arguments else PROJECT / "data_catalog.yaml",
        Path(arguments[1]) if len(arguments) > 1 else None,
        float(arguments[2]) if len(arguments) > 2 else 10.0,
        Path(arguments[3]) if len(arguments) > 3 else None,
    )
