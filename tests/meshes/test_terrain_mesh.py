"""The terrain's mesh: exact where it stands, closed everywhere, fine where water comes and goes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from meshes.build.rtin import ROOT
from meshes.build.terrain import Detail, TerrainMesh, place, terrain_mesh
from meshes.errors import NoGroundError
from twin.water.connection import connection_level

ONE = (Detail(1.0, 8.0),)
SKIRT_M = 200.0

F32 = NDArray[np.float32]
sides = st.integers(2, 40)
grids = st.tuples(sides, sides).flatmap(
    lambda shape: hnp.arrays(np.float32, shape, elements=st.floats(0, 100, width=32))
)


def levels(mesh: TerrainMesh) -> Iterator[tuple[int, NDArray[np.int64], F32]]:
    """(error in mm, cells (m, 3, 2), heights (m, 3)) of each level's triangles, skirts left out."""
    errors = mesh.chunks[:-1, 2]
    for error in np.unique(errors):
        cells, heights = [], []
        for k in np.flatnonzero(errors == error):
            (t0, v0, *_), (t1, *_) = mesh.chunks[k], mesh.chunks[k + 1]
            corners = mesh.triangles[t0:t1].astype(np.int64) + v0
            cells.append(mesh.row_col[corners].astype(np.int64))
            heights.append(mesh.height[corners])
        cell, height = np.concatenate(cells), np.concatenate(heights)
        ground = area(cell) != 0  # a skirt hangs straight down
        yield int(error), cell[ground], height[ground]


