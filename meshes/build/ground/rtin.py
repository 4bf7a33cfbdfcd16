"""Mesh grids as right-triangulated irregular networks.

Select the vertices that a mesh needs, and triangulate. The hierarchy (Evans, Kirkpatrick and Townsend 2001):
a square of 2^k cells is two right triangles; a triangle is split at the middle of its longest side, and the
triangle on the other side of that side with it, so no crack can appear. Every grid vertex is the middle of
exactly one longest side, at one step ``s``:

- *edge middles*: one coordinate an odd multiple of ``s``, the other an even one; ends ``s`` away along it;
- *square middles*: both odd multiples of ``s``; the ends are the two corners on the square's diagonal.

A vertex's error is raised to its descendants' largest, so "keep every vertex whose error exceeds t" is
always a conforming mesh, and an interior vertex that is kept adds exactly two triangles.

A grid need not be 2^k + 1 wide: it is thought to go on beyond its south and east borders with its last row
and column, and what lies out there is pulled back onto the border.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from twin.arrays import F32, I32

_STACK = 128  # deeper than the hierarchy over any int32 grid


def cover(rows: int, cols: int) -> int:
    """Return the side of the smallest 2^k square over a grid.

    In cells; the grid has ``rows`` × ``cols`` vertices.
    """
    side = 1
    while side < max(rows, cols) - 1:
        side *= 2
    return side


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def lifted(ground: float, connection: float, level: float, at_level: bool) -> float:
    """Return the surface's height at a vertex with a flood.

    At a level, or just below it.
    """
    reached = connection <= level if at_level else connection < level
    return float(max(ground, level)) if reached else ground


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _deviation(ground: F32, connection: F32, mid: int, a: int, b: int, level: float, at_level: bool) -> float:
    """How far the flooded surface at ``mid`` is from the middle of ``a`` and ``b``."""
    at_a = lifted(ground[a], connection[a], level, at_level)
    at_b = lifted(ground[b], connection[b], level, at_level)
    return float(abs(lifted(ground[mid], connection[mid], level, at_level) - 0.5 * (at_a + at_b)))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _own_error(
    ground: F32, connection: F32, lo: float, hi: float, shore_weight: float, mid: int, a: int, b: int
) -> float:
    """How far the surface at ``mid`` is from the middle of ``a`` and ``b``: dry, and at the worst level.

    Between the three connection levels every term is linear in the level, so the largest deviation over
    all levels in [lo, hi) lies at one of them (just reached, or just not) or at an end.
    """
    missing = int(np.isnan(ground[mid])) + int(np.isnan(ground[a])) + int(np.isnan(ground[b]))
    if missing:
        return 0.0 if missing == 3 else float(np.inf)
    dry = float(abs(ground[mid] - 0.5 * (ground[a] + ground[b])))
    if min(connection[mid], connection[a], connection[b]) >= hi:
        return dry
    wet = max(
        _deviation(ground, connection, mid, a, b, lo, True),
        _deviation(ground, connection, mid, a, b, hi, False),
    )
    for vertex in (mid, a, b):
        level = connection[vertex]
        if lo <= level < hi:
            wet = max(
                wet,
                _deviation(ground, connection, mid, a, b, level, True),
                _deviation(ground, connection, mid, a, b, level, False),
            )
    return float(max(dry, shore_weight * wet))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def vertex_errors(ground: F32, connection: F32, root: int, lo: float, hi: float, shore_weight: float) -> F32:
    """Return each vertex's error, raised to its descendants' largest, m.

    float32. ``ground`` and ``connection`` are (rows, cols) float32, m. Deviations of the surface under water
    at any level in [lo, hi) count ``shore_weight`` times; with ``hi <= lo`` only the dry ground counts: cells
    whose connection level is ``hi`` or more are never wet. Beside NaN the error is inf: a mesh needs those
    rims. The result reaches beyond the grid to whole squares of ``root`` cells; corners of those squares have
    0.
    """
    rows, cols = ground.shape
    tall, wide = -(-(rows - 1) // root) * root, -(-(cols - 1) // root) * root
    z, link = ground.ravel(), connection.ravel()
    error = np.zeros((tall + 1, wide + 1), dtype=np.float32)
    s = 1
    while s <= root // 2:
        half = s // 2
        # Edge middles of step s: their children are the square middles of step s / 2, one half step away.
        for r in range(0, tall + 1, s):
            odd_row = (r // s) % 2 == 1
            up, left = (s, 0) if odd_row else (0, s)
            for c in range(0 if odd_row else s, wide + 1, 2 * s):
                mid = min(r, rows - 1) * cols + min(c, cols - 1)
                a = min(r - up, rows - 1) * cols + min(c - left, cols - 1)
                b = min(r + up, rows - 1) * cols + min(c + left, cols - 1)
                e = _own_error(z, link, lo, hi, shore_weight, mid, a, b)
                if half:
                    for y in (r - half, r + half):
                        for x in (c - half, c + half):
                            if 0 <= y <= tall and 0 <= x <= wide:
                                e = max(e, error[y, x])
                error[r, c] = e
        # Square middles of step s: their children are the four edge middles of the same step.
        for r in range(s, tall, 2 * s):
            y = r - s if ((r - s) // (2 * s)) % 2 == 1 else r + s
            for c in range(s, wide, 2 * s):
                x = c - s if ((c - s) // (2 * s)) % 2 == 1 else c + s
                mid = min(r, rows - 1) * cols + min(c, cols - 1)
                a = min(y, rows - 1) * cols + min(x, cols - 1)
                b = min(2 * r - y, rows - 1) * cols + min(2 * c - x, cols - 1)
                e = _own_error(z, link, lo, hi, shore_weight, mid, a, b)
                error[r, c] = max(e, error[r - s, c], error[r + s, c], error[r, c - s], error[r, c + s])
        s *= 2
    return error


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def triangulate(ground: F32, error: F32, side: int, root: int, tolerance: float, triangles: I32) -> int:
    """Write triangles as flat cell indices; return their number.

    A cell's index is row · cols + col. ``triangles`` is (m, 3) int32 with room enough. Triangles run
    counter-clockwise seen from above (north up), in the order of a Sierpinski curve, so any run of them is
    compact on the ground and in the cache. Those without a height at a corner are left out.
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
            continue  # wholly beyond the border
        mr, mc = (ar + br) // 2, (ac + bc) // 2
        diagonal, length = ar != br and ac != bc, abs(ar - br) + abs(ac - bc)
        # A diagonal longest side belongs to a square of half its length along the axes.
        large = length > (2 * root if diagonal else root)
        leaf = diagonal and length == 2
        if large or (not leaf and error[mr, mc] > tolerance):
            first = np.array((cr, cc, ar, ac, mr, mc, 1 - turned))
            second = np.array((br, bc, cr, cc, mr, mc, 1 - turned))
            stack[top + 1] = first if turned else second  # the upper one is taken first
            stack[top + 2] = second if turned else first
            top += 2
            continue
        ar, br, cr = min(ar, rows - 1), min(br, rows - 1), min(cr, rows - 1)
        ac, bc, cc = min(ac, cols - 1), min(bc, cols - 1), min(cc, cols - 1)
        flat = (br - ar) * (cc - ac) == (bc - ac) * (cr - ar)  # pulled onto the border
        if not (flat or np.isnan(ground[ar, ac]) or np.isnan(ground[br, bc]) or np.isnan(ground[cr, cc])):
            triangles[count, 0] = ar * cols + ac
            triangles[count, 1] = br * cols + bc
            triangles[count, 2] = cr * cols + cc
            count += 1
    return count
