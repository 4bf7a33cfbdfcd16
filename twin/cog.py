"""Read and write rasters as Cloud Optimized GeoTIFF.

QGIS and GDAL open them as they are. Only products of the store are read here; what a user brings goes through
``twin.ingest``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from twin.grid import Grid


def write_cog(
    path: Path,
    values: NDArray[Any],
    grid: Grid,
    *,
    overviews: Literal["nearest", "average", "none"],
    nodata: float | None = None,
    jpeg_quality: int | None = None,
) -> None:
    """Write a raster, shape (rows, cols) or (bands, rows, cols).

    ``overviews`` as named. Lossless, but for pictures (three bands of uint8) with a ``jpeg_quality``. Water
    levels take no overviews or nearest ones: an average is a level that no cell has. Raises OSError.
    """
    import rasterio.shutil  # noqa: PLC0415  (GDAL is needed by few processes)
    from rasterio.io import MemoryFile  # noqa: PLC0415
    from rasterio.transform import Affine  # noqa: PLC0415

    bands = values[np.newaxis] if values.ndim == 2 else values
    profile = {
        "driver": "GTiff",
        "width": grid.cols,
        "height": grid.rows,
        "count": len(bands),
        "dtype": values.dtype,
        "crs": grid.crs,
        "transform": Affine(*grid.transform),
        "nodata": nodata,
    }
    options = {
        "compress": "DEFLATE",
        "level": 6,
        "predictor": "YES",
        "num_threads": "ALL_CPUS",
        "overviews": "NONE" if overviews == "none" else "AUTO",
        "overview_resampling": "NEAREST" if overviews == "none" else overviews.upper(),
    }
    if jpeg_quality is not None:
        del options["level"], options["predictor"]
        options |= {"compress": "JPEG", "quality": jpeg_quality, "overview_quality": jpeg_quality}
    with MemoryFile() as memory:
        with memory.open(**profile) as plain:
            plain.write(bands)
        with memory.open() as plain, MemoryFile() as made:
            rasterio.shutil.copy(plain, made.name, driver="COG", **options)
            # Written by ourselves: GDAL frees what it wrote to a full disk and names another reason.
            path.write_bytes(made.getbuffer())


def read_cog(path: Path) -> tuple[NDArray[Any], Grid]:
    """Read a raster and its grid.

    Shape (rows, cols), or (bands, rows, cols) where the file holds several.
    """
    import rasterio  # noqa: PLC0415

    with rasterio.open(path, driver="GTiff") as file:
        values = file.read() if file.count > 1 else file.read(1)
        a, _, west, _, e, north = tuple(file.transform)[:6]
        grid = Grid(
            crs=file.crs.to_string(), rows=file.height, cols=file.width, west=west, north=north, dx=a, dy=-e
        )
    return values, grid
