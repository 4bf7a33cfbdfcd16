"""What the flight's pictures are worth: moving ones beside stills, tiles at 16 px beside all there is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from skimage.metrics import structural_similarity

from apps.painter.painter import draw
from layers.governor import FINE, MOVING, STILL, Sharpness
from layers.ground import terrain
from layers.stage import Stage
from layers.tiles import models
from layers.tiles.streamed import StreamedLayer
from layers.tiles.tiles_layer import TilesLayer
from tests.bench.desk import sent, smooth
from tests.bench.desk_browser import SIZE
from tests.scenes import show
from twin.arrays import U8
from twin.basin import Basin
from twin.scene import Camera

LOAD_S = 120.0
ROOMY_BYTES = 4 << 30
FINEST = Sharpness(1.0, 0.0, 0.0)


def open_stage(basin: Basin) -> Stage:
    """A stage at the level that a desk starts with."""
    stage = Stage(basin, size=SIZE)
    show(stage, level_m=basin.site.start_level_m or basin.catalog.head.reservoir.highest_m)
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


def moving_to_still(basin: Basin) -> tuple[list[float], list[float]]:
    """SSIM of moving pictures, at the governor's coarsest step and as sent, to what follows at each camera:
    the first picture at rest, and the fine one after it (each smooth)."""
    stage = open_stage(basin)
    found: tuple[list[float], list[float]] = ([], [])
    for camera in cameras(stage):
        show(stage, camera=camera)
        moving = sent(_loaded(stage, MOVING[0]), still=False)
        for alike, sharpness in zip(found, (STILL, FINE), strict=True):
            _loaded(stage, sharpness)
            alike.append(similarity(sent(smooth(stage, sharpness), still=True), moving))
    stage.close()
    return found


@dataclass(frozen=True, kw_only=True)
class Fineness:
    """How alike pictures at 16 px and at full detail are at each camera (SSIM), and how alike the fine ones
    that a desk ends with are, and the error in pixels that the budget of memory left those of full detail."""

    alike: list[float]
    fine_alike: list[float]
    finest_px: float


def usual_to_finest(basin: Basin) -> Fineness:
    """Pictures at rest beside ones of every triangle and every pixel of the tiles that there is."""
    stage = open_stage(basin)
    fine = []
    for camera in cameras(stage):
        show(stage, camera=camera)
        fine.append(_loaded(stage, FINE)[..., :3])
    stage.close()
    with budget(ROOMY_BYTES, ground_nbytes=ROOMY_BYTES):
        stage = open_stage(basin)
    alike, fine_alike, finest_px = [], [], 0.0
    for camera, own in zip(cameras(stage), fine, strict=True):
        show(stage, camera=camera)
        usual, finest = (_settled(stage, sharpness) for sharpness in (STILL, FINEST))
        finest_px = max([finest_px, *(layer.status().error_px for layer in tiles_of(stage))])
        alike.append(similarity(usual, finest))
        fine_alike.append(similarity(own, finest))
    stage.close()
    return Fineness(alike=alike, fine_alike=fine_alike, finest_px=finest_px)


def seconds_to_rest(basin: Basin) -> list[float]:
    """Seconds from a jump to each camera until all tiles of its view at 16 px are on a picture, from a warm
    disk and an empty memory."""
    for warm in (False, True):
        stage = open_stage(basin)
        spent = []
        for camera in cameras(stage):
            show(stage, camera=camera)
            start = time.perf_counter()
            _settled(stage, STILL)
            spent.append(time.perf_counter() - start)
        stage.close()
        if warm:
            return spent
    raise AssertionError


def _loaded(stage: Stage, sharpness: Sharpness) -> U8:
    """The picture once all that it asks for is loaded, as far as the budget lets it be."""
    until = time.perf_counter() + LOAD_S
    while time.perf_counter() < until:
        picture = draw(stage, size=SIZE, sharpness=sharpness)
        streamed = [layer for layer in stage.layers.values() if isinstance(layer, StreamedLayer)]
        waiting = [layer for layer in streamed if not layer.settled]
        if not waiting:
            return picture
        waiting[0].wait(0.25)
    raise RuntimeError(f"tiles were still missing after {LOAD_S:.0f} s")


def _settled(stage: Stage, sharpness: Sharpness) -> U8:
    """The smooth picture of everything that ``sharpness`` asks for, (rows, cols, 3)."""
    stage.max_error_px, stage.tile_error_px = sharpness.max_error_px, sharpness.tile_error_px
    if not stage.settle(size=SIZE, timeout_s=LOAD_S):
        raise RuntimeError(f"tiles were still missing after {LOAD_S:.0f} s")
    return draw(stage, size=SIZE, sharpness=sharpness)[..., :3]
