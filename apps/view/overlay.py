"""What lies over the picture: the stage's overlay, and how its names look."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layers.stage import Stage


def over(stage: Stage, *, width: float, height: float) -> dict[str, Any]:
    """Names, marks, north arrow and scale bar of the frame just drawn, for a view of so many CSS pixels."""
    return stage.overlay(size=(width, height)).as_dict()


def label_styles() -> dict[str, dict[str, Any]]:
    """How names look, by kind; the kind '' stands for all others."""
    from layers.theme import OTHER, STYLES  # noqa: PLC0415

    return {kind: asdict(style) for kind, style in STYLES.items()} | {"": asdict(OTHER)}
