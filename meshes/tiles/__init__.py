"""Tiles as 3D Tiles: content, files, and tilesets as arrays.

``meshes.tiles.check`` and ``meshes.tiles.model`` are for builds and tests and are imported by name: they
bring pydantic and the catalog, which whoever only streams does not pay for.
"""

from meshes.tiles.content import Content, Primitive
from meshes.tiles.glb import map_glb, read_centre, write_glb
from meshes.tiles.read import read_tree
from meshes.tiles.root import write_root
from meshes.tiles.tree import TileTree, forest
from meshes.tiles.tree_check import tree_faults
from meshes.tiles.write import write_tileset

__all__ = [
    "Content",
    "Primitive",
    "TileTree",
    "forest",
    "map_glb",
    "read_centre",
    "read_tree",
    "tree_faults",
    "write_glb",
    "write_root",
    "write_tileset",
]
