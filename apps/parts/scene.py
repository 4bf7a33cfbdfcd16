"""Show the streamed picture of the scene, with the names over it."""

from __future__ import annotations

from trame.widgets import html

from apps.browser import module
from apps.parts.part import Part
from apps.stream.label_styles import label_styles


def build() -> None:
    """Add the picture, and a shade behind what lies over it.

    The shade keeps words readable.
    """
    with html.Main(classes="scene-main"):
        module.SceneElement(label=("t.scene_label",), north=("t.north",))
    with html.Div(classes="shade"):
        pass


PART = Part(
    id="scene",
    state={"label_styles": label_styles(), "instance": ""},
    build=build,
    keys={"s": ("focus", ".twin-scene")},
    help=(("S", "key_focus"), ("← → ↑ ↓", "key_orbit"), ("+ −", "key_zoom"), ("Enter", "key_ask")),
    mouse=(
        ("mouse_left", "key_drag"),
        ("mouse_right", "key_pan"),
        ("mouse_wheel", "key_zoom"),
        ("mouse_double", "key_double"),
        ("mouse_click", "key_click"),
    ),
)
