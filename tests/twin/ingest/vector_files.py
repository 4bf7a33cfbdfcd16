"""Three squares as a vector file, and what the child that reads it answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import shapely

from twin.ingest.sandbox import vector

Entry = Callable[..., Any]
FRAME = "EPSG:4548"
SQUARES = [shapely.box(490_000 + 100 * k, 4_483_000, 490_050 + 100 * k, 4_483_050) for k in range(3)]
KINDS = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON"}


def looked(path: Path, **keys: Any) -> dict[str, Any]:
    """What the child would answer."""
    out = path.parent / f"out{len(list(path.parent.iterdir()))}"
    out.mkdir()
    arguments = {"layer": None, "encoding": None, "keep": True, **keys}
    found = vector.read(path, out=out, driver=KINDS[path.suffix.lower()], **arguments)
    return dict(found)


def a_set(folder: Path, name: str = "a") -> Path:
    path = folder / f"{name}.shp"
    columns = {"NAME": ["甲", "乙", "丙"], "XZQDM": [110228.0, 110118.0, None]}
    geopandas.GeoDataFrame(columns, geometry=SQUARES, crs=FRAME).to_file(path, encoding="utf-8")
    return path
