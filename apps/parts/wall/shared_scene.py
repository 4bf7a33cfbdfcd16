"""Show the wall's picture, moved by the server alone."""

from __future__ import annotations

from dataclasses import dataclass

from trame.widgets import html

from apps.browser import module
from apps.parts.part import Part
from apps.stream.label_styles import label_styles


@dataclass(frozen=True, kw_only=True)
class WallScreenView:
    """Size of the wall in pixels.

    Every page shows all of it, smaller or larger. ``zoom`` magnifies names over the picture
    (:func:`apps.parts.wall.screen_fit.text_zoom`).
    """

    width: int = 1920
    height: int = 1080
    zoom: float = 1.0


def build() -> None:
    with html.Main(classes="wall-main"):
        module.SceneElement(label=("t.scene_label",), north=("t.north",), screen=("wall_screen",))


def build_aimed() -> None:
    """Add the picture for an operator: a tap flies there."""
    with html.Section(classes="twin-frame", raw_attrs=[':aria-label="t.wall_picture"']):
        html.H1("{{ trame__title }}", classes="control-title")
        module.SceneElement(
            label=("t.wall_picture",), north=("t.north",), screen=("wall_screen",), aim="wall_aim"
        )


STATE = {"label_styles": label_styles(), "instance": "", "wall_screen": WallScreenView()}

PART = Part(id="scene", state=STATE, build=build)
AIMED = Part(id="scene", state=STATE, build=build_aimed)
