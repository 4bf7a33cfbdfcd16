"""Areas filled on the ground: where they are, over land and water, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely

from layers.model import AreaCells
from layers.stage import Stage
from tests.layers.altered import Altered, vector_data
from tests.layers.plan import CLEAR, FROM_ABOVE, SIZE, differ, drawn
from tests.scenes import show, show_layer
from tests.small import CELL_M, COLS, NORTH, ROWS, WEST
from twin.basin import Basin
from twin.build.area_raster import rasterise

ZONES = [
    shapely.Polygon([(20.3, 20.1), (120.7, 31.4), (98.2, 90.6)]),  # in cells; partly over the lake
    shapely.Polygon([(130.2, 20.4), (180.9, 60.2), (140.5, 130.8)]),
]


def test_areas_are_filled_within_their_borders_and_nowhere_else(
    basin: Basin, open_stage: Callable[..., Stage], tmp_path: Path
) -> None:
    np.save(tmp_path / "areas.npy", rasterise(ZONES, [1, 2], rows=ROWS, cols=COLS))
    areas = AreaCells(
        file=tmp_path / "areas.npy",
        start=(0, 0),
        finer=1,
        classes=(("#ff0000", {"zh": "甲", "en": "A"}), ("#0000ff", {"zh": "乙", "en": "B"})),
        inner=[(0.0, 0.0), (0.0, 0.0)],
    )
    far = [shapely.Point(WEST - 1e5 * CELL_M, NORTH)] * 2  # no outlines: the fill alone is looked at
    data = vector_data("zones", "protection-zone", far, areas=areas)
    stage = open_stage(Altered(basin, synthetic=False, vectors=[data]), size=SIZE, light=CLEAR)
    show(stage, camera=FROM_ABOVE, level_m=150.0)
    filled = drawn(stage)
    show_layer(stage, "zones", visible=False)
    bare = drawn(stage)
    changed = differ(filled, bare, by=6)
    row, col = np.indices((2 * ROWS, 2 * COLS)) / 2 + 0.25
    for shape, band in zip(ZONES, (0, 2), strict=True):
        inside = shapely.contains_xy(shape.buffer(-0.6), col, row)
        assert changed[inside].all()
        redder = (filled - bare)[..., band] - (filled - bare)[..., 2 - band]
        assert (redder[inside] > 20).all()
    outside = ~shapely.contains_xy(shapely.union_all(ZONES).buffer(0.6), col, row)
    assert not changed[outside].any()
    show_layer(stage, "zones", visible=True, opacity=0.4)
    faint = np.abs(drawn(stage) - bare).sum()
    assert 0.3 < faint / np.abs(filled - bare).sum() < 0.5
    assert [entry.text["en"] for entry in stage.layers["zones"].legend] == ["B", "A"]
