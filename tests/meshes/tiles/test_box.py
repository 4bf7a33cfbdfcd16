"""Boxes of 3D Tiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.tiles.box import beyond, box_corners, box_of, extent_corners, matrix_of, moved, moved_box

LOW, HIGH = np.array([-1.0, 0.0, 10.0]), np.array([3.0, 0.5, 30.0])
TURNED = [0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 0, 100, 200, 300, 1]  # east to height, north to west


def test_corners_of_a_box() -> None:
    expected = {(x, y, z) for x in (-1, 3) for y in (0, 0.5) for z in (10, 30)}
    assert {tuple(corner) for corner in box_corners(box_of(LOW, HIGH)).tolist()} == expected
    assert {tuple(corner) for corner in extent_corners(LOW, HIGH).tolist()} == expected


def test_a_matrix_moves_a_box_with_its_corners() -> None:
    matrix = matrix_of(TURNED)
    np.testing.assert_array_equal(
        moved(matrix, np.eye(3)), [[100, 200, 301], [99, 200, 300], [100, 199, 300]]
    )
    corners = moved(matrix, box_corners(box_of(LOW, HIGH)))
    np.testing.assert_allclose(box_corners(moved_box(matrix, box_of(LOW, HIGH))), corners)
    np.testing.assert_array_equal(matrix_of(None), np.eye(4))


@pytest.mark.parametrize(
    ("point", "off"), [((0, 0.2, 20), -0.2), ((3, 0.5, 30), 0), ((4, 0.2, 20), 1), ((0, 0, 7.5), 2.5)]
)
def test_how_far_a_point_is_outside(point: tuple[float, ...], off: float) -> None:
    assert beyond(box_of(LOW, HIGH), np.array([point])) == pytest.approx(off)
    turned = moved(matrix_of(TURNED), np.array([point]))
    assert beyond(moved_box(matrix_of(TURNED), box_of(LOW, HIGH)), turned) == pytest.approx(off)


@given(flat=st.sets(st.integers(0, 2)), off=st.floats(0.01, 100))
def test_a_flat_box_has_an_outside_too(flat: set[int], off: float) -> None:
    low, high = np.zeros(3), np.array([0.0 if k in flat else 2.0 for k in range(3)])
    box = box_of(low, high)
    assert beyond(box, extent_corners(low, high)) <= 1e-12
    for k in range(3):
        assert beyond(box, np.array([high + off * np.eye(3)[k]])) == pytest.approx(off)
