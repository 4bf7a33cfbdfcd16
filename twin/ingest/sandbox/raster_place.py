"""Locate a raster by its file, else by sidecars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import rasterio
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from rasterio.transform import Affine

from twin.ingest.errors import CrsError, TooLargeError, TurnedError
from twin.ingest.sandbox.prj import system_of
from twin.ingest.sandbox.sidecars import Sidecars, Words

MAX_CELLS = 400_000_000
SAME_CELLS: Final = 0.1
"""Two places of one raster that differ by less than this part of a cell are the same, rounded."""
UNTURNED: Final = 0.01
"""A turn that moves no corner by more than this part of a cell is the rounding of a program."""


def place_of(
    source: Any, beside: Sidecars, words: Words, *, catalog_crs: str | None = None
) -> tuple[dict[str, object], list[CRS]]:
    """Return an open raster's place and all systems named.

    ``words`` gets remarks. The first system is the one that is used; the others may have a vertical part that
    it lacks. Looks at headers only.

    The place has the horizontal CRS as text, rows, cols, west, north, dx, dy and ``south_up``. What the file
    says itself goes before PAM, and that before a world file and .prj; what contradicts it is a doubt.
    ``catalog_crs`` counts where none of them names a system.
    Raises TooLargeError, CrsError, TurnedError.
    """
    rows, cols = source.shape
    if rows * cols > MAX_CELLS:
        raise TooLargeError(f"has {cols} × {rows} cells; at most {MAX_CELLS:,} are read: cut it to the basin")
    told, doubts = _crs(source, beside, catalog_crs)
    crs, crs_from = told[0]
    at, at_from, more = _transform(source, beside)
    words.doubts.extend([*doubts, *more])
    words.found.extend(f"place from {file}" for file in dict.fromkeys((at_from, crs_from)) if file)
    a, b, west, d, e, north = tuple(at)[:6]
    if abs(b) * rows > UNTURNED * abs(a) or abs(d) * cols > UNTURNED * abs(e):
        raise TurnedError("is turned against north: warp it to a north-up grid (gdalwarp)")
    if a <= 0 or e == 0:
        raise TurnedError("runs from east to west: warp it to a north-up grid (gdalwarp)")
    place: dict[str, object] = {
        "crs": _name(_horizontal(crs)),
        "rows": rows,
        "cols": cols,
        "west": west,
        "north": north if e < 0 else north + e * rows,
        "dx": a,
        "dy": abs(e),
        "south_up": e > 0,
    }
    return place, [system for system, _ in told]


@dataclass(frozen=True, kw_only=True)
class Vertical:
    """Vertical part of a system.

    Its name, its unit with the metres in it, and whether it counts down.
    """

    name: str
    unit: str
    unit_m: float
    down: bool = False


def vertical_part(systems: Sequence[CRS]) -> Vertical | None:
    """Return the first vertical part among systems.

    Of two parts, or of three axes.
    """
    for crs in systems:
        part = next((part for part in crs.sub_crs_list if part.is_vertical), crs)
        if part.is_vertical or len(part.axis_info) == 3:
            axis = part.axis_info[-1]
            name = part.name if part.is_vertical else f"{part.name}, above its ellipsoid"
            return Vertical(
                name=name,
                unit=axis.unit_name,
                unit_m=float(axis.unit_conversion_factor),
                down=axis.direction == "down",
            )
    return None


def _horizontal(crs: CRS) -> CRS:
    flat = next((part for part in crs.sub_crs_list if not part.is_vertical), crs)
    return flat.to_2d() if len(flat.axis_info) == 3 else flat


def _name(crs: CRS) -> str:
    """EPSG's number where the definition is that of one, whatever the order of its axes; else its WKT."""
    number = rasterio.crs.CRS.from_wkt(crs.to_wkt()).to_epsg()
    return crs.to_wkt() if number is None else f"EPSG:{number}"


