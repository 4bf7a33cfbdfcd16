"""Check by its scale whether a CRS fits a frame or raster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike

from twin.areas import cell_areas
from twin.arrays import F64
from twin.crs import WGS84, FrameError, crs_name, known_crs, transform
from twin.geodesy import scale, turned_deg

if TYPE_CHECKING:
    from twin.grid import Grid

FRAME_BOUND: Final = 0.005
"""Of a metre, in every direction: UTM keeps it up to 7° from its meridian at 40°, a world map nowhere but on
its own lines."""
FRAME_TURN_DEG: Final = 10.0
"""Between a frame's axes and true east and north; UTM's are 2° off at the edge of its zone at 40°."""
SCALE_BOUND: Final = 0.01
"""What a raster's CRS may do to lengths and areas before a check says so."""


def check_frame(x: ArrayLike, y: ArrayLike, *, crs: str) -> None:
    """Raise FrameError for a distorted or turned frame.

    Where its metre is none on the ground, or its north not north. ``x``, ``y``: places of the basin in it.
    All geometry is kept in the frame, and lengths, slopes and views are taken from it as they stand, so that
    at most ``FRAME_BOUND`` may be lost in any direction.
    """
    found, turned = scale(x, y, crs=crs), float(turned_deg(x, y, crs=crs).max())
    low, high = 1.0 / float(found.largest.max()), 1.0 / float(found.smallest.min())
    if max(1.0 / low - 1.0, 1.0 - 1.0 / high) > FRAME_BOUND:
        wrong = (
            f"its metre is {_from_to(low, high)} m on the ground there, and must be one to {FRAME_BOUND:.1%}"
        )
    elif turned > FRAME_TURN_DEG:
        wrong = (
            f"its axes lie {turned:.0f}° off east and north there, and must lie within {FRAME_TURN_DEG:g}°"
        )
    else:
        return
    middle = (float(np.mean(np.asarray(v, np.float64))) for v in (x, y))
    lon, lat = transform(*middle, source=crs, target=WGS84)
    raise FrameError(
        f"{crs_name(crs)} ({known_crs(crs).name}) is no frame for this basin: {wrong}; name a CRS made for "
        f"the place, like {_utm(float(lon), float(lat))}",
        crs=crs,
    )


def check_frame_over(grid: Grid, *, crs: str) -> None:
    """Raise FrameError where a frame is unfit over a raster.

    Or does not reach it.
    """
    check_frame(*transform(*_spread(grid), source=grid.crs, target=crs), crs=crs)


def scale_doubts(grid: Grid) -> tuple[str, ...]:
    """Return doubts of a CRS that distorts by over 1 %.

    What it does to lengths and areas of a raster, in words. Raises FrameError where its cells have no area
    (``cell_areas``).
    """
    _ = cell_areas(grid)
    if known_crs(grid.crs).is_geographic:
        return ()
    found = scale(*_spread(grid), crs=grid.crs)
    lengths = float(found.smallest.min()), float(found.largest.max())
    areas = float(found.areal.min()), float(found.areal.max())
    if max(abs(times - 1.0) for times in (*lengths, *areas)) <= SCALE_BOUND:
        return ()
    return (
        f"in its CRS {crs_name(grid.crs)} lengths are {_from_to(*lengths)} times those on the ground here, "
        f"areas {_from_to(*areas)} times; all areas and storages are counted in true square metres, cell by "
        "cell: compare them with no plane count of its cells",
    )


def _from_to(low: float, high: float) -> str:
    first, last = f"{low:.3f}", f"{high:.3f}"
    return first if first == last else f"{first} to {last}"


def _spread(grid: Grid) -> tuple[F64, F64]:
    """Five by five places over a raster, its corners among them."""
    west, south, east, north = grid.bounds
    x, y = np.meshgrid(np.linspace(west, east, 5), np.linspace(south, north, 5))
    return x, y


def _utm(lon_deg: float, lat_deg: float) -> str:
    """The UTM zone of a place (UPS beyond its ends), on WGS84."""
    if not -80.0 <= lat_deg <= 84.0:
        return "EPSG:5041" if lat_deg > 0 else "EPSG:5042"
    zone = int((lon_deg + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(32600 if lat_deg >= 0 else 32700) + zone}"
