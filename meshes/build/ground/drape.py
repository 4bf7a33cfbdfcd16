"""Cut the ground's picture into squares.

So many pixels at most, and one to spare on every side.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg

from twin.arrays import F32, F64, U8

MOST_PX = 600
"""Pixels along a tile's picture. It is halved until it fits, so most have 300 to 600, or all there are."""
QUALITY = 88


@dataclass(frozen=True, kw_only=True)
class Piece:
    """JPEG picture of a square with its texture placement.

    ``tcoord`` gives the place of cells in it. ``pixels`` is (rows, cols); ``halved`` how often the source was
    halved for it.
    """

    jpeg: bytes
    pixels: tuple[int, int]
    halved: int
    _start: tuple[int, int]
    _scale: tuple[float, float]

    def tcoord(self, row: F64, col: F64) -> F32:
        """Return texture coordinates (n, 2) of cell centres.

        float32, from the picture's left and top; fractions are allowed.
        """
        y = (row + 0.5) * self._scale[0] - self._start[0]
        x = (col + 0.5) * self._scale[1] - self._start[1]
        return np.stack([x / self.pixels[1], y / self.pixels[0]], axis=1).astype(np.float32)


class Drape:
    """Picture over a raster of ``shape`` cells; thread-safe.

    In a GeoTIFF of three bands with overviews. Neighbours' pieces overlap by a pixel at least, so that
    interpolation is the same on both sides of a border.
    """

    def __init__(self, path: Path, shape: tuple[int, int]) -> None:
        self._path = path
        self._own = threading.local()
        with self._opened() as file:
            self._size = (int(file.height), int(file.width))
        #: Pixels of a cell: down, across.
        self.per_cell = (self._size[0] / shape[0], self._size[1] / shape[1])

    def piece(self, row: int, col: int, side: int) -> Piece:
        """Return the picture between cell centres of a square.

        From ``row``, ``col`` to ``side`` cells further on.
        """
        halved = 0
        while side * max(self.per_cell) > MOST_PX * 2**halved:
            halved += 1
        part = 2**halved
        scale = (self.per_cell[0] / part, self.per_cell[1] / part)
        spans = [
            (max(0, int((first + 0.5) * k) - 1), min(-(-whole // part), int((first + side + 0.5) * k) + 2))
            for first, k, whole in zip((row, col), scale, self._size, strict=True)
        ]
        (top, bottom), (left, right) = spans
        pixels = self._read(top, bottom, left, right, part)
        jpeg = simplejpeg.encode_jpeg(pixels, quality=QUALITY, colorspace="RGB", colorsubsampling="420")
        return Piece(
            jpeg=jpeg, pixels=(bottom - top, right - left), halved=halved, _start=(top, left), _scale=scale
        )

    def _read(self, top: int, bottom: int, left: int, right: int, part: int) -> U8:
        from rasterio.enums import Resampling  # noqa: PLC0415  (GDAL is needed by few processes)
        from rasterio.windows import Window  # noqa: PLC0415

        if (file := getattr(self._own, "file", None)) is None:
            file = self._own.file = self._opened()
        height, width = self._size
        y0, x0, y1, x1 = top * part, left * part, min(height, bottom * part), min(width, right * part)
        bands = file.read(
            window=Window(x0, y0, x1 - x0, y1 - y0),
            out_shape=(3, bottom - top, right - left),
            resampling=Resampling.average,
        )
        return np.ascontiguousarray(np.moveaxis(bands, 0, -1))

    def _opened(self) -> Any:
        import rasterio  # noqa: PLC0415

        return rasterio.open(self._path, driver="GTiff")
