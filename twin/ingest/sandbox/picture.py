"""Read a picture of the ground as RGBA bytes.

Whatever its bands, colours and depth.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from twin.arrays import U8, Bools
from twin.ingest.errors import EmptyFileError, FormatError
from twin.ingest.sandbox.colours import ColourBands, colours_of
from twin.ingest.sandbox.empty_cells import NoData, Opacity
from twin.ingest.sandbox.sidecars import Sidecars, Words
from twin.ingest.sandbox.strips import array_file, strips
from twin.ingest.sandbox.tiff_tags import EXTRA_SAMPLES, ORIENTATION, PREMULTIPLIED, shorts
from twin.ingest.sandbox.tones import Sampling, Tones

Strip = tuple[NDArray[Any], U8]
"""Stored numbers (bands, rows, cols), and the opacity (rows, cols) of a strip of cells."""

FRAME_SHARE: Final = 0.05
"""A picture of which so much is black, white or a fill, at an edge, may have a frame nobody declared."""
NEAR: Final = 6
"""So far from black or white are cells that were it before they were compressed with JPEG."""
HALF_CLEAR_SHARE: Final = 0.5
"""A picture of which more is half clear has no feathered edge but a fourth colour, most likely."""
_FILLS: Final = (-9999, -32768)


def read_picture(
    path: Path,
    source: Any,
    out: Path | None,
    *,
    bands: list[int] | None,
    nodata: float | None,
    beside: Sidecars,
    words: Words,
) -> dict[str, object]:
    """Write RGBA bytes, (rows, cols, 4), to ``out``.

    ``clear`` counts clear cells. Clear are cells that a mask, transparency, a palette or no-data values call
    so; a no-data value counts where all colours have theirs. Numbers that are no bytes are scaled by the
    picture's own statistics. ``bands`` and ``nodata`` are the catalog's. Raises FormatError, EmptyFileError.
    """
    colours = colours_of(source, bands, beside=beside, words=words)
    kinds = {np.dtype(source.dtypes[number - 1]) for number in colours.bands}
    if any(kind.kind not in "iuf" for kind in kinds):
        raise FormatError(f"holds numbers of the type {sorted(map(str, kinds))[0]}, which are no colours")
    with closing(Opacity(source, 1, alpha=colours.alpha, beside=beside, words=words)) as opacity:
        cells = _Cells(source, colours, opacity, _no_data(source, colours, nodata, beside, words))
        tones = _tones(source, colours, cells, kinds, words)
        if source.driver == "GTiff" and (turned := shorts(path, ORIENTATION)) not in ((), (1,)):
            words.doubts.append(f"says that it is turned (orientation {turned[0]}): drawn as it is stored")
        premultiplied = source.driver == "GTiff" and PREMULTIPLIED in shorts(path, EXTRA_SAMPLES)
        clear, half, frame = 0, 0, _Frame(kinds, colours, near=NEAR if _lossy(source) else 0)
        with array_file(out, (*source.shape, 4), np.uint8) as write:
            for window in strips(source):
                stored, seen = cells.of(window)
                rgba = _rgba(stored, seen, colours, tones)
                if premultiplied:
                    rgba[..., :3] = _divided(rgba)
                clear += int((rgba[..., 3] == 0).sum())
                half += int(((seen > 0) & (seen < 255)).sum())
                frame.add(stored)
                write(rgba)
    total = source.shape[0] * source.shape[1]
    if clear == total:
        raise EmptyFileError("every cell is clear or no data: there is nothing to draw")
    if colours.alpha and half > HALF_CLEAR_SHARE * total:
        words.doubts.append(
            f"{_percent(half / total)} of it is half clear by its band {colours.alpha}: if that is no "
            f"transparency but near infrared, say so (gdal_edit -colorinterp_{colours.alpha} undefined)"
        )
    if clear:
        words.found.append(f"{_percent(clear / total)} clear")
    elif told := frame.words(total):
        words.doubts.append(told)
    return {"dtype": "uint8", "clear": clear}


class _Cells:
    """Reads the colours of a picture as they are stored, and how opaque its cells are."""

    def __init__(self, source: Any, colours: ColourBands, opacity: Opacity, no_data: list[NoData]) -> None:
        self._source, self._bands, self._opacity = source, colours.bands, opacity
        self._no_data = no_data if any(band.values for band in no_data) else []

    def of(self, window: Window) -> Strip:
        stored = np.stack([self._source.read(number, window=window) for number in self._bands])
        seen = self._opacity.of(window)
        if self._no_data:
            empty = np.ones(seen.shape, np.bool_)
            for values, band in zip(stored, self._no_data, strict=True):
                empty &= band.of(values)
            seen[empty] = 0
        if stored.dtype.kind == "f":
            seen[~np.isfinite(stored).all(axis=0)] = 0
        return stored, seen

    def numbers(self, stored: NDArray[Any], seen: U8) -> NDArray[Any]:
        """Numbers of a strip's opaque cells, without those that stand for no data in their own band."""
        if seen.all() and not self._no_data:
            return stored
        there = np.repeat(seen[np.newaxis] > 0, len(stored), axis=0)
        for k, band in enumerate(self._no_data):
            there[k] &= ~band.of(stored[k])
        return np.asarray(stored[there])


