"""GeoTIFFs: heights or classes of one band, or pictures of three."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError
from rasterio.windows import Window

from twin.ingest.errors import EmptyFileError, FormatError, ValuesError
from twin.ingest.inside.empty_cells import EmptyCells
from twin.ingest.inside.extremes import Extremes
from twin.ingest.inside.height_unit import Conversion, conversion
from twin.ingest.inside.raster_place import place_of, vertical_part
from twin.ingest.inside.sidecars import Sidecars, Words, read_sidecars

LOWEST_M, HIGHEST_M = -500.0, 9000.0
STRIP = 4_000_000
"""Cells read at a time."""

_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_OPTIONS = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_GEOREF_SOURCES": "INTERNAL"}


def read(
    path: Path,
    *,
    out: Path,
    want: str,
    keep: bool,
    band: int = 1,
    nodata: float | None = None,
    unit_mult: float | None = None,
) -> dict[str, object]:
    """``want`` is "heights", "classes" or "picture"; with ``keep`` the array goes to ``values.npy``.

    The answer has the place, what was ``found`` and ``doubts``, both in words. ``unit_mult`` is None where
    the catalog says none.
    """
    with path.open("rb") as file:
        start = file.read(40)
    if not start:
        raise EmptyFileError("the file is empty")
    if start[:4] not in _MAGIC:
        raise FormatError(f"is not a GeoTIFF, whatever its name says; it begins with {start[:16]!r}")
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    with rasterio.Env(**_OPTIONS):
        try:
            with rasterio.open(path, driver="GTiff") as source:
                beside = read_sidecars(path)
                words = Words(doubts=list(beside.unread))
                answer, systems = place_of(source, beside, words)
                if source.subdatasets:
                    words.doubts.append(f"holds {len(source.subdatasets)} pictures: the first is read")
                if band > source.count:
                    raise FormatError(f"has {source.count} bands, and band {band} was asked for")
                folder = out if keep else None
                if want == "picture":
                    answer |= _picture(source, folder, beside, words)
                elif want == "classes":
                    answer |= _classes(source, folder, band, beside, words)
                else:
                    vertical = vertical_part(systems)
                    to_metres = conversion(
                        source, band, vertical=vertical, beside=beside, unit_mult=unit_mult, words=words
                    )
                    with closing(
                        EmptyCells(source, band, beside=beside, words=words, nodata=nodata)
                    ) as cells:
                        answer |= _heights(source, folder, band, to_metres, cells, words)
                    answer["vertical"] = None if vertical is None else vertical.name
                return answer | {"found": words.found, "doubts": words.doubts}
        except RasterioIOError as error:
            said = " ".join(str(error.__cause__ or error).replace(str(path), "the file").split())
            said = re.sub(r"/\S+\.c(pp)?, \d+: ", "", said)  # where in GDAL's sources, which helps nobody
            raise FormatError(f"is a damaged or cut-off GeoTIFF: {said[:200]}") from None


def _strips(source: Any) -> list[Window]:
    rows, cols = source.shape
    deep = max(1, min(rows, STRIP // cols // source.block_shapes[0][0] * source.block_shapes[0][0]))
    return [Window(0, top, cols, min(deep, rows - top)) for top in range(0, rows, deep)]


@contextmanager
def _array(out: Path | None, shape: tuple[int, ...], kind: Any) -> Iterator[Callable[[NDArray[Any]], object]]:
    """A way to write an array strip by strip to ``values.npy``, or nowhere; never whole in memory."""
    if out is None:
        yield lambda strip: None
        return
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": shape}
    with (out / "values.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        yield lambda strip: file.write(np.ascontiguousarray(strip).data)


def _heights(
    source: Any, out: Path | None, band: int, to_metres: Conversion, cells: EmptyCells, words: Words
) -> dict[str, object]:
    """Heights in metres, NaN where there is none; NaN in the file counts as no data, ±inf as an error.

    What is converted comes as float64: it is rounded once, after the datum's offset.
    """
    stored = np.dtype(source.dtypes[band - 1])
    # float32 holds 24 bits of a whole number: enough for bytes and words
    as_it_is = to_metres.nothing and (stored in (np.float32, np.float16) or stored.itemsize < 4)
    exact = np.float32 if as_it_is else np.float64
    found = Extremes()
    with _array(out, source.shape, exact) as write:
        for window in _strips(source):
            strip = source.read(band, window=window)
            metres = strip.astype(exact) if as_it_is else to_metres.metres(strip)
            metres[cells.of(strip, window)] = np.nan
            _check_heights(metres, strip, int(window.row_off))
            found.add(metres[~np.isnan(metres)])
            write(metres)
    if not found.valid:
        raise EmptyFileError("every cell is no data: is it the right band, and the right nodata value?")
    for height, count, following in found.lone():
        stored = "" if to_metres.nothing else f", stored as {to_metres.stored(height):.9g}"
        words.doubts.append(
            f"holds {height:.6g} m{stored} in {count:,} cells and nothing between that and "
            f"{following:.6g} m: if they are no data, set nodata"
        )
    return {
        "dtype": np.dtype(exact).name,
        "valid": found.valid,
        "lowest": found.lowest,
        "highest": found.highest,
    }


def _check_heights(metres: NDArray[Any], stored: NDArray[Any], top: int) -> None:
    """No height is infinite; and one no mountain has is an undeclared nodata value."""
    bad = np.isinf(metres)
    if bad.any():
        row, col = np.argwhere(bad)[0]
        raise ValuesError(
            f"holds infinite heights (the first in row {top + row}, column {col}): make them no data"
        )
    bad = (metres < LOWEST_M) | (metres > HIGHEST_M)
    if bad.any():
        row, col = np.argwhere(bad)[0]
        raise ValuesError(
            f"holds {metres[row, col]:g} m (row {top + row}, column {col}), which is no height on earth: "
            f"set nodata to {stored[row, col]}, or unit_mult where the unit is not the metre"
        )


def _classes(source: Any, out: Path | None, band: int, beside: Sidecars, words: Words) -> dict[str, object]:
    """Bytes; no data becomes 0."""
    if source.dtypes[band - 1] != "uint8":
        raise FormatError(f"holds {source.dtypes[band - 1]}: classes are bytes (uint8)")
    pam = beside.band(band)
    told = (source.scales[band - 1], source.offsets[band - 1], pam.scale or 1.0, pam.offset or 0.0)
    if told != (1.0, 0.0, 1.0, 0.0):
        words.doubts.append("has a scale or an offset, which classes cannot have: it is left out")
    there = np.zeros(256, bool)
    with (
        closing(EmptyCells(source, band, beside=beside, words=words)) as cells,
        _array(out, source.shape, np.uint8) as write,
    ):
        for window in _strips(source):
            strip = source.read(band, window=window)
            strip[cells.of(strip, window)] = 0
            there[np.unique(strip)] = True
            write(strip)
    if not there[1:].any():
        raise EmptyFileError("every cell is no data: is it the right band, and the right nodata value?")
    return {"dtype": "uint8", "classes": np.flatnonzero(there).tolist()}


def _picture(source: Any, out: Path | None, beside: Sidecars, words: Words) -> dict[str, object]:
    """Red, green, blue as bytes; one band becomes grey, a fourth (transparency) is left out."""
    if source.count not in (1, 3, 4) or any(kind != "uint8" for kind in source.dtypes):
        kinds = ", ".join(sorted(set(source.dtypes)))
        raise FormatError(f"has {source.count} bands of {kinds}: a picture has 1, 3 or 4 of uint8")
    bands = [1, 1, 1] if source.count == 1 else [1, 2, 3]
    with closing(EmptyCells(source, 1, beside=beside, words=Words())) as cells:
        if cells.any:
            words.doubts.append(
                "its no data, mask or transparency is not read: such parts are drawn as they are stored"
            )
    with _array(out, (*source.shape, 3), np.uint8) as write:
        for window in _strips(source):
            write(np.moveaxis(source.read(bands, window=window), 0, -1))
    return {"dtype": "uint8"}
