"""Style names, marks and signs by numbers of theme.json.

Both painters draw by them. Sizes are CSS pixels of a view 720 high; :func:`text_scale` is what they grow by
in others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.strict_json import read_json

THEME: Mapping[str, Any] = read_json(Path(__file__).with_suffix(".json"))


@dataclass(frozen=True, kw_only=True)
class LabelStyle:
    """Style of one kind of label.

    ``priority``: the higher one is shown where two collide, or where there are too many; an alarm adds 30.
    ``reach_m``: not shown from farther away, at normal density.
    """

    size_px: float
    colour: str
    halo: str
    bold: bool
    priority: float
    reach_m: float


STYLES: Mapping[str, LabelStyle] = {
    kind: LabelStyle(**THEME["labels"][""] | row) for kind, row in THEME["labels"].items()
}
"""By kind of label; the kind '' stands for all others."""


@dataclass(frozen=True, kw_only=True)
class ModeStyle:
    """Style of a non-present picture: frame colour and tab words."""

    colour: str
    text: str


MODE_INK: str = THEME["modes"]["ink"]
"""Words on the tab of every mode."""
MODES: Mapping[str, ModeStyle] = {
    mode: ModeStyle(**style) for mode, style in THEME["modes"].items() if mode != "ink"
}
"""No colour is that of an alarm (ISA-101), and no two look alike to the colour-blind."""


def style_of(kind: str) -> LabelStyle:
    """Return the style of a kind of label.

    ``dam-main`` falls back to ``dam``, an unknown kind to a plain one.
    """
    return STYLES.get(kind) or STYLES.get(kind.partition("-")[0]) or STYLES[""]


def text_scale(height_px: float) -> float:
    """Return the text scale for a view's height, 1 at 720.

    It grows more slowly than the view.
    """
    scale = THEME["scale"]
    return max(float(scale["least"]), float((height_px / scale["view_px"]) ** scale["power"]))


def text_width(text: str, size_px: float) -> float:
    """Estimate a text's width.

    A Chinese character takes its size, a Latin one a little over half of it.
    """
    wide_from, narrow = THEME["text"]["wide_from"], THEME["text"]["narrow"]
    return size_px * float(sum(1.0 if ord(sign) >= wide_from else narrow for sign in text))


def text_box(text: str, x: float, bottom: float, size_px: float) -> tuple[float, float, float, float]:
    """Return a text line's box with halo, centred on ``x``.

    Left, top, right, bottom.
    """
    halo, line = 2.0 * THEME["text"]["halo"] * size_px, THEME["text"]["line"] * size_px
    half = text_width(text, size_px) / 2 + halo
    return x - half, bottom - line - halo, x + half, bottom + halo
