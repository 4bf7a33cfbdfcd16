"""Right-triangulated irregular networks: which vertices of a grid a mesh needs, and the mesh.

The hierarchy (Evans, Kirkpatrick and Townsend 2001): a square of 2^k cells is two right triangles; a
triangle is split at the middle of its longest side, and the triangle on the other side of that side with
it, so no crack can appear. Every grid vertex is the middle of exactly one longest side, at one step ``s``:

- *edge middles*: one coordinate an odd multiple of ``s``, the other an even one; ends ``s`` away along it;
- *square middles*: both odd multiples of ``s``; the ends are the two corners on the square's diagonal.

A vertex's error is raised to its descendants' largest, so "keep every vertex whose error exceeds t" is
always a conforming mesh, and an interior vertex that is kept adds exactly two triangles.

Grids need not be 2^k + 1 wide: the hierarchy is laid over the smallest square that covers the grid, and
triangles that straddle the grid's south or east border are always split, down to single cells, so that
the mesh ends exactly on the border.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

_STACK = 128  # deeper than the hierarchy over any int32 grid


def cover(rows: int, cols: int) -> int:
    """Cells along the side of the smallest 2^k square that covers a grid of ``rows`` × ``cols`` vertices."""
    side = 1
    while side < max(rows, cols) - 1:
        side *= 2
    return side


@njit(cache=True)  # type: ignore[untyped-decorator]
def _lifted(ground: float, connection: float, level: float, reached_at_level: bool) -> float:
    """Height of the surface at one vertex: ground, or the water that covers it at ``level``."""
    reached = connection <= level if reached_at_level else connection < level
    return float(max(ground, level)) if reached else ground


@njit(cache=True)  # type: ignore[untyped-decorator]
def _deviation(ground: F32, connection: F32, level: float, mid: int, a: int, b: int) -> float:
    """How far the surface at ``mid`` is from the middle of ``a`` and ``b``, just below a level or at it."""
    worst = 0.0
    for reached in (True, False):
        at_ends = _lifted(ground[a], connection[a], level, reached) + _lifted(
            ground[b], connection[b], level, reached
        )
        worst = max(worst, abs(_lifted(ground[mid], connection[mid], level, reached) - 0.5 * at_ends))
    return worst


@njit(cache=True)  # type: ignore[untyped-decorator]
def _own_error(
    ground: F32, connection: F32, lo: float, hi: float, shore_weight: float, mid: int, a: int, b: int
) -> float:
    """How far the surface at ``mid`` is from the middle of ``a`` and ``b``: dry, and at the worst level.

    Between the three connection levels every term is linear in the level, so the largest deviation over
    all levels in [lo, hi] lies at one of them (just reached, or just not) or at an end.
    """
    missing = int(np.isnan(ground[mid])) + int(np.isnan(ground[a])) + int(np.isnan(ground[b]))
    if missing:
        return 0.0 if missing == 3 else float(np.inf)
    dry = abs(ground[mid] - 0.5 * (ground[a] + ground[b]))
    if min(connection[mid], connection[a], connection[b]) > hi:
        return float(dry)
    wet = max(_deviation(ground, connection, lo, mid, a, b), _deviation(ground, connection, hi, mid, a, b))
    for vertex in (mid, a, b):
        level = connection[vertex]
        if lo <= level <= hi:
            wet = max(wet, _deviation(ground, connection, level, mid, a, b))
    return float(max(dry, shore_weight * wet))


@njit(cache=True)  # type: ignore[untyped-decorator]
def vertex_errors(ground: F32, connection: F32, side: int, lo: float, hi: float, shore_weight: float) -> F32:
    """Error of every vertex, raised to its descendants' largest; shape (rows, cols), float32, m.

    ``ground`` and ``connection`` are (rows, cols) float32, m. Deviations of the surface under water at any
    level in [lo, hi] count ``shore_weight`` times; with ``hi < lo`` only the dry ground counts.
    The error is inf where the mesh must have the vertex: beside NaN, and along the south and east borders.
    """
    rows, cols = ground.shape
    z, link = ground.ravel(), connection.ravel()
    error = np.zeros((rows, cols), dtype=np.float32)
    s = 1
    while s <= side // 2:
        # Edge middles of step s: their children are the square middles of step s / 2, one half step away.
        half = s // 2
        for i in range((rows - 1) // s + 1):
            r = i * s
            odd_row = i % 2 == 1
            for c in range(0 if odd_row else s, cols, 2 * s):
                if r + s > rows - 1 or c + s > cols - 1:
                    # The two triangles reach s to each side; the last row and column themselves are inside.
                    on_edge = (r == rows - 1 and not odd_row and c + s <= cols - 1) or (
                        c == cols - 1 and odd_row and r + s <= rows - 1
                    )
                    if not on_edge:
                        error[r, c] = np.inf
                        continue
                a, b = (
                    ((r - s) * cols + c, (r + s) * cols + c)
                    if odd_row
                    else (r * cols + c - s, r * cols + c + s)
                )
                e = _own_error(z, link, lo, hi, shore_weight, r * cols + c, a, b)
                if half:
                    for dr in (-half, half):
                        for dc in (-half, half):
                            rr, cc = r + dr, c + dc
                            if 0 <= rr < rows and 0 <= cc < cols:
                                e = max(e, error[rr, cc])
                error[r, c] = e
        # Square middles of step s: their children are the four edge middles of the same step.
        for i in range((rows - 1 + s) // (2 * s)):
            r = (2 * i + 1) * s
            for c in range(s, cols, 2 * s):
                if r + s > rows - 1 or c + s > cols - 1:
                    error[r, c] = np.inf
                    continue
                r0 = r - s if ((r - s) // (2 * s)) % 2 == 1 else r + s
                c0 = c - s if ((c - s) // (2 * s)) % 2 == 1 else c + s
                e = _own_error(
                    z,
                    link,
                    lo,
                    hi,
                    shore_weight,
                    r * cols + c,
                    r0 * cols + c0,
                    (2 * r - r0) * cols + 2 * c - c0,
                )
                e = max(e, error[r - s, c], error[r + s, c], error[r, c - s], error[r, c + s])
                error[r, c] = e
        s *= 2
    return error


@njit(cache=True)  # type: ignore[untyped-decorator]
def triangulate(ground: F32, error: F32, side: int, tolerance: float, triangles: I32) -> int:
    """Write the mesh's triangles as flat cell indices (row · cols + col); return their number.

    ``triangles`` is (m, 3) int32 with room enough. Triangles run counter-clockwise seen from above (north
    up), in the order of a Sierpinski curve, so any run of them is compact on the ground and in the cache.
    Those without a height at a corner are left out.
    """
    rows, cols = ground.shape
    stack = np.empty((_STACK, 7), dtype=np.int64)
    stack[0] = np.array((side, side, 0, 0, side, 0, 0))
    stack[1] = np.array((0, 0, side, side, 0, side, 0))
    top = 1
    count = 0
    while top >= 0:
        # Longest side a-b, right angle c; the curve enters at a and leaves at b, or the other way round.
        ar, ac, br, bc, cr, cc, turned = stack[top]
        top -= 1
        if min(ar, br, cr) >= rows - 1 or min(ac, bc, cc) >= cols - 1:
            continue  # wholly off the grid
        straddles = max(ar, br, cr) > rows - 1 or max(ac, bc, cc) > cols - 1
        mr, mc = (ar + br) // 2, (ac + bc) // 2
        leaf = abs(ar - br) == 1 and abs(ac - bc) == 1
        if not leaf and (straddles or error[mr, mc] > tolerance):
            first = np.array((cr, cc, ar, ac, mr, mc, 1 - turned))
            second = np.array((br, bc, cr, cc, mr, mc, 1 - turned))
            stack[top + 1] = first if turned else second  # the upper one is taken first
            stack[top + 2] = second if turned else first
            top += 2
        elif not (np.isnan(ground[ar, ac]) or np.isnan(ground[br, bc]) or np.isnan(ground[cr, cc])):
            triangles[count, 0] = ar * cols + ac
            triangles[count, 1] = br * cols + bc
            triangles[count, 2] = cr * cols + cc
            count += 1
    return count
