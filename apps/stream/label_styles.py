"""Share the theme of labels with the page's painter."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any


def label_styles() -> dict[str, Any]:
    """Return the label theme with styles whole and SVG sign shapes.

    Of layers/labels/theme.json.
    """
    from layers.labels.symbols import as_paths  # noqa: PLC0415  (the page is built before VTK is needed)
    from layers.labels.theme import STYLES, THEME  # noqa: PLC0415

    styles = {kind: asdict(style) for kind, style in STYLES.items()}
    return {**THEME, "labels": styles, "shapes": as_paths()}
