"""Extent, area and storage at 200 levels, beside GRASS r.lake; and what one change of level costs.

r.lake floods one level a run: a stated sample of the levels is run, and its median taken times 200. It reads
its terrain from disk and writes a raster there; what we do is in memory, and is timed from the bare terrain.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from water_terrain import fractal_cm, lowest, median_s

from twin.areas import CellAreas
from twin.arrays import F32, I32
from twin.water.connection import connection_level
from twin.water.hypsometry import Hypsometry, hypsometry
from twin.water.published import design_curve

LEVELS = 200
CELL_M = 30.0


def r_lake_s(ground_m: F32, seed: tuple[int, int], levels_m: list[float]) -> list[float]:
    """Seconds of one r.lake run for each level, in one session with the terrain already imported."""
    x, y = (seed[1] + 0.5) * CELL_M, 6e6 - (seed[0] + 0.5) * CELL_M
    script = ["r.in.gdal -o input=ground.tif output=ground --quiet", "g.region raster=ground"]
    for level in (levels_m[0], *levels_m):  # the first one warms up
        script += [
            "date +%s.%N",
            f"r.lake elevation=ground water_level={level} lake=lake coordinates={x},{y} --quiet --overwrite",
            "date +%s.%N",
        ]
    rows, cols = ground_m.shape
    with tempfile.TemporaryDirectory() as folder:
        profile = {"width": cols, "height": rows, "count": 1, "dtype": "float32", "crs": "EPSG:4548"}
        transform = from_origin(0, 6e6, CELL_M, CELL_M)
        with rasterio.open(
            Path(folder) / "ground.tif", "w", driver="GTiff", transform=transform, **profile
        ) as file:
            file.write(ground_m, 1)
        done = subprocess.run(
            ["grass", "--tmp-location", "ground.tif", "--exec", "sh", "-ec", "\n".join(script)],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
    marks = [float(line) for line in done.stdout.splitlines() if line.replace(".", "").isdigit()]
    return [end - start for start, end in zip(marks[2::2], marks[3::2], strict=True)]


def change_s(table: Hypsometry, count: int) -> tuple[float, float, float]:
    """Seconds for all the numbers of one level: median, 95th percentile, and mean of the processor."""
    curve = design_curve()
    lowest_m, height = table.lowest_m, table.highest_m - table.lowest_m
    seconds = []
    processor = time.process_time()
    for part in np.random.default_rng(1).random(count):
        start = time.perf_counter()
        level = curve.level_at(curve.lowest_m3 + part * (curve.highest_m3 - curve.lowest_m3))
        curve.storage_at(level)
        curve.area_at(level)
        ground_level = lowest_m + part * height
        table.area_at(ground_level, highest_m=table.highest_m)
        table.storage_at(ground_level, highest_m=table.highest_m)
        table.uncertain_area_at(ground_level, vertical_error_m=1.0)
        seconds.append(time.perf_counter() - start)
    processor = (time.process_time() - processor) / count
    return statistics.median(seconds), float(np.percentile(seconds, 95)), processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--runs", type=int, default=11, help="levels that r.lake is run for")
    asked = parser.parse_args()

    ground_cm = fractal_cm(asked.size)
    ground_m = (ground_cm / 100).astype(np.float32)
    seed, cap = lowest(ground_cm), int(ground_cm.max()) + 1
    areas = CellAreas.uniform(ground_m.shape, CELL_M**2)
    levels = np.linspace(0.05, 0.95, LEVELS) * cap / 100

    def flood() -> tuple[I32, Hypsometry]:
        level_cm = connection_level(ground_cm, seed=seed, cap_cm=cap, connectivity=8)
        return level_cm, hypsometry(ground_m, level_cm, cap_cm=cap, areas=areas, bed="surveyed")

    level_cm, table = flood()
    once = median_s(flood, asked.repeat)
    extents = median_s(lambda: [level_cm <= int(level * 100) for level in levels], asked.repeat)
    numbers = median_s(
        lambda: [(table.area_at(level), table.storage_at(level)) for level in levels], asked.repeat
    )
    ours = once + extents + numbers
    print(f"{asked.size} × {asked.size} cells, 8-connected, one thread; medians of {asked.repeat}.\n")
    print("| what | s | × ours |\n|---|---|---|")
    print(f"| connection levels and the table, once | {once:.3f} | |")
    print(f"| … {LEVELS} areas and storages from the table | {numbers:.5f} | |")
    print(f"| … {LEVELS} extents as rasters | {extents:.3f} | |")
    print(f"| **all of it for {LEVELS} levels** | {ours:.3f} | 1.0 |")
    if shutil.which("grass"):
        sample = [float(level) for level in levels[:: max(1, LEVELS // asked.runs)][: asked.runs]]
        runs = r_lake_s(ground_m, seed, sample)
        one = statistics.median(runs)
        what = f"GRASS r.lake, median of {len(runs)} runs at levels across the range ({one:.2f} s) × {LEVELS}"
        print(f"| {what} | {one * LEVELS:.0f} | {one * LEVELS / ours:.0f} |")
    else:
        print("| GRASS r.lake | not installed | |")
    median, late, processor = change_s(table, 20_000)
    print(
        "\nA change of level outside the renderer (from a storage: level, areas and storages of curve and "
        f"terrain after a fall, uncertain area): median {median * 1e6:.0f} µs, "
        f"95th percentile {late * 1e6:.0f} µs, {processor * 1e6:.0f} µs of processor. "
        "The extent is two uniforms."
    )


if __name__ == "__main__":
    main()
