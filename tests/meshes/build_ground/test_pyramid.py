"""A raster as a tileset: right at every level, closed between neighbours, and open to other viewers."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.build.ground.drape import MOST_PX
from meshes.build.ground.pyramid import build_ground
from meshes.errors import NoGroundError
from meshes.tiles import TileTree, map_glb, read_tree
from meshes.tiles.check import check_tileset
from meshes.tiles.tree_check import levels
from tests.meshes.tiles.conftest import Validate
from twin.areas import cell_side_m
from twin.arrays import F32
from twin.cog import write_cog
from twin.frame import Frame
from twin.grid import Grid

FRAME = Frame(crs="EPSG:4548", east=490_000.0, north=4_480_000.0)
GRID = Grid(crs="EPSG:4548", rows=150, cols=190, west=489_000.0, north=4_484_000.0, dx=20.0, dy=20.0)


def hills(shape: tuple[int, int] = GRID.shape) -> F32:
    row, col = np.indices(shape)
    return (150 + 30 * np.sin(row / 7.0) * np.cos(col / 11.0) + 2 * np.sin(row + col)).astype(np.float32)


def tiled(folder: Path, ground: F32, *, per_cell: int = 2, grid: Grid = GRID) -> TileTree:
    """The tileset of a raster under a picture whose red runs from west to east and green from the north."""
    grid = replace(grid, rows=ground.shape[0], cols=ground.shape[1])
    rows, cols = grid.rows * per_cell, grid.cols * per_cell
    y, x = np.indices((rows, cols))
    bands = np.stack([255 * x / cols, 255 * y / rows, np.full((rows, cols), 60)]).astype(np.uint8)
    picture = folder / "surface.tif"
    place = replace(grid, rows=rows, cols=cols, dx=grid.dx / per_cell, dy=grid.dy / per_cell)
    write_cog(picture, bands, place, overviews="average", jpeg_quality=95)
    return build_ground(
        folder, ground, grid=grid, frame=FRAME, picture=picture, ellipsoid_minus_working_m=-7.35
    )


def test_every_vertex_is_a_cell_of_the_raster_or_hangs_straight_under_one(tmp_path: Path) -> None:
    ground = hills()
    tree = tiled(tmp_path, ground)
    assert levels(tree).max() == 2
    for name in tree.content:
        tile = map_glb(tmp_path / name)
        position = tile.primitives[0].position + np.array(tile.centre)
        row = (GRID.north - position[:, 1]) / GRID.dy - 0.5
        col = (position[:, 0] - GRID.west) / GRID.dx - 0.5
        np.testing.assert_allclose([row, col], np.rint([row, col]), atol=1e-4)
        below = ground[np.rint(row).astype(int), np.rint(col).astype(int)] - position[:, 2]
        np.testing.assert_allclose(below[below > 100.0], 200.0, atol=1e-3)
        np.testing.assert_allclose(below[below < 100.0], 0.0, atol=1e-4)


def test_leaves_cover_the_raster_and_parents_their_children(tmp_path: Path) -> None:
    tree = tiled(tmp_path, hills())
    assert (np.bincount(levels(tree)) == [1, 4, 9]).all()
    assert (tree.error_m[1:] < tree.error_m[tree.parent[1:]]).all()
    leaves = tree.child_count == 0
    across = (tree.high - tree.low)[leaves]
    assert (across[:, 0] * across[:, 1]).sum() == pytest.approx((149 * 20.0) * (189 * 20.0))


def test_it_keeps_all_the_rules_of_3d_tiles_and_of_gltf(tmp_path: Path, validate: Validate) -> None:
    tree = tiled(tmp_path, hills())
    check_tileset(tmp_path)
    reports = validate(*(tmp_path / name for name in tree.content))
    assert len(reports) == len(tree.content)
    assert [issue for report in reports for issue in report["issues"] if issue["severity"] < 2] == []
    again = read_tree(tmp_path)
    np.testing.assert_array_equal(again.parent, tree.parent)
    np.testing.assert_allclose(again.error_m, tree.error_m)


def test_each_place_has_its_own_colour_in_every_tile(tmp_path: Path) -> None:
    tree = tiled(tmp_path, hills(), per_cell=6)
    assert levels(tree).max() == 2
    for name in tree.content:
        tile = map_glb(tmp_path / name)
        part = tile.primitives[0]
        assert part.image is not None
        assert part.tcoord is not None
        with Image.open(io.BytesIO(bytes(part.image))) as picture:
            assert max(picture.size) <= MOST_PX + 4
            pixels = np.asarray(picture).astype(float)
        x, y = (part.tcoord.astype(float) * picture.size - 0.5).T
        found = pixels[np.rint(y).astype(int), np.rint(x).astype(int)]
        east, north = (part.position[:, :2] + np.array(tile.centre)[:2]).T
        red = 255 * (east - GRID.west) / (GRID.cols * GRID.dx)
        green = 255 * (GRID.north - north) / (GRID.rows * GRID.dy)
        np.testing.assert_allclose(found[:, 0], red, atol=5)
        np.testing.assert_allclose(found[:, 1], green, atol=5)


def test_tiles_are_as_fine_as_the_picture_and_say_where_it_is_finer_below(tmp_path: Path) -> None:
    flat = np.full(GRID.shape, 10.0, np.float32)
    tree = tiled(tmp_path, flat, per_cell=12)
    depth = levels(tree)
    assert depth.max() == 3  # 32 cells of 12 pixels in the leaves: 64 would have 768
    np.testing.assert_allclose(tree.error_m[depth == 3], 0.0, atol=1e-9)
    texel_m = cell_side_m(GRID) / 12  # on the ground; 20 m of the frame are 10⁻⁶ less
    np.testing.assert_allclose(tree.error_m[depth == 2], 3 * 2 * texel_m)
    np.testing.assert_allclose(tree.error_m[depth == 0], 3 * 8 * texel_m)


def test_where_there_is_no_ground_there_is_no_tile(tmp_path: Path) -> None:
    ground = hills()
    ground[:, 60:] = np.nan
    tree = tiled(tmp_path, ground)
    assert (np.bincount(levels(tree)) == [1, 2, 3]).all()
    assert tree.high[:, 0].max() <= GRID.west + 60 * 20.0
    ground[:] = np.nan
    with pytest.raises(NoGroundError):
        tiled(tmp_path, ground)


def test_a_raster_in_degrees_lies_where_proj_puts_it(tmp_path: Path) -> None:
    grid = Grid(crs="EPSG:4326", rows=90, cols=90, west=116.9, north=40.5, dx=0.001, dy=0.001)
    tree = tiled(tmp_path, hills((90, 90)), grid=grid)
    tile = map_glb(tmp_path / tree.content[0])
    ends = tile.primitives[0].position[:, :2] + np.array(tile.centre)[:2]
    lon, lat = FRAME.to_lonlat(ends[:, 0], ends[:, 1])
    assert (lon.min(), lon.max()) == pytest.approx((116.9005, 116.9895), abs=1e-7)
    assert (lat.min(), lat.max()) == pytest.approx((40.4105, 40.4995), abs=1e-7)
