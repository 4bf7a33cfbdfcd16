"""Barriers hold: burnt in as a maximum, tight for 4- and 8-connected floods, or as walls on faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.grid import Grid
from twin.water.barriers import Barrier, BarrierError, burn, face_walls
from twin.water.centimetres import to_cm
from twin.water.connection import connection_level
from twin.water.surface import WaterState, WaterSurface

UNHURRIED = settings(deadline=None)  # the first call compiles
GRID = Grid(crs="EPSG:4548", rows=12, cols=14, west=1000.0, north=2000.0, dx=10.0, dy=10.0)
FLAT = np.zeros(GRID.shape, np.float32)
FLAT_CM = np.zeros(GRID.shape, np.int32)
PAST = 501
"""The first whole centimetre past a crest of 5 m, which holds 5.00 m."""
RAISED = np.float32(5.002)
"""A cell burnt with it: the crest, and two millimetres."""


def _place(column: float, row: float) -> tuple[float, float]:
    return GRID.west + column * GRID.dx, GRID.north - row * GRID.dy


# Whole and half numbers run along edges and centres and through corners: the cases that leak elsewhere.
# Numbers with a sixteenth are exact in binary, so the tests' own geometry is exact too.
sixteenths = st.integers(0, 16 * 12).map(lambda n: n / 16)
awkward = st.integers(0, 24).map(lambda n: n / 2)
numbers = st.one_of(awkward, sixteenths)


@st.composite
def crossing_lines(draw: st.DrawFn) -> shapely.LineString:
    """A polyline from above the grid to below it, so that it parts the first column from the last."""
    between = draw(st.lists(st.tuples(numbers.map(lambda n: 1 + n), numbers), min_size=0, max_size=4))
    top, bottom = draw(numbers) + 1, draw(numbers) + 1
    return shapely.LineString([_place(*p) for p in [(top, -1.0), *between, (bottom, 13.0)]])


@UNHURRIED
@given(crossing_lines(), st.sampled_from([4, 8]))
def test_no_flood_slips_through_a_burnt_line(line, connectivity):
    ground = burn(FLAT, grid=GRID, barriers=[Barrier(geometry=line, crest_m=5.0)])
    seed = (6, 0)
    assert ground[seed] == 0
    level = connection_level(to_cm(ground), seed=seed, cap_cm=1000, connectivity=connectivity)
    assert (level[:, -1] == PAST).all() or (ground[:, -1] == RAISED).any()
    assert (level[ground[:, -1] == 0, -1] == PAST).all()


@UNHURRIED
@given(crossing_lines(), st.sampled_from([4, 8]))
def test_no_flood_slips_through_walls_on_faces(line, connectivity):
    walls = face_walls(grid=GRID, barriers=[Barrier(geometry=line, crest_m=5.0)])
    level = connection_level(FLAT_CM, seed=(6, 0), cap_cm=1000, connectivity=connectivity, walls=walls)
    assert (level[:, -1] == PAST).all()
    assert (level[:, 0] == 0).all()


@UNHURRIED
@given(crossing_lines())
def test_walls_take_no_more_faces_than_the_line_crosses(line):
    """Between two centres a wall stands only where the line passes between them (or through one of them)."""
    walls = face_walls(grid=GRID, barriers=[Barrier(geometry=line, crest_m=5.0)])
    for row, col in np.argwhere(walls.east[:, :-1] == PAST):
        join = shapely.LineString([_place(col + 0.5, row + 0.5), _place(col + 1.5, row + 0.5)])
        assert join.distance(line) < 1e-4
    for row, col in np.argwhere(walls.south[:-1] == PAST):
        join = shapely.LineString([_place(col + 0.5, row + 0.5), _place(col + 0.5, row + 1.5)])
        assert join.distance(line) < 1e-4


@UNHURRIED
@given(crossing_lines())
def test_a_burnt_line_raises_the_cells_it_runs_through_and_no_cell_it_does_not_touch(line):
    ground = burn(FLAT, grid=GRID, barriers=[Barrier(geometry=line, crest_m=5.0)])
    for row, col in np.ndindex(GRID.shape):
        (west, north), (east, south) = _place(col, row), _place(col + 1, row + 1)
        cell = shapely.box(west, south, east, north)
        inner = shapely.box(west + 1e-6, south + 1e-6, east - 1e-6, north - 1e-6)
        if line.intersects(inner):
            assert ground[row, col] == RAISED
        elif ground[row, col] == RAISED:
            assert line.distance(cell) < 1e-6


@UNHURRIED
@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=6, unique=True), st.sampled_from([4, 8]))
def test_a_ring_dike_of_any_shape_is_dry_until_its_crest(corners, connectivity):
    ring = shapely.LinearRing([_place(2 + x * 0.75, 1.5 + y * 0.75) for x, y in corners])
    polygon = shapely.Polygon(ring)
    if not polygon.is_valid:
        return
    ground = burn(FLAT, grid=GRID, barriers=[Barrier(geometry=ring, crest_m=5.0)])
    level = connection_level(to_cm(ground), seed=(0, 0), cap_cm=1000, connectivity=connectivity)
    walls = face_walls(grid=GRID, barriers=[Barrier(geometry=polygon, crest_m=5.0)])
    walled = connection_level(FLAT_CM, seed=(0, 0), cap_cm=1000, connectivity=connectivity, walls=walls)
    for row, col in np.ndindex(GRID.shape):
        centre = shapely.Point(_place(col + 0.5, row + 0.5))
        if polygon.contains(centre) and polygon.exterior.distance(centre) > 1e-3:
            assert level[row, col] == PAST
            assert walled[row, col] == PAST


@UNHURRIED
@given(crossing_lines(), st.sampled_from([(1e-5, 4), (0.01, 4), (0.01, 8), (0.2, 8), (3.0, 8), (9.0, 8)]))
def test_no_flood_slips_through_a_burnt_polygon_however_thin(line, width_and_connectivity):
    width, connectivity = width_and_connectivity
    dam = line.buffer(width, cap_style="flat", join_style="mitre")
    if not (dam.geom_type == "Polygon" and dam.is_valid and dam.area > 0):
        return
    ground = burn(FLAT, grid=GRID, barriers=[Barrier(geometry=dam, crest_m=5.0)])
    if ground[6, 0] == 0:
        level = connection_level(to_cm(ground), seed=(6, 0), cap_cm=1000, connectivity=connectivity)
        assert (level[ground[:, -1] == 0, -1] == PAST).all()


@pytest.mark.parametrize("noise", [0.0, 1e-6, -1e-6])
def test_a_polygon_along_cell_edges_raises_the_cells_inside_and_no_others(noise):
    step = np.array([(2, 9), (2, 3), (5, 3), (5, 6), (8, 6), (8, 9)]) + noise
    for corners in (step, step[::-1]):
        dam = shapely.Polygon([_place(*corner) for corner in corners])
        ground = burn(FLAT, grid=GRID, barriers=[Barrier(geometry=dam, crest_m=5.0)])
        expected = np.zeros(GRID.shape, np.float32)
        expected[3:9, 2:5] = expected[6:9, 2:8] = RAISED
        assert (ground == expected).all()


def test_a_diagonal_dam_one_cell_wide_holds_an_8_connected_flood_once_burnt_as_a_line():
    naive = FLAT.copy()
    for i in range(12):
        naive[i, i] = 5
    leaky = connection_level(to_cm(naive), seed=(11, 0), cap_cm=1000, connectivity=8)
    assert leaky[0, 13] == 0  # the trap: the flood passes between two corners
    assert connection_level(to_cm(naive), seed=(11, 0), cap_cm=1000, connectivity=4)[0, 13] == 500
    line = shapely.LineString([_place(-1, -1), _place(13, 13)])  # exactly through the corners
    tight = burn(FLAT, grid=GRID, barriers=[Barrier(geometry=line, crest_m=5.0)])
    assert connection_level(to_cm(tight), seed=(11, 0), cap_cm=1000, connectivity=8)[0, 13] == PAST


def test_a_crest_narrower_than_a_cell_keeps_its_height():
    """A mean would make a 2 m wide crest 1 m high here; the crest decides, above and below the level."""
    dam = shapely.box(*_place(6.4, 13), *_place(6.6, -1))
    ground = burn(FLAT, grid=GRID, barriers=[Barrier(geometry=dam, crest_m=5.0)])
    assert (ground[:, 6] == RAISED).all()
    assert (ground[:, [5, 7]] == 0).all()
    level = connection_level(to_cm(ground), seed=(0, 0), cap_cm=1000)
    assert (level[:, 6:] == PAST).all()


def test_the_higher_of_two_crests_and_the_higher_ground_stay():
    ground = FLAT.copy()
    ground[3, 6] = 9
    ground[4, 6] = np.nan
    across = [_place(6.5, -1), _place(6.5, 13)]
    low, high = shapely.LineString(across), shapely.box(*_place(6.2, 8), *_place(6.8, 6))
    for order in (1, -1):
        barriers = [Barrier(geometry=low, crest_m=5.0), Barrier(geometry=high, crest_m=7.0)][::order]
        burnt = burn(ground, grid=GRID, barriers=barriers)
        assert burnt[3, 6] == 9
        assert np.isnan(burnt[4, 6])
        assert burnt[7, 6] == np.float32(7.002)
        assert burnt[0, 6] == RAISED
    assert (ground[7] == 0).all()  # the ground given stays as it was


def test_many_parts_and_collections_are_burnt_whole():
    parts = shapely.GeometryCollection(
        [
            shapely.MultiLineString([[_place(1.5, 0), _place(1.5, 3)], [_place(3.5, 0), _place(3.5, 3)]]),
            shapely.MultiPolygon(
                [shapely.box(*_place(6, 3), *_place(7, 0)), shapely.box(*_place(9, 3), *_place(10, 0))]
            ),
        ]
    )
    ground = burn(FLAT, grid=GRID, barriers=[Barrier(geometry=parts, crest_m=5.0)])
    assert (ground[1, [1, 3, 6, 9]] == RAISED).all()


def test_no_barriers_change_nothing():
    assert (burn(FLAT, grid=GRID, barriers=[]) == FLAT).all()
    assert face_walls(grid=GRID, barriers=[]).count == 0


def test_barriers_in_another_crs_are_refused():
    degrees = Barrier(geometry=shapely.LineString([(116.8, 40.4), (116.9, 40.5)]), crest_m=160.0)
    with pytest.raises(BarrierError, match="is their CRS the one declared"):
        burn(FLAT, grid=GRID, barriers=[degrees])
    with pytest.raises(BarrierError, match="none of the 1 barriers"):
        face_walls(grid=GRID, barriers=[degrees])


@pytest.mark.parametrize(
    ("geometry", "crest_m", "words"),
    [
        (shapely.Point(1, 2), 160.0, "'main dam' is Point, not lines or polygons"),
        (shapely.LineString(), 160.0, "is empty, not lines or polygons"),
        (shapely.LineString([(0, 0), (1, 1)]), float("nan"), "'main dam' has no crest"),
        (shapely.LineString([(0, 0), (float("inf"), 1)]), 160.0, "coordinates that are no numbers"),
    ],
)
def test_what_cannot_hold_water_is_refused_by_name(geometry, crest_m, words):
    with pytest.raises(BarrierError, match=words):
        Barrier(geometry=geometry, crest_m=crest_m, name="main dam")


heights = st.one_of(
    st.integers(-40_000, 890_000).map(lambda cm: cm / 100),
    st.floats(-400.0, 8900.0),
    st.floats(-400.0, 8900.0, width=32),
    st.integers(-4_000_000, 89_000_000).map(lambda tenths: tenths / 10_000),
)


@UNHURRIED
@given(heights, st.booleans())
def test_a_ring_dike_of_any_crest_is_dry_inside_up_to_its_crest_and_wet_a_centimetre_above(crest_m, as_walls):
    """On any height of the earth, whole centimetres or not, and no water stays on the dike afterwards."""
    ground = np.full(GRID.shape, crest_m - 3.0, np.float32)
    ring = Barrier(
        geometry=shapely.LinearRing([_place(*p) for p in ((3, 3), (9, 3), (9, 9), (3, 9))]), crest_m=crest_m
    )
    walls = face_walls(grid=GRID, barriers=[ring]) if as_walls else None
    burnt = ground if as_walls else burn(ground, grid=GRID, barriers=[ring])
    cap_cm = int(np.ceil(crest_m * 100)) + 100
    level = connection_level(to_cm(burnt), seed=(0, 0), cap_cm=cap_cm, walls=walls)
    surface = WaterSurface(
        grid=GRID, ground_m=burnt, connection_cm=level, cap_cm=cap_cm, vertical_error_m=1.0
    )
    for below_m in (0.0, 1e-4, 0.01, 1.0):
        assert not surface.wet(WaterState.rising(round(crest_m - below_m, 4)))[4:8, 4:8].any()
    past = WaterState.rising(round(crest_m + 0.01, 4))
    assert surface.wet(past).all()
    fallen = surface.wet(replace(past, level_m=crest_m - 5.0))
    assert fallen[5:7, 5:7].all()
    if not as_walls:
        assert not fallen[burnt != ground].any()


def test_natural_ground_as_high_as_a_crest_is_wet_at_its_height():
    ground = FLAT.copy()
    ground[:, 6] = 5
    level = connection_level(to_cm(ground), seed=(0, 0), cap_cm=1000)
    assert (level[:, 6:] == 500).all()
    across = shapely.LineString([_place(6.5, -1), _place(6.5, 13)])
    held = burn(ground, grid=GRID, barriers=[Barrier(geometry=across, crest_m=5.0)])
    assert (connection_level(to_cm(held), seed=(0, 0), cap_cm=1000)[:, 6:] == PAST).all()
