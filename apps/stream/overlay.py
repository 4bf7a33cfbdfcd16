"""What lies over the picture: the stage's overlay for a page of some size, with some of it covered."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layers.stage import Stage

Box = tuple[float, float, float, float]

SMALLEST, LARGEST = 16.0, 16_000.0
MOST_PANELS = 32


@dataclass(frozen=True, kw_only=True)
class View:
    """The scene's size on the page and the panels that cover it (left, top, right, bottom), in CSS pixels."""

    width: float = 1280.0
    height: float = 720.0
    panels: tuple[Box, ...] = ()

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> View:
        """What a browser says of itself; what is no size or no box is left out."""
        width, height = (_size(event.get(name)) for name in ("w", "h"))
        told = event.get("panels")
        boxes = [_box(item) for item in told[:MOST_PANELS]] if isinstance(told, list) else []
        return cls(width=width, height=height, panels=tuple(box for box in boxes if box is not None))


def over(stage: Stage, view: View) -> dict[str, Any]:
    """Names, marks, north arrow and scale bar of the frame that is being drawn."""
    return stage.overlay(size=(view.width, view.height), reserved=view.panels).as_dict()


def label_styles() -> dict[str, Any]:
    """The theme of layers/labels/theme.json with label styles whole, and the signs' shapes as SVG paths."""
    from layers.labels.symbols import as_paths  # noqa: PLC0415  (the page is built before VTK is needed)
    from layers.labels.theme import STYLES, THEME  # noqa: PLC0415

    styles = {kind: asdict(style) for kind, style in STYLES.items()}
    return {**THEME, "labels": styles, "shapes": as_paths()}


def _size(value: Any) -> float:
    return min(LARGEST, max(SMALLEST, float(value))) if _is_number(value) else SMALLEST


def _box(value: Any) -> Box | None:
    if not (isinstance(value, list) and len(value) == 4 and all(map(_is_number, value))):
        return None
    left, top, right, bottom = (min(LARGEST, max(-LARGEST, float(v))) for v in value)
    return left, top, right, bottom


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
