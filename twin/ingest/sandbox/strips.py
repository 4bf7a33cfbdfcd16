"""Read and write rasters strip by strip.

Neither is ever whole in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

STRIP = 4_000_000
"""Cells read at a time."""


def strips(source: Any) -> list[Window]:
    """Yield windows of whole rows along the raster's blocks.

    From its first row on.
    """
    rows, cols = source.shape
    deep = max(1, min(rows, STRIP // cols // source.block_shapes[0][0] * source.block_shapes[0][0]))
    return [Window(0, top, cols, min(deep, rows - top)) for top in range(0, rows, deep)]


@contextmanager
def array_file(
    out: Path | None, shape: tuple[int, ...], kind: Any
) -> Iterator[Callable[[NDArray[Any]], object]]:
    """Yield a writer of array strips to ``values.npy``.

    In a folder, or nowhere for None.
    """
    if out is None:
        yield lambda strip: None
        return
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": shape}
    with (out / "values.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        yield lambda strip: file.write(np.ascontiguousarray(strip).data)
