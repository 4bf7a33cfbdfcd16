"""Point clouds: LAS, LAZ and COPC, block by block into arrays on disk, so that memory stays bounded."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import laspy
import numpy as np
import pyproj
from numpy.typing import NDArray

from meshes.errors import DamagedError
from meshes.readers.inside import las_header
from meshes.readers.inside.parts import FARTHEST

BLOCK = 1_000_000
"""Points in memory at a time."""


def read(path: Path, *, out: Path, keep: bool = True) -> dict[str, object]:
    """Arrays ``position``, ``colour`` and ``classification``; without ``keep`` only facts.

    Whether colours are of 8 or 16 bits is known when all are read; till then they wait as 16 in ``wide``.
    """
    header = las_header.checked(path)
    try:
        with laspy.open(path) as source:
            names = set(source.header.point_format.dimension_names)
            answer = _blocks(source, header.count, colours="red" in names, out=out if keep else None)
            crs, vertical = _crs(source.header)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of lazrs, which is no Exception
            raise
        raise DamagedError("is damaged: its packed points cannot be unpacked") from None
    facts = {"count": header.count, "version": f"1.{header.minor}", "format": header.format}
    return answer | facts | {"crs": crs, "vertical": vertical}


def _blocks(source: Any, count: int, *, colours: bool, out: Path | None) -> dict[str, object]:
    done, brightest = 0, 0
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    with ExitStack() as stack:
        position = _array(stack, out, "position", (count, 3), np.float64)
        classes = _array(stack, out, "classification", (count,), np.uint8)
        colour = _array(stack, out, "wide", (count, 3), np.uint16) if colours else None
        while done < count:
            block = source.read_points(min(BLOCK, count - done))
            if not len(block):  # laspy ends short without a word
                raise DamagedError(f"is cut off: {done:,} points of {count:,}")
            places = np.stack([np.asarray(block[axis], np.float64) for axis in ("x", "y", "z")], axis=1)
            if not np.isfinite(places).all() or np.abs(places).max() > FARTHEST:
                raise DamagedError("a point has no place, or one that is not on earth")
            low, high = np.minimum(low, places.min(axis=0)), np.maximum(high, places.max(axis=0))
            _put(position, places)
            _put(classes, np.asarray(block["classification"], np.uint8))
            if colours:
                rgb = np.stack([np.asarray(block[name]) for name in ("red", "green", "blue")], axis=1)
                brightest = max(brightest, int(rgb.max()))
                _put(colour, rgb.astype(np.uint16))
            done += len(block)
    coloured = colours and brightest > 0
    if out is not None and colours:
        _narrowed(out, count, shift=8 if brightest > 255 else 0)
    return {"coloured": coloured, "low": low.tolist(), "high": high.tolist()}


def _narrowed(out: Path, count: int, *, shift: int) -> None:
    """Colours of 16 bits as bytes; a file whose brightest is 255 has bytes already."""
    with ExitStack() as stack:
        narrow = _array(stack, out, "colour", (count, 3), np.uint8)
        wide = stack.enter_context((out / "wide.npy").open("rb"))
        np.lib.format.read_magic(wide)
        np.lib.format.read_array_header_1_0(wide)
        while data := wide.read(BLOCK * 6):
            _put(narrow, (np.frombuffer(data, np.uint16) >> shift).astype(np.uint8))
    (out / "wide.npy").unlink()


def _array(
    stack: ExitStack, out: Path | None, name: str, shape: tuple[int, ...], kind: type
) -> BinaryIO | None:
    """An ``.npy`` file whose rows follow; none without a folder."""
    if out is None:
        return None
    file = stack.enter_context((out / f"{name}.npy").open("wb"))
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file


def _put(file: BinaryIO | None, values: NDArray[Any]) -> None:
    if file is not None:
        file.write(np.ascontiguousarray(values).data)


def _crs(header: Any) -> tuple[str | None, str | None]:
    """The horizontal CRS of the WKT or GeoTIFF records, a code or WKT, and the vertical one's name.

    None where the file does not say, or says no place on earth (a local system).
    """
    try:
        crs = header.parse_crs()
        flat, vertical = crs, None
        if crs is not None and crs.is_compound:
            flat, vertical = crs.sub_crs_list[0], crs.sub_crs_list[1].name
        if flat is None or not (flat.is_projected or flat.is_geographic):
            return None, None
        authority = flat.to_authority(min_confidence=100)
        return (":".join(authority) if authority else str(flat.to_wkt())), vertical
    except (pyproj.exceptions.CRSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None, None
