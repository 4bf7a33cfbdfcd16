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

from twin.ingest.errors import FormatError
from twin.ingest.inside.sidecars import Sidecars, Words

Mask = NDArray[np.bool_]


class EmptyCells:
    """Cells without a value: all that any of the file, its sidecars and the catalog calls empty.

    No-data values are compared with the stored numbers, before scale and offset, as GDAL defines them.
    """

    def __init__(
        self, source: Any, band: int, *, beside: Sidecars, words: Words, nodata: float | None = None
    ) -> None:
        self._source, self._band = source, band
        self.kind = np.dtype(source.dtypes[band - 1])
        own = source.nodatavals[band - 1]
        told = [
            (own, ""),
            *((value, beside.names["pam"]) for value in beside.band(band).nodata),
            (nodata, ""),
        ]
        self._words = words
        self._values: list[Any] = []
        for value, file in told:
            if value is not None:
                self._take(float(value), file)
        if len(set(self._values)) > 1:
            several = " and ".join(f"{value:g}" for value in dict.fromkeys(self._values))
            words.found.append(f"no data {several}, as file and catalog say")
        self._contradicted(own, beside)
        flags = source.mask_flag_enums[band - 1]
        self._masked = MaskFlags.all_valid not in flags and flags != [MaskFlags.nodata]
        self._alpha = self._alpha_band()
        self._outside = None if beside.mask is None else _opened(beside.mask, source)
        if self._outside is not None:
            self._words.found.append(f"mask {beside.names['mask']}")

    def close(self) -> None:
        if self._outside is not None:
            self._outside.close()

    @property
    def any(self) -> bool:
        """Whether any cell can be empty."""
        return bool(self._values or self._masked or self._alpha or self._outside)

    def of(self, stored: NDArray[Any], window: Window) -> Mask:
        """Empty cells of a window, whose stored numbers are given; same shape."""
        empty = np.zeros(stored.shape, np.bool_)
        for value in self._values:
            empty |= stored == value
        if self._masked:
            empty |= self._source.read_masks(self._band, window=window) == 0
        if self._alpha:
            empty |= self._source.read(self._alpha, window=window) == 0
        if self._outside is not None:
            number = self._band if self._outside.count >= self._band > 1 else 1
            empty |= self._outside.read(number, window=window) == 0
        return empty

    def _take(self, value: float, file: str) -> None:
        """Note a no-data value in the band's own type, or a doubt where that cannot hold it."""
        if np.isnan(value):
            if self.kind.kind == "f":
                return  # NaN is never a value
        elif self.kind.kind == "f":
            with np.errstate(over="ignore"):
                stored = self.kind.type(value)
            if file:
                self._words.found.append(f"no data {value:g} from {file}")
            self._values.append(stored)
            return
        else:
            limits = np.iinfo(self.kind)
            if value == round(value) and limits.min <= value <= limits.max:
                if file:
                    self._words.found.append(f"no data {value:g} from {file}")
                self._values.append(self.kind.type(int(value)))
                return
        where = f"{file} declares" if file else "it declares, or the catalog does,"
        self._words.doubts.append(
            f"{where} {value:g} as no data, which {self.kind} cannot hold: no cell is left out by it"
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

    def _alpha_band(self) -> int:
        """The number of a band of transparency other than the band itself, 0 for none."""
        kinds = self._source.colorinterp
        found = [number for number, kind in enumerate(kinds, 1) if kind == ColorInterp.alpha]
        return found[0] if found and found[0] != self._band else 0


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
