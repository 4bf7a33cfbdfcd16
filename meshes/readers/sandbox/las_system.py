"""Find a LAS file's CRS, and its heights' factor to metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pyproj
from pyproj.exceptions import CRSError

from meshes.errors import UnsupportedForeignError
from meshes.readers.sandbox import geokeys
from meshes.readers.sandbox.las_header import LasHeader
from twin.crs import flat_crs, same_crs
from twin.crs_agreement import crs_title
from twin.ingest.sandbox.raster_place import Vertical, vertical_part
from twin.ingest.sandbox.sidecars import Words

WKT: Final = 2112
_ALIKE: Final = 1e-4  # relative: one kind of foot beside another

Unit = tuple[float, str]
"""Metres in a unit, and its name."""


@dataclass(frozen=True, kw_only=True)
class System:
    """CRS of a LAS file.

    ``crs`` as a code or WKT, None where the file has no place on the ground; ``vertical`` by its name.
    Heights times ``height_mult`` are metres, or units of the plane for a cloud in a frame of its own.
    """

    crs: str | None
    vertical: str | None
    height_mult: float


def system(header: LasHeader, words: Words, *, unit_mult: float | None, scale: float | None) -> System:
    """Find the CRS of a LAS file; notes go to ``words``.

    ``unit_mult`` of the heights and ``scale`` of an anchor are the catalog's, None where it says none.
    Raises UnsupportedForeignError for depths, and where file and catalog contradict each other.
    """
    whole = _told(header, words)
    flat = None if whole is None else flat_crs(whole)
    if flat is not None and not (flat.is_projected or flat.is_geographic):
        if scale is None:
            words.doubts.append(
                f"names a coordinate system that says no place on the ground ({flat.name}): the catalog is "
                "believed"
            )
        whole = flat = None
    vertical = None if whole is None else vertical_part([whole])
    if vertical is not None and vertical.down:
        raise UnsupportedForeignError(
            f"holds depths, counted downwards ({vertical.name}): make heights of them"
        )
    plane: Unit | None = None
    if flat is not None and flat.is_projected:
        plane = float(flat.axis_info[0].unit_conversion_factor), str(flat.axis_info[0].unit_name)
    code = geokeys.key(header.crs, geokeys.VERTICAL_UNITS)
    if code and _unit(code) is None and unit_mult is None:
        words.doubts.append(
            f"names a unit of heights that is not known (code {code}), and is not used: set unit_mult in the "
            "catalog (1.0 for metres)"
        )
    unit = _height_unit(vertical, code, words)
    crs = None if flat is None else _name(flat)
    if scale is None:
        mult = _metres(unit, plane, words, unit_mult=unit_mult)
    else:
        mult = _units_of_the_plane(unit, plane, words, scale=scale)
        if crs is not None:
            words.doubts.append(f"says it is in {crs_title(crs)}: the catalog's anchor is believed")
    named = vertical is not None and vertical.name.lower() not in ("", "unknown", "unnamed")
    return System(crs=crs, vertical=vertical.name if vertical and named else None, height_mult=mult)


def _told(header: LasHeader, words: Words) -> Any:
    """What WKT or GeoTIFF's keys say, the WKT first; None where neither can be understood."""
    told: list[Any] = []
    for what, record in (("WKT", WKT), ("GeoTIFF keys", geokeys.DIRECTORY)):
        if record not in header.crs:
            continue
        try:
            text = _text(header.crs[WKT]) if record == WKT else geokeys.crs_wkt(header.crs)
            if text is not None:
                told.append(pyproj.CRS.from_wkt(text))
        except (CRSError, OSError, ValueError):
            words.doubts.append(
                f"names a coordinate system that PROJ does not know ({what}): the catalog is believed"
            )
    if len(told) == 2 and not same_crs(told[0].to_wkt(), told[1].to_wkt()):
        words.doubts.append(
            f"says it is in {told[0].name} (WKT) and in {told[1].name} (GeoTIFF keys): the first counts"
        )
    return told[0] if told else None


def _text(data: bytes) -> str | None:
    """The WKT of a record; None of an empty one."""
    return data.split(b"\0", 1)[0].decode("utf-8").strip() or None


def _height_unit(vertical: Vertical | None, code: int | None, words: Words) -> Unit | None:
    """The unit of heights, as the vertical CRS and the key for units say."""
    key = _unit(code)
    if vertical is None:
        return key
    if key is not None and abs(key[0] / vertical.unit_m - 1) > _ALIKE:
        words.doubts.append(
            f"says that its heights are in {key[1]} (key for units) and in {vertical.unit} "
            f"({vertical.name}): the first counts"
        )
        return key
    return vertical.unit_m, vertical.unit


def _unit(code: int | None) -> Unit | None:
    units = pyproj.database.get_units_map(auth_name="EPSG", category="linear") if code else {}
    return next(
        ((float(unit.conv_factor), str(unit.name)) for unit in units.values() if unit.code == str(code)), None
    )


def _metres(unit: Unit | None, plane: Unit | None, words: Words, *, unit_mult: float | None) -> float:
    """What turns heights into metres."""
    if unit_mult is None:
        if unit is None and plane is not None and plane[0] != 1.0:
            unit = plane
            words.doubts.append(
                f"says that its plane is in {unit[1]} and not what its heights are in, which are taken as "
                f"{unit[1]} too: set unit_mult in the catalog (1.0 for metres)"
            )
        if unit is not None and unit[0] != 1.0:
            words.found.append(f"heights in {unit[1]} × {unit[0]:.8g} m")
        return 1.0 if unit is None else unit[0]
    words.found.append(f"unit_mult {unit_mult:.10g}")
    if unit is not None and abs(unit_mult / unit[0] - 1) > _ALIKE:
        if unit[0] != 1.0:
            raise UnsupportedForeignError(
                f"says that its heights are in {unit[1]} ({unit[0]:.8g} m), the catalog's unit_mult says "
                f"{unit_mult:g}: one is wrong; leave unit_mult out, or mend the file"
            )
        words.doubts.append(
            f"says that its heights are in {unit[1]}; unit_mult {unit_mult:g} of the catalog is believed"
        )
    return unit_mult


def _units_of_the_plane(unit: Unit | None, plane: Unit | None, words: Words, *, scale: float) -> float:
    """What turns heights into units of the plane, for an anchor has one scale for all three axes."""
    if plane is None:
        if unit is not None and abs(scale / unit[0] - 1) > _ALIKE:
            words.doubts.append(
                f"says that its heights are in {unit[1]} ({unit[0]:.8g} m), the catalog's scale is "
                f"{scale:g}, which is believed"
            )
        return 1.0
    if abs(scale / plane[0] - 1) > _ALIKE:
        words.doubts.append(
            f"says that its plane is in {plane[1]} ({plane[0]:.8g} m), the catalog's scale is {scale:g}, "
            "which is believed"
        )
    mult = 1.0 if unit is None else unit[0] / plane[0]
    if abs(mult - 1) <= _ALIKE:
        return 1.0
    words.found.append(f"heights in {unit[1] if unit else ''} on a plane in {plane[1]} × {mult:.8g}")
    return mult


def _name(flat: Any) -> str:
    """The code of a system that has one, else its WKT."""
    authority = flat.to_authority(min_confidence=100)
    return ":".join(authority) if authority else str(flat.to_wkt())
