"""The desk in a browser, beside PyVista's remote view and trame-rca.

``python tests/bench/desk.py [CATALOG] [STORE] [SECONDS]``: headless Chromium, 1280 × 720, on the same cores
as the servers. The peers show every terrain triangle in view, and so does the desk where it is compared with
them; only the desk has water, lines, names and a page too. "As it ships" it moves with fewer triangles.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import numpy as np
import psutil
import simplejpeg
from skimage.metrics import structural_similarity
from skimage.transform import resize

from twin.arrays import F64, U8

sys.path.insert(0, str(Path(__file__).parents[2]))

from apps.painter.jpeg import encode
from apps.painter.painter import draw
from apps.painter.smoothing import SHIFTS, Smoother
from layers.governor import MOVING, STILL, Sharpness
from layers.stage import Stage
from meshes.pipeline import build
from tests.bench.desk_browser import SIZE, browser, drag, frames_while_dragging
from tests.bench.desk_servers import READY_LINE
from tests.bench.desk_servers import triangles_in_view as terrain_tiles
from tests.ports import free_port
from tests.scenes import show
from twin.basin import Basin

PROJECT = Path(__file__).parents[2]
PATIENCE = 3.0
"""PyVista's remote view is watched so many times longer: it takes seconds for a frame."""
READY = '.twin-scene[data-still="true"]'


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that answers."""

    url: str
    process: psutil.Process


@contextmanager
def server(
    kind: str, *, catalog: Path, store: Path | None, script: str = "desk_servers.py"
) -> Iterator[Server]:
    """One of the servers of a script beside this one, at a free port, answering."""
    port = free_port()
    command = [sys.executable, str(PROJECT / "tests/bench" / script), kind, str(port), str(catalog)]
    command += [str(store)] if store else []
    child = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "VTK_DEFAULT_OPENGL_WINDOW": "vtkEGLRenderWindow"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    try:
        if not any(READY_LINE in line for line in child.stdout):
            raise RuntimeError(f"the server '{kind}' ended before it answered: {' '.join(command)}")
        yield Server(url=f"http://127.0.0.1:{port}/", process=psutil.Process(child.pid))
    finally:
        child.kill()  # PyVista's remote view takes many seconds to look up from a frame
        child.wait()
        child.stdout.close()


def measure_desk(*, catalog: Path, store: Path | None, seconds: float) -> dict[str, Any]:
    """First picture, frames, delays and memory of the desk as it ships."""
    found: dict[str, Any] = {}
    with browser() as page:
        start = time.perf_counter()
        with server("desk", catalog=catalog, store=store) as desk:
            page.goto(desk.url, wait_until="domcontentloaded")
            found["page_s"] = time.perf_counter() - start
            page.wait_for_selector(".twin-scene[data-frame]", timeout=120_000)
            found["first_s"] = time.perf_counter() - start
            page.wait_for_selector(READY, timeout=60_000)
            found["fps"] = frames_while_dragging(page, button="right", seconds=seconds)
            page.wait_for_selector(READY, timeout=60_000)
            page.evaluate("window.twinDesk.stats.latencies.length = 0")
            drag(page, button="right", seconds=seconds)
            found["mouse_ms"] = page.evaluate("window.twinDesk.stats.latencies")
            page.wait_for_selector(READY, timeout=60_000)
            page.evaluate("window.twinDesk.stats.latencies.length = 0")
            slide(page, seconds=seconds)
            found["water_ms"] = page.evaluate("window.twinDesk.stats.latencies")
            page.wait_for_selector(READY, timeout=60_000)
            found["pss_mb"] = desk.process.memory_full_info().pss / 1e6
            found["painter_mb"] = painter_of(desk.process).memory_full_info().pss / 1e6
    return found


def painter_of(hub: psutil.Process) -> psutil.Process:
    """The process that draws for a hub with one desk."""
    return next(child for child in hub.children(recursive=True) if "apps.painter" in child.cmdline())


def slide(page: Any, *, seconds: float) -> None:
    """Drag the level slider up and down."""
    box = page.locator(".gauge-track").bounding_box()
    x, top, height = box["x"] + box["width"] * 0.8, box["y"], box["height"]
    page.mouse.move(x, top + 0.5 * height)
    page.mouse.down()
    start, moves = time.perf_counter(), 0
    while (now := time.perf_counter() - start) < seconds:
        page.mouse.move(x, top + height * (0.35 + 0.3 * np.sin(1.7 * now)))
        moves += 1
        page.wait_for_timeout(max(0.0, 1000 * (moves / 60 - (time.perf_counter() - start))))
    page.mouse.up()


def frame_rate(kind: str, *, catalog: Path, store: Path | None, seconds: float) -> float:
    """Frames per second of a server of desk_servers.py while the mouse turns the scene."""
    ours = kind == "ours"
    with browser() as page, server(kind, catalog=catalog, store=store) as shown:
        page.goto(shown.url)
        if ours:
            page.wait_for_selector(READY, timeout=120_000)
        return frames_while_dragging(page, button="right" if ours else "left", seconds=seconds)


def likeness(catalog: Path, store: Path | None) -> list[float]:
    """SSIM of moving pictures to the smooth still of the same camera: home and every viewpoint, as sent."""
    basin = Basin.open(catalog, store=store)
    stage = Stage(basin)
    show(stage, level_m=basin.site.start_level_m or basin.catalog.head.reservoir.highest_m)
    found = []
    for camera in [stage.home(), *(stage.viewpoint(view.id) for view in basin.site.viewpoints)]:
        show(stage, camera=camera)
        stage.settle(size=SIZE, tile_error_px=STILL.tile_error_px)
        still = sent(smooth(stage, STILL), still=True)
        moving = sent(draw(stage, size=SIZE, sharpness=MOVING[0]), still=False)
        found.append(float(structural_similarity(still, moving, channel_axis=2, data_range=255)))
    stage.close()
    return found


def smooth(stage: Stage, sharpness: Sharpness) -> U8:
    """The smooth picture at rest."""
    smoother = Smoother()
    for sample in range(len(SHIFTS)):
        smoother.add(draw(stage, size=SIZE, sharpness=sharpness, sample=sample))
    return smoother.mean()


def sent(picture: U8, *, still: bool) -> F64:
    """A picture as a browser shows it: by way of a JPEG, scaled up to the window."""
    arrived = simplejpeg.decode_jpeg(encode(picture, still=still).content)
    return np.asarray(resize(arrived, (SIZE[1], SIZE[0]), order=1, preserve_range=True))


def triangles_in_view(catalog: Path, store: Path | None) -> int:
    """Terrain triangles that every server shows."""
    stage = Stage(Basin.open(catalog, store=store), size=SIZE)
    found = sum(len(triangles) for _, triangles in terrain_tiles(stage))
    stage.close()
    return found


def p95(values: list[float]) -> float:
    """The 95th percentile; of a few values the largest."""
    return quantiles(values, n=20)[-1] if len(values) >= 20 else max(values)


def main(catalog: Path, store: Path | None = None, seconds: float = 6.0) -> None:
    where = {"catalog": catalog, "store": store}
    build(catalog, store=store)
    ships = measure_desk(**where, seconds=seconds)
    desk = frame_rate("ours", **where, seconds=seconds)
    stock = frame_rate("rca", **where, seconds=seconds)
    longer = max(2.0, PATIENCE * seconds)
    plain = frame_rate("remote", **where, seconds=longer)
    # A peer that shows no frame at all in that time has fewer than one in it.
    below, over = ("", "") if plain else ("< ", "> ")
    plain = plain or 1.0 / longer
    alike = likeness(catalog, store)
    rows = [
        ("terrain triangles in view of all three", f"{triangles_in_view(catalog, store):,}", "≥ 300,000"),
        ("moving pictures, linear resolution", f"{MOVING[0].scale:.0%} or more", "≥ 50 %"),
        ("desk as it ships, distinct frames/s while dragging", f"{ships['fps']:.1f}", "≥ 12"),
        ("desk with all those triangles, frames/s", f"{desk:.1f}", ""),
        ("PyVista's remote view as it comes, frames/s", f"{below}{plain:.2f}", ""),
        ("trame-rca, no multisampling, JPEG, frames/s", f"{stock:.1f}", ""),
        ("desk with all triangles ÷ PyVista's remote view", f"{over}{desk / plain:.1f} ×", "≥ 10 ×"),
        ("desk with all triangles ÷ trame-rca", f"{desk / max(stock, 1e-9):.2f} ×", "stated"),
        ("desk as it ships ÷ trame-rca", f"{ships['fps'] / max(stock, 1e-9):.1f} ×", "stated"),
        ("moving picture to still, SSIM, least of all viewpoints", f"{min(alike):.3f}", "≥ 0.85"),
        ("mouse to frame, p95", f"{p95(ships['mouse_ms']):.0f} ms", "≤ 200 ms"),
        ("slider to water, p95", f"{p95(ships['water_ms']):.0f} ms", "≤ 200 ms"),
        ("server start to first page", f"{ships['page_s']:.1f} s", "≤ 3 s"),
        ("server start to first picture", f"{ships['first_s']:.1f} s", "≤ 8 s"),
        ("hub with one desk, PSS", f"{ships['pss_mb']:.0f} MB", "stated"),
        ("painter, PSS", f"{ships['painter_mb']:.0f} MB", "< 500 MB"),
    ]
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
