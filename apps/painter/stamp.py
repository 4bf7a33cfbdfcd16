"""Place the burnt-in words "synthetic data" where no panel covers them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

from apps.painter.viewport import Box, Viewport

PREFERRED = (0.5, 0.085)
"""Below the head, in the middle."""
ACROSS = (0.5, 0.42, 0.36, 0.32, 0.58, 0.64, 0.7)
DOWN = (0.085, 0.125, 0.165, 0.205, 0.26, 0.32, 0.4, 0.5)


@lru_cache(maxsize=64)
def stamp_place(viewport: Viewport) -> tuple[float, float]:
    """Return the first stamp place that no panel covers.

    Fractions from left and top; else the one covered least.
    """
    from layers.labels.painter import stamp_box  # noqa: PLC0415  (the page is built before VTK is needed)

    size = (viewport.width, viewport.height)
    places = [PREFERRED, *((x, y) for y, x in product(DOWN, ACROSS))]
    return min(places, key=lambda at: _covered(stamp_box(at, size), viewport.panels))


def _covered(box: Box, panels: Sequence[Box]) -> float:
    """Square pixels of a box that panels cover; the first of several equal places is taken."""
    left, top, right, bottom = box
    return sum(
        max(0.0, min(right, r) - max(left, x)) * max(0.0, min(bottom, b) - max(top, y))
        for x, y, r, b in panels
    )
