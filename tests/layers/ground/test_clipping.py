"""The ground that a model brings itself is left out of the terrain, cell by cell, and the water is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from vtkmodules.vtkFiltersSources import vtkPlaneSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from layers.ground.clipping import BELT, cut_cells
from layers.heights import Ground
from layers.stage import Stage
from tests.layers.plan import FROM_ABOVE, differ, drawn, grown, map_stage, per_pixel
from tests.scenes import show
from tests.small import CELL_M, COLS, NORTH, ROWS, WEST
from twin.arrays import Bools
from twin.basin import Basin

OpenStage = Callable[..., Stage]

TOP, BOTTOM, LEFT, RIGHT = 60, 90, 20, 150
"""Rows and columns of the cells inside the ring: the lake, its shore and the plateau."""


def ring() -> list[tuple[float, float]]:
    west, east = WEST + LEFT * CELL_M, WEST + RIGHT * CELL_M
    north, south = NORTH - TOP * CELL_M, NORTH - BOTTOM * CELL_M
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def inside() -> Bools:
    mask = np.zeros((ROWS, COLS), dtype=bool)
    mask[TOP:BOTTOM, LEFT:RIGHT] = True
    return mask


def over_a_floor(open_stage: OpenStage, basin: Basin) -> Stage:
    """The map, with a floor deep under all ground: a model that what is cut must not hide."""
    stage = map_stage(open_stage, basin)
    floor_at(stage, 20.0)
    return stage


def floor_at(stage: Stage, height_m: float) -> None:
    plane = vtkPlaneSource()
    plane.SetOrigin(-40_000, -40_000, height_m)
    plane.SetPoint1(40_000, -40_000, height_m)
    plane.SetPoint2(-40_000, 40_000, height_m)
    floor = vtkActor()
    floor.SetMapper(vtkPolyDataMapper())
    floor.GetMapper().SetInputConnection(plane.GetOutputPort())
    floor.GetProperty().SetColor(1.0, 0.0, 1.0)
    floor.GetProperty().LightingOff()
    stage.renderer.AddActor(floor)


def test_dry_ground_inside_the_ring_hides_nothing_and_all_else_does(
    basin: Basin, open_stage: OpenStage
) -> None:
    stage = over_a_floor(open_stage, basin)
    show(stage, level_m=150.0)
    whole = drawn(stage)
    stage.terrain.cut([ring()])
    dry = inside() & (basin.connection() > 15_000)
    assert 500 < dry.sum() < inside().sum() - 500, "some of the ring is wet, some is dry"
    belt = per_pixel(grown(inside()) & ~inside())
    np.testing.assert_array_equal(differ(whole, drawn(stage))[~belt], per_pixel(dry)[~belt])


def test_where_no_model_stands_the_cut_ground_is_still_there_before_the_sky(
    basin: Basin, open_stage: OpenStage
) -> None:
    stage = map_stage(open_stage, basin)
    show(stage, level_m=150.0)
    whole = drawn(stage)
    stage.terrain.cut([ring()])
    assert not differ(whole, drawn(stage)).any()


def test_the_flood_covers_what_was_cut(basin: Basin, open_stage: OpenStage) -> None:
    stage = over_a_floor(open_stage, basin)
    stage.terrain.cut([ring()])
    show(stage, level_m=157.0)
    with_cut = drawn(stage)
    stage.terrain.cut([])
    same = ~differ(with_cut, drawn(stage))
    wet = per_pixel(basin.connection() <= 15_700)
    assert same[wet].all()


def test_without_rings_the_terrain_is_whole_again(basin: Basin, open_stage: OpenStage) -> None:
    stage = map_stage(open_stage, basin)
    show(stage, level_m=150.0)
    whole = drawn(stage)
    stage.terrain.cut([ring()])
    stage.terrain.cut([])
    assert not differ(whole, drawn(stage)).any()


def test_a_ring_off_the_terrain_changes_nothing(basin: Basin, open_stage: OpenStage) -> None:
    stage = map_stage(open_stage, basin)
    show(stage, level_m=150.0)
    whole = drawn(stage)
    stage.terrain.cut([[(east + 1e5, north) for east, north in ring()]])
    assert not differ(whole, drawn(stage)).any()


def test_another_ring_takes_the_place_of_the_first(basin: Basin, open_stage: OpenStage) -> None:
    """As it does when the camera passes from one village to the next; VTK must not complain."""
    stage = over_a_floor(open_stage, basin)
    show(stage, level_m=150.0)
    whole = drawn(stage)
    stage.terrain.cut([ring()])
    drawn(stage)
    moved = [(east, north + 10 * CELL_M) for east, north in ring()]
    stage.terrain.cut([moved])
    dry = np.zeros((ROWS, COLS), dtype=bool)
    dry[TOP - 10 : BOTTOM - 10, LEFT:RIGHT] = True
    belt = per_pixel(grown(dry) & ~dry)
    dry &= basin.connection() > 15_000
    np.testing.assert_array_equal(differ(whole, drawn(stage))[~belt], per_pixel(dry)[~belt])


def test_in_the_belt_the_ground_lets_a_model_win_that_lies_a_little_under_it(
    basin: Basin, open_stage: OpenStage
) -> None:
    """And what lies far under it stays hidden: floors at a hundredth and at a tenth of the distance."""
    for share, wins in ((0.01, True), (0.1, False)):
        stage = map_stage(open_stage, basin)
        show(stage, level_m=130.0)
        whole = drawn(stage)
        floor_at(stage, 150.0 - share * FROM_ABOVE.distance_m)
        stage.terrain.cut([ring()])
        own = inside()
        belt = grown(own) & ~own & (basin.connection() > 13_000)
        off = differ(whole, drawn(stage))[per_pixel(belt)]
        assert off.all() if wins else not off.any()


def test_ground_smaller_than_a_cell_makes_a_belt_of_the_cells_it_touches(basin: Basin) -> None:
    heights, grid = basin.ground()
    ground = Ground(heights, basin.connection(), grid, basin.frame)
    east, north = WEST + 40.9 * CELL_M, NORTH - 30.5 * CELL_M
    across = [(-0.2, -0.2), (0.2, -0.2), (0.2, 0.2), (-0.2, 0.2), (-0.2, -0.2)]
    mask = cut_cells([[(east + x * CELL_M, north + y * CELL_M) for x, y in across]], ground)
    assert np.argwhere(mask).tolist() == [[30, 40], [30, 41]]
    assert set(mask[mask > 0].tolist()) == {BELT}
