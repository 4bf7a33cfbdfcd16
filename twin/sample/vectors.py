"""Write the sample's vectors as GeoJSON, marked synthetic.

RFC 7946: WGS 84, longitude first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from twin.sample.facts import CRS, MARK_EN, MARK_ZH

Coordinates = Sequence[tuple[float, float]]


def feature(shape: str, coordinates: Any, **properties: object) -> dict[str, Any]:
    """Return a feature in the frame's coordinates.

    ``shape`` Point, LineString or Polygon (one ring); or Area, with shapely polygons for coordinates.
    """
    return {"shape": shape, "coordinates": coordinates, "properties": properties}


@cache
def _to_wgs84() -> Transformer:
    return Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


def _degrees(coordinates: Coordinates) -> list[list[float]]:
    xy = np.asarray(coordinates, dtype=np.float64)
    lon, lat = _to_wgs84().transform(xy[:, 0], xy[:, 1])
    return [[round(float(a), 7), round(float(b), 7)] for a, b in zip(lon, lat, strict=True)]


def _rings(polygon: Any) -> list[list[list[float]]]:
    return [_degrees(shapely.get_coordinates(ring).tolist()) for ring in shapely.get_rings(polygon)]


def write(path: Path, features: Iterable[dict[str, Any]]) -> None:
    """Write features, transformed to longitude and latitude (1 cm)."""
    done = []
    for one in features:
        shape = one["shape"]
        if shape == "Point":
            coordinates: Any = _degrees([one["coordinates"]])[0]
        elif shape == "LineString":
            coordinates = _degrees(one["coordinates"])
        elif shape == "Polygon":
            coordinates = [_degrees(one["coordinates"])]
        else:
            area = one["coordinates"]
            shape = area.geom_type
            polygons = [_rings(polygon) for polygon in shapely.get_parts(area)]
            coordinates = polygons[0] if shape == "Polygon" else polygons
        properties = {**one["properties"], "synthetic": True}
        done.append(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": shape, "coordinates": coordinates},
            }
        )
    collection = {"type": "FeatureCollection", "note": f"{MARK_ZH} / {MARK_EN}", "features": done}
    path.write_text(
        json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
