"""A model that brings its ground says where; one that stands on the terrain does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from meshes.build.foreign.footprint import cover_rings
from meshes.tiles import Content, Primitive, TileTree, write_glb

EAST, NORTH = 500_000.0, 4_480_000.0


def sheet(
    width_m: float, height_m: float, *, step_m: float = 4.0, hole: shapely.Polygon | None = None
) -> Primitive:
    """A grid of triangles from (0, 0), without those whose middle lies in a hole."""
    x, y = np.meshgrid(np.arange(0, width_m + 1, step_m), np.arange(0, height_m + 1, step_m))
    cols = x.shape[1]
    first = (np.arange(x.shape[0] - 1)[:, None] * cols + np.arange(cols - 1)).ravel()
    corners = np.concatenate(
        [
            np.stack([first, first + 1, first + cols + 1], 1),
            np.stack([first, first + cols + 1, first + cols], 1),
        ]
    )
    position = np.stack([x.ravel(), y.ravel(), 0.1 * x.ravel()], axis=1).astype(np.float32)
    if hole is not None:
        middle = position[corners].mean(axis=1)
        corners = corners[~shapely.contains_xy(hole, middle[:, 0], middle[:, 1])]
    return Primitive(position=position, triangles=corners.astype(np.int32))


def written(folder: Path, *parts: Primitive, error_m: tuple[float, ...] = (0.0,)) -> TileTree:
    """A tileset of one tile, and of a chain of finer ones that nobody wrote where more errors are given."""
    write_glb(folder / "0.glb", Content(centre=(EAST, NORTH, 0.0), primitives=parts))
    n = len(error_m)
    low = np.min([part.position.min(axis=0) for part in parts], axis=0) + np.array([EAST, NORTH, 0.0])
    high = np.max([part.position.max(axis=0) for part in parts], axis=0) + np.array([EAST, NORTH, 0.0])
    return TileTree(
        parent=np.arange(-1, n - 1, dtype=np.int32),
        first_child=np.where(np.arange(n) < n - 1, np.arange(1, n + 1), 0).astype(np.int32),
        child_count=(np.arange(n) < n - 1).astype(np.int32),
        error_m=np.array(error_m),
        low=np.tile(low, (n, 1)),
        high=np.tile(high, (n, 1)),
        add=np.zeros(n, bool),
        content=tuple(f"{k}.glb" for k in range(n)),
        nbytes=np.full(n, 100),
    )


def area(folder: Path, tree: TileTree) -> shapely.Geometry:
    return shapely.union_all([shapely.Polygon(ring) for ring in cover_rings(folder, tree)])


def test_a_models_ground_is_covered_but_for_its_rim(tmp_path: Path) -> None:
    covered = area(tmp_path, written(tmp_path, sheet(200.0, 120.0)))
    whole = shapely.box(EAST, NORTH, EAST + 200.0, NORTH + 120.0)
    assert whole.covers(covered)
    assert covered.covers(whole.buffer(-3.0))


def test_where_a_large_hole_is_the_terrain_stays_and_small_gaps_are_closed(tmp_path: Path) -> None:
    lake, gap = shapely.box(60, 30, 140, 90), shapely.box(20, 20, 24, 24)
    tree = written(tmp_path, sheet(200.0, 120.0, hole=shapely.union(lake, gap)))
    covered = area(tmp_path, tree)
    assert len(cover_rings(tmp_path, tree)) > 1, "a ring has no holes"
    assert not covered.intersects(shapely.Point(EAST + 100.0, NORTH + 60.0))
    for x, y in ((22, 22), (40, 60), (160, 60), (100, 15), (100, 105)):
        assert covered.buffer(1.5).covers(shapely.Point(EAST + x, NORTH + y)), (x, y)


def test_a_house_alone_and_a_cloud_of_points_bring_no_ground(tmp_path: Path) -> None:
    assert cover_rings(tmp_path, written(tmp_path, sheet(20.0, 16.0))) == []
    points = Primitive(position=sheet(200.0, 200.0).position, triangles=None)
    assert cover_rings(tmp_path, written(tmp_path, points)) == []


def test_tiles_that_are_fine_enough_spare_the_finer_ones(tmp_path: Path) -> None:
    """The finer ones do not even exist here."""
    part = sheet(100.0, 100.0)
    assert cover_rings(tmp_path, written(tmp_path, part, error_m=(0.8, 0.1, 0.0)))
    with pytest.raises(Exception, match=r"1\.glb"):
        cover_rings(tmp_path, written(tmp_path, part, error_m=(30.0, 0.1, 0.0)))
