"""Pool the vertices of all parts of a surface."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import almeshopt
import numpy as np
from numpy.typing import NDArray

from meshes.build.surface.textured_surface import TexturedPart, TexturedSurface
from meshes.errors import EmptySurfaceError
from meshes.tiles.finish import Finish
from twin.arrays import F32, F64, I32, U8


@dataclass(frozen=True, kw_only=True)
class VertexPool:
    """Vertices and triangles of all parts, as the parts had them.

    n vertices and m triangles, (m, 3) int32; the rest as in ``mesh.Mesh``. ``pictures`` (height, width, 3 or
    4).
    """

    centre: F64
    step_m: float
    position: F32
    uv: F32
    sheet: I32
    colour: U8 | None
    feature: F32 | None
    triangles: I32
    pictures: tuple[U8, ...]
    finish: I32
    finishes: tuple[Finish, ...]


def pool(surface: TexturedSurface) -> VertexPool:
    """Raises EmptySurfaceError where there is no triangle."""
    parts = tuple(part for part in surface.parts if len(part.triangles))
    if not parts:
        raise EmptySurfaceError("the surface has no triangle; check the file or leave it out")
    centre, step_m, position = _rounded(np.concatenate([part.position for part in parts]))
    starts = np.cumsum([0, *(len(part.position) for part in parts)])
    sheets = np.cumsum([part.picture is not None for part in parts]) - 1
    finishes = (*dict.fromkeys(part.finish for part in parts),)
    return VertexPool(
        centre=centre,
        step_m=step_m,
        position=position,
        uv=np.concatenate([_uv(part) for part in parts]),
        sheet=np.concatenate(
            [
                np.full(len(part.position), -1 if part.picture is None else sheet, np.int32)
                for part, sheet in zip(parts, sheets, strict=True)
            ]
        ),
        colour=_gathered(parts, "colour", np.full(4, 255, np.uint8)),
        feature=_gathered(parts, "feature", np.zeros((), np.float32)),
        triangles=np.concatenate(
            [part.triangles + start for part, start in zip(parts, starts, strict=False)]
        ).astype(np.int32),
        pictures=tuple(part.picture for part in parts if part.picture is not None),
        finish=np.concatenate(
            [np.full(len(part.position), finishes.index(part.finish), np.int32) for part in parts]
        ),
        finishes=finishes,
    )


def same(triangles: I32, rows: F32) -> I32:
    """Return the first vertex with the same row, (n,) int32.

    For the vertices that triangles use.
    """
    remap, _ = almeshopt.generate_vertex_remap(
        triangles.ravel().astype(np.uint32), np.ascontiguousarray(rows, np.float32)
    )
    used = np.flatnonzero(remap != 0xFFFFFFFF)
    first = np.empty(len(rows), np.int32)
    first[remap[used[::-1]]] = used[::-1]
    out = np.zeros(len(rows), np.int32)
    out[used] = first[remap[used]]
    return out


def _rounded(position: F64) -> tuple[F64, float, F32]:
    low, high = position.min(axis=0), position.max(axis=0)
    step = 2.0 ** max(-12, math.ceil(math.log2(max(float((high - low).max()), 1e-9))) - 24)
    centre = np.round(0.5 * (low + high) / step) * step
    # Not np.round, which takes halves to even numbers: what is rounded from another centre has to agree.
    return centre, step, (np.floor((position - centre) / step + 0.5) * step + 0.0).astype(np.float32)


def _uv(part: TexturedPart) -> F32:
    if part.tcoord is None or part.picture is None:
        return np.zeros((len(part.position), 2), np.float32)
    return np.ascontiguousarray(part.tcoord, np.float32) + np.float32(0)


def _gathered(parts: tuple[TexturedPart, ...], name: str, empty: NDArray[Any]) -> NDArray[Any] | None:
    """An attribute of all parts, ``empty`` where one does not have it; None where none has."""
    found = [getattr(part, name) for part in parts]
    if all(array is None for array in found):
        return None
    filled = [
        np.broadcast_to(empty, (len(part.position), *empty.shape)) if array is None else array
        for part, array in zip(parts, found, strict=True)
    ]
    return np.concatenate([array.astype(empty.dtype) for array in filled])
