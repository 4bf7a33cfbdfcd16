"""What the flight's pictures are worth: moving ones beside stills, tiles at 16 px beside all there is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from skimage.metrics import structural_similarity

from apps.view.area import draw
from apps.view.stream import CENTRED
from layers import terrain
from layers.governor import MOVING, STILL, Sharpness
from layers.model import U8
from layers.stage import Stage
from layers.tiles import models
from layers.tiles.layer import TilesLayer
from tests.bench.desk import _sent, _smooth_still
from tests.bench.desk_browser import SIZE
from twin.basin import Basin
from twin.scene import Camera

LOAD_S = 120.0
ROOMY_BYTES = 4 << 30
FINEST = Sharpness(1.0, 0.0, 0.0)


def open_stage(basin: Basin) -> Stage:
    """A stage at the level that a desk starts with."""
    stage = Stage(basin, size=SIZE)
    stage.set_water(level_m=basin.site.start_level_m or basin.catalog.head.reservoir.highest_m)
    return stage


def tiles_of(stage: Stage) -> list[TilesLayer]:
    """The stage's layers that are streamed."""
    return [layer for layer in stage.layers.values() if isinstance(layer, TilesLayer)]


def cameras(stage: Stage) -> list[Camera]:
    """Home, and every viewpoint near a village."""
    views = [view.id for view in stage.basin.site.viewpoints if view.id.startswith("flight-")]
    return [stage.home(), *(stage.viewpoint(view) for view in views)]


@contextmanager
def budget(nbytes: int, *, ground_nbytes: int | None = None) -> Iterator[None]:
    """Stages that are opened within this may hold so many bytes of models' tiles, and of the terrain's."""
    before = models.BUDGET_BYTES, terrain.BUDGET_BYTES
    models.BUDGET_BYTES = nbytes
    terrain.BUDGET_BYTES = ground_nbytes or before[1]
    try:
        yield
    finally:
        models.BUDGET_BYTES, terrain.BUDGET_BYTES = before


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """SSIM of two pictures, (rows, cols, 3), 0 to 255."""
    return float(structural_similarity(one, other, channel_axis=2, data_range=255))


def moving_to_still(basin: Basin) -> list[float]:
    """SSIM of moving pictures, at the governor's coarsest step, to each camera's smooth still, as sent."""
    stage = open_stage(basin)
    found = []
    for camera in cameras(stage):
        stage.camera = camera
        stage.settle(size=SIZE, timeout_s=LOAD_S)
        still = _sent(_smooth_still(stage), still=True)
        draw(stage, size=SIZE, sharpness=MOVING[0], shift=CENTRED)  # it asks for what it lacks
        stage.settle(size=SIZE, timeout_s=LOAD_S)
        moving = draw(stage, size=SIZE, sharpness=MOVING[0], shift=CENTRED)
        found.append(similarity(still, _sent(moving, still=False)))
    stage.close()
    return found


@dataclass(frozen=True, kw_only=True)
class Fineness:
    """How alike pictures at 16 px and at full detail are at each camera (SSIM), and the error in pixels that
    the budget of memory left the finest ones."""

    alike: list[float]
    finest_px: float


def usual_to_finest(basin: Basin) -> Fineness:
    """Pictures at rest beside ones of every triangle and every pixel of the tiles that there is."""
    with budget(ROOMY_BYTES, ground_nbytes=ROOMY_BYTES):
        stage = open_stage(basin)
    alike, finest_px = [], 0.0
    for camera in cameras(stage):
        stage.camera = camera
        pictures = [_settled(stage, sharpness) for sharpness in (STILL, FINEST)]
        finest_px = max([finest_px, *(layer.gauge().error_px for layer in tiles_of(stage))])
        alike.append(similarity(pictures[0], pictures[1]))
    stage.close()
    return Fineness(alike=alike, finest_px=finest_px)


def seconds_to_rest(basin: Basin) -> list[float]:
    """Seconds from a jump to each camera until all tiles of its view at 16 px are on a picture, from a warm
    disk and an empty memory."""
    for warm in (False, True):
        stage = open_stage(basin)
        spent = []
        for camera in cameras(stage):
            stage.camera = camera
            start = time.perf_counter()
            _settled(stage, STILL)
            spent.append(time.perf_counter() - start)
        stage.close()
        if warm:
            return spent
    raise AssertionError


def _settled(stage: Stage, sharpness: Sharpness) -> U8:
    """The smooth picture of everything that ``sharpness`` asks for, (rows, cols, 3)."""
    stage.max_error_px, stage.tile_error_px = sharpness.max_error_px, sharpness.tile_error_px
    if not stage.settle(size=SIZE, timeout_s=LOAD_S):
        raise RuntimeError(f"tiles were still missing after {LOAD_S:.0f} s")
    return draw(stage, size=SIZE, sharpness=sharpness, shift=CENTRED)[..., :3]
