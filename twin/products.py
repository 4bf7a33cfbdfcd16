"""Read products of a generation: mapped arrays, no GDAL.

And no data frames. Every product has its open form beside it (GeoTIFF, GeoParquet, CSV) for QGIS, pandas and
the like.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from twin.arrays import F32
from twin.grid import Grid
from twin.strict_json import read_json

Painting = Literal["imagery", "cover", "relief", "invented"]
"""What the picture on the ground was made from."""


SAMPLE = "sample"
"""Name of the step that generates the sample basin's files."""


def vector_step_name(entry_id: str) -> str:
    """Name the step, and so the product, of a vector entry."""
    return f"vectors/{entry_id}"


def table_step_name(entry_id: str) -> str:
    """Name the step and product of a curve or a run."""
    return f"tables/{entry_id}"


def stations_step_name(entry_id: str) -> str:
    """Name the step, and so the product, of an entry of stations."""
    return f"stations/{entry_id}"


def model_step_name(entry_id: str, part: str) -> str:
    """Name the step and product of a model entry's part.

    '' begins the names of all.
    """
    return f"models/{entry_id}/{part}"


def write_json(path: Path, data: object) -> None:
    """Write a product's small file, as ``twin.strict_json`` reads it.

    Raises ValueError for NaN and ±∞.
    """
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Coarse catchment around the terrain.

    A folder with its tileset, and its heights on their grid, (rows, cols) float32 m, NaN where there are none
    and where the terrain is.
    """

    folder: Path
    heights_m: F32
    grid: Grid


@dataclass(frozen=True, kw_only=True)
class NamedPlace:
    """Name in both languages, and its place.

    ``{"zh": …, "en": …}``; in the frame's CRS.
    """

    name: Mapping[str, str]
    east: float
    north: float


AREAS = "areas"
"""In a vector product's folder: cells (.npy) and colours (.json) of areas that are filled."""
BUILDINGS = "buildings.geojson"
"""In a model's folder: its buildings, whose ``number`` is the feature id of the tiles' vertices."""


def load_building(folder: Path, number: int) -> Mapping[str, Any] | None:
    """Load the attributes of a model's building, or None.

    The model is in a folder.
    """
    try:
        features = read_json(folder / BUILDINGS)["features"]
    except FileNotFoundError:
        return None
    found = (feature["properties"] for feature in features)
    return next((facts for facts in found if facts.get("number") == number), None)


def save_painting(folder: Path, *, imagery: float, under: Sequence[Painting]) -> None:
    """Write what the ground's picture shows.

    The share of ``imagery``, and what is ``under`` it.
    """
    words = {"imagery": imagery, "under": list(under)}
    (folder / "painting.json").write_text(json.dumps(words), encoding="utf-8")


def load_painting(folder: Path) -> tuple[Painting, ...]:
    """Load what the ground's picture was made from.

    And is to be seen in it, the uppermost first.
    """
    told = read_json(folder / "painting.json")
    share = float(told["imagery"])
    under: Sequence[Painting] = told["under"] if share < 1 else ()
    return ("imagery", *under) if share > 0 else tuple(under)


def save_grid(folder: Path, grid: Grid) -> None:
    """Write the place of the rasters in a product's folder."""
    (folder / "grid.json").write_text(json.dumps(asdict(grid)), encoding="utf-8")


def load_grid(folder: Path) -> Grid:
    return Grid(**read_json(folder / "grid.json"))


def save_features(path: Path, geometries: Sequence[Any], attributes: Sequence[Mapping[str, Any]]) -> None:
    """Write features as GeoJSON in the frame's CRS (metres), for views.

    GeoParquet is the open form.
    """
    from shapely.geometry import mapping  # noqa: PLC0415

    features = [
        {"type": "Feature", "geometry": mapping(shape), "properties": dict(row)}
        for shape, row in zip(geometries, attributes, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def load_features(path: Path) -> tuple[list[Any], list[dict[str, Any]]]:
    """Load (geometries, attributes) of ``save_features``."""
    from shapely.geometry import shape  # noqa: PLC0415

    features = read_json(path)["features"]
    return [shape(f["geometry"]) for f in features], [f["properties"] for f in features]
