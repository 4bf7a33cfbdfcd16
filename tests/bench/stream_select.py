"""Choosing tiles for a frame: 43 villages and 430.

Each village is a pyramid of 105 tiles under one root; the villages lie on a square grid 1.2 km apart. The
camera flies low over the middle of them. Everything that is asked for is loaded, as in a flight that has
caught up. A frame at rest is ``Streamer.update`` as a whole, with tiles that cost nothing to make.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from math import ceil, cos, pi, radians, sin, sqrt, tan

import numpy as np

from meshes.stream.select import select
from meshes.stream.streamer import Streamer
from meshes.stream.view import View
from meshes.tiles.content import Content, Primitive
from meshes.tiles.tree import TileTree
from twin.arrays import F64, Bools

APART_M = 1200.0
SIDE_M = 640.0
TALL_M = 12.0
ERRORS_M = (64.0, 24.0, 8.0, 0.0)
FAR_M = 10_000.0
EAST_M, NORTH_M = 440_000.0, 4_490_000.0
EMPTY = Primitive(position=np.zeros((1, 3), np.float32), triangles=None)


def village(east_m: float, north_m: float) -> TileTree:
    """A root, its 4 children, their 16, and 84 leaves, over a square of 640 m."""
    parent, low, side, level = [-1], [(0.0, 0.0)], [SIDE_M], [0]
    start = 0
    for depth in (1, 2, 3):
        end = len(parent)
        for tile in range(start, end):
            # In the last level every fourth tile has nine children instead of four.
            cuts = 3 if depth == 3 and (tile - start) % 4 == 0 else 2
            step = side[tile] / cuts
            for row in range(cuts):
                for col in range(cuts):
                    parent.append(tile)
                    low.append((low[tile][0] + col * step, low[tile][1] + row * step))
                    side.append(step)
                    level.append(depth)
        start = end
    parents = np.array(parent, np.int32)
    count = np.bincount(parents[1:], minlength=len(parent)).astype(np.int32)
    first = np.where(count > 0, np.searchsorted(parents, np.arange(len(parent))), -1).astype(np.int32)
    corner = np.column_stack([low + np.array([east_m, north_m]), np.zeros(len(low))])
    return TileTree(
        parent=parents,
        first_child=first,
        child_count=count,
        error_m=np.array([ERRORS_M[depth] for depth in level]),
        low=corner,
        high=corner + np.column_stack([side, side, np.full(len(side), TALL_M)]),
        add=np.zeros(len(parent), bool),
        content=tuple(f"{tile}.glb" for tile in range(len(parent))),
        nbytes=np.full(len(parent), 400_000, np.int64),
    )


def villages(count: int) -> list[TileTree]:
    """Villages on a square grid."""
    across = ceil(sqrt(count))
    places = [divmod(place, across) for place in range(count)]
    return [village(EAST_M + col * APART_M, NORTH_M + row * APART_M) for row, col in places]


def flight(count: int, frames: int) -> list[View]:
    """A low circle above the middle of the grid, looking along it."""
    middle = ceil(sqrt(count)) * APART_M / 2
    views = []
    for turn in np.linspace(0, 2 * pi, frames, endpoint=False):
        outward = np.array([cos(turn), sin(turn), 0.0])
        eye = np.array([EAST_M + middle, NORTH_M + middle, 120.0]) + 500 * outward
        forward = np.array([-sin(turn), cos(turn), 0.0]) * cos(radians(12)) - [0, 0, sin(radians(12))]
        views.append(perspective(eye, forward))
    return views


def perspective(eye: F64, forward: F64) -> View:
    """A camera of 1280 × 720, 60 degrees high, that sees from 1 m to ``FAR_M``."""
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    tan_half = tan(radians(30))
    sides = [forward * tan_half * 16 / 9 + sign * right for sign in (-1, 1)]
    sides += [forward * tan_half + sign * up for sign in (-1, 1)]
    planes = [np.append(side, -(side @ eye)) / np.linalg.norm(side) for side in sides]
    planes.append(np.append(forward, -(forward @ eye) - 1.0))
    planes.append(np.append(-forward, forward @ eye + FAR_M))
    return View(eye=eye, planes=np.array(planes), forward=forward, height_px=720.0, tan_half=tan_half)


class Host:
    """Makes nothing."""

    def prepare(self, content: Content) -> Content:
        return content

    def make(self, prepared: Content) -> Content:
        return prepared

    def free(self, handle: Content) -> None:
        del handle


def settled(trees: list[TileTree], view: View) -> Streamer[Content, Content]:
    """A streamer at rest on a view."""
    content = Content(centre=(0.0, 0.0, 0.0), primitives=(EMPTY,))
    streamer: Streamer[Content, Content] = Streamer(Host(), lambda _: content, budget_bytes=512 << 20)
    for number, tree in enumerate(trees):
        streamer.add(tree, prefix=f"{number}/")
    while not streamer.settled:
        streamer.update([view], upload_s=1.0)
        streamer.wait()
    return streamer


def times_ms(work: Callable[[View], object], views: list[View]) -> tuple[float, float]:
    """Median and 95th percentile over views, after one that warms up; of the processor, by this thread."""
    work(views[0])
    seconds = []
    for view in views:
        start = time.thread_time()
        work(view)
        seconds.append(time.thread_time() - start)
    return statistics.median(seconds) * 1e3, float(np.percentile(seconds, 95)) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, nargs="+", default=[43, 430])
    parser.add_argument("--frames", type=int, default=300)
    asked = parser.parse_args()

    print("| villages | tiles | drawn | kept | `select`, ms | … 95 % | cold, ms | a frame at rest, ms |")
    print("|---|---|---|---|---|---|---|---|")
    for count in asked.villages:
        trees, views = villages(count), flight(count, asked.frames)
        streamer = settled(trees, views[0])
        tree = streamer.tree
        nothing = np.zeros(len(tree), bool)
        loaded = nothing.copy()
        for view in views:
            loaded[select(tree, [view], nothing).asked] = True
        drawn = statistics.median(len(select(tree, [view], loaded).draw) for view in views)
        kept = statistics.median(len(select(tree, [view], loaded).keep) for view in views)

        def warm(view: View, tree: TileTree = tree, loaded: Bools = loaded) -> object:
            return select(tree, [view], loaded)

        def cold(view: View, tree: TileTree = tree, nothing: Bools = nothing) -> object:
            return select(tree, [view], nothing)

        middle, late = times_ms(warm, views)
        first, _ = times_ms(cold, views)
        still, _ = times_ms(lambda view, streamer=streamer: streamer.update([view]), views[:1] * asked.frames)
        streamer.close()
        print(
            f"| {count} | {len(tree):,} | {drawn:.0f} | {kept:.0f} | {middle:.2f} | {late:.2f} "
            f"| {first:.2f} | {still:.2f} |"
        )
    print(f"\n16 px, 1280 × 720; medians over {asked.frames} frames, processor time. Cold: nothing loaded.")


if __name__ == "__main__":
    main()
