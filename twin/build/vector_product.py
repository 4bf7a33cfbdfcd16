"""Write the product of a vector entry, in the frame's CRS.

GeoParquet for everyone, GeoJSON for the views.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from twin.catalog import Catalog, VectorEntry, frame_of
from twin.cross_checks import vector_doubts
from twin.ingest import read_vector
from twin.ingest.features import Cell
from twin.notes import write_notes
from twin.products import save_features


def make_vectors(
    folder: Path, *, catalog: Catalog, entry: VectorEntry, path: Path, ground: Path | None = None
) -> None:
    """Write ``data.parquet`` and ``features.json``; what was left out is noted beside them.

    Areas that are filled on the map get their cells on the ``ground`` product's raster.
    """
    import geopandas  # noqa: PLC0415  (half a second and 100 MB, for builds only)

    frame = frame_of(catalog.head)
    features = read_vector(path, entry, crs=frame.crs)
    write_notes(folder, {entry.id: (*features.notes, *vector_doubts(catalog, entry, features))})
    columns = {name: _column(cells) for name, cells in features.attributes.items()}
    table = geopandas.GeoDataFrame(columns, geometry=features.geometry, crs=frame.crs)
    table.to_parquet(folder / "data.parquet", compression="zstd")
    rows = [
        {name: column[i] for name, column in features.attributes.items()}
        for i in np.arange(len(features)).tolist()
    ]
    shapes = list(features.geometry)
    save_features(folder / "features.json", shapes, rows)
    if ground is not None:
        from twin.build.area_product import write_areas  # noqa: PLC0415  (numba)

        write_areas(folder, kind=entry.kind, shapes=shapes, rows=rows, ground=ground, frame=frame)


def _column(cells: Sequence[Cell]) -> Any:
    """Cells for a table; whole numbers stay whole where some are missing, for they may be codes."""
    import pandas  # noqa: PLC0415

    numbers = [cell for cell in cells if cell is not None]
    if len(numbers) == len(cells) or not numbers or any(type(cell) is not int for cell in numbers):
        return list(cells)
    return pandas.Series(list(cells), dtype="Int64")
