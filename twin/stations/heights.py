"""Convert a gauge's reports to working heights.

The heights of the reservoir's own gauge.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

from twin import comparing
from twin.catalog.entries import Heights
from twin.vertical import HeightShift, Reference, VerticalError, height_shift

if TYPE_CHECKING:
    from twin.catalog.head import VerticalSettings
    from twin.stations.model import Station


def working_level_m(
    station: Station, value_m: float, at: datetime, *, settings: VerticalSettings, zone: ZoneInfo
) -> float:
    """Turn a reported stage into a working height, m, to 0.1 mm.

    With gauge zeros the value counts from the zero that held on the day in ``zone``; else it is a height of
    the station's own reference. Raises VerticalError where that reference has no known offset.
    """
    zero = station.zero_on(at.astimezone(zone).date())
    reference = station.reference if zero is None else zero.reference
    base_m = 0.0 if zero is None else zero.zero_m
    return comparing.rounded_level(value_m + base_m + shift_of(reference, settings).offset_m)


def shift_of(reference: str, settings: VerticalSettings) -> HeightShift:
    """Return the shift of a station's reference to working heights.

    Raises VerticalError.
    """
    if reference not in get_args(Reference):
        raise VerticalError(f"no height reference is called {reference!r}", reference=reference)
    heights = Heights.model_validate({"reference": reference})
    return height_shift(heights, settings=settings)