def _crs(source: Any, beside: Sidecars, catalog_crs: str | None) -> tuple[list[tuple[CRS, str]], list[str]]:
    """Each CRS with the file that says it ('' for the raster itself), the best first; and doubts."""
    doubts: list[str] = []
    told = [
        (_known(text, file), file)
        for text, file in (
            (source.crs.to_wkt() if source.crs else None, ""),
            (beside.pam_crs, beside.names.get("pam", "")),
            (beside.prj, beside.names.get("prj", "")),
        )
        if text is not None
    ]
    if not told and catalog_crs is not None:
        return [(CRS.from_user_input(catalog_crs), "")], []
    if not told:
        raise CrsError(
            "does not say its coordinate system, nor does a .prj or .aux.xml beside it: set crs in the "
            "catalog, or write it into the file (gdal_edit -a_srs EPSG:…)"
        )
    crs, crs_from = told[0]
    for other, file in told[1:]:
        if not _same(crs, other, *_middle(source, beside)):
            doubts.append(
                f"{file} says the coordinate system is {other.name}; {crs_from or 'the file itself'} is "
                f"believed, which says {crs.name}: remove what is wrong"
            )
    return told, doubts


def _known(text: str, file: str) -> CRS:
    """The system that a text names. Raises CrsError."""
    try:
        return system_of(text)
    except CRSError:
        where = f"{file} beside it names" if file else "names"
        raise CrsError(f"{where} a coordinate system that PROJ does not know: write it anew") from None


def _middle(source: Any, beside: Sidecars) -> tuple[float, float]:
    at, _, _ = _transform(source, beside)
    rows, cols = source.shape
    x, y = at @ (cols / 2, rows / 2)
    return float(x), float(y)


def _same(one: CRS, other: CRS, x: float, y: float) -> bool:
    """Whether two definitions put a place on the same ground, to a centimetre."""
    one, other = _horizontal(one), _horizontal(other)
    if one.equals(other, ignore_axis_order=True):
        return True
    try:
        there = Transformer.from_crs(one, other, always_xy=True).transform(x, y)
    except ProjError:
        return False
    tolerance = 1e-7 if other.is_geographic else 0.01
    return one.is_geographic == other.is_geographic and bool(
        np.allclose(there, (x, y), rtol=0, atol=tolerance)
    )


def _transform(source: Any, beside: Sidecars) -> tuple[Affine, str, list[str]]:
    """The geotransform, the file that says it, and doubts."""
    own = source.transform
    own = None if own.is_identity or own.is_degenerate else own
    told = [(own, "")] if own is not None else []
    for six, use in ((beside.pam_place, "pam"), (beside.world, "world")):
        if six is not None:
            told.append((Affine.from_gdal(*six), beside.names[use]))
    if not told and source.gcps[0]:
        raise CrsError("says where it lies by control points alone: warp it to a north-up grid (gdalwarp)")
    if not told and source.rpcs is not None:
        raise CrsError("says where it lies by RPC coefficients alone: orthorectify it (gdalwarp -rpc)")
    if not told or not np.isfinite(tuple(told[0][0])).all():
        raise CrsError(
            "does not say where on earth it lies (it has no geotransform, and no world file lies beside it)"
            + _left_beside(beside)
        )
    at, at_from = told[0]
    doubts = []
    for other, file in told[1:]:
        if (off := _cells_off(at, other, source.shape)) > SAME_CELLS:
            doubts.append(
                f"{file} puts it {off:,.3g} cells away from where {at_from or 'the file itself'} does, "
                "which is believed: remove what is wrong"
            )
    return at, at_from, doubts


def _left_beside(beside: Sidecars) -> str:
    """Files beside it that would say the place in a form that is not read."""
    if (points := beside.names.get("points")) is not None:
        return f"; {points} beside it holds control points or RPC coefficients: warp it by them (gdalwarp)"
    return f"; {'; '.join(beside.unread)}" if beside.unread else ""


def _cells_off(one: Affine, other: Affine, shape: tuple[int, int]) -> float:
    """The largest distance of a corner in two geotransforms, in cells of the first."""
    rows, cols = shape
    corners = [(0, 0), (cols, 0), (0, rows), (cols, rows)]
    moved = [~one @ (other @ corner) for corner in corners] if not one.is_degenerate else []
    return max(
        (float(np.hypot(x - c, y - r)) for (x, y), (c, r) in zip(moved, corners, strict=False)), default=0.0
    )
