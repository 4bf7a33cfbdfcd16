"""Find coordinates that do not fit their CRS.

By a zone's number, swapped axes, an old datum.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from twin.crs import crs_name, known_crs, transformer

_MODERN = ("WGS 84", "GRS 1980", "CGCS2000")
"""Ellipsoids of the systems that agree to decimetres."""


def zone_fault(x: ArrayLike, y: ArrayLike, *, crs: str) -> str:
    """Return what is wrong with a zone's coordinates, or ''.

    Eastings and northings (m) of a zone in China, by their size. Gauss-Krueger eastings lie within 1,000 km
    of 500,000 m, behind the zone's number where the system has it.
    """
    false_easting = _false_easting(crs)
    east, north = (float(np.median(np.asarray(values, np.float64))) for values in (x, y))
    if false_easting is None or not (np.isfinite(east) and np.isfinite(north)):
        return ""
    zone = int(east // 1e6)
    if false_easting < 1e6 and 13 <= zone <= 45:
        return (
            f"its eastings ({east:,.0f} m) begin with the number of a zone, {zone}, which {crs_name(crs)} "
            f"does not have: in CGCS2000 the system with it is EPSG:{_with_number(zone)}"
        )
    if false_easting > 1e6 and 0 < east < 1e6:
        return (
            f"its eastings ({east:,.0f} m) do not begin with the number of the zone, which {crs_name(crs)} "
            "has: name the system without it (EPSG:4548 for EPSG:4527)"
        )
    if false_easting < 1e6 and 1.5e6 < east < 6.5e6 and 1e5 < north < 1e6:
        return f"its eastings ({east:,.0f} m) are northings: east and north are swapped"
    return ""


def datum_doubt(source: str, target: str) -> str:
    """Return a doubt where PROJ ignores an old datum.

    Where it moves it by exactly nothing: Beijing 1954, Xian 1980; '' for others.
    """
    if source == target or "GCJ-02" in (source, target):
        return ""
    old = [crs for crs in (source, target) if known_crs(crs).ellipsoid.name not in _MODERN]
    if not old or "Ballpark" not in transformer(source, target).description:
        return ""
    return (
        f"is converted from {_datum(source)} to {_datum(target)} without parameters, for PROJ has none: it "
        "may lie up to 100 m off; convert it with those of the place first"
    )


def _with_number(zone: int) -> int:
    """CGCS2000's EPSG code of a zone with its number: of 6° up to 23, of 3° from 25."""
    return 4491 + zone - 13 if zone < 24 else 4513 + zone - 25


def _datum(crs: str) -> str:
    return str(known_crs(crs).datum.name if known_crs(crs).datum else crs_name(crs))


@lru_cache(maxsize=64)
def _false_easting(crs: str) -> float | None:
    """Of a Transverse Mercator system in metres; None of others."""
    if crs == "GCJ-02":
        return None
    known: Any = known_crs(crs)
    known = next((part for part in known.sub_crs_list if not part.is_vertical), known)
    operation = known.coordinate_operation if known.is_projected else None
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    return next((float(p.value) for p in operation.params if p.name == "False easting"), None)
