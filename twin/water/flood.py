"""Compiled loops of ``twin.water.connection``.

A flood in order of level, a bucket per centimetre. The state is one flat int32 per cell, with a rim of
blocked cells around the raster: the ground above the lowest seed while the cell is dry; ``_WET`` and its
level once it has been flooded; ``_BLOCKED`` where water never goes. So one load per neighbour says all, and
no step has to look for the raster's edge.

- A cell's level is known when water first touches it (the higher of its ground and the level now), so
  every cell is queued once. Cells at or below the level now need no queue, only a stack.
- A bucket is a linked list through the state itself: while a cell waits, it holds ``_WET`` and the index of
  the next one in its bucket (0, a cell of the rim, for none); its level is the bucket's. So nearly all the
  memory that the flood walks through at random is this one array.

This module imports numba, which compiles on first use and keeps the result on disk. Only the building of
products imports it, never a process that serves.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

import numpy as np
from numba import njit

from twin.water.centimetres import NO_GROUND_CM

_WET: Final = np.int32(1 << 30)
_NEXT: Final = np.int32((1 << 30) - 1)
_BLOCKED: Final = np.int32((1 << 31) - 1)

MOST_CELLS: Final = (1 << 30) - 1
"""Of a raster with its rim: an index fits beside the flag."""


@njit(cache=True, nogil=True)
def pack(ground_cm, base_cm, cap_cm, state):  # type: ignore[no-untyped-def]
    """Fill ``state``, flat (rows + 2) × (cols + 2).

    Return the number of buckets the ground needs.
    """
    rows, cols = ground_cm.shape
    width = cols + 2
    # The rim spares the loops four comparisons a neighbour; numba checks no bounds, so it must be complete.
    state[:width] = _BLOCKED
    state[(rows + 1) * width :] = _BLOCKED
    highest = 0
    for row in range(rows):
        left = (row + 1) * width
        state[left] = _BLOCKED
        state[left + cols + 1] = _BLOCKED
        for col in range(cols):
            ground = ground_cm[row, col]
            if ground >= cap_cm or ground == NO_GROUND_CM:
                state[left + col + 1] = _BLOCKED
            else:
                # Ground below the seed floods with the seed: it need not be told apart from it.
                # It stays below _WET, since no ground lies 10,000 km above the seed: the flag is free.
                above = max(ground - base_cm, 0)
                highest = max(highest, above)
                state[left + col + 1] = above
    return highest + 1


@njit(cache=True, nogil=True)
def unpack(ground_cm, base_cm, cap_cm, state, out):  # type: ignore[no-untyped-def]
    """Unpack connection levels of ``state`` into ``out``.

    (rows, cols) int32 cm.
    """
    rows, cols = ground_cm.shape
    for row in range(rows):
        left = (row + 1) * (cols + 2) + 1
        for col in range(cols):
            value = state[left + col]
            if _WET <= value < _BLOCKED:
                out[row, col] = value - _WET + base_cm
            elif ground_cm[row, col] == NO_GROUND_CM:
                out[row, col] = cap_cm
            else:
                out[row, col] = max(ground_cm[row, col], cap_cm)


@njit(cache=True, nogil=True)
def flood(state, steps, starts, buckets):  # type: ignore[no-untyped-def]
    """Assign every cell of ``state`` its connection level.

    ``steps`` is a tuple of offsets, so the loop is unrolled.
    """
    head = np.zeros(buckets, np.int32)
    # A cell is pushed once, when it turns wet, so the stack never outgrows the state.
    stack = np.empty(state.size, np.int32)
    for start in starts:
        level = state[start]
        state[start] = head[level] | _WET
        head[level] = start
    for level in range(buckets):
        wet = np.int32(level) | _WET
        # Within a bucket the order does not matter: all its cells get the bucket's level. No cell joins it
        # any more, since what the water meets at or below the level goes onto the stack.
        queued = head[level]
        while queued > 0:
            stack[0] = queued
            size = 1
            queued = state[queued] & _NEXT
            state[stack[0]] = wet
            while size > 0:
                size -= 1
                cell = stack[size]
                for i in range(len(steps)):
                    near = cell + steps[i]
                    value = state[near]
                    if value < _WET:  # dry and in no bucket: blocked, wet and waiting cells carry the flag
                        if value <= level:
                            state[near] = wet
                            stack[size] = near
                            size += 1
                        else:
                            state[near] = head[value] | _WET
                            head[value] = near


@njit(cache=True, nogil=True)
def flood_from_sides(state, side, passage, starts, buckets):  # type: ignore[no-untyped-def]
    """Flood past walls, noting each cell's entry side.

    As ``flood``; the side (int8) of the cell that it was reached from. ``passage`` = (moves, width of a row,
    crests east, crests south), the crests flat as the state. ``starts`` are in order of level and each on its
    own side; among equals the later ones go first.

    Behind a crest that stands above both the water and the ground beyond, a cell's level is not known when
    water first touches it: there may be a lower way around. Such a step waits, at the level of the crest,
    and counts only if the cell is still dry then.
    """
    moves, width, east, south = passage
    start_levels = state[starts]
    state[starts] |= _WET
    head = np.zeros(buckets, np.int32)
    stack = np.empty(state.size, np.int32)
    waiting = [(np.int64(0), np.int64(0), np.int8(0)) for _ in range(0)]  # a heap of (crest, cell, side)
    started = 0
    for level in range(buckets):
        wet = np.int32(level) | _WET
        # Starts join last, so they are taken before the cells that the flood has queued at their level.
        while started < len(starts) and start_levels[started] == level:
            state[starts[started]] = head[level] | _WET
            head[level] = starts[started]
            started += 1
        queued = head[level]
        while True:
            if queued > 0:
                stack[0] = queued
                queued = state[queued] & _NEXT
                state[stack[0]] = wet
            elif len(waiting) > 0 and waiting[0][0] <= level:
                _, cell, from_side = heappop(waiting)
                if state[cell] >= _WET:
                    continue
                state[cell] = wet
                side[cell] = from_side
                stack[0] = cell
            else:
                break
            size = 1
            while size > 0:
                size -= 1
                cell = np.int64(stack[size])
                for i in range(len(moves)):
                    near = cell + moves[i][0] * width + moves[i][1]
                    value = state[near]
                    if value >= _WET:
                        continue
                    crest = np.int64(_crest(cell, moves[i], width, east, south))
                    if crest > level and crest > value:
                        heappush(waiting, (crest, near, side[cell]))
                        continue
                    side[near] = side[cell]
                    if value <= level:
                        state[near] = wet
                        stack[size] = near
                        size += 1
                    else:
                        state[near] = head[value] | _WET
                        head[value] = near


@njit(cache=True, nogil=True)
def _crest(cell, move, width, east, south):  # type: ignore[no-untyped-def]
    """The crest that holds back one move; a diagonal one takes the lower of the two ways round its corner."""
    down, right = move
    sideways = cell if right > 0 else cell - 1  # the face crossed by a move along the cell's own row
    lengthways = cell if down > 0 else cell - width  # ... along its own column
    if down == 0:
        return east[sideways]
    if right == 0:
        return south[lengthways]
    sideways_first = max(east[sideways], south[lengthways + right])
    lengthways_first = max(south[lengthways], east[sideways + down * width])
    return min(sideways_first, lengthways_first)
