"""A long random flight with little memory: how far it goes over the tiles' budget, and if it grows."""

from __future__ import annotations

import gc
import random
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

import psutil

from apps.memory import HeapTrimmer, set_malloc_thresholds
from apps.painter.painter import draw
from layers.governor import FINE, MOVING
from layers.stage import Stage
from tests.bench.desk_browser import SIZE
from tests.bench.flight_pictures import budget, cameras, open_stage, tiles_of
from tests.bench.flight_places import Flown
from tests.scenes import flight_to, show, show_layer
from twin.scene import Camera

FLIGHT_BYTES = 256 << 20
"""Half of what a desk has, so that tiles must go all the time."""
FRAMES = 12
"""On a leg; then a still."""
WARM = 8


@dataclass(frozen=True, kw_only=True)
class Held:
    """Of the process, in budgets: the most it took beyond what it takes without tiles, and how much more in
    the last third of the flight than in the second. ``counted``: the most that the tiles' own count said."""

    most: float
    growth: float
    counted: float
    legs: int


def random_flight(catalog: Path, store: Path | None, *, seconds: float) -> Held:
    """Fly for so long from one random look at a village to the next, moving and at rest, in a process of its
    own: what was there before would be given back meanwhile."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_flown, catalog, store, seconds).result()


def _flown(catalog: Path, store: Path | None, seconds: float, seed: int = 11) -> Held:
    set_malloc_thresholds()
    dice = random.Random(seed)
    with budget(FLIGHT_BYTES):
        stage = open_stage(Flown.open(catalog, store=store))
    stops = cameras(stage)[1:]
    for layer in tiles_of(stage):
        show_layer(stage, layer.id, visible=False)
    for _ in range(WARM):
        _leg(stage, _look(dice, stops))
    without = _resident()
    for layer in tiles_of(stage):
        show_layer(stage, layer.id, visible=True)
    told: list[tuple[float, int]] = []
    counted, legs, end, gaps = 0, 0, time.perf_counter() + seconds, HeapTrimmer()
    while time.perf_counter() < end or legs < 3:
        counted = max(counted, _leg(stage, _look(dice, stops)))
        gaps.trim()  # as a desk does whose picture rests
        legs += 1
        told.append((time.perf_counter(), _resident()))
    stage.close()
    start, third = told[0][0], (told[-1][0] - told[0][0]) / 3
    second = [held for at, held in told if third <= at - start < 2 * third] or [told[1][1]]
    last = [held for at, held in told if at - start >= 2 * third]
    return Held(
        most=(max(held for _, held in told) - without) / FLIGHT_BYTES,
        growth=(mean(last) - mean(second)) / FLIGHT_BYTES,
        counted=counted / FLIGHT_BYTES,
        legs=legs,
    )


def _look(dice: random.Random, stops: list[Camera]) -> Camera:
    change = {
        "distance_m": 10 ** dice.uniform(2.0, 3.6),
        "heading_deg": dice.uniform(0.0, 360.0),
        "pitch_deg": dice.uniform(-60.0, -15.0),
    }
    return dice.choice(stops).model_copy(update=change)


def _leg(stage: Stage, to: Camera) -> int:
    """Fly there in so many pictures, then look at it; the most bytes of tiles that were held."""
    way, most = flight_to(stage, to), 0
    for k in range(1, FRAMES + 1):
        show(stage, camera=way.at(way.seconds * k / FRAMES))
        draw(stage, size=SIZE, sharpness=MOVING[0])
        most = max([most, *(layer.status().nbytes for layer in tiles_of(stage))])
    stage.settle(size=SIZE, timeout_s=5.0)
    draw(stage, size=SIZE, sharpness=FINE)
    return max([most, *(layer.status().nbytes for layer in tiles_of(stage))])


def _resident() -> int:
    """Bytes without the pages of mapped files, which the system takes back when it wants them."""
    gc.collect()
    memory = psutil.Process().memory_info()
    return int(memory.rss - memory.shared)
