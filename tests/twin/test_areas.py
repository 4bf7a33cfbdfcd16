"""Cells and shapes have the areas they have on the ellipsoid, on whatever grid they are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from twin.areas import CellAreas, cell_areas
from twin.arrays import F32
from twin.crs import FrameError
from twin.frame_check import scale_doubts
from twin.geodesy import distance_m, scale, shape_area_m2
from twin.grid import Grid
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.hypsometry import hypsometry

WGS84 = Geod(ellps="WGS84")
LON, LAT = 116.9, 40.5

# Degrees, grads, metres and feet; conformal, equal-area, equidistant and oblique; spheres; poles and the
# antimeridian: (CRS, longitude, latitude, cell in its own unit).
GRIDS = [
    ("EPSG:4326", 116.9, 40.5, 1 / 3600),
    ("EPSG:4490", 179.95, 70.0, 1 / 3600),  # over the antimeridian
    ("EPSG:4326", 10.0, 89.95, 1 / 1200),  # over the pole
    ("EPSG:4807", 0.0, 48.0, 1 / 4000),  # grads from Paris
    ("EPSG:4548", 116.9, 40.5, 30.0),
    ("EPSG:32650", 116.9, 40.5, 30.0),
    ("EPSG:32652", 116.9, 40.5, 30.0),  # two zones off
    ("EPSG:3857", 116.9, 40.5, 40.0),
    ("EPSG:3857", 179.99, 65.0, 40.0),
    ("EPSG:32601", -179.99, 65.0, 30.0),
    ("EPSG:3395", 116.9, 40.5, 30.0),
    ("EPSG:4087", 116.9, 40.5, 30.0),
    ("EPSG:6933", 116.9, 40.5, 30.0),
    ("EPSG:8857", 116.9, 40.5, 30.0),
    ("EPSG:3408", 116.9, 40.5, 30.0),  # on a sphere
    ("EPSG:2225", -122.0, 40.5, 100.0),  # US survey feet
    ("EPSG:2222", -110.5, 33.0, 100.0),  # international feet
    ("EPSG:3413", 0.0, 89.99, 100.0),  # over the pole
    ("EPSG:32661", 10.0, 84.0, 100.0),
    ("EPSG:5514", 15.0, 50.0, 30.0),
    ("EPSG:3375", 102.0, 4.0, 30.0),
    ("EPSG:2056", 8.0, 47.0, 10.0),
    ("ESRI:102025", 116.9, 40.5, 30.0),
    ("+proj=sinu +R=6371007.181 +units=m +type=crs", 116.9, 40.5, 463.3),  # MODIS
]


def _grid(crs: str, lon: float, lat: float, cell: float, cells: int = 400) -> Grid:
    """A square raster around a place."""
    to = Transformer.from_crs(4326, crs, always_xy=True)
    x, y = to.transform(lon, lat)
    half = cells / 2 * cell
    return Grid(crs=crs, rows=cells, cols=cells, west=x - half, north=y + half, dx=cell, dy=cell)


def _geod(crs: str) -> Geod:
    geod = CRS(crs).geodetic_crs.get_geod()
    return geod if geod.f else WGS84


def _outline_m2(grid: Grid, rows: slice, cols: slice) -> float:
    """The oracle: the geodesic polygon along the edges of a block of cells, a thousand points a side."""
    west, east = grid.west + cols.start * grid.dx, grid.west + cols.stop * grid.dx
    north, south = grid.north - rows.start * grid.dy, grid.north - rows.stop * grid.dy
    ring = shapely.segmentize(shapely.box(west, south, east, north), max(east - west, north - south) / 1000)
    x, y = shapely.get_coordinates(ring).T
    crs = CRS(grid.crs)
    lon, lat = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)
    unit = crs.geodetic_crs.axis_info[0].unit_conversion_factor
    area, _ = _geod(grid.crs).polygon_area_perimeter(np.array(lon) * unit, np.array(lat) * unit, radians=True)
    return abs(area)


@pytest.mark.parametrize(("crs", "lon", "lat", "cell"), GRIDS)
def test_blocks_of_cells_equal_geodesic_polygons_on_every_crs(crs, lon, lat, cell):
    grid = _grid(crs, lon, lat, cell)
    for rows in (slice(0, 80), slice(160, 240), slice(320, 400)):
        for cols in (slice(0, 80), slice(160, 240), slice(320, 400)):
            if lat == 89.95:
                continue  # a parallel through the pole is no polygon
            cells = cell_areas(grid).of_rows(rows)[:, cols].sum()
            assert cells == pytest.approx(_outline_m2(grid, rows, cols), rel=1e-9)


def _total_m2(grid: Grid) -> float:
    return cell_areas(grid).sum_m2(np.ones(grid.shape, np.bool_))


def test_cells_in_degrees_up_to_the_pole_cover_the_cap_and_nothing_beyond_it():
    half = 0.5 / 1200
    grid = Grid(crs="EPSG:4326", rows=120, cols=10, west=0.0, north=90.0 + half, dx=36.0, dy=1 / 1200)
    lon = np.linspace(0.0, 360.0, 200_001)
    south = 90.0 + half - 120 / 1200
    cap, _ = WGS84.polygon_area_perimeter(lon, np.full_like(lon, south))
    assert _total_m2(grid) == pytest.approx(abs(cap), rel=1e-8)


def test_a_whole_ellipsoid_of_cells_has_the_ellipsoids_area():
    grid = Grid(crs="EPSG:4326", rows=180, cols=360, west=-180.0, north=90.0, dx=1.0, dy=1.0)
    assert _total_m2(grid) == pytest.approx(510_065_621_724_088.4, rel=1e-12)  # Moritz, GRS 80: 5.1006562e14


def test_a_cell_of_a_millionth_of_a_degree_loses_no_digits():
    big = Grid(crs="EPSG:4326", rows=1, cols=1, west=116.9, north=40.5, dx=1e-3, dy=1e-3)
    small = Grid(crs="EPSG:4326", rows=1000, cols=1000, west=116.9, north=40.5, dx=1e-6, dy=1e-6)
    assert _total_m2(small) == pytest.approx(_total_m2(big), rel=1e-9)


def test_areas_of_a_large_raster_are_a_few_numbers_a_row_and_column():
    areas = cell_areas(_grid("EPSG:32650", LON, LAT, 30.0, cells=10_000))
    assert areas.down.size + areas.across.size <= 10 * 20_000
    mask = np.zeros((10_000, 10_000), np.bool_)
    mask[2_000:2_010, 5:9_000] = True
    assert areas.sum_m2(mask) == pytest.approx(
        areas.of_rows(slice(2_000, 2_010))[:, 5:9_000].sum(), rel=1e-12
    )
    assert areas.at(np.array([7]), np.array([9])) == pytest.approx(
        areas.of_rows(slice(7, 8))[0, 9], rel=1e-12
    )


def test_a_raster_beyond_its_crs_is_refused_in_one_line():
    grid = Grid(crs="EPSG:2056", rows=9, cols=9, west=9e7, north=9e7, dx=10.0, dy=10.0)
    with pytest.raises(FrameError, match="EPSG:2056") as caught:
        _ = cell_areas(grid)
    assert "\n" not in str(caught.value)


def test_degrees_of_a_turned_pole_are_refused_in_one_line():
    """PROJ calls them geographic; on parallels of their own, areas would be 0.4 % off."""
    turned = "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=-162 +lon_0=18 +ellps=WGS84 +type=crs"
    grid = Grid(crs=turned, rows=20, cols=30, west=-5.0, north=10.0, dx=0.001, dy=0.001)
    for ask in (lambda: cell_areas(grid), lambda: scale_doubts(grid)):
        with pytest.raises(FrameError, match=r"turns the pole.*gdalwarp") as caught:
            ask()
        assert "\n" not in str(caught.value)


def test_a_raster_across_a_cut_in_its_map_is_refused_in_one_line():
    """Goode's map is cut along 40° west: two sides of the Atlantic lie side by side."""
    igh = "+proj=igh +ellps=WGS84 +units=m +type=crs"
    x, y = Transformer.from_crs(4326, igh, always_xy=True).transform(-40.0, 20.0)
    grid = Grid(crs=igh, rows=50, cols=5000, west=x - 2.5e6, north=y + 2.5e4, dx=1000.0, dy=1000.0)
    with pytest.raises(FrameError) as caught:
        _ = cell_areas(grid)
    assert "\n" not in str(caught.value)


