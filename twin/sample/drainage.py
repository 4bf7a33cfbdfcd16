"""Compute drainage: flood order and receivers of cells.

By a flood from the outlets. Priority flood (Barnes, Lehman and Mulla 2014) with buckets of 2 cm for a queue,
and with the steepest receiver among the cells already taken: the order is at once the flood order, a
topological order of the drainage tree, and free of pits.
"""

from __future__ import annotations

import math

import numpy as np

from twin.arrays import F32, F64, I32, Bools
from twin.compiled import serial
from twin.noise import hash01

JITTER = (
    0.8  # nodes lie up to 0.4 cells beside their cell's centre, or valleys would run at 0, 45 and 90 degrees
)
BUCKET_M = 0.02


@serial
def node(row: int, col: int) -> tuple[float, float]:
    """Return a cell's node position in the grid, in cells."""
    chance = 4096.0 * hash01(row, col, 7)
    coarse = math.floor(chance)
    return row + JITTER * (coarse / 4096.0), col + JITTER * (chance - coarse)


@serial
def node_distance(row: float, col: float, other_row: float, other_col: float) -> float:
    """Return the distance of two nodes in cells."""
    down, right = other_row - row, other_col - col
    return max(0.35, math.sqrt(down * down + right * right))


@serial
def _queue(cell: int, bucket: int, first: I32, last: I32, after: I32) -> None:
    """Append a cell to its bucket's list."""
    if first[bucket] < 0:
        first[bucket] = cell
    else:
        after[last[bucket]] = cell
    last[bucket] = cell


@serial
def drain(height_m: F32, outlet: Bools, closed: Bools, diagonal: bool) -> tuple[I32, I32, F32]:
    """Return flood order, receivers and spill levels.

    Of a grid that drains to ``outlet`` cells. Returns flat indices in the order in which a flood from the
    outlets takes them (cells behind ``closed`` ones and outlets amid outlets are missing), for every cell the
    flat index it drains to (−1 at outlets and unreached cells), and the level at which the flood takes it
    (NaN where it never does); all flat. ``diagonal`` chooses 8 neighbours instead of 4. Within 2 cm the order
    is that of arrival.
    """
    rows, cols = height_m.shape
    z, is_outlet, is_closed = height_m.ravel(), outlet.ravel(), closed.ravel()
    order = np.empty(z.size, np.int32)
    receiver, after = np.empty(z.size, np.int32), np.empty(z.size, np.int32)
    spill = np.empty(z.size, np.float32)
    taken = np.zeros(z.size, np.bool_)
    lowest, highest = z[0], z[0]
    for i in range(z.size):
        receiver[i] = after[i] = -1
        spill[i] = np.nan
        lowest, highest = min(lowest, z[i]), max(highest, z[i])
    buckets = int((highest - lowest) / BUCKET_M) + 2
    first, last = np.empty(buckets, np.int32), np.empty(buckets, np.int32)
    for bucket in range(buckets):
        first[bucket] = -1
    steps = ((-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
    neighbours = 8 if diagonal else 4
    for i in range(z.size):
        if not is_outlet[i]:
            continue
        spill[i] = z[i]
        row, col = i // cols, i % cols
        for n in range(4):  # the inside of a wide outlet has nothing to drain
            other_row, other_col = row + steps[n][0], col + steps[n][1]
            if (
                0 <= other_row < rows
                and 0 <= other_col < cols
                and not is_outlet[other_row * cols + other_col]
            ):
                _queue(i, int((z[i] - lowest) / BUCKET_M), first, last, after)
                break
    count = 0
    for bucket in range(buckets):
        i = first[bucket]
        while i >= 0:
            taken[i] = True
            order[count] = i
            count += 1
            row, col = i // cols, i % cols
            node_row, node_col = node(row, col)
            steepest = 0.0
            for n in range(neighbours):
                other_row, other_col = row + steps[n][0], col + steps[n][1]
                if other_row < 0 or other_col < 0 or other_row >= rows or other_col >= cols:
                    continue
                j = other_row * cols + other_col
                if taken[j]:
                    if z[j] < z[i] and not is_outlet[i]:
                        at_row, at_col = node(other_row, other_col)
                        slope = (z[i] - z[j]) / node_distance(node_row, node_col, at_row, at_col)
                        if slope > steepest:
                            steepest = slope
                            receiver[i] = j
                elif np.isnan(spill[j]) and not is_closed[j]:
                    spill[j] = max(z[j], spill[i])
                    receiver[j] = i
                    _queue(j, max(bucket, int((z[j] - lowest) / BUCKET_M)), first, last, after)
            i = after[i]
    return order[:count], receiver, spill


@serial
def accumulate(order: I32, receiver: I32, amount: F64) -> None:
    """Accumulate every cell's amount downstream, in place.

    Shape (rows, cols).
    """
    flat = amount.ravel()
    for k in range(order.size - 1, -1, -1):
        i = order[k]
        if receiver[i] >= 0:
            flat[receiver[i]] += flat[i]
