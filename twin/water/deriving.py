"""Derive an operating curve from dated reports.

An edition of its own, marked derived. Reports of level and storage lie beside the published table by what has
settled since, or by a newer survey that nobody published. They are too few and too rounded to draw a curve
through them (a storage given to 1e5 m³ and a level to a centimetre scatter by 1e6 m³), so the base curve
keeps its shape and is shifted:

    V(h) = base(h) + c + b·(h − mean level of the reports)

with c, b by least squares; b only where the reports span enough levels to tell it. Areas change by b alone,
so the result rises wherever the base does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from twin.water.curve import Curve, CurveError, Edition

_TILT_SPAN_M: Final = 3.0
"""Least span of levels from which a change of area is told; below it, rounding alone would tilt the curve."""


@dataclass(frozen=True, kw_only=True)
class LevelReport:
    """Level and storage reported together.

    At a time (aware), by a source.
    """

    time: datetime
    level_m: float
    storage_m3: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Derived curve, its shift c (m³) and tilt b (m²).

    Per report what is left, reported − curve (m³).
    """

    curve: Curve
    shift_m3: float
    tilt_m2: float
    residual_m3: tuple[float, ...]


def derive(base: Curve, reports: Sequence[LevelReport], *, edition_id: str) -> Derived:
    """Derive an edition of ``base`` through ``reports``.

    Dated by the last of them. Raises LevelOutOfRange for a report outside the base's range, CurveError where
    there is no report or the shifted curve would hold a negative storage or area.
    """
    if not reports:
        raise CurveError(f"curve {edition_id!r}: no report to derive it from", edition=edition_id)
    levels = np.array([report.level_m for report in reports])
    missed = np.array([report.storage_m3 - base.storage_at(report.level_m) for report in reports])
    middle = float(levels.mean())
    shift, tilt = float(missed.mean()), 0.0
    if np.ptp(levels) >= _TILT_SPAN_M:
        tilt = float(np.polynomial.polynomial.polyfit(levels - middle, missed, 1)[1])
    sources = dict.fromkeys(report.source for report in reports)
    edition = Edition(
        id=edition_id,
        status="derived",
        source=f"derived from {base.id} and {len(reports)} reports: {'; '.join(sources)}",
        dated=max(report.time for report in reports).date(),
    )
    curve = Curve(
        edition=edition,
        level_m=base.level_m,
        area_m2=tuple(area + tilt for area in base.area_m2),
        storage_m3=tuple(
            storage + shift + tilt * (level - middle)
            for level, storage in zip(base.level_m, base.storage_m3, strict=True)
        ),
        extended_to_m=base.extended_to_m,
        area_step_m2=base.area_step_m2,
        storage_step_m3=base.storage_step_m3,
    )
    left = tuple(report.storage_m3 - curve.storage_at(report.level_m) for report in reports)
    return Derived(curve=curve, shift_m3=shift, tilt_m2=tilt, residual_m3=left)
