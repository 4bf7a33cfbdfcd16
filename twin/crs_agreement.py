"""Compare the CRS that a file names itself with the catalog's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike

from twin.crs import WGS84, FrameError, crs_name, flat_crs, known_crs, same_crs, transform

if TYPE_CHECKING:
    from collections.abc import Iterable

NEAR_M: Final = 1.0
"""Datums that count from the earth's centre (WGS 84, CGCS2000, ETRS89, …) differ by less."""
_GEOCENTRIC_AXIS_M: Final = 6_378_137.0
_GEOCENTRIC_FLATTENING: Final = 298.257


def agree(declared: str, told: str, *, x: ArrayLike = (), y: ArrayLike = ()) -> str:
    """Compare a file's CRS with the catalog's.

    ``told`` is the file's. Returns a doubt in words, or ''. ``x``, ``y``: some of the file's coordinates,
    east first. The same system by another name is no doubt. Another on a datum that counts from the earth's
    centre too, within ``NEAR_M`` at all of these places, is one: such datums, and those without a name, PROJ
    cannot tell apart. Raises FrameError for any other.
    """
    # No file can name GCJ-02: its degrees are called those of another system.
    if flat_crs(known_crs(told)).is_geographic if declared == "GCJ-02" else same_crs(declared, told):
        return ""
    said = f"says it is in {crs_name(told)}, the catalog says {declared}"
    away_m = apart_m(declared, told, x=x, y=y)
    if declared != "GCJ-02" and away_m is not None and away_m < NEAR_M and _geocentric((declared, told)):
        return (
            f"{said}: the same to {max(away_m, 0.01):.2f} m here, as far as PROJ knows; the catalog is "
            "believed"
        )
    raise FrameError(f"{said}{_far(away_m)}: one is wrong", crs=told)


def apart_m(one: str, other: str, *, x: ArrayLike, y: ArrayLike) -> float | None:
    """Measure how far apart two systems put equal numbers.

    The most, m, on WGS 84's ellipsoid. None without numbers that both take.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if not x.size:
        return None
    try:
        places = [np.stack(transform(x, y, source=crs, target=WGS84)) for crs in (one, other)]
    except FrameError:
        return None
    away_m = float(_geod().inv(*places[0], *places[1])[2].max())
    return away_m if np.isfinite(away_m) else None


def crs_title(crs: str) -> str:
    """Name a CRS by its code and its name."""
    name = crs_name(crs)
    return f"{crs} ({known_crs(crs).name})" if name == crs and crs != "GCJ-02" else name


def _far(away_m: float | None) -> str:
    if away_m is None:
        return ""
    if away_m >= 10_000.0:
        return f", {away_m / 1000:,.0f} km away"
    return f", {away_m:,.{0 if away_m >= NEAR_M else 2}f} m away"


def _geocentric(names: Iterable[str]) -> bool:
    found = [flat_crs(known_crs(name)).ellipsoid for name in names]
    return all(
        ellipsoid is not None
        and ellipsoid.semi_major_metre == _GEOCENTRIC_AXIS_M
        and abs(ellipsoid.inverse_flattening - _GEOCENTRIC_FLATTENING) < 1e-3
        for ellipsoid in found
    )


def _geod() -> Any:
    from pyproj import Geod  # noqa: PLC0415  (pyproj costs 60 ms)

    return Geod(ellps="WGS84")
