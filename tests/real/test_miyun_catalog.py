"""The real basin's catalog: everything in it can be read, and GCJ-02 is really undone."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from meshes.build.catalog_check import check
from twin.catalog import Catalog, TerrainEntry, VectorEntry, frame_of, load_catalog
from twin.ingest import read_raster, read_vector, seed_cell

pytestmark = pytest.mark.real

CATALOG = Path(__file__).parent / "miyun_90m.yaml"


@pytest.fixture(scope="module")
def catalog(shared: Path) -> Catalog:
    return load_catalog(CATALOG, root=shared)


def test_every_entry_can_be_read(shared: Path) -> None:
    report = check(CATALOG, root=shared)
    assert report.problems == ()
    assert {row.id: row.status for row in report.rows} == {
        "terrain": "ok",
        "barriers": "ok",
        "district": "ok",
        "beijing": "ok",
        "design": "ok",
        "flood-2025-07": "ok",
    }


def test_the_terrain_keeps_its_own_grid_and_the_seed_lies_in_the_flat_lake(catalog: Catalog) -> None:
    terrain = catalog.only(TerrainEntry)
    values, grid = read_raster(catalog.path_of(terrain), terrain)
    assert (grid.crs, grid.shape, round(grid.dx, 6)) == ("EPSG:32650", (567, 659), 90.0)
    reservoir, frame = catalog.head.reservoir, frame_of(catalog.head)
    assert values[seed_cell(values, grid, reservoir=reservoir, frame=frame, bed=terrain.bed)] == 143.0


def share_inside(catalog: Catalog, district: VectorEntry) -> float:
    """The share of the district's area that lies inside the outline of Beijing."""
    crs = catalog.head.frame.crs
    beijing = catalog.entries["beijing"]
    assert isinstance(beijing, VectorEntry)
    outline, inner = (
        shapely.union_all(shapely.make_valid(read_vector(catalog.path_of(e), e, crs=crs).geometry))
        for e in (beijing, district)
    )
    return float(shapely.area(shapely.intersection(outline, inner)) / shapely.area(inner))


def test_the_converted_district_lies_inside_beijing_and_the_unconverted_one_less_so(catalog: Catalog) -> None:
    district = catalog.entries["district"]
    assert isinstance(district, VectorEntry)
    converted = share_inside(catalog, district)
    unconverted = share_inside(catalog, district.model_copy(update={"crs": "EPSG:4326"}))
    assert converted >= 0.992
    assert converted - unconverted >= 0.008


def test_the_barriers_are_converted_to_the_terrain_s_own_crs(catalog: Catalog) -> None:
    barriers = catalog.entries["barriers"]
    assert isinstance(barriers, VectorEntry)
    terrain = catalog.only(TerrainEntry)
    _, grid = read_raster(catalog.path_of(terrain), terrain)
    features = read_vector(catalog.path_of(barriers), barriers, crs=grid.crs)
    west, south, east, north = grid.bounds
    assert len(features) == 36
    assert set(features.column("crest_m")) == {160.0}
    assert shapely.box(west, south, east, north).contains(
        shapely.box(*shapely.total_bounds(features.geometry))
    )
