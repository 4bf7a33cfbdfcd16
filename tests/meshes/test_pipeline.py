"""From a catalog to what is drawn: picture, tiles, surroundings."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image
from rasterio.transform import from_origin

from meshes.pipeline import build, is_built
from meshes.tiles import map_glb, read_tree
from tests.small import CELL_M, COLS, NORTH, ROWS, WEST, write_raster
from twin.basin import Basin

IMAGERY = """  photo:
    kind: imagery
    title: {zh: 航片, en: Aerial picture}
    driver: raster
    uri: photo.tif
    edition: "1"
    source: a red square
    access: public
"""

AROUND = """  around:
    kind: surroundings
    title: {zh: 外围, en: Surroundings}
    driver: raster
    uri: around.tif
    vertical: {reference: local}
    edition: "1"
    source: a plain
    access: public
"""


def test_building_twice_makes_nothing_and_asking_costs_no_build(small_catalog: Path) -> None:
    assert not is_built(small_catalog)
    first = build(small_catalog)
    assert is_built(small_catalog)
    second = build(small_catalog)
    assert second.made == ()
    assert second.generation.id == first.generation.id


def test_two_builds_in_two_stores_are_equal_to_the_byte(small_catalog: Path, tmp_path: Path) -> None:
    generations = [build(small_catalog, store=tmp_path / name).generation for name in ("one", "two")]
    assert generations[0].products == generations[1].products
    for step in generations[0].products:
        one, two = (generation.path(step) for generation in generations)
        names = sorted(file.relative_to(one) for file in one.rglob("*") if file.is_file())
        for name in names:
            assert (one / name).read_bytes() == (two / name).read_bytes(), f"{step}/{name}"


def test_an_aerial_picture_takes_the_painted_ones_place(small_catalog: Path) -> None:
    red = np.zeros((3, ROWS * 2, COLS * 2), np.uint8)
    red[0] = 200
    profile = {"driver": "GTiff", "height": ROWS * 2, "width": COLS * 2, "count": 3, "dtype": "uint8"}
    place = {"crs": "EPSG:4548", "transform": from_origin(WEST, NORTH, CELL_M / 2, CELL_M / 2)}
    with rasterio.open(small_catalog.parent / "photo.tif", "w", **profile, **place) as file:
        file.write(red)
    with small_catalog.open("a", encoding="utf-8") as file:
        file.write(IMAGERY)
    assert build(small_catalog).generation.faults == ()
    folder = Basin.open(small_catalog).terrain_tiles()
    leaf = map_glb(folder / read_tree(folder).content[-1]).primitives[0]
    assert leaf.image is not None
    with Image.open(io.BytesIO(bytes(leaf.image))) as picture:
        mean = np.asarray(picture).reshape(-1, 3).mean(axis=0)
    np.testing.assert_allclose(mean, [200, 0, 0], atol=4)


def test_the_surroundings_have_a_hole_where_the_terrain_is(small_catalog: Path) -> None:
    cell, margin = 100.0, 5_000.0
    side = int((max(ROWS, COLS) * CELL_M + 2 * margin) / cell)
    origin = from_origin(WEST - margin, NORTH + margin, cell, cell)
    write_raster(
        small_catalog.parent / "around.tif", np.full((side, side), 140, np.float32), transform=origin
    )
    with small_catalog.open("a", encoding="utf-8") as file:
        file.write(AROUND)
    assert build(small_catalog).generation.faults == ()
    basin = Basin.open(small_catalog)
    around = basin.surroundings()
    assert around is not None
    west, south, east, north = basin.ground()[1].bounds
    for name in read_tree(around.folder).content:
        tile = map_glb(around.folder / name)
        part = tile.primitives[0]
        assert part.triangles is not None
        x, y = (part.position[part.triangles].mean(axis=1)[:, :2] + np.array(tile.centre)[:2]).T
        inner = 2.5 * cell
        in_columns, in_rows = (
            (x > west + inner) & (x < east - inner),
            (y > south + inner) & (y < north - inner),
        )
        assert not (in_columns & in_rows).any()
    assert np.isnan(around.heights_m[side // 2, side // 2])
