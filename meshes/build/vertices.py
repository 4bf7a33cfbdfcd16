"""Number the vertices of triangles."""

from __future__ import annotations

import numpy as np

from twin.arrays import I32
from twin.compiled import serial


@serial
def compacted(corners: I32, slot: I32) -> tuple[I32, I32]:
    """Return vertices in order of first use, and ``corners`` renumbered.

    ``corners`` is (m, 3). ``slot`` (all vertices,) is scratch, -1 everywhere before and after.
    """
    used = np.empty(corners.size, np.int32)
    local = np.empty(corners.shape, np.int32)
    count = 0
    for t in range(len(corners)):
        for k in range(3):
            v = corners[t, k]
            if slot[v] < 0:
                slot[v] = count
                used[count] = v
                count += 1
            local[t, k] = slot[v]
    for i in range(count):
        slot[used[i]] = -1
    return used[:count].copy(), local
