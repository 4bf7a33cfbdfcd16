"""Several surveys as one ground: the finest wins, without a step, and where there is one nothing changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.build.mosaic import BLEND_CELLS, Survey, SurveyError, mosaic
from twin.grid import Grid

CELL_M = 30.0


def survey(rows: int, cols: int, cell_m: float, *, west: float, north: float, height: object) -> Survey:
    """A survey whose height is a function of (east, north)."""
    grid = Grid(crs="EPSG:4548", rows=rows, cols=cols, west=west, north=north, dx=cell_m, dy=cell_m)
    row, col = np.indices(grid.shape)
    return Survey(
        name="lidar", heights_m=np.asarray(height(*grid.centre_of(row, col)), np.float32), grid=grid
    )  # type: ignore[operator]


def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return 100.0 + 0.01 * (x - 490_000.0) - 0.02 * (y - 4_485_000.0)


def terrain(height: object = plane) -> Survey:
    return survey(60, 80, CELL_M, west=490_000.0, north=4_485_000.0, height=height)


def inset(height: object, cell_m: float = 10.0, side: int = 60) -> Survey:
    return survey(side, side, cell_m, west=490_600.0, north=4_484_400.0, height=height)


def test_one_survey_alone_stays_as_it_is() -> None:
    alone = terrain()
    merged = mosaic(alone, [])
    assert merged.grid == alone.grid
    np.testing.assert_array_equal(merged.ground_m, alone.heights_m)
    assert not merged.origin.any()


def test_surveys_that_agree_give_their_common_plane_everywhere() -> None:
    merged = mosaic(terrain(), [inset(plane)])
    assert merged.grid.shape == (180, 240)
    assert (merged.grid.dx, merged.grid.bounds) == (10.0, terrain().grid.bounds)
    row, col = np.indices(merged.grid.shape)
    exact = plane(*merged.grid.centre_of(row, col))
    inner = np.s_[2:-2, 2:-2]  # beyond the outermost centres the terrain is flat
    np.testing.assert_allclose(merged.ground_m[inner], exact[inner], atol=0.01)


@given(rise_m=st.floats(-50.0, 50.0), side=st.integers(30, 90))
def test_an_inset_takes_over_without_a_step_and_wins_inside(rise_m: float, side: int) -> None:
    flat = terrain(lambda x, _: np.zeros_like(x))
    merged = mosaic(flat, [inset(lambda x, _: np.full_like(x, rise_m), side=side)])
    ground, belt = merged.ground_m, int(BLEND_CELLS * 3)
    top, left = 60, 60  # 600 m from the corner
    middle = ground[top + belt : top + side - belt, left + belt : left + side - belt]
    np.testing.assert_allclose(middle, rise_m, atol=1e-4)
    assert not ground[:top].any() and not ground[:, :left].any()
    steps = max(np.abs(np.diff(ground, axis=0)).max(), np.abs(np.diff(ground, axis=1)).max())
    assert steps <= 1.6 * abs(rise_m) / belt + 1e-4  # a smooth step is at most 1.5 times as steep as a ramp


def test_the_finest_of_several_wins_whatever_their_order() -> None:
    flat = terrain(lambda x, _: np.zeros_like(x))
    fine = survey(120, 120, 5.0, west=490_600.0, north=4_484_400.0, height=lambda x, _: np.full_like(x, 7.0))
    coarse = inset(lambda x, _: np.full_like(x, 3.0), side=90)
    for surveys, number in (([fine, coarse], 1), ([coarse, fine], 2)):
        merged = mosaic(flat, surveys)
        assert merged.grid.dx == 5.0
        here = merged.grid.cell_at(490_900.0, 4_484_100.0)
        assert here is not None
        assert merged.ground_m[here] == pytest.approx(7.0)
        assert merged.origin[here] == number
        beyond = merged.grid.cell_at(491_350.0, 4_483_650.0)
        assert beyond is not None
        assert merged.ground_m[beyond] == pytest.approx(3.0)


def test_larger_cells_get_the_mean_of_the_finer_ones() -> None:
    stripes = inset(lambda x, _: np.where((x // 5.0).astype(int) % 2 == 0, 0.0, 10.0), cell_m=5.0, side=120)
    merged = mosaic(terrain(lambda x, _: np.full_like(x, 5.0)), [stripes], most_cells=60 * 80)
    assert merged.grid == terrain().grid
    np.testing.assert_allclose(merged.ground_m, 5.0, atol=0.01)


def test_gaps_of_an_inset_are_filled_by_the_terrain_and_gaps_of_the_terrain_by_the_inset() -> None:
    def with_gap(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.where(np.hypot(x - 490_900.0, y - 4_484_100.0) < 50.0, np.nan, 9.0)

    merged = mosaic(terrain(lambda x, _: np.zeros_like(x)), [inset(with_gap)])
    gap = merged.grid.cell_at(490_900.0, 4_484_100.0)
    assert gap is not None
    assert merged.ground_m[gap] == 0.0
    assert merged.origin[gap] == 0
    nothing = mosaic(
        terrain(lambda x, _: np.full_like(x, np.nan)), [inset(lambda x, _: np.full_like(x, 9.0))]
    )
    known = np.isfinite(nothing.ground_m)
    assert known.sum() == 60 * 60
    assert (nothing.ground_m[known] == 9.0).all()


def test_an_inset_in_degrees_lies_where_proj_puts_it() -> None:
    grid = Grid(crs="EPSG:4490", rows=80, cols=80, west=116.888, north=40.4985, dx=0.0001, dy=0.0001)
    bump = Survey(name="bump", heights_m=np.zeros(grid.shape, np.float32), grid=grid)
    bump.heights_m[38:43, 38:43] = 50.0
    merged = mosaic(terrain(lambda x, _: np.zeros_like(x)), [bump])
    row, col = np.unravel_index(int(merged.ground_m.argmax()), merged.grid.shape)
    x, y = merged.grid.centre_of(row, col)
    from twin.crs import transform

    lon, lat = transform(x, y, source="EPSG:4548", target="EPSG:4490")
    assert (float(lon), float(lat)) == pytest.approx((116.888 + 40.5e-4, 40.4985 - 40.5e-4), abs=3e-4)


def test_an_inset_elsewhere_or_without_a_height_is_named() -> None:
    far = survey(20, 20, 10.0, west=600_000.0, north=4_485_000.0, height=lambda x, _: np.ones_like(x))
    empty = inset(lambda x, _: np.full_like(x, np.nan))
    for one in (far, empty):
        with pytest.raises(SurveyError, match="lidar: has no height within the terrain"):
            mosaic(terrain(), [one])


def test_an_inset_coarser_than_the_terrain_is_refused_and_one_as_fine_is_not() -> None:
    def wide(cell_m: float) -> Survey:
        return survey(20, 20, cell_m, west=490_100.0, north=4_484_900.0, height=lambda x, _: np.ones_like(x))

    with pytest.raises(SurveyError, match="cells of 90 m are coarser than the terrain's of 30 "):
        mosaic(terrain(), [wide(90.0)])
    assert mosaic(terrain(), [wide(CELL_M)]).grid == terrain().grid


@pytest.mark.parametrize(
    ("terrain_m", "inset_m", "told"),
    [
        (150.0, 150.0 / 0.3048, True),  # feet
        (150.0, 1500.0, True),  # decimetres
        (150.0, 0.15, True),  # kilometres
        (4100.0, 4214.0, True),  # another reference by far
        (143.0, 103.0, False),  # a surveyed bed under a lake's surface
        (150.0, 142.65, False),  # ellipsoidal heights, or a cut made since
        (-2.0, 4.0, False),
        (3.0, 9.0, False),
    ],
)
def test_an_inset_of_another_size_is_doubted(terrain_m: float, inset_m: float, told: bool) -> None:
    ground = terrain(lambda x, _: np.full_like(x, terrain_m))
    merged = mosaic(ground, [inset(lambda x, _: np.full_like(x, inset_m))])
    assert ("lidar" in merged.doubts) == told
    if told:
        assert "unit_mult" in merged.doubts["lidar"]
