"""Style each kind of vector data: one row of one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class VectorStyle:
    """Style of a kind's lines, marks and names.

    Widths in px are for a picture 720 high. ``outline_px`` is the width around areas; ``width_m`` the width
    on the ground where that is more. What ``drowns`` is hidden where the flood has reached it. A ``lifted``
    name stands above its place. ``label_kind`` tells a feature's kind of label (see ``layers.labels.theme``),
    by itself the data's kind; only points of the label kinds ``marks`` have a mark, or all of them where it
    is None. ``width_share`` makes some features' lines thinner than the others'.
    """

    colour: str = "#ffd27a"
    casing: str = "#16242f"
    width_px: float = 2.0
    outline_px: float = 1.6
    casing_px: float = 1.0
    width_m: float = 0.0
    drowns: bool = False
    lifted: bool = False
    marks: frozenset[str] | None = None
    label_kind: Callable[[Row], str] | None = None
    width_share: Callable[[Row], float] | None = None


def _main_or_not(kind: str) -> Callable[[Row], str]:
    return lambda row: f"{kind}-main" if row.get("kind") == "main" else kind


STYLES: dict[str, VectorStyle] = {
    # Crests as wide as a dam's road from near by; a gauge on one has its sign where its name would be.
    "barriers": VectorStyle(
        colour="#efe3c2",
        casing="#5b4a2a",
        width_px=2.6,
        outline_px=1.2,
        casing_px=0.8,
        width_m=16.0,
        lifted=True,
        label_kind=_main_or_not("dam"),
    ),
    # A dark edge, so that they are seen over land and water.
    "boundary": VectorStyle(colour="#f2b632", casing="#4a3608", width_px=2.2, outline_px=2.2),
    "township": VectorStyle(colour="#f7d58a", casing="#5a4a1e", outline_px=1.4, casing_px=0.6),
    "watershed": VectorStyle(colour="#2f8f9b", casing="#e8fbff", outline_px=1.0, casing_px=0.5),
    "river-range": VectorStyle(colour="#1c4fb0", casing="#dbe9ff", outline_px=0.9, casing_px=0.3),
    "reservoir-range": VectorStyle(colour="#1c4fb0", casing="#dbe9ff", outline_px=0.9, casing_px=0.3),
    "protection-zone": VectorStyle(colour="#8a2f58", casing="#ffe3ef", outline_px=1.2, casing_px=0.5),
    "belt": VectorStyle(colour="#5b2c93", casing="#efe0ff", outline_px=0.9, casing_px=0.3),
    "river": VectorStyle(
        colour="#6db7e8",
        casing="#1c4e78",
        width_px=1.8,
        casing_px=0.6,
        drowns=True,
        label_kind=_main_or_not("river"),
    ),
    # Those at levels that have a name are bold, as every fifth contour of a map.
    "shoreline": VectorStyle(
        colour="#7ff0ff",
        casing="#0b3a5c",
        width_px=1.7,
        casing_px=0.5,
        width_share=lambda row: 1.0 if row.get("named") else 0.6,
    ),
    "village": VectorStyle(colour="#e8792b"),
    # The reservoir, islands and bays are areas; only a peak is a point.
    "place": VectorStyle(
        colour="#ffffff",
        marks=frozenset({"peak"}),
        label_kind=lambda row: str(row.get("kind") or "place"),
    ),
}
PLAIN = VectorStyle()
"""How any other kind is drawn."""