def _no_data(
    source: Any, colours: ColourBands, nodata: float | None, beside: Sidecars, words: Words
) -> list[NoData]:
    """No-data values of each colour; one that has none of its own takes the first that are told."""
    each = [Words() for _ in colours.bands]
    found = [
        NoData(source, number, beside=beside, words=said, nodata=nodata)
        for number, said in zip(colours.bands, each, strict=True)
    ]
    words.found.extend(dict.fromkeys(line for said in each for line in said.found))
    words.doubts.extend(dict.fromkeys(line for said in each for line in said.doubts))
    if _lossy(source) and any(b.values for b in found):
        words.doubts.append(
            "is compressed with JPEG, which changes numbers: some of its no data may be drawn as specks; a "
            "mask is exact (nearblack -setmask)"
        )
    first = next((band.values for band in found if band.values), [])
    for band in found:
        band.values = band.values or first
    return found


def _lossy(source: Any) -> bool:
    return "JPEG" in source.tags(ns="IMAGE_STRUCTURE").get("COMPRESSION", "") or source.driver == "JPEG"


def _tones(
    source: Any, colours: ColourBands, cells: _Cells, kinds: set[np.dtype[Any]], words: Words
) -> Tones | None:
    """How numbers become bytes; None where they are bytes, or indices of a palette."""
    if colours.kind == "palette":
        return None
    if kinds == {np.dtype(np.uint8)}:
        bits = int(source.tags(colours.bands[0], ns="IMAGE_STRUCTURE").get("NBITS", 8))
        return None if bits >= 8 else Tones(low=0.0, high=float(2**bits - 1))
    sampling = Sampling(cells=source.shape[0] * source.shape[1] * len(colours.bands))
    for window in strips(source):
        stored, seen = cells.of(window)
        sampling.add(cells.numbers(stored, seen))
    tones = sampling.tones(whole=all(kind.kind in "iu" for kind in kinds))
    kind = "/".join(sorted(map(str, kinds)))
    words.found.append(f"{kind}: {tones.low:.6g} to {tones.high:.6g} drawn from black to white")
    return tones


def _rgba(stored: NDArray[Any], seen: U8, colours: ColourBands, tones: Tones | None) -> U8:
    rgba = np.empty((*seen.shape, 4), np.uint8)
    if colours.table is not None:
        index = np.where((stored[0] >= 0) & (stored[0] < len(colours.table)), stored[0], 0).astype(np.intp)
        rgba[...] = colours.table[index]
        rgba[..., 3] = np.minimum(rgba[..., 3], np.where(index == stored[0], seen, 0))
        return rgba
    shown = stored if tones is None else tones.bytes(stored)
    if colours.inverted:
        shown = 255 - shown
    if colours.kind == "cmyk":
        paper = 255 - shown.astype(np.float32)
        shown = np.round(paper[:3] * paper[3] / 255).astype(np.uint8)
    rgba[..., :3] = np.moveaxis(shown, 0, -1)  # one band of grey becomes three
    rgba[..., 3] = seen
    return rgba


def _divided(rgba: U8) -> U8:
    """Colours that were stored multiplied by their opacity, as they are."""
    share = rgba[..., 3:].astype(np.float32) / 255
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(share > 0, np.round(np.minimum(rgba[..., :3] / share, 255)), 0).astype(np.uint8)


class _Frame:
    """Counts cells of a picture whose colours all hold one number that often stands for nothing."""

    def __init__(self, kinds: set[np.dtype[Any]], colours: ColourBands, *, near: int = 0) -> None:
        """``near`` is how far from such a number a cell may be."""
        kind = max(kinds, key=lambda kind: kind.itemsize)
        numbers = [0, *_FILLS]
        if kind.kind != "f":
            limits = np.iinfo(kind)
            numbers = [n for n in (0, limits.max, limits.min, *_FILLS) if limits.min <= n]
        self._counts = dict.fromkeys([] if colours.kind == "palette" else numbers, 0)
        self._corners: set[float] = set()
        self._near = near

    def add(self, stored: NDArray[Any]) -> None:
        """Take in a strip, (bands, rows, cols), as it is stored."""
        for number in self._counts:
            alike = self._is(stored[0], number)
            for band in stored[1:] if alike.any() else ():
                alike &= self._is(band, number)
            self._counts[number] += int(alike.sum())
        for row in (0, -1):
            self._corners |= {float(stored[0, row, col]) for col in (0, -1)}

    def _is(self, band: NDArray[Any], number: int) -> Bools:
        if not self._near:
            return np.asarray(band == number)
        return np.asarray((band <= number + self._near) & (band >= number - self._near))

    def words(self, total: int) -> str:
        """A doubt where one number fills much of the picture, from an edge on; else ''."""
        for number, count in self._counts.items():
            at_corner = any(abs(corner - number) <= self._near for corner in self._corners)
            if FRAME_SHARE * total <= count < total and at_corner:
                told, mend = f"{number}", f"set nodata: {number} in the catalog"
                if self._near:
                    told, mend = f"nearly {number}", "make a mask of it (nearblack -setmask)"
                return (
                    f"{_percent(count / total)} of it holds {told} in all colours and nothing declares that "
                    f"clear: where it is no picture, {mend}"
                )
        return ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"
