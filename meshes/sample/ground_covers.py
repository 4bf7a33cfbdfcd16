"""Ground covers and their colours in the sample's light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from twin.arrays import F32

Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class GroundCover:
    """Colour of a ground cover, its drift, grain and stripes.

    ``drift``: how it changes over metres; stripes are colour shares.
    """

    colour: Colour
    drift: Colour = (10, 10, 8)
    grain: float = 0.06
    along: float = 0.0  # stripes along the plots' fronts
    across: float = 0.0


SURFACES: Final[dict[str, GroundCover]] = {
    "wild": GroundCover(colour=(116, 130, 84), drift=(36, 22, 20), grain=0.12),
    "wood": GroundCover(colour=(84, 104, 66), drift=(16, 14, 12), grain=0.16),
    "orchard": GroundCover(colour=(124, 134, 84), drift=(26, 16, 14), grain=0.1, along=0.05),
    "maize": GroundCover(colour=(112, 136, 76), drift=(14, 12, 10), grain=0.1, along=0.13),
    "wheat": GroundCover(colour=(178, 166, 118), drift=(14, 12, 12), grain=0.06, across=0.07),
    "fallow": GroundCover(colour=(158, 138, 108), drift=(16, 14, 12), grain=0.07, along=0.09),
    "garden": GroundCover(colour=(118, 126, 82), drift=(22, 12, 12), grain=0.12, across=0.16),
    "beds": GroundCover(colour=(94, 126, 68), drift=(18, 18, 10), grain=0.16, along=0.18),
    "film": GroundCover(colour=(150, 136, 108), drift=(12, 10, 10)),
    "verge": GroundCover(colour=(128, 126, 84), drift=(20, 14, 14), grain=0.12),
    "dirt": GroundCover(colour=(158, 143, 116), drift=(24, 20, 18), grain=0.09),
    "track": GroundCover(colour=(164, 148, 118), drift=(14, 12, 12), grain=0.07),
    "lane": GroundCover(colour=(176, 170, 156), drift=(16, 16, 16), grain=0.05),
    "joint": GroundCover(colour=(150, 145, 134), drift=(10, 10, 10), grain=0.05),
    "yard_earth": GroundCover(colour=(166, 150, 122), drift=(18, 16, 14), grain=0.07),
    "yard_cement": GroundCover(colour=(182, 178, 168), drift=(14, 14, 14), grain=0.04),
    "yard_brick": GroundCover(colour=(150, 122, 104), drift=(14, 12, 10), grain=0.1, along=0.05, across=0.05),
    "path": GroundCover(colour=(190, 184, 170), drift=(10, 10, 10), grain=0.05),
    "threshing": GroundCover(colour=(186, 180, 166), drift=(16, 16, 16), grain=0.04),
    "corn": GroundCover(colour=(206, 162, 58), drift=(14, 14, 8), grain=0.1),
    "straw": GroundCover(colour=(190, 166, 104), drift=(12, 12, 10), grain=0.16),
    "firewood": GroundCover(colour=(112, 92, 70), drift=(12, 10, 10), grain=0.28),
    "court": GroundCover(colour=(96, 128, 104), drift=(6, 6, 6), grain=0.03),
    "line": GroundCover(colour=(226, 226, 220), drift=(4, 4, 4), grain=0.03),
    "floor": GroundCover(colour=(120, 112, 100), drift=(6, 6, 6), grain=0.05),
}
NUMBER: Final = {name: k for k, name in enumerate(SURFACES)}


def table() -> tuple[F32, F32, F32]:
    """Return colours, drifts, grains and stripes of all surfaces.

    (colour (n, 3), drift (n, 3), grain and stripes (n, 3)).
    """
    rows = list(SURFACES.values())
    return (
        np.array([s.colour for s in rows], np.float32),
        np.array([s.drift for s in rows], np.float32),
        np.array([(s.grain, s.along, s.across) for s in rows], np.float32),
    )
