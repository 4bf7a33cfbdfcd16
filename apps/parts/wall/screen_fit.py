"""Compute how names lie over the wall's picture: text size, covered boxes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from layers.labels.theme import THEME, text_scale
from twin.legible import least_font_px

if TYPE_CHECKING:
    from twin.catalog.wall_site import WallScreen

Box = tuple[float, float, float, float]

ROWS = 50.0
"""A root font is this share of the page's height, or the least font where that is larger (wall.css)."""
HEAD_REM, EDGE_REM, SIDE_REM, CARDS_REM = 3.1, 0.7, 19.0, 39.0
"""Heights and widths of wall.css; the last is what the cards of one side need together."""


def least_px(screen: WallScreen) -> float:
    """Return the least font size at the wall's own pixels, px."""
    return least_font_px(width_m=screen.width_m, distance_m=screen.distance_m, width_px=screen.pixels[0])


def root_px(screen: WallScreen) -> float:
    """Return the root font size at the wall's own pixels, px."""
    return max(least_px(screen), screen.pixels[1] / ROWS)


def text_zoom(screen: WallScreen) -> float:
    """Return the magnification of names over the picture.

    1 at least. They are placed as in a view smaller by it, so that the smallest of them is the least font.
    """
    height, least = float(screen.pixels[1]), least_px(screen)
    smallest = min(
        THEME["rain"]["size_px"],
        THEME["station"]["name"]["size_px"],
        *(style["size_px"] for style in THEME["labels"].values() if "size_px" in style),
    )
    zoom = 1.0
    for _ in range(64):  # text_scale is a power with a floor: the fixed point is met in a few rounds
        wanted = max(1.0, least / (smallest * text_scale(height / zoom)))
        if math.isclose(wanted, zoom, rel_tol=1e-9):
            break
        zoom = wanted
    return zoom


def covered(screen: WallScreen) -> tuple[Box, ...]:
    """Return the boxes that head and columns cover.

    Left, top, right, bottom, px.
    """
    (width, height), rem = screen.pixels, root_px(screen)
    top, edge, side = HEAD_REM * rem, EDGE_REM * rem, SIDE_REM * rem
    columns = max(1, math.ceil(CARDS_REM * rem / max(rem, height - top - 2 * edge)))
    wide = columns * (side + edge) + edge
    return (
        (0.0, 0.0, float(width), top),
        (0.0, top, wide, float(height)),
        (width - wide, top, float(width), float(height)),
    )
