"""The walls under the rims of the terrain's chunks reach down, however high the water stands."""

from __future__ import annotations

import numpy as np

from layers.ground import Ground
from layers.terrain import vertex_connection
from tests.small import COLS, ROWS
from twin.basin import Basin


def test_the_flood_lifts_the_ground_and_not_the_foot_of_a_skirt(basin: Basin) -> None:
    mesh, connection = basin.mesh(), basin.connection()
    ground = Ground(basin.ground()[0], connection, basin.ground()[1], basin.frame)
    link = vertex_connection(mesh, connection, ground)
    foot = np.zeros(len(link), dtype=bool)
    for (_, start, *_), (_, end, *_) in zip(mesh.chunks[:-1], mesh.chunks[1:], strict=True):
        own = mesh.tcoord[start:end]
        _, first = np.unique(own, axis=0, return_index=True)
        foot[start:end] = True
        foot[start + first] = False  # the other of two at one place
    assert 0 < foot.sum() < len(foot) // 2
    assert np.isinf(link[foot]).all()
    col, row = (mesh.tcoord[~foot] * (COLS, ROWS)).astype(int).T
    np.testing.assert_allclose(link[~foot], connection[row, col] / 100.0, atol=1e-3)
