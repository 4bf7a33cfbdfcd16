"""Heights as whole centimetres.

The flood is computed in int32 centimetres: exact comparisons, a bucket per level, and a table at 1 cm.
Grounds are rounded up, so that at a whole centimetre W "ground ≤ W" is the same question before and after:
rounding to the nearest would flood half a centimetre too high on average (0.025 % of the area of a cone 40 m
deep). Depths and volumes are taken from the ground as it was surveyed, never from the rounded one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from twin.errors import TwinError

NO_GROUND_CM: Final = int(np.iinfo(np.int32).max)
"""The ground of a cell that nobody surveyed; water never enters it."""

HIGHEST_GROUND_CM: Final = 2_000_000
"""Heights beyond ±20 km are no terrain but a fill value that the file did not declare."""

FLOAT_NOISE_CM: Final = 0.02
"""More than what float32 adds to a height below 3 km that was meant in whole centimetres."""

HOLLOW_M: Final = (1.0 - FLOAT_NOISE_CM) / 100.0
"""A cell is hollow, and keeps water when the lake falls, where its connection level lies at least this far
above its ground: a whole centimetre, so that rounding alone makes no hollows."""


class GroundRangeError(TwinError):
    """A height that cannot be terrain; attribute ``height_m``."""


def to_cm(ground_m: NDArray[np.floating] | NDArray[np.integer]) -> NDArray[np.int32]:
    """Heights in metres → whole centimetres, same shape, int32.

    Rounded up to the next centimetre, after taking off 0.2 mm: a float32 height of 157.51 m is 157.510010 and
    means 15751. NaN and ±inf become ``NO_GROUND_CM``.

    Raises GroundRangeError where a finite height lies beyond ±20 km.
    """
    out = np.empty(ground_m.shape, dtype=np.int32)
    step = max(1, 4_000_000 // max(1, int(np.prod(ground_m.shape[1:]))))
    for first in range(0, ground_m.shape[0], step):  # in strips: the float64 copy stays small
        cm = np.ceil(ground_m[first : first + step].astype(np.float64) * 100.0 - FLOAT_NOISE_CM)
        finite = np.isfinite(cm)
        cm[~finite] = 0.0
        worst = cm.flat[int(np.argmax(np.abs(cm)))] if cm.size else 0.0
        if abs(worst) > HIGHEST_GROUND_CM:
            raise GroundRangeError(
                f"the terrain holds a height of {worst / 100:g} m: declare it as nodata, or mend the cell",
                height_m=float(worst / 100),
            )
        out[first : first + step] = np.where(finite, cm, NO_GROUND_CM)
    return out


def level_cm(level_m: float) -> float:
    """A level in centimetres, with its fraction; rounded to a ten-thousandth, so that 147.29 m is 14729."""
    return round(level_m * 100, 4)
