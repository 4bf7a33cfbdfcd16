"""Point clouds: LAS, LAZ and COPC, block by block into arrays on disk, so that memory stays bounded."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import laspy
import numpy as np
from numpy.typing import NDArray

from meshes.errors import DamagedError, UnsupportedError
from meshes.readers.inside import las_header, laz
from meshes.readers.inside.las_file import opened
from meshes.readers.inside.las_header import LasHeader
from meshes.readers.inside.las_system import system
from meshes.readers.inside.parts import FARTHEST
from meshes.readers.inside.point_colours import Colours
from twin.ingest.inside.extremes import Extremes
from twin.ingest.inside.sidecars import Words

BLOCK = 1_000_000
"""Points in memory at a time."""

LEFT_OUT = {7: "noise (class 7)", 18: "high noise (class 18)"}
"""ASPRS classes that hold no surface."""
NOWHERE = "without a place on earth"

_COLUMNS = {
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
    """Arrays ``position``, ``classification``, ``colour`` and ``coloured``; without ``keep`` only facts.

    What is Withheld, or noise, and what has no place on earth is left out and counted in ``notes``.
    ``unit_mult`` and ``scale`` as in ``las_system.system``.
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


@dataclass
class _Counts:
    """What was left out, by its reason, and what was kept, by its class."""

    left_out: dict[str, int] = field(default_factory=dict)
    classes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    outside: int = 0
    heights: Extremes = field(default_factory=Extremes)

    def kept(self, block: Any, places: NDArray[np.float64], classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which points of a block are kept; the first reason counts for each other."""
        kept = np.ones(len(places), bool)
        with np.errstate(invalid="ignore"):
            nowhere = ~(np.abs(places) <= FARTHEST).all(axis=1)
        reasons = [
            (NOWHERE, nowhere),
            ("flagged Withheld", np.asarray(block["withheld"]) != 0),
        ]
        reasons += [(name, classes == number) for number, name in LEFT_OUT.items()]
        for reason, mine in reasons:
            if many := int((mine & kept).sum()):
                self.left_out[reason] = self.left_out.get(reason, 0) + many
            kept &= ~mine
        self.classes += np.bincount(classes[kept], minlength=256)
        return kept


def _blocks(
    source: Any, header: LasHeader, *, height_mult: float, out: Path | None, words: Words
) -> dict[str, object]:
    names = set(source.header.point_format.dimension_names)
    colours = Colours() if "red" in names else None
    counts, kept, done = _Counts(), 0, 0
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
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
                places = np.stack([np.asarray(block[axis], np.float64) for axis in ("x", "y", "z")], axis=1)
            classes = np.asarray(block["classification"], np.uint8)
            mine = counts.kept(block, places, classes)
            places, classes = places[mine], classes[mine]
            counts.outside += _outside(places, header)
            places[:, 2] *= height_mult
            counts.heights.add(places[:, 2])
            kept += len(places)
            low = np.minimum(low, places.min(axis=0, initial=np.inf))
            high = np.maximum(high, places.max(axis=0, initial=-np.inf))
            if files:
                files["position"].write(np.ascontiguousarray(places).data)
                files["classification"].write(np.ascontiguousarray(classes).data)
            if colours is not None:
                columns = [
                    np.asarray(block[name])[mine] for name in ("red", "green", "blue", "point_source_id")
                ]
                rows = np.stack(columns, axis=1).astype(np.uint16)
                colours.add(rows[:, :3], rows[:, 3])
                if wide is not None:
                    wide.write(rows.data)
        for name, file in files.items():
            _head(file, name, kept)
        if wide is not None and colours is not None and out is not None:
            _narrow(wide, colours, out, kept)
    _say(counts, header, kept, words)
    if colours is not None:
        words.doubts.extend(colours.words())
    return {
        "count": kept,
        "with_colour": colours is not None and colours.any,
        "low": low.tolist(),
        "high": high.tolist(),
        "classes": {int(k): int(counts.classes[k]) for k in np.flatnonzero(counts.classes)},
    }


def _say(counts: _Counts, header: LasHeader, kept: int, words: Words) -> None:
    if (nowhere := counts.left_out.get(NOWHERE, 0)) * 2 >= header.count:
        raise DamagedError(
            f"{nowhere:,} of {header.count:,} points have no place on earth: its scale or offset is wrong"
        )
    left = [f"{many:,} {reason}" for reason, many in counts.left_out.items()]
    if not kept:
        raise UnsupportedError(f"none of its {header.count:,} points is shown: {', '.join(left)}")
    if left:
        words.doubts.append(f"points left out: {', '.join(left)}")
    lone = [end for end in counts.heights.lone() if end[1] * 2 < kept]
    for height, many, following in lone:
        words.doubts.append(
            f"the height {height:,.1f} ({many:,} of its points) lies far from all others, which follow at "
            f"{following:,.1f}: noise that is not classified?"
        )
    if counts.outside:
        words.doubts.append(f"points outside the box that its header announces: {counts.outside:,}")


def _outside(places: NDArray[np.float64], header: LasHeader) -> int:
    """Points outside the header's box, but for its rounding."""
    if not np.isfinite([header.low, header.high]).all() or not len(places):
        return len(places)
    room = np.abs(header.scale) * 1.01
    return int(((places < header.low - room) | (places > header.high + room)).any(axis=1).sum())


def _narrow(wide: BinaryIO, colours: Colours, out: Path, kept: int) -> None:
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
    """The head of an ``.npy`` file of so many rows; numpy pads it so that more rows do not lengthen it."""
    shape, kind = _COLUMNS[name]
    file.seek(0)
    header = {
        "descr": np.lib.format.dtype_to_descr(np.dtype(kind)),
        "fortran_order": False,
        "shape": (rows, *shape),
    }
    np.lib.format.write_array_header_1_0(file, header)
