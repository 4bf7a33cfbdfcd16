"""The distance of points to triangles against trying all of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from meshes.build.surface.deviation import deviation_m
from tests.meshes.build_surface.shapes import distances


@given(
    seed=st.integers(0, 2**32 - 1),
    triangles=st.integers(1, 60),
    points=st.integers(1, 60),
    flatness=st.sampled_from([1.0, 0.01, 0.0]),
    spread=st.sampled_from([0.1, 1.0, 30.0]),
)
def test_it_is_the_largest_distance(
    seed: int, triangles: int, points: int, flatness: float, spread: float
) -> None:
    rng = np.random.default_rng(seed)
    position = (rng.normal(size=(triangles + 2, 3)) * [10, 10, 10 * flatness]).astype(np.float32)
    corners = rng.integers(0, triangles + 2, (triangles, 3)).astype(np.int32)
    asked = (rng.normal(size=(points, 3)) * 10 * spread).astype(np.float32)
    wanted = distances(asked.astype(np.float64), position.astype(np.float64)[corners]).max()
    np.testing.assert_allclose(deviation_m(position, corners, (asked,)), wanted, rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(
        deviation_m(position, corners, (asked[::2], asked[1::2])), wanted, rtol=2e-3, atol=2e-3
    )
