"""The theme that the page's painter of labels shares with the one of saved pictures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any


def label_styles() -> dict[str, Any]:
    """The theme of layers/labels/theme.json with label styles whole, and the signs' shapes as SVG paths."""
    from layers.labels.symbols import as_paths  # noqa: PLC0415  (the page is built before VTK is needed)
    from layers.labels.theme import STYLES, THEME  # noqa: PLC0415

    styles = {kind: asdict(style) for kind, style in STYLES.items()}
    return {**THEME, "labels": styles, "shapes": as_paths()}
