"""Read LAS, LAZ and COPC block by block into arrays on disk.

So memory stays bounded, whatever the file's size.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final

import laspy
import numpy as np

from meshes.errors import DamagedError
from meshes.readers.sandbox import las_header, laz
from meshes.readers.sandbox.las_file import opened
from meshes.readers.sandbox.las_header import LasHeader
from meshes.readers.sandbox.las_system import system
from meshes.readers.sandbox.npy_head import write_head
from meshes.readers.sandbox.point_colours import PointColours
from meshes.readers.sandbox.point_counts import Counts
from twin.ingest.sandbox.sidecars import Words

BLOCK = 1_000_000
"""Points in memory at a time."""

_COLOURED = ("red", "green", "blue", "point_source_id")
_COLUMNS: Final[dict[str, tuple[tuple[int, ...], type[np.generic]]]] = {
    "position": ((3,), np.float64),
    "classification": ((), np.uint8),
    "colour": ((3,), np.uint8),
    "coloured": ((), np.bool_),
}


def read(
    path: Path,
    *,
    out: Path,
    keep: bool = True,
    unit_mult: float | None = None,
    scale: float | None = None,
) -> dict[str, object]:
    """Write a cloud's arrays into ``out``, and return facts.

    Without ``keep`` only facts. The arrays are ``position``, ``classification``, ``colour`` and ``coloured``
    (see ``PointsData``). What is Withheld, or noise, and what has no place on earth is left out and counted
    in ``notes``. ``unit_mult`` and ``scale`` as in ``las_system.system``. Raises ForeignFileError.
    """
    header = las_header.checked(path)
    words = Words()
    told = system(header, words, unit_mult=unit_mult, scale=scale)
    words.doubts.extend(header.doubts)
    try:
        unpackers = laz.backends(header.laszip) if header.packed else None
        with laspy.open(opened(path, foreign=header.foreign), laz_backend=unpackers) as source:
            source.header.point_count = header.count  # laspy takes LAS 1.4's own, which may be 0
            facts = _blocks(
                source, header, height_mult=told.height_mult, out=out if keep else None, words=words
            )
    except BaseException as error:
        if (fault := laz.fault(error)) is None:
            raise
        raise fault from None
    return facts | {
        "version": f"1.{header.minor}",
        "format": header.format,
        "crs": told.crs,
        "vertical": told.vertical,
        "found": words.found,
        "notes": words.doubts,
    }


def _blocks(
    source: Any, header: LasHeader, *, height_mult: float, out: Path | None, words: Words
) -> dict[str, object]:
    colours = PointColours() if "red" in set(source.header.point_format.dimension_names) else None
    counts, done = Counts(header), 0
    with ExitStack() as stack:
        files = {
            name: stack.enter_context((out / f"{name}.npy").open("w+b"))
            for name in ("position", "classification")
            if out is not None
        }
        wide = None if out is None or colours is None else stack.enter_context((out / "wide").open("w+b"))
        for name, file in files.items():
            _head(file, name, 0)
        while done < header.count:
            block = source.read_points(min(BLOCK, header.count - done))
            if not len(block):  # laspy ends short without a word
                raise DamagedError(f"is cut off: {done:,} points of {header.count:,}")
            done += len(block)
            with np.errstate(over="ignore", invalid="ignore"):
                places = [np.asarray(block[axis], np.float64) for axis in ("x", "y", "z")]
            classes = np.asarray(block["classification"], np.uint8)
            mine = counts.select(places, classes, np.asarray(block["withheld"]))
            if mine is not None:
                places, classes = [axis[mine] for axis in places], classes[mine]
            counts.add(places, classes)
            if files:
                places[2] = places[2] * height_mult
                files["position"].write(np.stack(places, axis=1).data)
                files["classification"].write(np.ascontiguousarray(classes).data)
            if colours is not None:
                rows = np.stack([np.asarray(block[name], np.uint16) for name in _COLOURED], axis=1)
                rows = rows if mine is None else rows[mine]
                colours.add(rows[:, :3], rows[:, 3])
                if wide is not None:
                    wide.write(rows.data)
        for name, file in files.items():
            _head(file, name, counts.kept)
        if wide is not None and colours is not None and out is not None:
            _narrow(wide, colours, out, counts.kept)
    counts.say(words, height_mult=height_mult)
    if colours is not None:
        words.doubts.extend(colours.words())
    low, high = counts.low, counts.high
    low[2], high[2] = low[2] * height_mult, high[2] * height_mult
    return {
        "count": counts.kept,
        "with_colour": colours is not None and colours.any,
        "low": low.tolist(),
        "high": high.tolist(),
        "classes": {int(k): int(counts.classes[k]) for k in np.flatnonzero(counts.classes)},
    }


def _narrow(wide: BinaryIO, colours: PointColours, out: Path, kept: int) -> None:
    """Colours as bytes, now that all of them are known; those of 16 bits wait till then."""
    wide.seek(0)
    with (out / "colour.npy").open("wb") as colour, (out / "coloured.npy").open("wb") as coloured:
        _head(colour, "colour", kept)
        _head(coloured, "coloured", kept)
        while data := wide.read(BLOCK * 8):
            rows = np.frombuffer(data, np.uint16).reshape(-1, 4)
            rgb, has = colours.narrowed(rows[:, :3], rows[:, 3])
            colour.write(rgb.data)
            coloured.write(has.data)
    (out / "wide").unlink()


def _head(file: BinaryIO, name: str, rows: int) -> None:
    row, kind = _COLUMNS[name]
    write_head(file, rows, row=row, kind=kind)
