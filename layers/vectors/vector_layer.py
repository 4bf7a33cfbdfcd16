"""Draw vector data: points, lines and outlines, with names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import log10
from typing import Any

import numpy as np
import shapely

from layers.gl.render_context import RenderContext
from layers.labels.candidates import LabelCandidate
from layers.layer import Extent, Layer, LegendEntry, layer_of
from layers.model import SceneBasin, VectorData
from layers.vectors.draped_lines import DrapedLines
from layers.vectors.styles import PLAIN, STYLES, Row
from twin.arrays import F64
from twin.bilingual import in_both

NAME_EVERY_M = 2_500.0


class VectorLayer(Layer):
    """Points with marks, lines and outlines draped on the ground, with names."""

    kind = "vector"

    def __init__(self, data: VectorData, *, context: RenderContext) -> None:
        self._data = data
        self._style = style = STYLES.get(data.kind, PLAIN)
        own_colour = data.colour or style.colour
        self.areas = data.areas
        shapes = np.array(data.geometries, dtype=object)
        super().__init__(
            data.id,
            title=data.title,
            visible=data.visible,
            opacity=data.opacity,
            extent=_extent(shapes),
            legend=_legend(data, own_colour, shapes),
        )
        self.kind = data.kind
        self.source = data.source
        self.candidates = tuple(self._candidates(own_colour))
        areas = len(shapes) > 0 and all("Polygon" in shape.geom_type for shape in shapes)
        width_px = data.width_px or (style.outline_px if areas else style.width_px)
        self._lines = [
            DrapedLines(
                lines,
                context=context,
                colour=own_colour,
                casing=style.casing,
                width_px=share * width_px,
                casing_px=style.casing_px,
                width_m=0.0 if areas else style.width_m,
                drowns=style.drowns,
            )
            for share, lines in self._by_width(shapes)
        ]
        self.restyle()

    def restyle(self) -> None:
        for lines in self._lines:
            lines.show(visible=self.visible, opacity=self.opacity)

    def look_from(self, above_m: float) -> None:
        """Choose how finely lines are drawn by the eye's height."""
        for lines in self._lines:
            lines.look_from(above_m)

    def label_kind(self, row: Row) -> str:
        """Return the kind of label that a feature gets; see ``layers.labels.theme``."""
        return self._data.kind if self._style.label_kind is None else self._style.label_kind(row)

    def label_text(self, row: Row) -> Mapping[str, str]:
        """Return a feature's name in both languages; empty where it has none."""
        key = self._data.label
        if key is None:
            return in_both("")
        other = key.removesuffix("_zh") + "_en" if key.endswith("_zh") else key
        return in_both(_written(row.get(key)), _written(row.get(other)))

    def _by_width(self, shapes: Any) -> Iterator[tuple[float, list[F64]]]:
        """Lines of features by their share of the style's width, the thinnest first."""
        share = self._style.width_share or (lambda row: 1.0)
        shares = np.array([share(row) for row in self._data.attributes])
        for width in np.unique(shares):
            if lines := [line for shape in shapes[shares == width] for line in _lines(shape)]:
                yield float(width), lines

    def _candidates(self, colour: str) -> Iterator[LabelCandidate]:
        style = self._style
        for number, (shape, row) in enumerate(zip(self._data.geometries, self._data.attributes, strict=True)):
            text, kind = self.label_text(row), self.label_kind(row)
            is_point = "Point" in shape.geom_type
            if not text["zh"] and not is_point:
                continue
            inner = None if self.areas is None else [self.areas.inner[number]]
            for choice, (east, north) in enumerate(_name_places(shape) if inner is None else inner):
                yield LabelCandidate(
                    id=f"{self.id}/{number}",
                    layer=self.id,
                    kind=kind,
                    east=float(east),
                    north=float(north),
                    text=text,
                    mark=colour if is_point and (style.marks is None or kind in style.marks) else None,
                    choice=choice,
                    size=_size(row),
                    drowns=style.drowns,
                    lifted=style.lifted,
                )


def vector_layers(basin: SceneBasin, context: RenderContext) -> list[Layer]:
    """Make a layer for every vector data set, in order.

    And a greyed one for every broken entry.
    """
    return [layer_of(data, partial(VectorLayer, context=context)) for data in basin.vectors()]


def _legend(data: VectorData, colour: str, shapes: Any) -> tuple[LegendEntry, ...]:
    """What the classes of filled areas mean, the uppermost first; or the one colour that there is."""
    classes = () if data.areas is None else tuple(one for one in data.areas.classes if one[1]["zh"])
    if not classes:
        return (LegendEntry(colour=colour, text=data.title, shape=_shape(shapes)),)
    return tuple(LegendEntry(colour=own, text=text) for own, text in reversed(classes))


def _size(row: Row) -> float:
    """How large a place is by its people or households, 0 to 1; 0 where nothing is said."""
    for key in ("people", "population", "households"):
        value = row.get(key)
        if isinstance(value, int | float) and value > 1:
            return min(1.0, log10(value) / 7.0)
    return 0.0


def _lines(shape: Any) -> list[F64]:
    """The lines of a geometry, and the rings of its polygons, (n, 2) each."""
    if shape is None or shape.is_empty:
        return []
    parts = shapely.get_parts(shape)
    if shape.geom_type == "GeometryCollection":
        return [line for part in parts for line in _lines(part)]
    if "Polygon" in shape.geom_type:
        parts = shapely.get_rings(parts)
    return [shapely.get_coordinates(part) for part in parts if "Point" not in part.geom_type]


def _name_places(shape: Any) -> F64:
    """(n, 2) places where a geometry may carry its name, the best first."""
    if shape is None or shape.is_empty:
        return np.zeros((0, 2))
    if "Point" in shape.geom_type:
        return shapely.get_coordinates(shape)
    longest = max(_lines(shape), key=_length, default=np.zeros((0, 2)))
    if len(longest) < 2:
        return longest
    count = 2 * round(_length(longest) / NAME_EVERY_M / 2) + 1  # odd, so that one lies in the middle
    shares = (np.arange(count) + 0.5) / count
    from_the_middle = shares[np.argsort(np.abs(shares - 0.5), kind="stable")]
    line = shapely.LineString(longest)
    return shapely.get_coordinates(shapely.line_interpolate_point(line, from_the_middle, normalized=True))


def _length(line: F64) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def _extent(shapes: Any) -> Extent | None:
    if not len(shapes):
        return None
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west), float(south), float(east), float(north)


def _shape(shapes: Any) -> Any:
    return "point" if len(shapes) and "Point" in shapes[0].geom_type else "line"


def _written(value: object) -> str:
    """An attribute as people write it: a code that was stored as 110228.0 is 110228."""
    if value is None or isinstance(value, bool):
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
