"""A pyramid written as 3D Tiles passes the tileset's own rules and is mapped back as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from meshes.build.surface import build_pyramid
from meshes.tiles.check import check_tileset
from meshes.tiles.glb import map_glb, write_glb
from meshes.tiles.write import write_tileset
from tests.meshes.build_surface.shapes import CORNER, build, corners, shades, wavy
from twin.frame import Frame


def test_a_pyramid_is_a_sound_tileset(tmp_path: Path) -> None:
    surface = wavy(40, picture=shades(256))
    tree = build_pyramid(
        surface, tile_triangles=500, write=lambda name, content: write_glb(tmp_path / name, content)
    )
    write_tileset(tmp_path, tree, frame=Frame(crs="EPSG:4548", east=CORNER[0], north=CORNER[1]))
    check_tileset(tmp_path)
    built = build(surface, tile_triangles=500)
    for tile, name in enumerate(tree.content):
        np.testing.assert_array_equal(corners(map_glb(tmp_path / name)), built.corners(tile))
