"""Convert classes of land cover to the program's own.

They are stored as any whole numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp

from twin.arrays import U8, Bools
from twin.ingest.errors import EmptyFileError, FormatError, ValuesError
from twin.ingest.sandbox.empty_cells import EmptyCells
from twin.ingest.sandbox.sidecars import Sidecars, Words
from twin.ingest.sandbox.strips import array_file, strips

MOST_CLASSES: Final = 1000
"""More different numbers than this are no classes."""
MOST_NAMED: Final = 6
"""Unknown classes that are named; more are counted."""
_SMALL: Final = 2  # bytes of numbers that are counted without sorting them


def read_landcover(
    source: Any,
    out: Path | None,
    band: int,
    *,
    meanings: Mapping[int, int] | None,
    own: frozenset[int],
    nodata: float | None,
    beside: Sidecars,
    words: Words,
) -> dict[str, object]:
    """Read class numbers as bytes (rows, cols) to ``out``.

    0 for unknown. ``classes`` are those found. ``meanings`` turns the file's numbers into the program's; None
    where the file holds these (``own``) itself. Classes that mean nothing are counted and named in
    ``words.doubts``; indices of a colour table are classes. Raises FormatError, ValuesError, EmptyFileError.
    """
    _check(source, band, beside, words, named=meanings is not None)
    found: Counter[int] = Counter()
    known = dict.fromkeys(own) if meanings is None else dict(meanings)
    with (
        closing(EmptyCells(source, band, beside=beside, words=words, nodata=nodata)) as cells,
        array_file(out, source.shape, np.uint8) as write,
    ):
        for window in strips(source):
            stored = source.read(band, window=window)
            empty = cells.of(stored, window) | (~np.isfinite(stored) if stored.dtype.kind == "f" else False)
            numbers, counts = _counted(stored[~empty])
            found.update(dict(zip(map(int, numbers), map(int, counts), strict=True)))
            if len(found) > MOST_CLASSES:
                raise ValuesError(f"holds more than {MOST_CLASSES:,} different numbers, which are no classes")
            classes = _own(stored, empty, numbers, meanings)
            classes[empty] = 0
            write(classes)
    return {"dtype": "uint8", "classes": _known(found, known, meanings is None, words)}


def _check(source: Any, band: int, beside: Sidecars, words: Words, *, named: bool) -> None:
    kind = np.dtype(source.dtypes[band - 1])
    if kind.kind not in "iuf":
        raise FormatError(f"holds numbers of the type {kind}, which are no classes")
    foreign = source.colorinterp[band - 1] == ColorInterp.palette or "classes" in beside.names
    if foreign and not named:
        words.doubts.append(
            "has colours or names for its classes, and the catalog says no 'classes': its numbers are taken "
            "for the program's own"
        )
    if (names := beside.names.get("classes")) is not None:
        words.found.append(f"names of classes in {names} not read")
    pam = beside.band(band)
    told = (source.scales[band - 1], source.offsets[band - 1], pam.scale or 1.0, pam.offset or 0.0)
    if told != (1.0, 0.0, 1.0, 0.0):
        words.doubts.append("has a scale or an offset, which classes cannot have: it is left out")
    if source.colorinterp[band - 1] in (ColorInterp.red, ColorInterp.green, ColorInterp.blue):
        words.doubts.append(
            f"band {band} is marked as the {source.colorinterp[band - 1].name} of a picture: are these "
            "classes?"
        )


def _counted(stored: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The numbers there are, rising, and how often each. Raises ValuesError for fractions."""
    if stored.dtype.kind != "f" and stored.dtype.itemsize <= _SMALL:
        lowest = np.iinfo(stored.dtype).min
        counts = np.bincount(stored.astype(np.int32) - lowest)
        there = np.flatnonzero(counts)
        return there + lowest, counts[there]
    numbers, counts = np.unique(stored, return_counts=True)
    if numbers.dtype.kind == "f" and (broken := numbers[numbers != np.round(numbers)]).size:
        raise ValuesError(f"holds {broken[0]:g}, which is no class: classes are whole numbers")
    return numbers, counts


def _own(stored: NDArray[Any], empty: Bools, numbers: NDArray[Any], meanings: Mapping[int, int] | None) -> U8:
    """The program's number of each cell; anything where it is empty."""
    if meanings is None:
        return np.where(empty, 0, stored).astype(np.uint8)
    own = np.array([meanings.get(int(number), 0) for number in numbers] or [0], np.uint8)
    places = np.searchsorted(numbers, stored).clip(0, len(own) - 1)
    return np.asarray(own[places])


def _known(found: Counter[int], known: Mapping[int, Any], as_it_is: bool, words: Words) -> list[int]:
    """The file's classes that mean something; the others, but for 0, are refused or told."""
    if not any(found[number] for number in found if number or number in known):
        raise EmptyFileError("every cell is no data: is it the right band, and the right nodata value?")
    strange = sorted(number for number in found if number and number not in known)
    if strange and as_it_is:
        raise ValuesError(
            f"holds the class {strange[0]}, which means nothing here: say in 'classes' what its numbers mean"
        )
    if strange:
        named = ", ".join(
            f"{number} ({found[number]:,} cell{'s' * (found[number] != 1)})"
            for number in strange[:MOST_NAMED]
        )
        more = f" and {len(strange) - MOST_NAMED} more" if len(strange) > MOST_NAMED else ""
        which = "a class" if len(strange) == 1 else f"{len(strange)} classes"
        words.doubts.append(
            f"holds {which} that 'classes' does not name: {named}{more}; there the ground is drawn as if "
            "nothing were known"
        )
    return sorted(number for number in found if number in known)
