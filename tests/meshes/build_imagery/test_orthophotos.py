"""Pictures from above lie over the painted ground: finer over coarser, and nothing where they are clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from meshes.build.catalog_check import check
from meshes.build.imagery.orthophotos import nearest_on, overlaid
from meshes.pipeline import build
from tests.small import CELL_M, COLS, NORTH, ROWS, WEST
from twin.arrays import U8
from twin.basin import Basin
from twin.cog import read_cog
from twin.grid import Grid
from twin.ingest import ByteRaster


def grid(rows: int, cols: int, cell: float, *, crs: str = "EPSG:4548", **place: float) -> Grid:
    return Grid(crs=crs, rows=rows, cols=cols, **{"west": WEST, "north": NORTH} | place, dx=cell, dy=cell)


def photo(place: Grid, *rgba: int) -> ByteRaster:
    return ByteRaster(values=np.full((*place.shape, 4), rgba, np.uint8), grid=place)


GROUND = grid(40, 60, 20.0)
PAINTED = np.full((80, 120, 3), (10, 20, 30), np.uint8)


def test_nearest_keeps_values_and_puts_nothing_outside() -> None:
    values = np.arange(1, 17, dtype=np.uint8).reshape(4, 4)
    out = nearest_on(grid(6, 6, 10.0), values, grid(4, 4, 10.0))
    np.testing.assert_array_equal(out[:4, :4], values)
    assert not out[4:].any()
    assert not out[:, 4:].any()


def test_nearest_crosses_coordinate_systems() -> None:
    # UTM 50N and EPSG:4548 share the central meridian; the scale differs by 0.9996.
    values = np.zeros((100, 100), np.uint8)
    values[:, 50:] = 1
    own = grid(100, 100, 20.0, crs="EPSG:32650", west=499_000, north=4_483_000)
    wanted = grid(20, 20, 20.0, west=499_800, north=4_484_000)
    np.testing.assert_array_equal(
        nearest_on(wanted, values, own), np.repeat([[0] * 10 + [1] * 10], 20, axis=0)
    )


def test_a_picture_of_another_part_of_the_world_leaves_the_ground_alone() -> None:
    far = photo(grid(10, 10, 0.01, crs="EPSG:4326", west=-120.0, north=-40.0), 1, 2, 3, 255)
    out, share = overlaid(PAINTED, [far], grid=GROUND, width_limit=4096)
    assert share == 0.0
    assert {tuple(pixel) for pixel in out.reshape(-1, 3).tolist()} == {(10, 20, 30)}


def test_the_ground_s_own_picture_is_seen_where_a_photo_is_clear_or_absent() -> None:
    values = np.full((20, 60, 4), (200, 100, 50, 255), np.uint8)
    values[:, :20, 3] = 0
    values[:, 20:30, 3] = 128
    out, share = overlaid(
        PAINTED, [ByteRaster(values=values, grid=grid(20, 60, 20.0))], grid=GROUND, width_limit=4096
    )
    assert out.shape == (80, 120, 3)
    assert (out[:40, :40] == (10, 20, 30)).all()
    assert (out[:40, 60:] == (200, 100, 50)).all()
    np.testing.assert_allclose(out[0, 50].astype(int), [105, 60, 40], atol=1)
    assert (out[40:] == (10, 20, 30)).all()
    assert share == pytest.approx(0.5 * 40 / 60)


@pytest.mark.parametrize("turned", [False, True])
def test_the_finer_of_two_photos_lies_above_and_of_equals_the_later(*, turned: bool) -> None:
    coarse, fine = photo(grid(80, 120, 10.0), 255, 0, 0, 255), photo(grid(40, 40, 5.0), 0, 255, 0, 255)
    both = [fine, coarse] if turned else [coarse, fine]
    out, share = overlaid(PAINTED, both, grid=GROUND, width_limit=4096)
    assert out.shape == (160, 240, 3)
    assert (out[:40, :40] == (0, 255, 0)).all()
    assert (out[40:] == (255, 0, 0)).all()
    assert share == 1.0
    alike = [photo(grid(40, 40, cell), *colour) for cell, colour in
             ((5.0, (1, 1, 1, 255)), (5.1, (2, 2, 2, 255)))]  # fmt: skip
    later = overlaid(PAINTED, alike[::-1] if turned else alike, grid=GROUND, width_limit=4096)[0][0, 0, 0]
    assert later == (1 if turned else 2)


def test_a_photo_finer_than_what_is_drawn_is_averaged_without_its_clear_cells() -> None:
    values = np.zeros((400, 400, 4), np.uint8)
    values[::2, ::2] = (200, 200, 200, 255)
    values[1::2, ::2] = (100, 100, 100, 255)  # every second column is clear, and black
    fine = ByteRaster(values=values, grid=grid(400, 400, 0.5))
    out, _ = overlaid(PAINTED, [fine], grid=GROUND, width_limit=240)
    assert out.shape == (160, 240, 3)
    np.testing.assert_allclose(out[5:35, 5:35].reshape(-1, 3).mean(axis=0), [80, 85, 90], atol=1.5)


def test_the_painting_is_enlarged_without_seams() -> None:
    ramp = np.linspace(0, 250, 40)[:, None, None] * np.ones((40, 60, 3))
    speck = photo(grid(1, 1, 1.0), 0, 0, 0, 255)
    out, _ = overlaid(ramp.astype(np.uint8), [speck], grid=GROUND, width_limit=1200)
    assert out.shape == (800, 1200, 3)
    steps = np.diff(out[:, 1000, 0].astype(int))
    assert 0 <= steps.min() <= steps.max() <= 1


def test_imagery_keeps_its_own_resolution_up_to_a_bound() -> None:
    wide = grid(100, 400, 30.0)
    plain = np.zeros((100, 400, 3), np.uint8)
    tile = photo(grid(50, 200, 10.0), 7, 7, 7, 255)
    assert overlaid(plain, [tile], grid=wide, width_limit=16_384)[0].shape == (300, 1200, 3)
    assert overlaid(plain, [tile], grid=wide, width_limit=800)[0].shape == (200, 800, 3)


# -- through a build --------------------------------------------------------------------------------------


def entry(name: str, kind: str, uri: str, more: str = "") -> str:
    return f"""  {name}:
    kind: {kind}
    title: {{zh: 影像, en: Picture}}
    driver: raster
    uri: {uri}
    edition: "1"
    source: made here
    access: public
{more}"""


def write(path: Path, bands: U8, cell: float, **profile: Any) -> None:
    head = {"driver": "GTiff", "count": len(bands), "height": bands.shape[1], "width": bands.shape[2]}
    place = {"crs": "EPSG:4548", "transform": from_origin(WEST, NORTH, cell, cell)}
    with rasterio.open(path, "w", dtype=bands.dtype, **head | place | profile) as file:
        file.write(bands)


def test_land_cover_lies_under_photos_and_what_cannot_be_read_is_left_out_and_told(
    small_catalog: Path,
) -> None:
    folder = small_catalog.parent
    write(folder / "cover.tif", np.full((1, ROWS, COLS), 20, np.uint8), CELL_M)
    half = np.full((4, ROWS, COLS // 2), 200, np.uint8)
    half[3] = np.where(np.arange(ROWS) < ROWS // 2, 0, 255)[:, None]
    write(folder / "photo.tif", half, CELL_M, photometric="RGB", alpha="yes")
    write(folder / "far.tif", half, CELL_M, transform=from_origin(WEST + 1e5, NORTH, CELL_M, CELL_M))
    (folder / "bad.tif").write_bytes(b"II*\0 nonsense")
    small_catalog.write_text(
        small_catalog.read_text("utf-8")
        + entry("cover", "landcover", "cover.tif", '    classes: {"20": conifer, "30": rock}\n')
        + entry("photo", "imagery", "photo.tif")
        + entry("far", "imagery", "far.tif")
        + entry("bad", "imagery", "bad.tif"),
        "utf-8",
    )
    told = {problem.entry: problem.message for problem in check(small_catalog).problems}
    generation = build(small_catalog).generation
    assert [(fault.entry, fault.kind) for fault in generation.faults] == [("bad", "FormatError")]
    basin = Basin.open(small_catalog)
    assert basin.painting == ("imagery", "cover")
    assert "outside the terrain" in basin.notes["far"].lines[0]
    assert told["far"] == basin.notes["far"].lines[0]
    assert basin.notes["bad"].left_out.endswith(told["bad"])
    assert build(small_catalog).generation.faults == generation.faults  # kept, and told again
    picture, place = read_cog(generation.path("picture") / "surface.tif")
    rgb = np.moveaxis(picture, 0, -1).astype(int)
    (row, col), (_, right) = [
        place.cell_at(WEST + x * COLS * CELL_M, NORTH - 0.75 * ROWS * CELL_M) or (0, 0) for x in (0.2, 0.8)
    ]
    np.testing.assert_allclose(rgb[row, col], 200, atol=3)
    for wood in (rgb[row, right], rgb[place.rows // 5, col]):  # beside the photo, and in its clear part
        assert wood[1] > wood[2]
        assert wood.max() < 150
