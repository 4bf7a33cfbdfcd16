"""Where water runs: the order in which a flood rising from the outlets takes the cells, and their receivers.

Priority flood (Barnes, Lehman and Mulla 2014) with the steepest receiver among the cells already taken, so
that the order is at once the flood order, a topological order of the drainage tree, and free of pits.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twin.sample.compiled import serial
from twin.sample.noise import hash01

JITTER = (
    0.8  # nodes lie up to 0.4 cells beside their cell's centre, or valleys would run at 0, 45 and 90 degrees
)


@serial
def node_distance(row: int, col: int, other_row: int, other_col: int) -> float:
    """Distance in cells between the displaced nodes of two neighbouring cells."""
    down = other_row - row + JITTER * (hash01(other_row, other_col, 7) - hash01(row, col, 7))
    right = other_col - col + JITTER * (hash01(other_row, other_col, 8) - hash01(row, col, 8))
    return max(0.35, math.sqrt(down * down + right * right))


@serial
def _push(keys: NDArray[np.float32], cells: NDArray[np.int32], size: int, key: float, cell: int) -> None:
    k = size
    while k > 0:
        parent = (k - 1) >> 1
        if keys[parent] <= key:
            break
        keys[k] = keys[parent]
        cells[k] = cells[parent]
        k = parent
    keys[k] = key
    cells[k] = cell


@serial
def _drop_first(keys: NDArray[np.float32], cells: NDArray[np.int32], size: int) -> None:
    """Remove the root of a heap of ``size`` entries."""
    key, cell, last, k = keys[size - 1], cells[size - 1], size - 1, 0
    while True:
        child = 2 * k + 1
        if child >= last:
            break
        if child + 1 < last and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[k] = keys[child]
        cells[k] = cells[child]
        k = child
    keys[k] = key
    cells[k] = cell


@serial
def drain(
    height_m: NDArray[np.float32], outlet: NDArray[np.bool_], closed: NDArray[np.bool_], diagonal: bool
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Flood order, receivers and spill levels of a grid that drains to ``outlet`` cells.

    Returns flat indices in the order in which a flood from the outlets takes them (cells behind ``closed``
    ones and outlets amid outlets are missing), for every cell the flat index it drains to (−1 at outlets
    and unreached cells), and the level at which the flood takes it (NaN where it never does).
    ``diagonal`` chooses 8 neighbours instead of 4.
    """
    rows, cols = height_m.shape
    z, is_outlet, is_closed = height_m.ravel(), outlet.ravel(), closed.ravel()
    order = np.empty(z.size, np.int32)
    receiver = np.full(z.size, -1, np.int32)
    spill = np.full(z.size, np.nan, np.float32)
    queued = np.zeros(z.size, np.bool_)
    taken = np.zeros(z.size, np.bool_)
    keys, cells, size = np.empty(z.size + 1, np.float32), np.empty(z.size + 1, np.int32), 0
    pit, pit_first, pit_last = np.empty(z.size, np.int32), 0, 0
    steps = ((-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
    neighbours = 8 if diagonal else 4
    for i in range(z.size):
        if not is_outlet[i]:
            continue
        queued[i] = True
        row, col = i // cols, i % cols
        for n in range(4):  # the inside of a wide outlet has nothing to drain
            other_row, other_col = row + steps[n][0], col + steps[n][1]
            if (
                0 <= other_row < rows
                and 0 <= other_col < cols
                and not is_outlet[other_row * cols + other_col]
            ):
                _push(keys, cells, size, z[i], i)
                size += 1
                break
    count, level = 0, np.float32(-np.inf)
    while True:
        if pit_first < pit_last:
            i = pit[pit_first]
            pit_first += 1
        elif size > 0:
            i, level = cells[0], keys[0]
            _drop_first(keys, cells, size)
            size -= 1
            pit_first = pit_last = 0
        else:
            break
        taken[i] = True
        order[count] = i
        spill[i] = level
        count += 1
        row, col = i // cols, i % cols
        steepest = np.float32(0.0)
        for n in range(neighbours):
            other_row, other_col = row + steps[n][0], col + steps[n][1]
            if other_row < 0 or other_col < 0 or other_row >= rows or other_col >= cols:
                continue
            j = other_row * cols + other_col
            if taken[j]:
                if not is_outlet[i] and z[j] < z[i]:
                    slope = (z[i] - z[j]) / np.float32(node_distance(row, col, other_row, other_col))
                    if slope > steepest:
                        steepest = slope
                        receiver[i] = j
            elif not queued[j] and not is_closed[j]:
                queued[j] = True
                receiver[j] = i
                if z[j] <= level:
                    pit[pit_last] = j
                    pit_last += 1
                else:
                    _push(keys, cells, size, z[j], j)
                    size += 1
    return order[:count], receiver, spill


@serial
def accumulate(order: NDArray[np.int32], receiver: NDArray[np.int32], amount: NDArray[np.float64]) -> None:
    """Add every cell's amount (shape (rows, cols)) to all cells downstream of it, in place."""
    flat = amount.ravel()
    for k in range(order.size - 1, -1, -1):
        i = order[k]
        if receiver[i] >= 0:
            flat[receiver[i]] += flat[i]
