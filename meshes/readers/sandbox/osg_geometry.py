"""Read triangles, colours and texture coordinates of an ``osg::Geometry``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from meshes.errors import DamagedError
from meshes.readers.sandbox.osgt import Block, numbers
from twin.arrays import F32, F64, I64, U8

Of = Callable[[Block], Block]


def array(block: Block | None, of: Of) -> F64 | None:
    """Return the numbers of an array property, (n, k).

    As in ``VertexArray TRUE { osg::Vec3Array {...} }``.
    """
    return values(of(block.blocks[0])) if block is not None and block.blocks else None


def values(told: Block) -> F64 | None:
    """Return (n, k) numbers of an array.

    Raises DamagedError where they are not as many as announced.
    """
    listed = told.block("vector")
    if listed is None or len(listed.words) < 2:
        return None
    many = int(numbers(listed.words[1])[0])
    if many <= 0:
        return None
    found = numbers(listed.numbers)
    if len(found) % many:
        raise DamagedError(f"an array has {len(found):,} numbers for {many:,} places")
    return found.reshape(many, -1)


def positions(geometry: Block, of: Of) -> F64 | None:
    """Return (n, 3), or None without vertices."""
    found = array(geometry.block("VertexArray"), of)
    if found is None or found.shape[1] < 2:
        return None
    return found[:, :3] if found.shape[1] >= 3 else np.pad(found, ((0, 0), (0, 1)))


def texture_places(geometry: Block, of: Of, *, vertices: int) -> F32 | None:
    """Return the first fitting unit's texture coordinates, (n, 2).

    The first unit that has as many as the vertices, from the picture's left and top.
    """
    for told in geometry.inner("TexCoordArrayList"):
        found = values(of(told))
        if found is not None and len(found) >= vertices and found.shape[1] >= 2:
            places = found[:vertices, :2].astype(np.float32)
            places[:, 1] = 1 - places[:, 1]
            return places
    return None


def colours(geometry: Block, of: Of, *, vertices: int) -> U8 | None:
    """Return (n, 4) RGBA of the vertices, from fractions or bytes.

    None where it has none.
    """
    held = geometry.block("ColorArray")
    if held is None or not held.blocks:
        return None
    told = of(held.blocks[0])
    found = values(told)
    binding = told.word("Binding")
    if found is None or found.shape[1] not in (3, 4) or binding == "BIND_OFF":
        return None
    if len(found) == 1 or binding == "BIND_OVERALL":
        found = np.repeat(found[:1], vertices, axis=0)
    if len(found) < vertices:
        return None
    scale = 1.0 if "ub" in told.kind else 255.0
    rgba = np.full((vertices, 4), 255.0)
    rgba[:, : found.shape[1]] = found[:vertices] * scale
    return np.asarray(np.clip(np.rint(rgba), 0, 255), np.uint8)


def triangles(geometry: Block, of: Of, *, vertices: int, left_out: Counter[str]) -> I64:
    """Return (m, 3) of all its primitives.

    Points and lines are counted as ``left_out``. Raises DamagedError.
    """
    found = [np.zeros((0, 3), np.int64)]
    for told in map(of, geometry.inner("PrimitiveSetList")):
        mode = told.word("Mode", "POINTS")
        for run in _runs(told):
            if len(run) and (run.min() < 0 or run.max() >= vertices):
                raise DamagedError(f"a face names vertex {int(run.max()) + 1:,} of {vertices:,}")
            if mode.startswith(("POINT", "LINE")):
                left_out["points" if mode.startswith("POINT") else "lines"] += 1
            elif mode.startswith(("TRIANGLE", "QUAD", "POLYGON")):
                found.append(_cut(mode, run))
            else:
                left_out[mode.lower()] += 1
    whole = np.concatenate(found)
    a, b, c = whole.T
    return np.asarray(whole[(a != b) & (b != c) & (c != a)], np.int64)


def _runs(told: Block) -> list[I64]:
    """The vertices of a primitive set, one after another; of several where it counts lengths."""
    start = int(numbers(told.row("First") or b"0")[0])
    listed = told.block("vector")
    held = np.zeros(0, np.int64) if listed is None else _whole(listed.numbers)
    if told.kind.startswith("osg::DrawElements"):
        return [held]
    lengths = (
        [int(numbers(told.row("Count") or b"0")[0])] if told.kind == "osg::DrawArrays" else held.tolist()
    )
    if min(lengths, default=0) < 0 or sum(lengths) > 1 << 28:
        raise DamagedError("a face list has a length that cannot be")
    ends = np.cumsum([start, *lengths])
    return [np.arange(a, b, dtype=np.int64) for a, b in pairwise(ends.tolist())]


def _whole(text: bytes) -> I64:
    return numbers(text, least=0).astype(np.int64)


def _cut(mode: str, run: I64) -> I64:
    """Triangles of one run of vertices."""
    if mode == "TRIANGLES":
        return run[: len(run) // 3 * 3].reshape(-1, 3)
    if mode == "QUADS":
        quads = run[: len(run) // 4 * 4].reshape(-1, 4)
        return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    if len(run) < 3:
        return np.zeros((0, 3), np.int64)
    if mode in ("TRIANGLE_STRIP", "QUAD_STRIP"):
        found = np.column_stack([run[:-2], run[1:-1], run[2:]])
        found[1::2] = found[1::2][:, [1, 0, 2]]
        return found
    return np.column_stack([np.full(len(run) - 2, run[0]), run[1:-1], run[2:]])
