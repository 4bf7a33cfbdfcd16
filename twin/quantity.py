"""Quantity: a number with its provenance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Quality = Literal["good", "suspect", "estimate", "poor", "unchecked", "missing"]
"""WaterML 2.0's six."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """Value, unit, time, quality and source of a number.

    ``note`` has the rest. ``value`` is None where there is none (and ``quality`` then "missing"), never NaN.
    ``source`` is the id of a catalog entry or a station, or words for what was computed. ``time`` is aware,
    None for timeless facts.
    """

    value: float | None
    unit: str
    source: str
    time: datetime | None = None
    quality: Quality = "unchecked"
    note: str = ""

    def __post_init__(self) -> None:
        if self.value is None:
            object.__setattr__(self, "quality", "missing")
        elif not math.isfinite(self.value):
            raise ValueError(f"a quantity is finite or missing, not {self.value}")
        if self.time is not None and self.time.tzinfo is None:
            raise ValueError("a quantity's time needs its zone")

    def as_dict(self) -> dict[str, object]:
        """Convert to a dict for JSON; time in ISO 8601."""
        return {
            "value": self.value,
            "unit": self.unit,
            "time": None if self.time is None else self.time.isoformat(),
            "quality": self.quality,
            "source": self.source,
            "note": self.note,
        }
