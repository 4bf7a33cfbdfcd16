"""Input of a build: a surface as its file gave it, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.errors import BadSurfaceError
from meshes.tiles.finish import REPEATED, Finish
from twin.arrays import F32, F64, I32, U8


@dataclass(frozen=True, kw_only=True)
class TexturedPart:
    """Triangles under one picture.

    ``position`` (n, 3) float64: east and north in the frame's CRS and working height, m.
    ``triangles`` (m, 3) int32, counted from 0, anticlockwise from outside.
    ``tcoord`` (n, 2) float32: place in the picture, from its left and from its top, or None; beyond 0..1
    the picture repeats. ``picture`` (height, width, 3 or 4) uint8, the fourth alpha, or None.
    ``colour`` (n, 4) uint8 RGBA, multiplied with the picture, or None. ``feature`` (n,): the building that a
    vertex belongs to, a whole number, 0 for none; or None. ``finish``: what alpha does, and whether triangles
    are seen from behind; its wrap is not looked at.
    """

    position: F64
    triangles: I32
    tcoord: F32 | None = None
    picture: U8 | None = None
    colour: U8 | None = None
    feature: NDArray[np.generic] | None = None
    finish: Finish = REPEATED


@dataclass(frozen=True, kw_only=True)
class TexturedSurface:
    """Surface of one pyramid: parts that may share borders."""

    parts: tuple[TexturedPart, ...]


def check(surface: TexturedSurface) -> None:
    """Raise BadSurfaceError for arrays that do not fit together.

    Or hold what is not a number.
    """
    for k, part in enumerate(surface.parts):
        count = len(part.position)
        shapes: dict[str, tuple[NDArray[Any] | None, tuple[int, ...]]] = {
            "position": (part.position, (count, 3)),
            "triangles": (part.triangles, (len(part.triangles), 3)),
            "tcoord": (part.tcoord, (count, 2)),
            "colour": (part.colour, (count, 4)),
            "feature": (part.feature, (count,)),
        }
        for name, (array, wanted) in shapes.items():
            if array is not None and array.shape != wanted:
                _refuse(k, f"{name} has the shape {array.shape} instead of {wanted}", "mend the reader")
        picture = part.picture
        if picture is not None and (picture.ndim != 3 or picture.shape[2] not in (3, 4) or not picture.size):
            _refuse(k, f"its picture has the shape {picture.shape}", "give (height, width, 3 or 4)")
        if picture is not None and part.tcoord is None:
            _refuse(k, "it has a picture but no texture coordinates", "give both or none")
        for name, numbers in (("position", part.position), ("texture coordinate", part.tcoord)):
            bad = 0 if numbers is None else int((~np.isfinite(numbers)).any(axis=1).sum())
            if bad:
                _refuse(k, f"the {name} of {bad} of {count} vertices is not a number", "drop or mend them")
        if part.triangles.size and not 0 <= part.triangles.min() <= part.triangles.max() < count:
            worst = part.triangles.max() if part.triangles.min() >= 0 else part.triangles.min()
            _refuse(k, f"a triangle names vertex {worst}, but there are {count}", "mend the file")


def _refuse(part: int, what: str, do: str) -> None:
    raise BadSurfaceError(f"part {part} of the surface: {what}; {do}", part=part)
