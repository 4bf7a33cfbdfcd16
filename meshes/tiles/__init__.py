"""3D Tiles: what a tile holds, how it lies on disk, and a tileset as arrays."""

from meshes.tiles.content import Content, Part
from meshes.tiles.tree import TileTree, forest

__all__ = ["Content", "Part", "TileTree", "forest"]
