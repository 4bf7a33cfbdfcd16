"""Scale a picture's numbers to bytes by its statistics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F32, U8

DARKEST_PERCENT, BRIGHTEST_PERCENT = 2.0, 98.0
"""Percentiles of all colours together that become black and white: the cut of QGIS for such rasters."""
MOST_SAMPLES: Final = 4_000_000
_SMALL: Final = 2  # bytes of whole numbers that are looked up in a table


@dataclass(frozen=True, kw_only=True)
class Tones:
    """Linear scaling of numbers to bytes.

    byte = 255 · (stored − ``low``) / (``high`` − ``low``), held between 0 and 255.
    """

    low: float
    high: float

    def bytes(self, stored: NDArray[Any]) -> U8:
        """Convert stored numbers to bytes.

        What is no finite number becomes 0.
        """
        kind = stored.dtype
        if kind.kind == "f" or kind.itemsize > _SMALL:
            return self._scaled(stored)
        code = np.dtype(f"u{kind.itemsize}")
        table = self._scaled(np.arange(1 << 8 * kind.itemsize).astype(code).view(kind))
        return np.asarray(table[stored.view(code)])

    def _scaled(self, stored: NDArray[Any]) -> U8:
        scaled = (stored.astype(np.float64) - self.low) * (255.0 / (self.high - self.low))
        return np.round(np.nan_to_num(scaled, nan=0.0).clip(0.0, 255.0)).astype(np.uint8)


@dataclass
class Sampling:
    """Collects numbers of a picture's opaque cells, strip by strip.

    Every one of them counts for the extremes, and of ``cells`` in all ``MOST_SAMPLES`` for the percentiles.
    """

    cells: int
    _lowest: float = np.inf
    _highest: float = -np.inf
    _samples: list[F32] = field(default_factory=list)

    def add(self, stored: NDArray[Any]) -> None:
        """Take in finite numbers, any shape."""
        if stored.size:
            self._lowest = min(self._lowest, float(stored.min()))
            self._highest = max(self._highest, float(stored.max()))
            self._samples.append(stored.ravel()[:: 1 + self.cells // MOST_SAMPLES].astype(np.float32))

    def tones(self, *, whole: bool) -> Tones:
        """Return the scaling of black and white.

        ``whole`` numbers that all fit a byte stay as they are. A picture of one tone alone becomes mid-grey.
        """
        if not self._samples or (whole and self._lowest >= 0 and self._highest <= 255):
            return Tones(low=0.0, high=255.0)
        low, high = _percentiles(self._samples)
        if high <= low:
            low, high = self._lowest, self._highest
        if high <= low:
            low, high = low - 1.0, low + 1.0
        return Tones(low=low, high=high)


def _percentiles(samples: Iterable[F32]) -> tuple[float, float]:
    low, high = np.percentile(np.concatenate(list(samples)), [DARKEST_PERCENT, BRIGHTEST_PERCENT])
    return float(low), float(high)
