"""Draw again what the wall showed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from apps.painter.leases import Priority
from apps.painter.smoothing import SHIFTS
from layers.governor import FINE

if TYPE_CHECKING:
    from apps.painter.jpeg import Jpeg
    from apps.painter.messages import Paint
    from apps.painter.pool import PainterPool

VIEW = "shown"
LAST = len(SHIFTS) - 1
WAITS, WAIT_S = 60, 0.5


async def smooth(pool: PainterPool, shown: Paint, *, burnt: bool) -> Jpeg:
    """Draw the smooth still of a request with all tiles.

    ``burnt``: as a PNG of the view alone with names and signs on it, else as it was sent. Raises
    PainterError, PainterGoneError.
    """
    request = replace(
        shown,
        view=VIEW,
        sharpness=FINE,
        sample=0,
        keep=True,
        jpeg=False,
        burn="png" if burnt else None,
        margin=(0, 0) if burnt else shown.margin,
    )
    for _ in range(WAITS):
        if (await pool.paint(request)).complete:
            break
        await asyncio.sleep(WAIT_S)
    painted = None
    for sample in range(LAST + 1):
        following = partial(replace, request, sample=sample, jpeg=sample == LAST)
        painted = await pool.paint_newest(VIEW, following, priority=Priority.STILL, follows=sample > 0)
    assert painted is not None and painted.jpeg is not None
    return painted.jpeg