# -- one cone on several grids -----------------------------------------------------------------------------

SLOPE, DEEP_M = 0.02, 100.0


def _cone(crs: str, cell: float, *, lon: float) -> tuple[F32, Grid]:
    """Height = 100 m + the geodesic from the middle · 0.02, at cell centres."""
    to = Transformer.from_crs(4326, crs, always_xy=True)
    x, y = to.transform(lon, LAT)
    corners = WGS84.fwd([lon] * 4, [LAT] * 4, [0.0, 90.0, 180.0, 270.0], [5_600.0] * 4)
    xs, ys = to.transform(corners[0], corners[1])
    cols, rows = (2 * math.ceil((max(v) - min(v)) / 2 / cell) + 1 for v in (xs, ys))
    grid = Grid(
        crs=crs, rows=rows, cols=cols, west=x - cols / 2 * cell, north=y + rows / 2 * cell, dx=cell, dy=cell
    )
    px, py = np.meshgrid(
        grid.west + (np.arange(cols) + 0.5) * cell, grid.north - (np.arange(rows) + 0.5) * cell
    )
    lons, lats = Transformer.from_crs(crs, 4326, always_xy=True).transform(px, py)
    away = WGS84.inv(np.full(px.shape, lon), np.full(px.shape, LAT), lons, lats)[2]
    return (100.0 + away * SLOPE).astype(np.float32), grid