def area(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    """Signed area in cells, positive where corners run counter-clockwise with north up."""
    x, y = cells[..., 1], -cells[..., 0]
    return 0.5 * ((x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (y[:, 1] - y[:, 0]) * (x[:, 2] - x[:, 0]))


def rims(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, 2, 2) sides that only one triangle has."""
    sides = np.stack([cells, np.roll(cells, -1, axis=1)], axis=2).reshape(-1, 4)
    found = {tuple(side) for side in sides.tolist()}
    assert len(found) == len(sides), "two triangles share a side in the same direction"
    alone = [s for s in found if (s[2], s[3], s[0], s[1]) not in found]
    return np.array(alone, dtype=np.int64).reshape(-1, 2, 2)


def interpolated(shape: tuple[int, int], cells: NDArray[np.int64], heights: F32) -> NDArray[np.float64]:
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


@given(ground=grids, triangles=st.integers(2, 2000))
def test_a_mesh_covers_its_raster_once_and_has_no_crack(ground: F32, triangles: int) -> None:
    rows, cols = ground.shape
    for _, cells, heights in levels(terrain_mesh(ground, target_triangles=triangles)):
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
        mesh = terrain_mesh(ground, target_triangles=triangles)
    except NoGroundError:
        assert not quads.any()
        return
    for _, cells, heights in levels(mesh):
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
def test_what_is_left_out_lies_near_what_is_drawn_dry_and_at_every_level(
    seed: int, shape: tuple[int, int], triangles: int
) -> None:
    """Errors of a vertex and of its ancestors add up: the bound is the tolerance times the depth."""
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
    mesh = terrain_mesh(
        ground, connection_m=link, levels_m=(80.0, 120.0), target_triangles=triangles, detail=ONE
    )
    (error_mm, cells, _), *_ = levels(mesh)
    tolerance = error_mm / 1000 / max(1.0, 10.0 / 8.0)
    depth = 2 * int(np.ceil(np.log2(max(shape))))
    off = np.abs(interpolated(shape, cells, ground[cells[..., 0], cells[..., 1]]) - ground)
    assert off.max() <= depth * tolerance + 1e-3
    for level in random.uniform(85, 115, 3):
        surface = np.where(link <= level, np.maximum(ground, level), ground)
        off = np.abs(interpolated(shape, cells, surface[cells[..., 0], cells[..., 1]]) - surface)
        assert off.max() <= depth * tolerance / 8.0 + 1e-3


def test_flat_ground_needs_two_triangles_a_tile_and_a_skirt() -> None:
    mesh = terrain_mesh(np.full((2 * ROOT + 1, ROOT + 1), 5.0, np.float32))
    ((_, cells, _),) = levels(mesh)
    assert len(cells) == 4
    assert mesh.chunks.tolist() == [[0, 0, 0, 0], [10, 8, 0, 1], [20, 16, 0, 0]]


def test_a_tile_carries_the_same_number_in_every_level_and_stays_in_its_square() -> None:
    random = np.random.default_rng(3)
    mesh = terrain_mesh(random.uniform(0, 50, (300, 600)).astype(np.float32), target_triangles=60_000)
    assert len(np.unique(mesh.chunks[:-1, 2])) == 4
    for k, (_, v0, _, tile) in enumerate(mesh.chunks[:-1]):
        row, col = mesh.row_col[v0 : mesh.chunks[k + 1, 1]].T
        down, across = divmod(int(tile), 3)
        assert down * ROOT <= row.min() and row.max() <= (down + 1) * ROOT
        assert across * ROOT <= col.min() and col.max() <= (across + 1) * ROOT
    counts = [len(cells) for _, cells, _ in levels(mesh)]
    assert counts == sorted(counts, reverse=True)
    assert abs(counts[0] - 60_000) < 3_000


def test_every_chunk_stands_alone_and_hangs_a_skirt_outwards() -> None:
    rows, cols = np.indices((70, 300))
    ground = (20 * np.sin(rows / 9) * np.cos(cols / 13)).astype(np.float32)
    mesh = terrain_mesh(ground, target_triangles=4_000)
    for k in range(len(mesh.chunks) - 1):
        (t0, v0, *_), (t1, v1, *_) = mesh.chunks[k], mesh.chunks[k + 1]
        corners = mesh.triangles[t0:t1]
        assert corners.min() == 0
        assert corners.max() == v1 - v0 - 1
        cell = mesh.row_col[v0:v1].astype(np.int64)
        below = ground[cell[:, 0], cell[:, 1]] - mesh.height[v0:v1]
        np.testing.assert_array_equal(np.unique(below), [0.0, SKIRT_M])
        walls = corners[area(cell[corners]) == 0]
        assert len(walls) == 2 * len(rims(cell[corners[area(cell[corners]) != 0]]))
        # A wall's normal points away from the middle of its tile.
        point = np.column_stack([cell[:, 1], -cell[:, 0], mesh.height[v0:v1]]).astype(float)[walls]
        normal = np.cross(point[:, 1] - point[:, 0], point[:, 2] - point[:, 0])[:, :2]
        middle = (point[:, :, :2].min(axis=(0, 1)) + point[:, :, :2].max(axis=(0, 1))) / 2
        assert ((point.mean(axis=1)[:, :2] - middle) * normal).sum(axis=1).min() > 0


def test_a_dam_one_cell_wide_and_an_island_of_one_cell_are_there_at_once() -> None:
    ground = (100.0 + 0.05 * np.indices((200, 200))[0]).astype(np.float32)
    ground[60, 20:180] = 160.0
    ground[120, 90] = 130.0
    mesh = terrain_mesh(ground, target_triangles=3_000, detail=ONE)
    ((_, cells, heights),) = levels(mesh)
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
    mesh = terrain_mesh(ground, connection_m=link, levels_m=(95.0, 120.0), target_triangles=6_000, detail=ONE)
    ((_, cells, _),) = levels(mesh)
    low = (cells[..., 1].max(axis=1) < 127).sum()
    high = (cells[..., 1].min(axis=1) > 128).sum()
    assert low > 3 * high


def test_levels_at_which_a_cell_is_never_wet_do_not_count() -> None:
    """Cells that the flood does not reach carry the cap; they must not count as flooded at it."""
    random = np.random.default_rng(5)
    ground = random.uniform(90, 99, (100, 100)).astype(np.float32)
    never = np.full_like(ground, 120.0)
    dry = terrain_mesh(ground, target_triangles=2_000, detail=ONE)
    capped = terrain_mesh(
        ground, connection_m=never, levels_m=(80.0, 120.0), target_triangles=2_000, detail=ONE
    )
    np.testing.assert_array_equal(dry.triangles, capped.triangles)


def test_two_builds_are_equal() -> None:
    ground = np.random.default_rng(7).uniform(0, 9, (90, 70)).astype(np.float32)
    one, two = terrain_mesh(ground, target_triangles=900), terrain_mesh(ground, target_triangles=900)
    for name in ("row_col", "height", "triangles", "chunks"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_no_ground_at_all_is_one_clear_error() -> None:
    with pytest.raises(NoGroundError, match="at least 2 × 2 cells"):
        terrain_mesh(np.full((9, 9), np.nan, np.float32))
    with pytest.raises(NoGroundError):
        terrain_mesh(np.zeros((1, 9), np.float32))


def test_infinite_heights_count_as_none() -> None:
    ground = np.ones((9, 9), np.float32)
    ground[4, 4] = np.inf
    ((_, _, heights),) = levels(terrain_mesh(ground))
    assert np.isfinite(heights).all()


def test_place_puts_vertices_where_the_grid_says_less_the_origin() -> None:
    mesh = terrain_mesh(np.arange(12, dtype=np.float32).reshape(3, 4), skirt_m=SKIRT_M)
    position, tcoord = place(
        mesh,
        shape=(3, 4),
        to_frame=lambda row, col: (500_000 + 30 * col, 4_000_000 - 30 * row),
        origin=(500_000, 4_000_000, 0),
    )
    assert position.dtype == tcoord.dtype == np.float32
    np.testing.assert_array_equal(position[:, 0], 30 * mesh.row_col[:, 1])
    np.testing.assert_array_equal(position[:, 1], -30 * mesh.row_col[:, 0])
    np.testing.assert_array_equal(position[:, 2], mesh.height)
    np.testing.assert_allclose(tcoord, (mesh.row_col[:, ::-1] + 0.5) / [4, 3], rtol=1e-6)
