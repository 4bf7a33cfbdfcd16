"""Heights as whole centimetres.

The flood is computed in int32 centimetres: exact comparisons, a bucket per level, and a table at 1 cm.
Levels come in tenths of a millimetre (``rounded_level``). The extent is known at whole centimetres: a level
between two of them has the extent of the lower one, and whatever shows both says so (``extent_level_m``).

Grounds are rounded up, so that at a whole centimetre W "ground ≤ W" is the same question before and after:
rounding to the nearest would flood half a centimetre too high on average (0.025 % of the area of a cone 40 m
deep). Depths and volumes are taken from the ground as it was surveyed, never from the rounded one.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F32, I32, Bools
from twin.comparing import rounded_level
from twin.errors import TwinError

NO_GROUND_CM: Final = int(np.iinfo(np.int32).max)
"""The ground of a cell that nobody surveyed; water never enters it."""

HIGHEST_GROUND_CM: Final = 2_000_000
"""Heights beyond ±20 km are no terrain but a fill value that the file did not declare."""

LEAST_NOISE_CM: Final = 0.005
"""Half of 0.1 mm, a level's own step: nearer to a centimetre than that, a height is that centimetre."""

LARGEST_OFFSET_M: Final = 200.0
"""What a vertical offset moves a height by, at most: the step that it was stored with is found by this."""


class GroundRangeError(TwinError):
    """Height that cannot be terrain; attribute ``height_m``."""

    zh = "地形高程超出可计算的范围：{message}"


def to_cm(ground_m: NDArray[np.floating] | NDArray[np.integer]) -> I32:
    """Convert heights in metres to whole centimetres, int32.

    Same shape. Rounded up to the next centimetre, less what float32 may have added (``noise_cm``): a height
    of 157.51 m is stored as 157.510010 and means 15751. NaN and ±inf become ``NO_GROUND_CM``.

    Raises GroundRangeError where a finite height lies beyond ±20 km.
    """
    out = np.empty(ground_m.shape, dtype=np.int32)
    step = max(1, 4_000_000 // max(1, int(np.prod(ground_m.shape[1:]))))
    for first in range(0, ground_m.shape[0], step):  # in strips: the float64 copy stays small
        part = ground_m[first : first + step]
        cm = np.ceil(part.astype(np.float64) * 100.0 - noise_cm(part))
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


def noise_cm(ground_m: NDArray[np.floating] | NDArray[np.integer]) -> F32:
    """Return the float32 rounding error of heights, cm.

    Same shape. Half a step where the height was read, and half a step where it was stored after its datum's
    offset: together at most a step at ``LARGEST_OFFSET_M`` above it, and ``LEAST_NOISE_CM`` at least. That is
    0.05 mm at 150 m and 0.49 mm at 4,000 m, so below 8 km no height given in millimetres is taken for a whole
    centimetre.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        stored = np.abs(ground_m.astype(np.float32)) + np.float32(LARGEST_OFFSET_M)
        noise: F32 = np.float32(100.0) * np.spacing(stored)
        return np.fmax(noise, np.float32(LEAST_NOISE_CM))


def hollow(ground_m: NDArray[np.floating], connection_cm: I32) -> Bools:
    """Mask cells that keep water when the lake falls.

    Ground a whole centimetre below its connection; same shape. In whole centimetres on both sides, so that
    rounding alone makes no hollows at any height.
    """
    return connection_cm > to_cm(ground_m)


def level_cm(level_m: float | np.floating) -> float:
    """Convert a level to centimetres in steps of 0.1 mm.

    With its fraction: 147.29 m is 14729.
    """
    return round(rounded_level(level_m) * 100, 2)


def whole_cm(level_m: float | np.floating) -> int:
    """Return the whole centimetre of a level's extent.

    The highest one at or below it.
    """
    return math.floor(level_cm(level_m))


def extent_level_m(level_m: float | np.floating) -> float:
    """Return the level, m, of a level's extent.

    20.00 for 20.004.
    """
    return whole_cm(level_m) / 100
