"""Find the line that a camera follows, in its direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from shapely import LineString, MultiLineString, line_merge
from shapely.geometry.base import BaseGeometry

from twin.arrays import F64
from twin.products import load_features, vector_step_name
from twin.storyboard.camera_track import Follow

if TYPE_CHECKING:
    from layers.heights import Ground
    from twin.basin import Basin


def line_of(follow: Follow, basin: Basin, ground: Ground) -> F64 | None:
    """Return the line of a flight, (n, 2) east and north, m.

    None where there is none. Of a layer the longest line of the feature's reaches, or of all its features;
    down the ground's fall unless it goes upstream. Places are followed as they are written.
    """
    if follow.layer is None:
        return np.array([basin.frame.place(place) for place in follow.places]).reshape(-1, 2)
    step = vector_step_name(follow.layer)
    if not basin.generation.has(step):
        return None
    geometries, attributes = load_features(basin.generation.path(step) / "features.json")
    lines = [line for row in _rows(attributes, follow.feature) for line in _lines(geometries[row])]
    merged = list(_lines(line_merge(MultiLineString(lines)))) if lines else []
    if not merged:
        return None
    line = np.array(max(merged, key=lambda one: one.length).coords)[:, :2]
    heights = ground.height(*line.T)
    heights = np.where(np.isnan(heights), ground.height_around(*line.T), heights)
    known = heights[np.isfinite(heights)]
    ends = max(1, len(known) // 10)
    falls = not len(known) or known[:ends].mean() >= known[-ends:].mean()
    return line if bool(falls) != follow.upstream else line[::-1]


def _rows(attributes: Sequence[Mapping[str, object]], feature: str | None) -> list[int]:
    """Rows of a feature: by its number or any of its texts; all without one."""

    def named(row: Mapping[str, object]) -> bool:
        return feature in [value.strip() for value in row.values() if isinstance(value, str)]

    numbers = range(len(attributes))
    if feature is None:
        return list(numbers)
    found = [row for row in numbers if named(attributes[row])]
    number = feature.rpartition("/")[2]
    return found or [row for row in numbers if str(row) == number]


def _lines(geometry: BaseGeometry) -> Iterator[LineString]:
    """Line strings of a geometry."""
    for part in getattr(geometry, "geoms", [geometry]):
        if isinstance(part, LineString) and not part.is_empty:
            yield part
        elif part.geom_type.startswith("Multi"):
            yield from _lines(part)
