"""Build a village's ground.

A grid drawn onto the outline and its apron.
"""

from __future__ import annotations

import numpy as np

from meshes.sample.atlas import SIZE
from meshes.sample.orthophoto import Canvas
from meshes.sample.outline import Outline, outline_of
from meshes.sample.plan import APRON_M
from meshes.sample.village_model import VillageSite
from meshes.sample.works import LIFT_M, Works
from twin.arrays import F64

HEM_M = 0.25  # the outermost line lies this far below the terrain, so that no edge floats


def build_ground(works: Works, outline: Outline, canvas: Canvas) -> None:
    """Build a square grid bent to the outline plus apron.

    Its outermost line dips into the terrain.
    """
    cells = 208 if works.fine else 36
    line = np.linspace(-1.0, 1.0, cells + 1)
    x, y = np.meshgrid(line, line)
    across, up = x * np.sqrt(1 - y * y / 2), y * np.sqrt(1 - x * x / 2)
    reach = outline.reach(np.arctan2(up, across)) + APRON_M
    at = np.stack([outline.east + across * reach, outline.north + up * reach], axis=-1)
    z = works.ground(at)
    z[[0, -1], :] -= LIFT_M + HEM_M
    z[1:-1, [0, -1]] -= LIFT_M + HEM_M
    position: F64 = np.concatenate([at, z[..., None]], axis=-1).reshape(1, -1, 3)
    row, col = (one.ravel() for one in np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij"))
    k, up_k = row * (cells + 1) + col, (row + 1) * (cells + 1) + col
    # The diagonal runs away from the middle, so that the bent corners are cut in two whole triangles.
    rising = (row < cells / 2) == (col < cells / 2)
    one = np.where(rising[:, None], np.stack([k, k + 1, up_k + 1], 1), np.stack([k, k + 1, up_k], 1))
    two = np.where(rising[:, None], np.stack([k, up_k + 1, up_k], 1), np.stack([k + 1, up_k + 1, up_k], 1))
    tcoord = canvas.pixel(at).reshape(1, -1, 2) / SIZE
    works.faces.add(position, tcoord=tcoord, triangles=np.concatenate([one, two]).astype(np.int32), feature=0)


def ground_ring(site: VillageSite) -> list[tuple[float, float]]:
    """Return the closed edge of a village's ground (east, north).

    Raises VillageSiteError where the village's outline is unfit.
    """
    reach = outline_of(site).reach_m + APRON_M
    turn = np.linspace(0.0, 2 * np.pi, len(reach), endpoint=False)
    at = np.column_stack([site.east + reach * np.cos(turn), site.north + reach * np.sin(turn)])
    ring = [(float(east), float(north)) for east, north in at.round(2)]
    return [*ring, ring[0]]
