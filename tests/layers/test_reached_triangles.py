"""Triangles that water can reach are drawn with the water's shader; none of them may be missing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.terrain import triangles_reached
from meshes.build.terrain import Detail, place, terrain_mesh
from twin.products import MeshArrays

CAP_M = 160.0


def mesh_of(ground: np.ndarray, connection_m: np.ndarray) -> MeshArrays:
    mesh = terrain_mesh(
        ground, connection_m=connection_m, target_triangles=400, detail=(Detail(1.0, 32.0), Detail(0.2, 4.0))
    )
    position, tcoord = place(
        mesh, shape=ground.shape, to_frame=lambda row, col: (col, -row), origin=(0.0, 0.0, 0.0)
    )
    return MeshArrays(position=position, tcoord=tcoord, triangles=mesh.triangles, chunks=mesh.chunks)


@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.002, 0.05, 1.0]))
def test_every_triangle_over_a_reached_cell_is_among_them(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    ground = rng.uniform(100, 300, (40, 60)).astype(np.float32)
    reached = rng.random(ground.shape) < share
    connection_m = np.where(reached, 150.0, 900.0).astype(np.float32)
    mesh = mesh_of(ground, connection_m)
    found = triangles_reached(mesh, np.rint(connection_m * 100).astype(np.int32), cap_m=CAP_M)
    # Random points of every triangle: the cell each lies in is what the shader looks at.
    for (t0, v0, *_), (t1, *_) in zip(mesh.chunks[:-1], mesh.chunks[1:], strict=True):
        corner = mesh.tcoord[v0 + mesh.triangles[t0:t1].astype(np.int64)]
        weight = rng.dirichlet((0.5, 0.5, 0.5), size=(t1 - t0, 20))
        u, v = np.moveaxis(weight @ corner, -1, 0)
        wet = reached[(v * 40).astype(int).clip(0, 39), (u * 60).astype(int).clip(0, 59)].any(axis=1)
        assert not (wet & ~found[t0:t1]).any()


def test_far_from_the_water_no_triangle_is_among_them() -> None:
    ground = np.full((40, 60), 200.0, np.float32) + np.indices((40, 60)).sum(0, dtype=np.float32) % 7
    connection_m = np.full((40, 60), 900.0, np.float32)
    connection_m[10:14, 10:14] = 150.0
    mesh = mesh_of(ground, connection_m)
    found = triangles_reached(mesh, np.rint(connection_m * 100).astype(np.int32), cap_m=CAP_M)
    assert found.any()
    assert found.mean() < 0.2
