"""What stays behind when the lake falls, against a hydrodynamic run.

The run is the local-inertial scheme of Bates, Horritt and Fewtrell (2010, doi:10.1016/j.jhydrol.2010.03.027)
in one dimension, with the lake's level given at one end.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.water.surface import WaterState

DX_M = 20.0
GRAVITY = 9.81
MANNING = 0.03
# Lake, shore, sill at 5 m, hollow down to 2 m, sill at 7 m, hollow down to 4 m, hill.
GROUND = np.interp(np.arange(61), [0, 12, 20, 30, 38, 48, 60], [0, 3, 5, 2, 7, 4, 12]).astype(np.float32)


def _local_inertial(ground: np.ndarray, hours: list[float], levels_m: list[float]) -> np.ndarray:
    """Depths (m) after the first cell's level went through ``levels_m`` at ``hours``; dry at the start."""
    depth = np.maximum(levels_m[0] - ground, 0.0) * (np.arange(len(ground)) < 5)
    flow = np.zeros(len(ground) - 1)  # m²/s over each face
    highest = np.maximum(ground[1:], ground[:-1])
    step = 0.7 * DX_M / math.sqrt(GRAVITY * max(levels_m))
    for time in np.arange(0.0, hours[-1] * 3600, step):
        depth[0] = np.interp(time / 3600, hours, levels_m) - ground[0]
        surface = ground + depth
        through = np.maximum(np.maximum(surface[1:], surface[:-1]) - highest, 0.0)
        open_face = through > 1e-5
        drag = np.where(open_face, through, 1.0) ** (7 / 3)
        flow -= GRAVITY * through * step * np.diff(surface) / DX_M
        flow /= 1 + GRAVITY * step * MANNING**2 * np.abs(flow) / drag
        flow[~open_face] = 0.0
        # No cell gives more than it has.
        flow = np.clip(flow, -depth[1:] * DX_M / step / 2, depth[:-1] * DX_M / step / 2)
        depth[1:-1] += step / DX_M * (flow[:-1] - flow[1:])
        depth[-1] += step / DX_M * flow[-1]
    return depth


@pytest.mark.parametrize(
    ("highest_m", "now_m", "kept_at_m"),
    [
        (4.5, 1.0, ()),  # no sill was passed
        (6.0, 1.0, (5.0,)),  # the first hollow stays full
        (6.0, 3.0, (5.0,)),
        (8.0, 3.0, (5.0, 7.0)),  # both, each up to its own sill
        (8.0, 6.0, (7.0,)),  # the first is joined to the lake again
    ],
)
def test_what_stays_behind_is_what_a_hydrodynamic_run_leaves(flooded, highest_m, now_m, kept_at_m):
    surface, table = flooded(GROUND.reshape(1, -1), seed=(0, 0), cap_cm=1100, cell_m=DX_M)
    state = WaterState(level_m=now_m, highest_m=highest_m)
    ours = surface.depth_m(state)[0].astype(np.float64)
    run = _local_inertial(
        GROUND.astype(np.float64), [0, 1, 3, 4, 10], [0.5, highest_m, highest_m, now_m, now_m]
    )
    np.testing.assert_allclose(run, ours, atol=0.05)
    assert run.sum() == pytest.approx(ours.sum(), rel=0.02)
    behind = {
        round(float(level), 2) for level in (ours + GROUND)[(ours > 0) & (GROUND + ours > now_m + 1e-3)]
    }
    assert behind == set(kept_at_m)
    assert table.storage_at(now_m, highest_m=highest_m) == pytest.approx(ours.sum() * DX_M**2, rel=1e-5)
