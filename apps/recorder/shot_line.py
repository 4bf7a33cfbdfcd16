"""Find the line that a camera follows, in the direction of its flight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from shapely import MultiLineString, line_merge
from shapely.geometry.base import BaseGeometry

from twin.arrays import F64
from twin.layer_data import VectorData
from twin.storyboard.camera_track import Follow

if TYPE_CHECKING:
    from layers.heights import Ground
    from twin.basin import Basin

ENDS = 0.05
"""Share of a line at each end, whose mean heights tell its fall."""


def line_of(follow: Follow, basin: Basin, ground: Ground) -> F64 | None:
    """Return the line of a flight, (n, 2) east and north, m; None where there is none.

    Of a layer the longest line of the feature's reaches, or of all its features; down the ground's fall
    unless it goes upstream. Places are followed as they are written.
    """
    if follow.layer is None:
        return np.array([basin.frame.place(place) for place in follow.places]).reshape(-1, 2)
    data = next((each for each in basin.data(VectorData) if each.id == follow.layer), None)
    if data is None:
        return None
    lines = [line for row in _rows(data, follow.feature) for line in _lines(data.geometries[row])]
    merged = list(_lines(line_merge(MultiLineString(lines)))) if lines else []
    if not merged:
        return None
    line = np.array(max(merged, key=lambda one: one.length).coords)[:, :2]
    heights = ground.height(*line.T)
    ends = max(1, round(ENDS * len(line)))
    falls = np.nanmean(np.append(heights[:ends], 0)) >= np.nanmean(np.append(heights[-ends:], 0))
    return line if bool(falls) != follow.upstream else line[::-1]


def _rows(data: VectorData, feature: str | None) -> list[int]:
    """Rows of a feature: by its number or any of its texts; all without one."""

    def named(row: Mapping[str, object]) -> bool:
        return feature in [value.strip() for value in row.values() if isinstance(value, str)]

    numbers = range(len(data.geometries))
    if feature is None:
        return list(numbers)
    found = [row for row in numbers if named(data.attributes[row])]
    number = feature.rpartition("/")[2]
    return found or [row for row in numbers if str(row) == number]


def _lines(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    """Line strings of a geometry; of an area its outer ring's."""
    for part in getattr(geometry, "geoms", [geometry]):
        if part.geom_type == "LineString" and not part.is_empty:
            yield part
        elif part.geom_type.startswith("Multi"):
            yield from _lines(part)
