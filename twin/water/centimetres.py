"""Heights as whole centimetres.

The flood is computed in int32 centimetres: exact comparisons, a bucket per level, and a table at 1 cm.
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


class GroundRangeError(TwinError):
    """A height that cannot be terrain; attribute ``height_m``."""


def to_cm(ground_m: NDArray[np.floating] | NDArray[np.integer]) -> NDArray[np.int32]:
    """Heights in metres → whole centimetres, same shape, int32.

    Rounded to the nearest centimetre, exact halves to the even one (as ``numpy.rint``), computed in
    float64 so that a float32 height of 157.53 becomes 15753. NaN and ±inf become ``NO_GROUND_CM``.

    Raises GroundRangeError where a finite height lies beyond ±20 km.
    """
    out = np.empty(ground_m.shape, dtype=np.int32)
    step = max(1, 4_000_000 // max(1, int(np.prod(ground_m.shape[1:]))))
    for first in range(0, ground_m.shape[0], step):  # in strips: the float64 copy stays small
        cm = np.rint(ground_m[first : first + step].astype(np.float64) * 100.0)
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
