"""Content of a tile, ready to be drawn: plain arrays.

In the frame, without a renderer.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshes.tiles.finish import CLAMPED, Finish
from twin.arrays import F32, I32, U8

Point = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Primitive:
    """Triangles, or points, under one picture.

    ``position`` (n, 3) float32: east, north and working height minus the content's centre, m.
    ``triangles`` (m, 3) int32, counted from 0, anticlockwise from outside; None for points.
    ``tcoord`` (n, 2) float32: place in the picture, from its left and from its top (as in glTF), or None.
    ``colour`` (n, 4) uint8 RGBA as on a screen, multiplied with the picture, or None. ``feature`` (n,)
    float32: the building that a vertex belongs to, a whole number, 0 for none; or None. ``coarse`` (k, 3)
    int32: the same surface in fewer triangles over the same vertices, for pictures that move; or None.
    ``image`` is the picture as a JPEG or PNG file's bytes, or None. ``finish``: how the picture goes on
    beyond its edges, and what alpha does.
    Arrays may be views of a mapped file; nobody writes into them.
    """

    position: F32
    triangles: I32 | None
    tcoord: F32 | None = None
    colour: U8 | None = None
    feature: F32 | None = None
    coarse: I32 | None = None
    image: bytes | memoryview | None = None
    finish: Finish = CLAMPED

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays; the picture not counted."""
        arrays = (self.position, self.triangles, self.tcoord, self.colour, self.feature, self.coarse)
        return sum(array.nbytes for array in arrays if array is not None)


@dataclass(frozen=True, kw_only=True)
class Content:
    """Primitives of one tile.

    ``centre`` is east, north in the frame's CRS and working height, float64.
    """

    centre: Point
    primitives: tuple[Primitive, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays and encoded pictures."""
        return sum(primitive.nbytes + len(primitive.image or b"") for primitive in self.primitives)
