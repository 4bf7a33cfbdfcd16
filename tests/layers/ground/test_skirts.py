"""The walls under the rims of the terrain's tiles reach down, however high the water stands."""

from __future__ import annotations

import numpy as np

from layers.ground.ground_tiles import GroundPrimitive
from layers.stage import Stage
from meshes.tiles import map_glb, read_tree
from tests.small import CELL_M, NORTH, WEST
from twin.basin import Basin


def test_the_flood_lifts_the_ground_and_not_the_foot_of_a_skirt(basin: Basin, stage: Stage) -> None:
    ground, connection = basin.ground()[0], basin.connection()
    folder = basin.terrain_tiles()
    lifted = 0
    for name in read_tree(folder).content:
        content = map_glb(folder / name)
        (part,) = stage.terrain._host.prepare(content).primitives
        assert isinstance(part, GroundPrimitive)
        if part.link is None:
            continue
        lifted += 1
        east, north, height = (part.primitive.position.astype(float) + content.centre).T
        row, col = ((NORTH - north) / CELL_M).astype(int), ((east - WEST) / CELL_M).astype(int)
        foot = ground[row, col] - height > 100.0
        assert 0 < foot.sum() < len(foot) // 2
        assert np.isinf(part.link[foot]).all()
        np.testing.assert_allclose(part.link[~foot], connection[row, col][~foot] / 100.0, atol=1e-3)
    assert lifted > 1
