"""Read a raster: heights or classes, or a picture.

The former of one band, the latter of several.
"""

from __future__ import annotations

import mmap
import re
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError  # some calls leave GDAL's own errors as they are
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError

from twin.ingest.errors import EmptyFileError, FormatError, UnsupportedError, ValuesError
from twin.ingest.sandbox.ascii_grid import check_numbers
from twin.ingest.sandbox.empty_cells import EmptyCells
from twin.ingest.sandbox.extremes import Extremes
from twin.ingest.sandbox.height_unit import Conversion, conversion
from twin.ingest.sandbox.landcover import read_landcover
from twin.ingest.sandbox.picture import read_picture
from twin.ingest.sandbox.raster_formats import Format, format_of
from twin.ingest.sandbox.raster_place import place_of, vertical_part
from twin.ingest.sandbox.sidecars import Words, read_sidecars
from twin.ingest.sandbox.strips import array_file, strips

LOWEST_M, HIGHEST_M = -500.0, 9000.0

_OPTIONS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_ERROR_ON_LIBJPEG_WARNING": "TRUE",  # else the rest of a cut-off JPEG is grey
    "GDAL_PNG_WHOLE_IMAGE_OPTIM": "NO",  # else a cut-off PNG is read as noise
}
_MISSING_CODEC = re.compile(r"missing codec (?:of code )?(\w+)")
_OUTSIDE_HFA = b"ExternalRasterDMS"


def read(
    path: Path,
    *,
    out: Path,
    want: Literal["heights", "classes", "picture", "place"],
    keep: bool,
    crs: str | None = None,
    band: int = 1,
    bands: list[int] | None = None,
    nodata: float | None = None,
    unit_mult: float | None = None,
    classes: dict[str, int] | None = None,
    own_classes: list[int] | None = None,
) -> dict[str, object]:
    """Read what is requested.

    With ``keep`` the array goes to ``values.npy`` ("place" has none). The answer has the place, what was
    ``found`` and ``doubts``, both in words. The arguments are the catalog's: ``crs`` counts where the file
    names no system, ``unit_mult`` is None where it says none, ``classes`` turn the file's numbers into the
    program's ``own_classes``.
    """
    kind = format_of(path)
    _check_hfa(path, kind)
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    with rasterio.Env(**_OPTIONS):
        try:
            with rasterio.open(path, driver=kind.driver, **_open_options(kind, want)) as source:
                beside = read_sidecars(path)
                words = Words(doubts=list(beside.unread))
                answer, systems = place_of(source, beside, words, catalog_crs=crs)
                if want == "place":
                    return answer | {"found": words.found, "doubts": words.doubts}
                if kind.driver == "AAIGrid":
                    check_numbers(path, *source.shape)
                if kind.driver != "GTiff":
                    words.found.append(f"from {kind.name}")
                if beside.overviews:
                    words.found.append(f"{', '.join(beside.overviews)} not needed")
                if source.subdatasets:
                    words.doubts.append(f"holds {len(source.subdatasets)} pictures: the first is read")
                if band > source.count:
                    raise FormatError(f"has {source.count} bands, and band {band} was asked for")
                folder = out if keep else None
                if want == "picture":
                    answer |= read_picture(
                        path, source, folder, bands=bands, nodata=nodata, beside=beside, words=words
                    )
                elif want == "classes":
                    meanings = None if classes is None else {int(k): v for k, v in classes.items()}
                    answer |= read_landcover(
                        source,
                        folder,
                        band,
                        meanings=meanings,
                        own=frozenset(own_classes or ()),
                        nodata=nodata,
                        beside=beside,
                        words=words,
                    )
                else:
                    _doubt_pictures(source, band, words)
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
        except (RasterioIOError, CPLE_BaseError) as error:
            raise _cannot(error, path, kind) from None


def _open_options(kind: Format, want: str) -> dict[str, str]:
    """GDAL takes an ASCII grid without a point for whole numbers, of which ``nan`` is 0."""
    return {"DATATYPE": "Float64"} if kind.driver == "AAIGrid" and want == "heights" else {}


def _cannot(error: Exception, path: Path, kind: Format) -> FormatError | UnsupportedError:
    """Why GDAL gave up: a codec that it was built without, or a damaged file."""
    said = " ".join(str(error.__cause__ or error).replace(str(path), "the file").split())
    if (codec := _MISSING_CODEC.search(said)) is not None:
        return UnsupportedError(
            f"is compressed with {codec[1]}, which is not read here: compress it anew "
            "(gdal_translate -co COMPRESS=DEFLATE)"
        )
    said = re.sub(r"/\S+\.c(pp)?, \d+: ", "", said)  # where in GDAL's sources, which helps nobody
    # Other libraries speak of their own insides.
    detail = f": {said[:200]}" if kind.driver == "GTiff" and "0x" not in said else ": fetch or write it anew"
    return FormatError(f"is a damaged or cut-off {kind.name}{detail}")


def _check_hfa(path: Path, kind: Format) -> None:
    """An ERDAS Imagine file may name another file, anywhere, that holds its cells: such a one is not read."""
    if kind.driver != "HFA":
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        outside = data.find(_OUTSIDE_HFA) >= 0
    if outside:
        raise UnsupportedError(
            "keeps its cells in another file (.ige), which is not read here: make a GeoTIFF of it "
            "(gdal_translate)"
        )


def _doubt_pictures(source: Any, band: int, words: Words) -> None:
    kind = source.colorinterp[band - 1]
    if kind in (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.palette):
        what = "indices of a colour table" if kind == ColorInterp.palette else f"the {kind.name} of a picture"
        words.doubts.append(f"band {band} is marked as {what}: are these heights?")


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
    with array_file(out, source.shape, exact) as write:
        for window in strips(source):
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
            f"holds {height:.6g} m{stored} in {_cells(count)} and nothing between that and "
            f"{following:.6g} m: if they are no data, set nodata"
        )
    return {
        "dtype": np.dtype(exact).name,
        "valid": found.valid,
        "lowest": found.lowest,
        "highest": found.highest,
    }


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


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
