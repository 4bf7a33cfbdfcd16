"""What moving views far apart cost one painter: ``python apart.py CATALOG [STORE]``.

1, 2 and 4 views turn about places of their own, frame by frame in turn, after each has been at rest. Printed:
processor time a frame, tiles made a frame, memory (PSS).
"""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil

from apps.memory import set_malloc_thresholds
from apps.painter.messages import Paint, Target
from apps.painter.painter import Painter
from apps.painter.viewport import Viewport
from layers.camera.camera import home
from layers.governor import FINE, MOVING, STILL
from layers.heights import ground_of
from tests.bench.many_desks import APART_M, SIZE
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import Scene

FRAMES = 40

DISTANCE_M = 4000.0


def main(catalog: Path, store: Path | None) -> None:
    set_malloc_thresholds()
    basin = Basin.open(catalog, store=store)
    first = Scene(camera=home(basin, ground_of(basin), aspect=16 / 9), moment=what_if(150.0))
    target = Target(generation=basin.generation.id, models=basin.generation.id, sees="restricted")
    for count in (1, 2, 4):
        painter = Painter(catalog, root=None, store=store)

        def request(view: int, turn: int, count: int = count) -> Paint:
            angle = 2.0 * math.pi * view / count
            moved = {
                "target_east_m": first.camera.target_east_m + APART_M * math.cos(angle),
                "target_north_m": first.camera.target_north_m + APART_M * math.sin(angle),
                "distance_m": DISTANCE_M,
                "heading_deg": (20.0 * view + 1.0 * turn) % 360.0,
            }
            camera = first.camera.model_copy(update=moved)
            return Paint(
                target=target,
                view=str(view),
                scene=first.changed(camera=camera),
                viewport=Viewport(width=SIZE[0], height=SIZE[1]),
                size=SIZE,
                sharpness=MOVING[0],
            )

        for view in range(count):
            for sharpness in (STILL, FINE, FINE):
                painter.paint(replace(request(view, 0), sharpness=sharpness, sample=0))
        for turn in range(10):
            for view in range(count):
                painter.paint(request(view, turn))
        (stage,) = [opened.stage for opened in painter._stages.values()]
        made = sum(layer.made for layer in stage._scenery.streamed)
        cpu, wall = time.process_time(), time.perf_counter()
        for turn in range(10, 10 + FRAMES // count):
            for view in range(count):
                painter.paint(request(view, turn))
        frames = FRAMES // count * count
        print(
            json.dumps(
                {
                    "views": count,
                    "cpu_ms_a_frame": round(1000 * (time.process_time() - cpu) / frames, 1),
                    "wall_ms_a_frame": round(1000 * (time.perf_counter() - wall) / frames, 1),
                    "made_a_frame": round(
                        (sum(layer.made for layer in stage._scenery.streamed) - made) / frames, 2
                    ),
                    "error_px": round(stage.terrain.status().error_px, 1),
                    "missing": stage.terrain.status().missing,
                    "ground_mb": round(stage.terrain.status().nbytes / 1e6),
                    "pss_mb": round(psutil.Process().memory_full_info().pss / 1e6),
                }
            )
        )
        painter.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
