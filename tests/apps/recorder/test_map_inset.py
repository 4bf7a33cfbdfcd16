"""The small map shows where it is wet, and the ground that the view sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.recorder.overprint.map_inset import LAKE, InsetMap, make_inset
from apps.recorder.overprint.print_words import print_words
from layers.heights import Ground
from tests.apps.recorder.frames import CAMERA, WORDS, film_frame, snow
from twin.frame import Frame
from twin.grid import Grid
from twin.scene import Camera

FRAME = Frame(crs="EPSG:4548", east=490_000.0, north=4_485_000.0)
GRID = Grid(crs="EPSG:4548", rows=400, cols=400, west=485_000.0, north=4_490_000.0, dx=25.0, dy=25.0)
AWAY = CAMERA.model_copy(update={"target_east_m": 700_000.0})


def slope() -> Ground:
    """Ground of 100 m in the west that rises to 200 m in the east, wet from the west."""
    heights = np.broadcast_to(np.linspace(100.0, 200.0, GRID.cols, dtype=np.float32), GRID.shape)
    return Ground(heights, np.round(100 * heights).astype(np.int32), GRID, FRAME)


def printed(level_m: float, camera: Camera = AWAY, inset: InsetMap | None = None) -> np.ndarray:
    frame = film_frame(replace(WORDS, title=None, callouts=()), camera=camera)
    moment = frame.scene.moment.model_copy(update={"level_m": level_m, "highest_m": level_m})
    frame = replace(frame, scene=frame.scene.model_copy(update={"moment": moment}))
    return print_words(snow(1920, 1080), frame, inset=inset)


@pytest.mark.parametrize("level_m", [110.0, 150.0, 190.0])
def test_the_lake_is_as_wide_as_the_level_says(level_m: float) -> None:
    wet = (printed(level_m, inset=make_inset(slope(), (1920, 1080))) == LAKE).all(axis=2)
    assert wet.sum() / 300**2 == pytest.approx((level_m - 100.0) / 100.0, abs=0.02)


def test_the_eye_lies_where_the_camera_is() -> None:
    camera = CAMERA.model_copy(
        update={"target_east_m": 490_000.0, "target_north_m": 4_485_000.0, "pitch_deg": -90.0}
    )
    inset = make_inset(slope(), (1920, 1080))
    changed = (printed(150.0, camera, inset) != printed(150.0, AWAY, inset)).any(axis=2)
    rows, cols = np.nonzero(changed)
    # Map of 300 px in a box of 10 px at (40, 108); north up.
    assert (cols.min() + cols.max()) / 2 == pytest.approx(40 + 10 + 150, abs=2.0)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(108 + 10 + 150, abs=2.0)
