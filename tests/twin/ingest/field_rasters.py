"""A raster of heights, and the words that programs write into it and beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

HILL = (100 + np.hypot(*np.mgrid[-20:20, -30:30])).astype(np.float32)
FOOT_M, SURVEY_FOOT_M = 0.3048, 1200 / 3937
Entry = Callable[..., Any]
WriteTif = Callable[..., Path]


def describe(path: Path, **facts: Any) -> Path:
    """Set a band's scale, offset and unit, as ``gdal_edit`` does."""
    with rasterio.open(path, "r+") as file:
        for name, value in facts.items():
            setattr(file, name, (value,) * file.count)
    return path


def pam(path: Path, band: str = "", dataset: str = "") -> Path:
    words = f'<PAMDataset>{dataset}<PAMRasterBand band="1">{band}</PAMRasterBand></PAMDataset>'
    beside = path.with_name(f"{path.name}.aux.xml")
    beside.write_text(words, encoding="utf-8")
    return beside
