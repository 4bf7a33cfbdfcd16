"""The terrain's mesh: exact where it stands, closed everywhere, fine where water comes and goes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from meshes.build.ground.square import COARSENESS, SHORE_WEIGHT, Square, square
from meshes.errors import NoGroundError
from twin.arrays import F32, F64, I64
from twin.water.connection import connection_level

SKIRT_M = 200.0

sides = st.integers(2, 40)
grids = st.tuples(sides, sides).flatmap(
    lambda shape: hnp.arrays(np.float32, shape, elements=st.floats(0, 100, width=32))
)


def surfaces(mesh: Square) -> Iterator[tuple[I64, F32]]:
    """(cells (m, 3, 2), heights (m, 3)) of the fine triangles and of the coarse ones, skirts left out."""
    for corners in (mesh.triangles, mesh.coarse):
        cell, height = mesh.cell[corners], mesh.height_m[corners]
        ground = area(cell) != 0  # a skirt hangs straight down
        yield cell[ground], height[ground]


def area(cells: I64) -> F64:
    """Signed area in cells, positive where corners run counter-clockwise with north up."""
    x, y = cells[..., 1], -cells[..., 0]
    return 0.5 * ((x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (y[:, 1] - y[:, 0]) * (x[:, 2] - x[:, 0]))


def rims(cells: I64) -> I64:
    """(n, 2, 2) sides that only one triangle has."""
    sides = np.stack([cells, np.roll(cells, -1, axis=1)], axis=2).reshape(-1, 4)
    found = {tuple(side) for side in sides.tolist()}
    assert len(found) == len(sides), "two triangles share a side in the same direction"
    alone = [s for s in found if (s[2], s[3], s[0], s[1]) not in found]
    return np.array(alone, dtype=np.int64).reshape(-1, 2, 2)


def interpolated(shape: tuple[int, int], cells: I64, heights: F32) -> F64:
    """Height of the mesh at every cell of the raster, by the triangles over it."""
    out = np.full(shape, np.nan)
    for corner, height in zip(cells, heights.astype(np.float64), strict=True):
        low, high = corner.min(axis=0), corner.max(axis=0)
        rows, cols = np.mgrid[low[0] : high[0] + 1, low[1] : high[1] + 1]
        basis = np.linalg.solve(
            np.column_stack([corner, np.ones(3)]).T,
            np.stack([rows.ravel(), cols.ravel(), np.ones(rows.size)]),
        )
        inside = (basis >= -1e-9).all(axis=0)
        out[rows.ravel()[inside], cols.ravel()[inside]] = (height @ basis)[inside]
    return out


@given(ground=grids, triangles=st.integers(2, 2000), tolerance=st.sampled_from([0.0, 3.0, 30.0]))
def test_a_mesh_covers_its_raster_once_and_has_no_crack(
    ground: F32, triangles: int, tolerance: float
) -> None:
    rows, cols = ground.shape
    for cells, heights in surfaces(square(ground, most_triangles=triangles, tolerance_m=tolerance)):
        np.testing.assert_array_equal(heights, ground[cells[..., 0], cells[..., 1]])
        assert (area(cells) > 0).all()
        assert area(cells).sum() == (rows - 1) * (cols - 1)
        for (r0, c0), (r1, c1) in rims(cells):  # a crack would be a side inside that one triangle has alone
            assert r0 == r1 in (0, rows - 1) or c0 == c1 in (0, cols - 1)


@given(ground=grids, holes=st.lists(st.tuples(sides, sides), max_size=30), triangles=st.integers(2, 2000))
def test_ground_without_a_height_is_left_out_cell_by_cell(
    ground: F32, holes: list[tuple[int, int]], triangles: int
) -> None:
    rows, cols = ground.shape
    for r, c in holes:
        ground[r % rows, c % cols] = np.nan
    whole = np.isfinite(ground)
    quads = whole[:-1, :-1] & whole[1:, :-1] & whole[:-1, 1:] & whole[1:, 1:]
    try:
        mesh = square(ground, most_triangles=triangles)
    except NoGroundError:
        assert not quads.any()
        return
    for cells, heights in surfaces(mesh):
        assert np.isfinite(heights).all()
        assert area(cells).sum() >= quads.sum()
        for (r0, c0), (r1, c1) in rims(cells):
            on_border = r0 == r1 in (0, rows - 1) or c0 == c1 in (0, cols - 1)
            assert on_border or max(abs(r0 - r1), abs(c0 - c1)) <= 2, "a hole is one vertex wide"


@settings(max_examples=12)
@given(
    seed=st.integers(0, 2**31),
    shape=st.tuples(st.integers(10, 60), st.integers(10, 60)),
    triangles=st.integers(50, 900),
)
def test_the_error_is_how_far_off_it_is_dry_and_at_the_worst_level(
    seed: int, shape: tuple[int, int], triangles: int
) -> None:
    """Beside the triangles laid out over the raster one by one: never more, and reached where it is dry."""
    random = np.random.default_rng(seed)
    rows, cols = np.indices(shape)
    ground = 100.0 + sum(
        random.uniform(2, 12)
        * np.sin(rows * random.uniform(0.05, 0.4) + cols * random.uniform(0.05, 0.4) + k)
        for k in range(4)
    ).astype(np.float32)
    start = np.unravel_index(np.argmin(ground), shape)
    cm = np.ceil(ground * 100).astype(np.int32)
    link = (connection_level(cm, seed=(int(start[0]), int(start[1])), cap_cm=12_000) / 100).astype(np.float32)
    dry = square(ground, most_triangles=triangles)
    cells, heights = next(surfaces(dry))
    assert np.abs(interpolated(shape, cells, heights) - ground).max() == pytest.approx(dry.error_m, abs=1e-3)

    mesh = square(ground, link, levels_m=(80.0, 120.0), most_triangles=triangles)
    cells, heights = next(surfaces(mesh))
    worst = np.abs(interpolated(shape, cells, heights) - ground).max()
    for level in [*random.uniform(85, 115, 5), *random.choice(link[(link >= 80.0) & (link < 120.0)], 5)]:
        surface = np.where(link <= level, np.maximum(ground, level), ground)
        off = np.abs(interpolated(shape, cells, surface[cells[..., 0], cells[..., 1]]) - surface)
        worst = max(worst, SHORE_WEIGHT * off[link < 120.0].max())  # what is never wet counts once
    assert worst <= mesh.error_m + 1e-3


def test_no_more_triangles_than_asked_and_the_coarse_ones_are_fewer() -> None:
    random = np.random.default_rng(3)
    mesh = square(random.uniform(0, 50, (65, 65)).astype(np.float32), most_triangles=2_000)
    (fine, _), (coarse, _) = surfaces(mesh)
    assert 1_800 < len(fine) <= 2_000
    assert len(coarse) < len(fine)


def test_ground_that_is_flat_within_the_tolerance_needs_two_triangles_and_a_skirt() -> None:
    ground = np.random.default_rng(4).uniform(0, 0.5, (65, 65)).astype(np.float32)
    mesh = square(ground, tolerance_m=1.0)
    ((fine, _), (coarse, _)) = surfaces(mesh)
    assert len(fine) == len(coarse) == 2
    assert mesh.triangles.shape == (10, 3) and mesh.cell.shape == (8, 2)
    assert 0.1 < mesh.error_m < 1.0


def test_every_surface_hangs_a_skirt_outwards() -> None:
    rows, cols = np.indices((70, 100))
    ground = (20 * np.sin(rows / 9) * np.cos(cols / 13)).astype(np.float32)
    mesh = square(ground, most_triangles=4_000)
    below = ground[mesh.cell[:, 0], mesh.cell[:, 1]] - mesh.height_m
    np.testing.assert_array_equal(np.unique(below), [0.0, SKIRT_M])
    for corners in (mesh.triangles, mesh.coarse):
        walls = corners[area(mesh.cell[corners]) == 0]
        assert len(walls) == 2 * len(rims(mesh.cell[corners[area(mesh.cell[corners]) != 0]]))
        # A wall's normal points away from the middle of its square.
        point = np.column_stack([mesh.cell[:, 1], -mesh.cell[:, 0], mesh.height_m]).astype(float)[walls]
        normal = np.cross(point[:, 1] - point[:, 0], point[:, 2] - point[:, 0])[:, :2]
        middle = (point[:, :, :2].min(axis=(0, 1)) + point[:, :, :2].max(axis=(0, 1))) / 2
        assert ((point.mean(axis=1)[:, :2] - middle) * normal).sum(axis=1).min() > 0


def test_a_dam_one_cell_wide_and_an_island_of_one_cell_are_there_at_once() -> None:
    ground = (100.0 + 0.05 * np.indices((200, 200))[0]).astype(np.float32)
    ground[60, 20:180] = 160.0
    ground[120, 90] = 130.0
    for cells, heights in surfaces(square(ground, most_triangles=3_000, tolerance_m=9.0 / COARSENESS)):
        drawn = interpolated(ground.shape, cells, heights)
        np.testing.assert_allclose(drawn[60, 20:180], 160.0, atol=1e-4)
        np.testing.assert_allclose(drawn[[59, 61], 20:180], ground[[59, 61], 20:180], atol=1e-4)
        assert drawn[120, 90] == pytest.approx(130.0)


def test_the_shore_is_finer_than_ground_of_the_same_shape_above_it() -> None:
    """Twice the same hills, the upper ones out of the water's reach."""
    rows, cols = np.indices((128, 256))
    hills = (6.0 * np.sin(rows / 5.0) * np.sin(cols / 5.0)).astype(np.float32)
    ground = hills + np.where(cols < 128, 100.0, 300.0).astype(np.float32)
    link = np.where(cols < 128, np.maximum(ground, 101.0), 1_000.0).astype(np.float32)
    cells, _ = next(surfaces(square(ground, link, levels_m=(95.0, 120.0), most_triangles=6_000)))
    low = (cells[..., 1].max(axis=1) < 127).sum()
    high = (cells[..., 1].min(axis=1) > 128).sum()
    assert low > 3 * high


def test_levels_at_which_a_cell_is_never_wet_do_not_count() -> None:
    """Cells that the flood does not reach carry the cap; they must not count as flooded at it."""
    random = np.random.default_rng(5)
    ground = random.uniform(90, 99, (100, 100)).astype(np.float32)
    never = np.full_like(ground, 120.0)
    dry = square(ground, most_triangles=2_000)
    capped = square(ground, never, levels_m=(80.0, 120.0), most_triangles=2_000)
    np.testing.assert_array_equal(dry.triangles, capped.triangles)
    assert dry.error_m == capped.error_m


def test_no_ground_at_all_is_one_clear_error() -> None:
    with pytest.raises(NoGroundError, match="at least 2 × 2 cells"):
        square(np.full((9, 9), np.nan, np.float32))
    with pytest.raises(NoGroundError):
        square(np.zeros((1, 9), np.float32))


def test_infinite_heights_count_as_none() -> None:
    ground = np.ones((9, 9), np.float32)
    ground[4, 4] = np.inf
    for _, heights in surfaces(square(ground)):
        assert np.isfinite(heights).all()
