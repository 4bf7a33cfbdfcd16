"""The part of a grid that another raster reaches, in its own system or another."""

from __future__ import annotations

import pytest

from twin.crs import FrameError
from twin.grid import Grid
from twin.reach import outside_doubts, window_in

GROUND = Grid(crs="EPSG:4548", rows=100, cols=200, west=490_000, north=4_485_000, dx=20, dy=20)


def other(west: float, north: float, *, crs: str = "EPSG:4548", cell: float = 5.0) -> Grid:
    return Grid(crs=crs, rows=40, cols=80, west=west, north=north, dx=cell, dy=cell)


def test_the_window_holds_every_cell_that_is_touched() -> None:
    assert window_in(GROUND, other(490_400, 4_484_000)) == (50, 60, 20, 40)
    assert window_in(GROUND, other(490_401, 4_483_999)) == (50, 61, 20, 41)
    assert window_in(GROUND, other(489_900, 4_485_100)) == (0, 5, 0, 15)
    assert window_in(GROUND, GROUND) == (0, 100, 0, 200)


def test_beside_it_the_window_is_empty_and_a_doubt() -> None:
    top, bottom, left, right = window_in(GROUND, other(600_000, 4_484_000))
    assert top >= bottom or left >= right
    assert outside_doubts(GROUND, other(490_400, 4_484_000)) == []
    for far in (other(600_000, 4_484_000), other(490_400, 4_400_000)):
        assert "wholly outside the terrain" in outside_doubts(GROUND, far)[0]


def test_edges_that_have_no_place_in_the_grid_s_system_are_outside() -> None:
    nowhere = other(116.0, 95.0, crs="EPSG:4326", cell=0.01)
    with pytest.raises(FrameError):
        window_in(GROUND, nowhere)
    assert len(outside_doubts(GROUND, nowhere)) == 1


def test_in_another_system_it_is_the_same_ground() -> None:
    from twin.crs import transform

    x, y = transform([490_400.0], [4_484_000.0], source="EPSG:4548", target="EPSG:32650")
    top, _, left, _ = window_in(GROUND, other(float(x[0]), float(y[0]), crs="EPSG:32650"))
    assert abs(top - 50) <= 1
    assert abs(left - 20) <= 1
