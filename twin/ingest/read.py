"""Read the rasters that a catalog names: guarded, converted and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import F32, F64, U8
from twin.catalog.entries import HeightEntry, ImageryEntry, LandcoverEntry, RasterEntry
from twin.catalog.landcover_classes import COVER
from twin.grid import Grid
from twin.ingest.errors import CrsError, LimitError
from twin.ingest.guard import DEFAULT, guarded
from twin.ingest.limits import Limits
from twin.ingest.stated_crs import check_agreement, stated_system
from twin.ingest.zones import zone_fault
from twin.vertical import reference_doubts

_MEND = "write the right one into it (gdal_edit -a_srs EPSG:…)"


@dataclass(frozen=True, kw_only=True)
class HeightRaster:
    """Heights of a file on their grid.

    ``found`` are remarks on it, and ``doubts`` doubts, in words.
    """

    heights_m: F32 | F64
    grid: Grid
    found: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def read_heights(path: Path, entry: HeightEntry, *, limits: Limits = DEFAULT) -> HeightRaster:
    """Read heights in metres as in the file (no datum shift).

    NaN where there is none, row 0 in the north. The file's scale, offset and unit, and ``unit_mult``, are one
    conversion in float64. float32 where that is exact for the file's type and nothing is converted, else
    float64. NaN in the file counts as no data; ±inf and heights that the earth does not have are errors,
    because a file that holds them went wrong somewhere. Raises IngestError.
    """
    arguments = _raster_arguments(entry)
    with guarded("raster", path, {**arguments, "keep": True}, limits=limits) as (answer, folder):
        grid = _grid(answer, entry, path)
        values = _array(folder / "values.npy", answer, grid.shape, path)
    found, doubts = raster_words(answer, entry)
    return HeightRaster(
        heights_m=np.ascontiguousarray(values[::-1]) if answer["south_up"] else values,
        grid=grid,
        found=found,
        doubts=doubts,
    )


def read_raster(path: Path, entry: HeightEntry, *, limits: Limits = DEFAULT) -> tuple[F32 | F64, Grid]:
    """Return heights and grid alone of ``read_heights``."""
    read = read_heights(path, entry, limits=limits)
    return read.heights_m, read.grid


def raster_words(answer: Mapping[str, Any], entry: RasterEntry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return remarks and doubts on a raster, in words."""
    found, doubts = list(answer["found"]), list(answer["doubts"])
    if (told := answer.get("vertical")) is not None and isinstance(entry, HeightEntry):
        found.append(f"heights of {told}")
        doubts += reference_doubts(str(told), entry.vertical)
    return tuple(found), tuple(doubts)


@dataclass(frozen=True, kw_only=True)
class ByteRaster:
    """Bytes of a file on their grid.

    ``found`` are remarks on it, and ``doubts`` doubts, in words.
    """

    values: U8
    grid: Grid
    found: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def read_landcover(path: Path, entry: LandcoverEntry, *, limits: Limits = DEFAULT) -> ByteRaster:
    """Read land cover as ``twin.catalog.landcover_classes``, (rows, cols), 0 for nothing known.

    Row 0 in the north. Raises IngestError.
    """
    return _read_bytes(path, entry, limits)


def read_picture(path: Path, entry: ImageryEntry, *, limits: Limits = DEFAULT) -> ByteRaster:
    """Read red, green, blue and opacity, (rows, cols, 4).

    Row 0 in the north. Raises IngestError. The array may be mapped from a file that is deleted already.
    """
    return _read_bytes(path, entry, limits)


def _read_bytes(path: Path, entry: LandcoverEntry | ImageryEntry, limits: Limits) -> ByteRaster:
    arguments = {**_raster_arguments(entry), "keep": True}
    with guarded("raster", path, arguments, limits=limits) as (answer, folder):
        grid = _grid(answer, entry, path)
        shape = grid.shape if isinstance(entry, LandcoverEntry) else (*grid.shape, 4)
        values = _array(folder / "values.npy", answer, shape, path, mapped=True)
    found, doubts = raster_words(answer, entry)
    return ByteRaster(
        values=values[::-1] if answer["south_up"] else values, grid=grid, found=found, doubts=doubts
    )


def probe_raster(path: Path, entry: RasterEntry, *, limits: Limits = DEFAULT) -> tuple[dict[str, Any], Grid]:
    """Read a raster through without keeping it: facts for ``twin check``.

    Raises IngestError.
    """
    with guarded("raster", path, {**_raster_arguments(entry), "keep": False}, limits=limits) as (answer, _):
        return answer, _grid(answer, entry, path)


def raster_place(path: Path, entry: RasterEntry, *, limits: Limits = DEFAULT) -> Grid:
    """Read a raster's place by its head alone.

    Raises IngestError.
    """
    arguments = {"want": "place", "crs": entry.crs, "keep": False}
    with guarded("raster", path, arguments, limits=limits) as (answer, _):
        return _grid(answer, entry, path)


def _raster_arguments(entry: RasterEntry) -> dict[str, object]:
    common: dict[str, object] = {"crs": entry.crs, "nodata": entry.nodata}
    if isinstance(entry, ImageryEntry):
        return common | {"want": "picture", "bands": entry.bands}
    if isinstance(entry, LandcoverEntry):
        named = None if entry.classes is None else {key: COVER[name] for key, name in entry.classes.items()}
        own = list(COVER.values())
        return common | {"want": "classes", "band": entry.band, "classes": named, "own_classes": own}
    assert isinstance(entry, HeightEntry)
    told = entry.unit_mult if "unit_mult" in entry.model_fields_set else None
    return common | {"want": "heights", "band": entry.band, "unit_mult": told}


def _grid(answer: dict[str, Any], entry: RasterEntry, path: Path) -> Grid:
    told = stated_system(str(answer["crs"]), path, mend=_MEND)
    if entry.crs is not None:
        check_agreement(entry.crs, told, path)
    grid = Grid(
        crs=entry.crs or told,
        rows=int(answer["rows"]),
        cols=int(answer["cols"]),
        west=float(answer["west"]),
        north=float(answer["north"]),
        dx=float(answer["dx"]),
        dy=float(answer["dy"]),
    )
    x, y = grid.centre_of(grid.rows // 2, grid.cols // 2)
    if fault := zone_fault(x, y, crs=grid.crs):
        raise CrsError(f"{path}: {fault}", path=path)
    return grid


def _array(
    file: Path, answer: dict[str, Any], shape: tuple[int, ...], path: Path, *, mapped: bool = False
) -> NDArray[Any]:
    values: NDArray[Any] = np.load(file, mmap_mode="r" if mapped else None, allow_pickle=False)
    if values.shape != shape or values.dtype.name != answer["dtype"]:
        raise LimitError(f"{path}: the reader's answer does not fit together", path=path)
    return values
