"""What a generation holds, as a process that shows it reads it: mapped arrays, no GDAL, no data frames.

Every product has its open form beside it (GeoTIFF, GeoParquet, CSV) for QGIS, pandas and the like.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.grid import Grid


@dataclass(frozen=True, kw_only=True)
class MeshArrays:
    """Triangles in the frame, cut into chunks: square tiles, each in one or more levels of detail.

    All arrays may be memory-mapped and are never copied.
    ``position`` (n, 3) float32: east and north minus the frame's origin, height; m.
    ``tcoord`` (n, 2) float32: place on the raster, 0..1 from its west and from its north edge.
    ``triangles`` (m, 3) int32, counted from the first vertex of their chunk.
    ``chunks`` (k + 1, 4) int64: first triangle, first vertex, geometric error (mm) and tile of each chunk,
    then the totals and zeros. Chunks of one error are one level of detail, a whole terrain.
    """

    position: NDArray[np.float32]
    tcoord: NDArray[np.float32]
    triangles: NDArray[np.int32]
    chunks: NDArray[np.int64]

    def save(self, folder: Path) -> None:
        """Write the arrays, one ``.npy`` each."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("position", "tcoord", "triangles", "chunks"):
            np.save(folder / f"{name}.npy", np.ascontiguousarray(getattr(self, name)))

    @classmethod
    def load(cls, folder: Path) -> MeshArrays:
        """Map the arrays; nothing is read before it is drawn."""
        names = ("position", "tcoord", "triangles", "chunks")
        return cls(**{name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names})


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The coarse catchment around the terrain, with a hole where the terrain is."""

    mesh: MeshArrays
    picture: Path


@dataclass(frozen=True, kw_only=True)
class NamedPlace:
    """A name in both languages, ``{"zh": …, "en": …}``, and where it belongs, in the frame's CRS."""

    name: Mapping[str, str]
    east: float
    north: float


@dataclass(frozen=True, kw_only=True)
class VectorData:
    """One vector data set: shapely geometries in the frame's CRS and their attributes, row by row.

    ``fault`` says in one line why there is nothing, where the data could not be used.
    """

    id: str
    kind: str
    title: Mapping[str, str]
    geometries: Sequence[Any] = ()
    attributes: Sequence[Mapping[str, Any]] = ()
    visible: bool = True
    opacity: float = 1.0
    colour: str | None = None
    width_px: float | None = None
    label: str | None = None
    fault: str | None = None
    source: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ModelData:
    """One data set of 3D models: folders that hold a ``tileset.json`` each.

    ``covers`` are, for each folder, closed rings, east and north in the frame's CRS, inside which the model
    brings the ground and the terrain's own is not drawn. ``two_sided`` models are drawn from behind as well.
    ``fault`` says in one line why there is nothing, where the data could not be used.
    """

    id: str
    title: Mapping[str, str]
    folders: tuple[Path, ...] = ()
    covers: tuple[Sequence[Sequence[tuple[float, float]]], ...] = ()
    visible: bool = True
    opacity: float = 1.0
    two_sided: bool = False
    fault: str | None = None
    source: Mapping[str, str] = field(default_factory=dict)


BUILDINGS = "buildings.geojson"
"""In a model's folder: its buildings, whose ``number`` is the feature id of the tiles' vertices."""


def load_building(folder: Path, number: int) -> Mapping[str, Any] | None:
    """What is known of a building of the model in a folder, or None."""
    try:
        features = json.loads((folder / BUILDINGS).read_text(encoding="utf-8"))["features"]
    except FileNotFoundError:
        return None
    found = (feature["properties"] for feature in features)
    return next((facts for facts in found if facts.get("number") == number), None)


def save_grid(folder: Path, grid: Grid) -> None:
    """Write the place of the rasters in a product's folder."""
    (folder / "grid.json").write_text(json.dumps(asdict(grid)), encoding="utf-8")


def load_grid(folder: Path) -> Grid:
    return Grid(**json.loads((folder / "grid.json").read_text(encoding="utf-8")))


def save_features(path: Path, geometries: Sequence[Any], attributes: Sequence[Mapping[str, Any]]) -> None:
    """Write features as GeoJSON in the frame's CRS (metres), for views; GeoParquet is the open form."""
    from shapely.geometry import mapping  # noqa: PLC0415

    features = [
        {"type": "Feature", "geometry": mapping(shape), "properties": dict(row)}
        for shape, row in zip(geometries, attributes, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def load_features(path: Path) -> tuple[list[Any], list[dict[str, Any]]]:
    """(geometries, attributes) as ``save_features`` wrote them."""
    from shapely.geometry import shape  # noqa: PLC0415

    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return [shape(f["geometry"]) for f in features], [f["properties"] for f in features]
