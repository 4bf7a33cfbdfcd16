"""GeoTIFFs: heights or classes of one band, or pictures of three."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError
from rasterio.windows import Window

from twin.ingest.errors import CrsError, EmptyFileError, FormatError, TooLargeError, TurnedError, ValuesError

MAX_CELLS = 400_000_000
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
    unit_mult: float = 1.0,
) -> dict[str, object]:
    """``want`` is "heights", "classes" or "picture"; with ``keep`` the array goes to ``values.npy``."""
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
                answer = _place(source)
                if band > source.count:
                    raise FormatError(f"has {source.count} bands, and band {band} was asked for")
                folder = out if keep else None
                if want == "picture":
                    return answer | _picture(source, folder)
                if want == "classes":
                    return answer | _classes(source, folder, band)
                return answer | _heights(source, folder, band, nodata, unit_mult)
        except RasterioIOError as error:
            said = " ".join(str(error.__cause__ or error).replace(str(path), "the file").split())
            said = re.sub(r"/\S+\.c(pp)?, \d+: ", "", said)  # where in GDAL's sources, which helps nobody
            raise FormatError(f"is a damaged or cut-off GeoTIFF: {said[:200]}") from None


def _place(source: Any) -> dict[str, object]:
    """Where the raster lies; the checks that need only its header."""
    rows, cols = source.shape
    if rows * cols > MAX_CELLS:
        raise TooLargeError(f"has {cols} × {rows} cells; at most {MAX_CELLS:,} are read: cut it to the basin")
    a, b, west, d, e, north = tuple(source.transform)[:6]
    if source.crs is None:
        raise CrsError("does not say its coordinate system: write it into the file (gdal_edit -a_srs EPSG:…)")
    if source.transform.is_identity or not np.isfinite([a, b, west, d, e, north]).all():
        raise CrsError("does not say where on earth it lies (it has no geotransform)")
    if b or d:
        raise TurnedError("is turned against north: warp it to a north-up grid (gdalwarp)")
    if a <= 0 or e == 0:
        raise TurnedError("runs from east to west: warp it to a north-up grid (gdalwarp)")
    return {
        "crs": source.crs.to_string(),
        "rows": rows,
        "cols": cols,
        "west": west,
        "north": north if e < 0 else north + e * rows,
        "dx": a,
        "dy": abs(e),
        "south_up": e > 0,
    }


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
    source: Any, out: Path | None, band: int, nodata: float | None, unit_mult: float
) -> dict[str, object]:
    """Heights in metres, NaN where there is none; NaN in the file counts as no data, ±inf as an error."""
    stored = np.dtype(source.dtypes[band - 1])
    if stored.kind not in "iuf":
        raise FormatError(f"holds numbers of the type {stored}, which are no heights")
    # float32 holds 24 bits of a whole number: enough for bytes and words
    exact = np.float32 if stored in (np.float32, np.float16) or stored.itemsize < 4 else np.float64
    valid, lowest, highest = 0, np.inf, -np.inf
    with _array(out, source.shape, exact) as write:
        for window in _strips(source):
            strip = source.read(band, window=window)
            empty = source.read_masks(band, window=window) == 0
            if nodata is not None:
                empty |= strip == nodata
            metres = strip.astype(exact)
            metres[empty] = np.nan
            metres *= unit_mult
            _check_heights(metres, int(window.row_off))
            good = metres[~np.isnan(metres)]
            if good.size:
                valid += good.size
                lowest, highest = min(lowest, float(good.min())), max(highest, float(good.max()))
            write(metres)
    if not valid:
        raise EmptyFileError("every cell is no data: is it the right band, and the right nodata value?")
    return {"dtype": np.dtype(exact).name, "valid": valid, "lowest": lowest, "highest": highest}


def _check_heights(metres: NDArray[Any], top: int) -> None:
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
            "set nodata, or unit_mult where the unit is not the metre"
        )


def _classes(source: Any, out: Path | None, band: int) -> dict[str, object]:
    """Bytes; no data becomes 0."""
    if source.dtypes[band - 1] != "uint8":
        raise FormatError(f"holds {source.dtypes[band - 1]}: classes are bytes (uint8)")
    there = np.zeros(256, bool)
    with _array(out, source.shape, np.uint8) as write:
        for window in _strips(source):
            strip = source.read(band, window=window)
            strip[source.read_masks(band, window=window) == 0] = 0
            there[np.unique(strip)] = True
            write(strip)
    if not there[1:].any():
        raise EmptyFileError("every cell is no data: is it the right band, and the right nodata value?")
    return {"dtype": "uint8", "classes": np.flatnonzero(there).tolist()}


def _picture(source: Any, out: Path | None) -> dict[str, object]:
    """Red, green, blue as bytes; one band becomes grey, a fourth (transparency) is left out."""
    if source.count not in (1, 3, 4) or any(kind != "uint8" for kind in source.dtypes):
        kinds = ", ".join(sorted(set(source.dtypes)))
        raise FormatError(f"has {source.count} bands of {kinds}: a picture has 1, 3 or 4 of uint8")
    bands = [1, 1, 1] if source.count == 1 else [1, 2, 3]
    with _array(out, (*source.shape, 3), np.uint8) as write:
        for window in _strips(source):
            write(np.moveaxis(source.read(bands, window=window), 0, -1))
    return {"dtype": "uint8"}
