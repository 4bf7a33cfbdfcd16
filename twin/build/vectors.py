"""A vector entry in the frame's CRS: GeoParquet for everyone, GeoJSON for the views."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.build.notes import write_notes
from twin.catalog import Catalog, VectorEntry
from twin.frame import frame_of
from twin.ingest import read_vector
from twin.products import save_features


def make_vectors(folder: Path, *, catalog: Catalog, entry: VectorEntry, path: Path) -> None:
    """Write ``data.parquet`` and ``features.json``; what was left out is noted beside them."""
    import geopandas  # noqa: PLC0415  (half a second and 100 MB, for builds only)

    frame = frame_of(catalog.head)
    features = read_vector(path, entry, crs=frame.crs)
    write_notes(folder, {entry.id: features.notes})
    table = geopandas.GeoDataFrame(dict(features.attributes), geometry=features.geometry, crs=frame.crs)
    table.to_parquet(folder / "data.parquet", compression="zstd")
    rows = [
        {name: column[i] for name, column in features.attributes.items()}
        for i in np.arange(len(features)).tolist()
    ]
    save_features(folder / "features.json", list(features.geometry), rows)
