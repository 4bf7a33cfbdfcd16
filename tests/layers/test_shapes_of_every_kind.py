"""Whatever an OGR driver may hand over as a geometry is drawn, or nothing is; none breaks a layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
)

from layers.stage import Stage
from tests.layers.altered import Altered, vector_data
from tests.layers.plan import CLEAR, FROM_ABOVE, SIZE, differ, drawn
from tests.scenes import show
from tests.small import CELL_M, NORTH, WEST
from twin.basin import Basin

OpenStage = Callable[..., Stage]


def square(col: float, row: float, side: float = 12) -> Polygon:
    x, y, s = WEST + col * CELL_M, NORTH - row * CELL_M, side * CELL_M
    return Polygon([(x, y), (x + s, y), (x + s, y - s), (x, y - s)])


def path(col: float, row: float) -> LineString:
    return LineString([(x, y) for x, y, *_ in square(col, row).exterior.coords][:3])


LAYS_LINES = {
    "polygon": square(20, 20),
    "with a hole": square(20, 20, 30).difference(square(28, 28, 6)),
    "multipolygon": MultiPolygon([square(20, 20), square(60, 40)]),
    "line": path(20, 20),
    "multiline": MultiLineString([path(20, 20), path(60, 40)]),
    "collection": GeometryCollection([square(20, 20), path(60, 40), Point(square(5, 5).centroid)]),
    "with heights": shapely.force_3d(path(20, 20), 900.0),
}
LAYS_NONE = {
    "empty polygon": Polygon(),
    "empty collection": GeometryCollection(),
    "a line of one place": LineString([(WEST + 900, NORTH - 900)] * 2),
    "far away": shapely.transform(square(20, 20), lambda p: p + 1e6),
}


@pytest.mark.parametrize("shape", LAYS_LINES.values(), ids=LAYS_LINES.keys())
def test_lines_and_every_outline_of_areas_are_drawn(
    shape: object, basin: Basin, open_stage: OpenStage
) -> None:
    plain = open_stage(Altered(basin, synthetic=False, vectors=[]), size=SIZE, light=CLEAR)
    data = vector_data("things", "thing", [shape], colour="#ff00ff", width_px=3.0)
    stage = open_stage(Altered(basin, synthetic=False, vectors=[data]), size=SIZE, light=CLEAR)
    for each in (plain, stage):
        show(each, camera=FROM_ABOVE)
    changed = differ(drawn(plain), drawn(stage), by=40)
    lines = [
        *shapely.get_rings(shapely.get_parts(shape)),
        *(p for p in shapely.get_parts(shape) if "Line" in p.geom_type),
    ]
    pixels = sum(line.length for line in lines) / CELL_M * 2
    assert 0.8 * pixels < changed.sum() < 8 * pixels
    for line in lines:
        for share in (0.1, 0.45, 0.8):
            at = line.interpolate(share, normalized=True)
            row, col = int((NORTH - at.y) / CELL_M * 2), int((at.x - WEST) / CELL_M * 2)
            assert changed[row - 1 : row + 2, col - 1 : col + 2].any()


@pytest.mark.parametrize("shape", LAYS_NONE.values(), ids=LAYS_NONE.keys())
def test_what_has_nothing_to_draw_breaks_nothing(shape: object, basin: Basin, open_stage: OpenStage) -> None:
    data = vector_data(
        "things", "thing", [shape, square(20, 20)], label="name_zh", attributes=[{"name_zh": "甲"}] * 2
    )
    stage = open_stage(Altered(basin, vectors=[data]))
    assert stage.layers["things"].state == "ready"
    stage.render()
    assert all(np.isfinite([label.x, label.y]).all() for label in stage.overlay().labels)


def test_several_points_of_one_feature_carry_one_name(basin: Basin, open_stage: OpenStage) -> None:
    spots = MultiPoint([square(80, 60).centroid, square(120, 60).centroid])
    data = vector_data(
        "wells", "well", [spots], label="name_zh", attributes=[{"name_zh": "双井"}], colour="#ff00ff"
    )
    stage = open_stage(Altered(basin, vectors=[data]))
    overlay = stage.overlay(size=(1280, 720))
    assert [label.text for label in overlay.labels if label.layer == "wells"] == ["双井"]
    assert len({mark.id for mark in overlay.marks}) == 2
