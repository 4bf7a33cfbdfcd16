"""Building tiles: points beside py3dtiles, triangles, and the memory that a surface of 2 GB takes.

``python tests/bench/building.py [--peer PYTHON]``: PYTHON is an interpreter that has ``py3dtiles[las]``,
which needs an older numpy than ours. Files are generated: a photographed ground of rolling hills, and points
on the same. Prints Markdown.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import laspy
import numpy as np
import psutil
from PIL import Image

from meshes.build.foreign.placement import Placement
from meshes.build.foreign.points import build_points
from meshes.build.foreign.surfaces import build_surface
from meshes.readers.points import read_points
from meshes.tiles import write_tileset
from twin.frame import Frame

CORNER = np.array([500_000.0, 4_490_000.0, 150.0])
FRAME = Frame(crs="EPSG:4548", east=CORNER[0], north=CORNER[1])
STEP_M = 0.1
PICTURE_PX = 4096
OBJ_BYTES = 70
"""What a triangle takes in the file, about."""
EVERY_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Built:
    """One file built: its tiles, the seconds for reading and for all of it, and the most memory that the
    process and the guarded readers under it had between them, without pages of mapped files."""

    tiles: int
    read_s: float
    all_s: float
    most_bytes: int


def height_m(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Rolling hills with furrows, m."""
    return 8 * np.sin(x / 31) * np.cos(y / 47) + 0.3 * np.sin(x / 1.7) + 0.1 * np.cos(y / 0.9)


def write_obj(path: Path, *, triangles: int) -> None:
    """A square of ground under one photograph, row by row."""
    side = int((triangles / 2) ** 0.5) + 1
    noise = np.random.default_rng(1).integers(0, 255, (PICTURE_PX // 4, PICTURE_PX // 4, 3), dtype=np.uint8)
    Image.fromarray(noise).resize((PICTURE_PX, PICTURE_PX)).save(path.with_suffix(".jpg"), quality=85)
    path.with_suffix(".mtl").write_text(f"newmtl ground\nmap_Kd {path.stem}.jpg\n", encoding="utf-8")
    x = STEP_M * np.arange(side)
    k = np.arange(side - 1)
    with path.open("w", encoding="ascii") as file:
        file.write(f"mtllib {path.stem}.mtl\nusemtl ground\n")
        for row in range(side):
            y = np.full(side, STEP_M * row)
            file.write(
                "v %.3f %.3f %.4f\n" * side % tuple(np.stack([x, y, height_m(x, y)], 1).ravel().tolist())
            )
        for row in range(side):
            tcoord = np.stack([x / x[-1], np.full(side, row / (side - 1))], 1)
            file.write("vt %.6f %.6f\n" * side % tuple(tcoord.ravel().tolist()))
        for row in range(side - 1):
            a = side * row + k + 1
            b, c, d = a + 1, a + 1 + side, a + side
            corners = np.stack([a, a, b, b, c, c, a, a, c, c, d, d], 1).ravel().tolist()
            file.write("f %d/%d %d/%d %d/%d\nf %d/%d %d/%d %d/%d\n" * (side - 1) % tuple(corners))


def write_las(path: Path, *, points: int) -> None:
    """Points scattered over the same hills, with colours."""
    dice = np.random.default_rng(2)
    header = laspy.LasHeader(point_format=2, version="1.2")
    header.offsets, header.scales = CORNER, [0.001] * 3
    side = STEP_M * points**0.5
    las = laspy.LasData(header)
    x, y = dice.uniform(0, side, (2, points))
    las.x, las.y, las.z = CORNER[0] + x, CORNER[1] + y, CORNER[2] + height_m(x, y)
    las.red, las.green, las.blue = dice.integers(0, 65_535, (3, points), dtype=np.uint16)
    las.write(path)


def _surface(path: Path, folder: Path) -> Built:
    told: list[float] = []
    most = _Most()
    start = time.perf_counter()
    with most:
        made = build_surface(
            folder,
            path,
            place=lambda points: np.asarray(points) + CORNER,
            z_up=None,
            progress=lambda part: told.append(time.perf_counter()),
        )
    end = time.perf_counter()
    write_tileset(folder, made.tree, frame=FRAME, ellipsoid_minus_working_m=0.0)
    return Built(tiles=len(made.tree), read_s=told[0] - start, all_s=end - start, most_bytes=most.bytes)


def _points(path: Path, folder: Path) -> Built:
    told: list[float] = []
    most = _Most()
    start = time.perf_counter()
    with most:
        made = build_points(
            folder,
            read_points(path, crs=FRAME.crs),
            place=Placement(lambda points: np.asarray(points, np.float64), seed=CORNER[:2], frame=FRAME),
            progress=lambda part: told.append(time.perf_counter()),
        )
    return Built(
        tiles=len(made.tree), read_s=told[0] - start, all_s=time.perf_counter() - start, most_bytes=most.bytes
    )


class _Most:
    """Looks, while something runs, at what this process and those under it have."""

    def __init__(self) -> None:
        self.bytes = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._done.wait(EVERY_S):
            held = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    memory = process.memory_info()
                except psutil.NoSuchProcess:
                    continue
                held += memory.rss - memory.shared
            self.bytes = max(self.bytes, held)


def alone(work: Callable[[Path, Path], Built], path: Path) -> Built:
    """Run in a process of its own, into a folder that goes afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool,
    ):
        return pool.submit(work, path, Path(folder)).result()


def peer_s(python: str, path: Path) -> float:
    """Seconds that py3dtiles takes for a file, with a process on each core."""
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-c", "from py3dtiles.command_line import main; main()", "convert", str(path)]
        start = time.perf_counter()
        subprocess.run([*command, "--out", f"{folder}/tiles"], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start


def main(*, points: int, triangles: int, obj_mib: int, peer: str | None) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_las(folder / "cloud.las", points=points)
        built = alone(_points, folder / "cloud.las")
        ours = points / built.all_s
        rows.append(
            (f"{points:,} points into {built.tiles:,} tiles, ours, one process", f"{ours:,.0f} points/s")
        )
        if peer:
            theirs = points / peer_s(peer, folder / "cloud.las")
            rows.append(("the same, py3dtiles, a process on each core", f"{theirs:,.0f} points/s"))
            rows.append(("ours ÷ py3dtiles", f"{ours / theirs:.2f} ×"))
        write_obj(folder / "ground.obj", triangles=triangles)
        built = alone(_surface, folder / "ground.obj")
        speed = triangles / (built.all_s - built.read_s)
        rows.append((f"{triangles:,} triangles into {built.tiles:,} tiles", f"{speed:,.0f} triangles/s"))
        rows.append(("… reading the OBJ before that", f"{triangles / built.read_s:,.0f} triangles/s"))
        if obj_mib:
            path = folder / "large.obj"
            write_obj(path, triangles=(obj_mib << 20) // OBJ_BYTES)
            size = path.stat().st_size
            built = alone(_surface, path)
            rows.append(
                (
                    f"an OBJ of {size / 2**20:,.0f} MiB into {built.tiles:,} tiles",
                    f"{built.all_s:.0f} s, at most {built.most_bytes / 2**20:,.0f} MiB of memory (≤ 3,072)",
                )
            )
    print("| what | measured |\n|---|---|")
    for what, measured in rows:
        print(f"| {what} | {measured} |")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=5_000_000)
    options.add_argument("--triangles", type=int, default=2_000_000)
    options.add_argument("--obj-mib", type=int, default=2048, help="0: leave it out")
    options.add_argument("--peer", help="a Python that has py3dtiles[las]")
    main(**vars(options.parse_args()))
