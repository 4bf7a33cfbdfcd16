"""Cells of filled areas against the polygons themselves, at points within the cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.arrays import U8
from twin.build.area_raster import REACH, rasterise

CELLS = 60
UNHURRIED = settings(deadline=None, max_examples=25)


def classes_at(cells: U8, x: Any, y: Any) -> Any:
    """What the shader makes of the cells at points: its arithmetic in NumPy."""
    col, row = np.floor(x).astype(int), np.floor(y).astype(int)
    held = cells[row, col].astype(float)
    border = (held[:, 1:] - 128) / 127
    side = border[:, 0] * (x - col - 0.5) + border[:, 1] * (y - row - 0.5) - REACH * border[:, 2]
    return np.where(side >= 0, held[:, 0] // 16, held[:, 0] % 16).astype(int)


def star(x: float, y: float, radius: float, *, points: int, wave: float) -> shapely.Polygon:
    turn = np.linspace(0, 2 * np.pi, 24 * points, endpoint=False)
    away = radius * (1 + wave * np.cos(points * turn))
    return shapely.Polygon(np.column_stack([x + away * np.cos(turn), y + away * np.sin(turn)]))


def off_by(shapes: list[Any], classes: list[int]) -> Any:
    """How far points of a wrong class lie from the nearest border, in cells."""
    x, y = np.random.default_rng(5).uniform(0, CELLS, (2, 20_000))
    cells = rasterise(shapes, classes, rows=CELLS, cols=CELLS)
    truth = np.zeros(len(x), int)
    for shape, number in zip(shapes, classes, strict=True):
        truth[shapely.contains_xy(shape, x, y)] = number
    wrong = classes_at(cells, x, y) != truth
    return shapely.distance(shapely.union_all(shapely.boundary(shapes)), shapely.points(x[wrong], y[wrong]))


@UNHURRIED
@given(st.floats(20, 40), st.floats(20, 40), st.floats(8, 18), st.integers(2, 6), st.floats(0, 0.2))
def test_a_border_is_where_it_is_within_a_tenth_of_a_cell(
    x: float, y: float, radius: float, points: int, wave: float
) -> None:
    outer = star(x, y, radius, points=points, wave=wave)
    area = shapely.difference(outer, star(x, y, radius / 3, points=3, wave=0.1))
    around = shapely.difference(shapely.box(-9, -9, CELLS + 9, CELLS + 9), outer)
    off = off_by([around, area], [2, 1])
    assert off.max(initial=0.0) < 0.15
    assert len(off) < 100


def test_a_strip_wider_than_a_cell_and_a_half_keeps_both_banks() -> None:
    bank = shapely.buffer(shapely.LineString([(3.3, 5.1), (50.2, 30.7), (20.9, 55.4)]), 0.8, cap_style="flat")
    assert off_by([bank], [3]).max(initial=0.0) < 0.9


def test_later_areas_lie_above_and_what_lies_outside_the_raster_is_cut() -> None:
    below, above = shapely.box(-50, -50, 30, 30), shapely.box(20, 20, 200, 200)
    cells = rasterise([below, above], [4, 5], rows=CELLS, cols=CELLS)
    at = np.array([10.5, 25.5, 45.5, 45.5]), np.array([10.5, 25.5, 45.5, 5.5])
    assert classes_at(cells, *at).tolist() == [4, 5, 5, 0]


@pytest.mark.parametrize("shape", [shapely.Polygon(), shapely.box(3.1, 3.1, 3.2, 3.2)])
def test_nothing_and_less_than_a_cell_leave_no_mark(shape: Any) -> None:
    assert not rasterise([shape], [1], rows=8, cols=8)[..., 0].any()
