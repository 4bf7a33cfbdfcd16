"""Write the picture that lies on the ground as a COG."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from twin.arrays import U8
from twin.cog import write_cog
from twin.grid import Grid

PICTURE = "surface.tif"
PICTURE_QUALITY = 95


def save_picture(folder: Path, picture: U8, ground: Grid) -> None:
    """Write ``surface.tif``: a picture, (rows, cols, 3), of a grid's extent."""
    rows, cols = picture.shape[:2]
    grid = replace(
        ground, rows=rows, cols=cols, dx=ground.dx * ground.cols / cols, dy=ground.dy * ground.rows / rows
    )
    bands = np.ascontiguousarray(np.moveaxis(picture, -1, 0))
    write_cog(folder / PICTURE, bands, grid, overviews="average", jpeg_quality=PICTURE_QUALITY)
