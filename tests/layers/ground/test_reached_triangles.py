"""Triangles that water can reach are drawn with the water's shader; none of them may be missing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.ground.ground_tiles import Reached
from meshes.build.ground.square import Square, square

CAP_M = 160.0


def reached(mesh: Square, connection_m: np.ndarray) -> Reached:
    row, col = mesh.cell.T
    return Reached(row, col, np.rint(connection_m * 100).astype(np.int32), cap_m=CAP_M)


@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.002, 0.05, 1.0]))
def test_every_triangle_over_a_reached_cell_is_among_them(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    ground = rng.uniform(100, 300, (40, 60)).astype(np.float32)
    wet = rng.random(ground.shape) < share
    connection_m = np.where(wet, 150.0, 900.0).astype(np.float32)
    mesh = square(ground, connection_m, levels_m=(100.0, CAP_M), most_triangles=400)
    here = reached(mesh, connection_m)
    assert here.any == wet.any()
    for corners in (mesh.triangles, mesh.coarse):
        found = here.triangles(corners)
        # Random points of every triangle: the cell each lies in is what the shader looks at.
        weight = rng.dirichlet((0.5, 0.5, 0.5), size=(len(corners), 20))
        row, col = np.moveaxis(weight @ (mesh.cell[corners] + 0.5), -1, 0)
        under = wet[row.astype(int).clip(0, 39), col.astype(int).clip(0, 59)].any(axis=1)
        assert not (under & ~found).any()


def test_far_from_the_water_no_triangle_is_among_them() -> None:
    ground = np.full((40, 60), 200.0, np.float32) + np.indices((40, 60)).sum(0, dtype=np.float32) % 7
    connection_m = np.full((40, 60), 900.0, np.float32)
    connection_m[10:14, 10:14] = 150.0
    mesh = square(ground, connection_m, levels_m=(100.0, CAP_M), most_triangles=400)
    found = reached(mesh, connection_m).triangles(mesh.triangles)
    assert found.any()
    assert found.mean() < 0.2
