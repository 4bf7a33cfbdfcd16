"""Viewport: size of the scene on a page, and covering panels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]

SMALLEST, LARGEST = 16.0, 16_000.0
MOST_PANELS = 32


@dataclass(frozen=True, kw_only=True)
class Viewport:
    """Size of the scene on the page, and the panels covering it.

    Panels are left, top, right, bottom; all in CSS pixels.
    """

    width: float = 1280.0
    height: float = 720.0
    panels: tuple[Box, ...] = ()

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Viewport:
        """Read a browser's message.

        What is no size or no box is left out.
        """
        width, height = (_size(event.get(name)) for name in ("w", "h"))
        panels = event.get("panels")
        boxes = [_box(item) for item in panels[:MOST_PANELS]] if isinstance(panels, list) else []
        return cls(width=width, height=height, panels=tuple(box for box in boxes if box is not None))


def _size(value: Any) -> float:
    return min(LARGEST, max(SMALLEST, float(value))) if _is_number(value) else SMALLEST


def _box(value: Any) -> Box | None:
    if not (isinstance(value, list) and len(value) == 4 and all(map(_is_number, value))):
        return None
    left, top, right, bottom = (min(LARGEST, max(-LARGEST, float(v))) for v in value)
    return left, top, right, bottom


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
