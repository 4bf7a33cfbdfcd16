"""Mountains as rivers leave them: the steady state of the stream-power law.

Where uplift and incision balance, a river's slope is S = k_sn · A^−m (Flint's law; Braun and Willett 2013,
doi:10.1016/j.geomorph.2012.10.008, for the ordering that solves it in one pass). Drainage and slopes are
found in turn until they agree. Hillslopes stop at an angle of repose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import F32, F64, I32, Bools
from twin.compiled import serial
from twin.sample.drainage import accumulate, drain, node, node_distance

CONCAVITY = 0.45  # m, the usual reference for bedrock rivers
HILLSLOPE_M2 = 3e4  # a catchment under about this has a slope, not yet a stream
STEEPEST = 0.92  # no slope is steeper than this many times the angle of repose
GENTLEST = 0.0014  # a river that carries gravel keeps this slope however large its catchment


@dataclass(frozen=True, kw_only=True)
class Drained:
    """Drainage of a grid.

    Cells from the outlets upstream and their receivers (flat indices, −1 at outlets), catchment area m²
    (rows, cols).
    """

    order: I32
    receiver: I32
    area_m2: F64


@serial
def _climb(
    height_m: F32,
    order: I32,
    receiver: I32,
    area_m2: F64,
    steepness: F32,
    cell_m: float,
    repose: float,
    share: float,
) -> None:
    """Give every cell, from the outlets upstream, the height of a balanced river above its receiver."""
    rows, cols = height_m.shape
    z, area, k_sn = height_m.ravel(), area_m2.ravel(), steepness.ravel()
    settled = np.zeros(z.size, np.bool_)
    for k in range(order.size):
        i = order[k]
        j = receiver[i]
        settled[i] = True
        if j < 0:
            continue
        row, col = i // cols, i % cols
        node_row, node_col = node(row, col)
        to_row, to_col = node(j // cols, j % cols)
        slope = max(GENTLEST, k_sn[i] * (area[i] + HILLSLOPE_M2) ** -CONCAVITY)
        slope = slope / math.sqrt(1.0 + (slope / repose) ** 2)
        balanced = z[j] + slope * cell_m * node_distance(node_row, node_col, to_row, to_col)
        # Where a divide has one side much lower than the other, the high one caves in.
        highest = 1e9
        if row > 0 and settled[i - cols]:
            highest = z[i - cols]
        if row < rows - 1 and settled[i + cols]:
            highest = min(highest, z[i + cols])
        if col > 0 and settled[i - 1]:
            highest = min(highest, z[i - 1])
        if col < cols - 1 and settled[i + 1]:
            highest = min(highest, z[i + 1])
        highest += STEEPEST * repose * cell_m
        z[i] = max(z[j] + 1e-3, min(highest, z[i] + share * (balanced - z[i])))


def erode(
    height_m: F32,
    *,
    outlet: Bools,
    inflow_m2: F64,
    steepness: F32,
    cell_m: float,
    repose: float,
    rounds: int,
) -> Drained:
    """Wear ``height_m`` down to its steady state.

    float32, in place; outlets stay as they are. ``inflow_m2`` is the catchment that enters each cell from
    outside the grid, ``steepness`` k_sn in m^0.9, ``repose`` the tangent of the steepest hillslope.
    """
    closed = np.zeros(height_m.shape, np.bool_)
    area = np.empty(height_m.shape, np.float64)
    order = receiver = np.empty(0, np.int32)
    for turn in range(rounds):
        order, receiver, _ = drain(height_m, outlet, closed, True)
        np.add(inflow_m2, cell_m * cell_m, out=area)
        accumulate(order, receiver, area)
        share = 1.0 if turn == rounds - 1 else 0.7  # heights and valleys settle without swinging
        _climb(height_m, order, receiver, area, steepness, cell_m, repose, share)
    return Drained(order=order, receiver=receiver, area_m2=area)
