"""Mask cells without a value: no data, masks inside and beside, transparency."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import RasterioIOError
from rasterio.windows import Window

from twin.arrays import U8, Bools
from twin.ingest.errors import FormatError
from twin.ingest.sandbox.sidecars import Sidecars, Words
from twin.ingest.sandbox.strips import strips


class NoData:
    """No-data values of a band.

    Those of the file, of PAM and of the catalog, in the band's own type. They are compared with the stored
    numbers, before scale and offset, as GDAL defines them.
    """

    def __init__(
        self, source: Any, band: int, *, beside: Sidecars, words: Words, nodata: float | None = None
    ) -> None:
        self._band, self._words = band, words
        self._kind = np.dtype(source.dtypes[band - 1])
        self.values: list[Any] = []
        own = source.nodatavals[band - 1]
        told = [
            (own, ""),
            *((value, beside.names["pam"]) for value in beside.band(band).nodata),
            (nodata, ""),
        ]
        for value, file in told:
            if value is not None:
                self._take(float(value), file)
        if len(set(self.values)) > 1:
            several = " and ".join(f"{value:g}" for value in dict.fromkeys(self.values))
            words.found.append(f"no data {several}, as file and catalog say")
        self._contradicted(own, beside)

    def of(self, stored: NDArray[Any]) -> Bools:
        """Mask cells whose stored number is a no-data value."""
        empty = np.zeros(stored.shape, np.bool_)
        for value in self.values:
            empty |= stored == value
        return empty

    def _take(self, value: float, file: str) -> None:
        """Note a no-data value in the band's own type, or a doubt where that cannot hold it."""
        if np.isnan(value):
            if self._kind.kind in "fc":
                return  # NaN is never a value
        elif self._kind.kind == "f":
            with np.errstate(over="ignore"):
                stored = self._kind.type(value)
            if file:
                self._words.found.append(f"no data {value:g} from {file}")
            self.values.append(stored)
            return
        elif self._kind.kind in "iu":
            limits = np.iinfo(self._kind)
            if value == round(value) and limits.min <= value <= limits.max:
                if file:
                    self._words.found.append(f"no data {value:g} from {file}")
                self.values.append(self._kind.type(int(value)))
                return
        where = f"{file} declares" if file else "it declares, or the catalog does,"
        self._words.doubts.append(
            f"{where} {value:g} as no data, which {self._kind} cannot hold: no cell is left out by it"
        )

    def _contradicted(self, own: float | None, beside: Sidecars) -> None:
        """Doubt where the file and its PAM declare different values: one of them may be a height."""
        pam = [value for value in beside.band(self._band).nodata if not np.isnan(value)]
        if own is not None and not np.isnan(own) and not np.allclose(pam, own, rtol=1e-6, atol=0):
            others = " and ".join(f"{value:g}" for value in pam)
            self._words.doubts.append(
                f"declares {own:g} as no data, and {beside.names['pam']} {others}: all of them are left "
                "out; remove what is wrong"
            )


class Opacity:
    """Opacity of cells by masks and transparency band.

    A mask inside the raster, a mask beside it, and a band of transparency.
    """

    def __init__(self, source: Any, band: int, *, alpha: int, beside: Sidecars, words: Words) -> None:
        """``alpha`` is the number of the band of transparency, 0 for none."""
        self._source, self._band, self._alpha = source, band, alpha
        self._full = _opaque(source, alpha) if alpha else 0
        flags = source.mask_flag_enums[band - 1]
        self._masked = MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags
        self._outside = None if beside.mask is None else _opened(beside.mask, source)
        if self._outside is not None:
            words.found.append(f"mask {beside.names['mask']}")

    def close(self) -> None:
        if self._outside is not None:
            self._outside.close()

    @property
    def any(self) -> bool:
        """Whether any cell can be clear."""
        return bool(self._masked or self._alpha or self._outside)

    def of(self, window: Window) -> U8:
        """Return the opacity of a window's cells.

        0 clear to 255 opaque.
        """
        opacity = np.full((int(window.height), int(window.width)), 255, np.uint8)
        if self._masked:
            np.minimum(opacity, self._source.read_masks(self._band, window=window), out=opacity)
        if self._alpha:
            np.minimum(
                opacity, _bytes(self._source.read(self._alpha, window=window), self._full), out=opacity
            )
        if self._outside is not None:
            number = self._band if self._outside.count >= self._band > 1 else 1
            opacity[self._outside.read(number, window=window) == 0] = 0
        return opacity


class EmptyCells:
    """Cells of one band without a value.

    Whatever any of file, sidecars and catalog calls empty.
    """

    def __init__(
        self, source: Any, band: int, *, beside: Sidecars, words: Words, nodata: float | None = None
    ) -> None:
        self._nodata = NoData(source, band, beside=beside, words=words, nodata=nodata)
        alpha = alpha_band(source)
        self._opacity = Opacity(source, band, alpha=0 if alpha == band else alpha, beside=beside, words=words)

    def close(self) -> None:
        self._opacity.close()

    def of(self, stored: NDArray[Any], window: Window) -> Bools:
        """Empty cells of a window, whose stored numbers are given; same shape."""
        empty = self._nodata.of(stored)
        return empty | (self._opacity.of(window) == 0) if self._opacity.any else empty


def alpha_band(source: Any) -> int:
    """Return the number of the first band of transparency, 0 for none."""
    found = [number for number, kind in enumerate(source.colorinterp, 1) if kind == ColorInterp.alpha]
    return found[0] if found else 0


def _opaque(source: Any, alpha: int) -> int:
    """The number that stands for opaque in a band of transparency: programs write 1, 255 or the type's most.

    0 where the numbers are fractions.
    """
    kind = np.dtype(source.dtypes[alpha - 1])
    if kind.kind not in "iu":
        return 0
    most, largest = int(np.iinfo(kind).max), 0
    for window in strips(source):
        largest = max(largest, int(source.read(alpha, window=window).max()))
        if largest > 255 or (largest > 1 and most <= 255):
            break
    if not largest:
        return most
    return next(full for full in (1, min(255, most), 1023, 4095, 16383, most) if full >= largest)


def _bytes(alpha: NDArray[Any], full: int) -> U8:
    """Opacity as bytes: whole numbers by the one that is opaque (``full``), fractions as opaque or clear."""
    if alpha.dtype == np.uint8 and full == 255:
        return alpha
    if alpha.dtype.kind not in "iu":
        return np.where(alpha.real > 0, 255, 0).astype(np.uint8)
    return np.round(alpha.clip(0, full) / np.float64(full) * 255).astype(np.uint8)


def _opened(file: Path, source: Any) -> Any:
    """A mask beside a raster: a GeoTIFF of bytes with the raster's own rows and columns."""
    try:
        mask = rasterio.open(file, driver="GTiff")
    except RasterioIOError:
        raise FormatError(f"{file.name} beside it is no mask that can be read: mend or remove it") from None
    if mask.shape != source.shape or mask.dtypes[0] != "uint8":
        mask.close()
        raise FormatError(
            f"{file.name} beside it has other rows or columns than the raster: mend or remove it"
        )
    return mask
