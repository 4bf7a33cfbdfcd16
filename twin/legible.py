"""Compute the least font size that can be read from a distance.

Visual angle of a character's height: 16 minutes of arc at least, 20 to 22 preferred (ISO 9241-303:2011,
5.5.4); 18 here. Height is that of digits and capitals, ``CAPITAL`` of the font's size; Chinese characters
are taller.
"""

from __future__ import annotations

import math

LEAST_ARCMIN = 18.0
CAPITAL = 0.7
"""Cap height over font size: Noto Sans CJK 0.733, Segoe UI 0.7, Roboto 0.711, PingFang 0.72."""


def least_font_px(
    *, width_m: float, distance_m: float, width_px: float, arcmin: float = LEAST_ARCMIN
) -> float:
    """Return the least font size on a wall, px.

    The wall is ``width_m`` wide and has ``width_px`` square pixels across. Seen straight on from
    ``distance_m``. ValueError unless all are positive.
    """
    if not (width_m > 0 and distance_m > 0 and width_px > 0):
        raise ValueError(f"a wall of {width_m} m and {width_px} px, seen from {distance_m} m")
    return height_m(distance_m, arcmin=arcmin) / CAPITAL * width_px / width_m


def height_m(distance_m: float, *, arcmin: float = LEAST_ARCMIN) -> float:
    """Return the height that subtends an angle, m."""
    return 2.0 * distance_m * math.tan(math.radians(arcmin / 60.0) / 2.0)


def subtended_arcmin(font_px: float, *, width_m: float, distance_m: float, width_px: float) -> float:
    """Return the visual angle of a font's capitals, minutes of arc."""
    tall_m = font_px * CAPITAL * width_m / width_px
    return 60.0 * math.degrees(2.0 * math.atan2(tall_m / 2.0, distance_m))
