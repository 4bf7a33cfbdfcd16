"""Small sources, written by the libraries that others use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from twin.catalog import (
    BarrierEntry,
    CurveEntry,
    Entry,
    ImageryEntry,
    LandcoverEntry,
    TerrainEntry,
    VectorEntry,
)

COMMON = {"title": {"zh": "试", "en": "Try"}, "edition": "1", "source": "a test", "access": "public"}
KINDS = {
    "terrain": (
        TerrainEntry,
        {
            "driver": "raster",
            "uri": "a.tif",
            "vertical": {"reference": "local"},
            "vertical_error_m": 1.0,
            "bed": "none",
        },
    ),
    "landcover": (LandcoverEntry, {"driver": "raster", "uri": "a.tif"}),
    "imagery": (ImageryEntry, {"driver": "raster", "uri": "a.tif"}),
    "barriers": (BarrierEntry, {"driver": "vector", "uri": "a.geojson", "crest_field": "crest_m"}),
    "curve": (CurveEntry, {"driver": "table", "uri": "a.csv", "status": "published"}),
    "road": (VectorEntry, {"driver": "vector", "uri": "a.geojson"}),
}


@pytest.fixture(scope="session")
def entry() -> Callable[..., Entry]:
    """An entry of a kind, with keys of one's own."""

    def do(kind: str, **keys: object) -> Entry:
        model, defaults = KINDS[kind]
        return model.model_validate({"id": kind, "kind": kind, **COMMON, **defaults, **keys})

    return do


@pytest.fixture
def write_tif(tmp_path: Path) -> Callable[..., Path]:
    """Write an array as a GeoTIFF of 10 m cells in EPSG:4548, unless told otherwise."""

    def do(values: np.ndarray[Any, Any], name: str = "a.tif", **profile: object) -> Path:
        bands = values if values.ndim == 3 else values[np.newaxis]
        settings = {
            "driver": "GTiff",
            "count": len(bands),
            "height": bands.shape[1],
            "width": bands.shape[2],
            "dtype": bands.dtype,
            "crs": "EPSG:4548",
            "transform": Affine(10, 0, 480_000, 0, -10, 4_490_000),
        } | profile
        with rasterio.open(tmp_path / name, "w", **settings) as file:
            file.write(bands)
        return tmp_path / name

    return do
