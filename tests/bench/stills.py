"""Frames at rest on whatever OpenGL this machine has, at 720p and at a wall's 4K.

``python tests/bench/stills.py [CATALOG] [STORE]``: what is not loaded yet is waited for; then the mean of
some frames, as they are drawn, without labels and encoding.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from layers.stage import Stage
from tests.bench.flight_places import Flown
from tests.scenes import show

SIZES = ((1280, 720), (3840, 2160))
FRAMES = 8


def renderer(stage: Stage) -> str:
    """What draws, as OpenGL names it."""
    told = stage.window.ReportCapabilities().splitlines()
    return next(line.partition(":")[2].strip() for line in told if "renderer string" in line)


def frame_ms(stage: Stage, size: tuple[int, int], frames: int) -> float:
    """Milliseconds of a frame with everything loaded."""
    stage.resize(*size)
    stage.settle(timeout_s=60.0)
    stage.render()
    start = time.perf_counter()
    for _ in range(frames):
        stage.render()
    return 1000 * (time.perf_counter() - start) / frames


def rows(basin: Flown, *, frames: int = FRAMES) -> list[tuple[str, str]]:
    """What draws, and a row for each view and size."""
    stage = Stage(basin, size=SIZES[0])
    show(stage, level_m=basin.site.start_level_m or basin.catalog.head.reservoir.highest_m)
    near = next(view.id for view in basin.site.viewpoints if view.id.startswith("flight-"))
    table = [("drawn by", renderer(stage))]
    for name, camera in (("the whole basin", stage.home()), ("a village", stage.viewpoint(near))):
        show(stage, camera=camera)
        table += [
            (f"{name}, {size[0]} × {size[1]}", f"{frame_ms(stage, size, frames):.1f} ms") for size in SIZES
        ]
    stage.close()
    return table


def main(catalog: Path, store: Path | None = None) -> None:
    print("| what | a frame |\n|---|---|")
    for row in rows(Flown.open(catalog, store=store)):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:] or ["data_catalog.yaml"]))
