"""What is wet: islands, dikes, pockets and dams; certain and possible; points; falling water."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.water.surface import PointWater, Shore, WaterState, WaterSurface


def _basin(*rows: str) -> np.ndarray:
    """A ground from digits, metres."""
    return np.array([[int(mark) for mark in row] for row in rows], np.float32)


def _wet(surface: WaterSurface, level_m: float, highest_m: float | None = None) -> list[str]:
    state = WaterState(level_m=level_m, highest_m=level_m if highest_m is None else highest_m)
    return ["".join(".#"[int(cell)] for cell in row) for row in surface.wet(state)]


def test_an_island_stays_dry_until_its_top(flooded):
    surface, _ = flooded(_basin("00000", "01510", "00000"), seed=(0, 0), cap_cm=900)
    assert _wet(surface, 1.0) == ["#####", "##.##", "#####"]
    assert _wet(surface, 4.99)[1] == "##.##"
    assert _wet(surface, 5.0)[1] == "#####"


def test_inside_a_ring_dike_it_is_dry_until_the_crest(flooded):
    ground = _basin("0000000", "0044400", "0041400", "0044400", "0000000")
    surface, table = flooded(ground, seed=(0, 0), cap_cm=900)
    assert not surface.wet(WaterState.rising(3.99))[2, 3]
    assert surface.wet(WaterState.rising(4.0))[2, 3]
    assert surface.depth_m(WaterState.rising(4.0))[2, 3] == pytest.approx(3.0)
    assert table.area_at(3.99) == (35 - 9) * 100


def test_nested_pockets_fill_one_after_the_other(flooded):
    #                 lake, sill 3, outer pocket at 1, inner sill 2 (drowned with the outer), inner 0
    surface, _ = flooded(_basin("03120"), seed=(0, 0), cap_cm=900)
    assert surface.connection_cm.tolist() == [[0, 300, 300, 300, 300]]
    # Falling: the inner pocket keeps what is below the sill that parts it from the lake.
    state = WaterState(level_m=0.0, highest_m=3.0)
    assert surface.depth_m(state).tolist() == [[0, 0, 2, 1, 3]]


@pytest.mark.parametrize(
    ("marks", "behind_both"), [("02040", 4.0), ("04020", 4.0), ("0204030", 4.0), ("0402050", 5.0)]
)
def test_behind_two_sills_the_higher_one_decides_in_either_order(flooded, marks, behind_both):
    surface, _ = flooded(_basin(marks), seed=(0, 0), cap_cm=900)
    assert surface.connection_cm[0, -1] == behind_both * 100
    assert surface.connection_cm[0, 2] == int(marks[1]) * 100


def test_a_one_cell_dam_holds_below_its_crest_and_not_at_it(flooded):
    surface, _ = flooded(_basin("00500", "00500", "00500"), seed=(0, 0), cap_cm=900)
    assert _wet(surface, 4.99) == ["##...", "##...", "##..."]
    assert _wet(surface, 5.0) == ["#####"] * 3


def test_falling_water_stays_in_pockets_up_to_their_sill_and_leaves_slopes(flooded):
    surface, _ = flooded(_basin("012314"), seed=(0, 0), cap_cm=900)
    assert _wet(surface, 3.0) == ["#####."]
    assert _wet(surface, 1.0, highest_m=3.0) == ["##..#."]  # the sill itself (ground = L) falls dry
    state = WaterState(level_m=1.0, highest_m=3.0)
    assert surface.depth_m(state).tolist() == [[1, 0, 0, 0, 2, 0]]
    assert _wet(surface, 1.0) == ["##...."]  # with no past there is no water behind the sill


def test_cells_never_reached_stay_dry_at_every_level_below_the_cap_and_above(flooded):
    ground = np.array([[0, 2, np.nan, 0, 9.5]], np.float32)
    surface, _ = flooded(ground, seed=(0, 0), cap_cm=900)
    for level in (2.0, 8.99, 9.0, 20.0):
        assert _wet(surface, level) == ["##..."]


def test_certain_and_possible_are_told_apart_by_the_error(flooded):
    surface, _ = flooded(_basin("0123456789"), seed=(0, 0), cap_cm=2000, vertical_error_m=1.5)
    kinds = [Shore(kind) for kind in surface.shore(WaterState.rising(5.0))[0]]
    assert kinds[:4] == [Shore.CERTAINLY_WET] * 4
    assert kinds[4:6] == [Shore.POSSIBLY_DRY] * 2
    assert kinds[6:7] == [Shore.POSSIBLY_WET]
    assert kinds[7:] == [Shore.CERTAINLY_DRY] * 3
    assert [kind.wet for kind in Shore] == [False, False, True, True]
    assert [kind.certain for kind in Shore] == [True, False, False, True]


def test_a_point_tells_ground_depth_and_first_wet_level(flooded):
    surface, _ = flooded(_basin("03129"), seed=(0, 0), cap_cm=900, vertical_error_m=0.5)
    state = WaterState.rising(4.0)
    assert surface.at(25.0, 5.0, state=state) == PointWater(
        ground_m=1.0, depth_m=3.0, first_wet_m=3.0, shore=Shore.CERTAINLY_WET
    )
    assert surface.at(25.0, 5.0, state=WaterState.rising(2.9)) == PointWater(
        ground_m=1.0, depth_m=0.0, first_wet_m=3.0, shore=Shore.POSSIBLY_WET
    )
    assert surface.at(45.0, 5.0, state=state) == PointWater(
        ground_m=9.0, depth_m=0.0, first_wet_m=None, shore=Shore.CERTAINLY_DRY
    )


def test_a_point_without_survey_says_so(flooded):
    ground = np.array([[143, 143, 144, np.nan]], np.float32)
    surface, _ = flooded(ground, seed=(0, 0), cap_cm=16000, bed="none")
    high, low = WaterState.rising(150.0), WaterState.rising(142.0)
    assert surface.at(15.0, 5.0, state=high) == PointWater(shore=Shore.CERTAINLY_WET)
    assert surface.at(15.0, 5.0, state=low) == PointWater()
    assert surface.at(35.0, 5.0, state=high) == PointWater()
    assert surface.at(-1.0, 5.0, state=high) == PointWater()
    assert surface.at(25.0, 5.0, state=high).ground_m == 144.0
    depth = surface.depth_m(high)[0]
    assert np.isnan(depth[:2]).all()
    assert depth[2:].tolist() == [6.0, 0.0]


def test_rounding_alone_leaves_no_water_behind_on_a_slope(flooded):
    ground = np.linspace(0, 8, 1001, dtype=np.float32).reshape(1, -1)
    surface, table = flooded(ground, seed=(0, 0), cap_cm=900)
    state = WaterState(level_m=2.0, highest_m=7.0)
    assert (surface.wet(state) == (ground <= 2.0)).all()
    assert table.area_at(2.0, highest_m=7.0) == table.area_at(2.0)


@pytest.mark.parametrize(("level", "highest"), [(5.0, 4.0), (math.nan, 4.0), (4.0, math.inf)])
def test_a_state_that_cannot_be_is_refused(level, highest):
    with pytest.raises(ValueError, match="level"):
        WaterState(level_m=level, highest_m=highest)