@pytest.mark.parametrize(
    ("crs", "cell"),
    [
        ("EPSG:4326", 1 / 3600),
        ("EPSG:4548", 24.0),
        ("EPSG:32650", 24.0),
        ("EPSG:3857", 32.0),
        ("EPSG:6933", 24.0),
        ("EPSG:2225", 80.0),
    ],
)
def test_one_cone_holds_the_same_on_every_grid(crs, cell):
    """To 1e-6 of the closed form: on these 1.4 · 10⁵ cells sampling the cone at cell centres costs 4e-7, and
    a tenth of that with cells half as wide."""
    ground, grid = _cone(crs, cell, lon=-122.0 if crs == "EPSG:2225" else LON)
    seed = grid.rows // 2, grid.cols // 2
    connection = connection_level(to_cm(ground), seed=seed, cap_cm=21_000)
    table = hypsometry(ground, connection, cap_cm=21_000, areas=cell_areas(grid), bed="surveyed")
    radius = DEEP_M / SLOPE
    disc = _disc_m2(radius)
    assert table.storage_at(200.0) == pytest.approx(disc * DEEP_M / 3.0, rel=1e-6)
    assert table.area_at(200.0) == pytest.approx(disc, rel=3e-4)  # whole cells at the shore


def _disc_m2(radius_m: float) -> float:
    lon, lat, _ = WGS84.fwd(
        np.full(3600, LON), np.full(3600, LAT), np.arange(3600) / 10, np.full(3600, radius_m)
    )
    return abs(WGS84.polygon_area_perimeter(lon, lat)[0]) / (math.sin(math.pi / 1800) / (math.pi / 1800))


# -- scales, lengths, shapes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("crs", "largest", "smallest"),
    [
        ("EPSG:4548", 1.0, 1.0),
        ("EPSG:32650", 0.9996, 0.9996),
        ("EPSG:3395", 1.31323, 1.31323),
        ("EPSG:3857", 1.31835, 1.31323),  # a/(M cos φ) along meridians, a/(N cos φ) along parallels
        ("EPSG:6933", 1.13824, 0.87855),
    ],
)
def test_the_scale_is_that_of_the_ellipsoid(crs, largest, smallest):
    found = scale(*Transformer.from_crs(4326, crs, always_xy=True).transform(LON, LAT), crs=crs)
    assert found.largest == pytest.approx(largest, abs=2e-5)
    assert found.smallest == pytest.approx(smallest, abs=2e-5)


def test_a_distance_is_the_geodesic():
    straight = WGS84.inv(116.9, 40.5, 117.9, 40.5)[2]
    assert distance_m((116.9, 40.5), (117.9, 40.5), crs="EPSG:4326") == pytest.approx(straight, rel=1e-12)
    ends = Transformer.from_crs(4326, "EPSG:3857", always_xy=True).transform([116.9, 117.9], [40.5, 40.5])
    first, last = zip(*ends, strict=True)
    assert distance_m(first, last, crs="EPSG:3857") == pytest.approx(straight, rel=1e-9)
    assert shape_area_m2(shapely.LineString([first, last]), crs="EPSG:3857") == 0.0


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from(["EPSG:4326", "EPSG:4548", "EPSG:32650", "EPSG:3857"]),
    st.integers(-20, 20),
    st.integers(-20, 20),
    st.integers(3, 40),
    st.booleans(),
)
def test_a_polygon_with_holes_has_the_area_of_its_cells(crs, col, row, side, turned):
    """Squares of cells, a hole of cells in each, wound either way, two of them apart."""
    cell = 1 / 3600 if crs == "EPSG:4326" else 30.0
    grid = _grid(crs, LON, LAT, cell, cells=200)
    row, col = 60 + row, 60 + col

    def square(r: int, c: int, n: int) -> list[tuple[float, float]]:
        box = shapely.box(
            grid.west + c * cell,
            grid.north - (r + n) * cell,
            grid.west + (c + n) * cell,
            grid.north - r * cell,
        )
        ring = list(box.exterior.coords)
        return ring[::-1] if turned else ring

    parts = [
        shapely.Polygon(square(r, col, side), [square(r + 1, col + 1, side - 2)])
        for r in (row, row + side + 5)
    ]
    mask = np.zeros(grid.shape, np.bool_)
    for r in (row, row + side + 5):
        mask[r : r + side, col : col + side] = True
        mask[r + 1 : r + side - 1, col + 1 : col + side - 1] = False
    assert shape_area_m2(shapely.MultiPolygon(parts), crs=crs) == pytest.approx(
        cell_areas(grid).sum_m2(mask), rel=1e-6
    )


def test_uniform_areas_are_uniform():
    areas = CellAreas.uniform((2, 3), 5.0)
    assert areas.sum_m2(np.ones((2, 3), np.bool_)) == 30.0 and areas.mean_m2 == 5.0
