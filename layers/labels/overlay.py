"""Overlay of a picture: names, marks, north arrow, scale bar.

Positions only; two painters draw it. The browser paints it as text over the streamed picture,
``layers.labels.painter`` into saved pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10, radians, tan
from typing import Any, NamedTuple

from layers.labels.theme import THEME
from twin.bilingual import Language
from twin.moment import Mode
from twin.scene import Camera
from twin.stations.snapshot import Tone

#: Said in both languages wherever the data is invented.
SYNTHETIC = "合成数据 Synthetic data"
LACKING = "瓦片未全部加载 Tiles are missing"
WIDEST: float = THEME["scale_bar"]["widest"]
"""The longest scale bar in units of the view's width."""


class Label(NamedTuple):
    """Name over the picture.

    ``x`` and ``y`` are the thing's place, fractions of the view from its left and top; it lies ``away_m``
    ahead along the view direction (a browser moves it with its own camera by that). With a ``mark`` the text
    stands above the place (where the mark is), else it is centred on it. A station's has a second line, its
    ``detail``, a ``state`` and an alarm's ``rank`` and ``tone``; its ``text`` is empty where both lines have
    no room. The middle of its words is ``dx``, ``dy`` pixels from the place; ``since_s`` as a
    :class:`layers.labels.symbols.Sign` has it.
    """

    id: str
    layer: str
    kind: str
    text: str
    x: float
    y: float
    mark: bool
    opacity: float = 1.0
    detail: str = ""
    state: str = ""
    rank: int = 0
    dx: float = 0.0
    dy: float = 0.0
    tone: Tone = ""
    away_m: float = 0.0
    since_s: float | None = None


class Mark(NamedTuple):
    """Dot or sign of a place, with or without a name."""

    id: str
    layer: str
    kind: str
    colour: str
    x: float
    y: float
    opacity: float = 1.0
    state: str = ""
    rank: int = 0
    tone: Tone = ""
    away_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Amount at a place, drawn as a bar ``height_px`` high."""

    id: str
    x: float
    y: float
    height_px: float
    colour: str
    text: str
    opacity: float = 1.0
    away_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ScaleBar:
    """Length on the ground at the middle of the view.

    ``share`` of the view's width; ``note`` says that heights are not true.
    """

    share: float
    length_m: float
    text: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """Labels, marks, north arrow and scale bar of one picture.

    ``north_deg``: where north lies on the screen, clockwise from up; ``mode`` is the moment's.
    """

    labels: tuple[Label, ...]
    marks: tuple[Mark, ...]
    north_deg: float
    scale: ScaleBar
    synthetic: str | None
    mode: Mode
    bars: tuple[Bar, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Convert to plain lists, dicts, numbers and texts, for JSON."""
        lists = {"labels": [x._asdict() for x in self.labels], "marks": [x._asdict() for x in self.marks]}
        lists["bars"] = [vars(x) for x in self.bars]
        return vars(self) | lists | {"scale": vars(self.scale)}


def scale_bar(camera: Camera, aspect: float, *, metre_m: float = 1.0, note: str = "") -> ScaleBar:
    """Return the longest round length within ``WIDEST`` of the view's width.

    At the target's distance. ``metre_m`` is what a metre of the frame is on the ground.
    """
    across_m = 2.0 * camera.distance_m * tan(radians(camera.view_angle_deg) / 2.0) * aspect * metre_m
    most = WIDEST * across_m
    decade = 10.0 ** int(log10(most) // 1)
    length = max(step * decade for step in (1.0, 2.0, 5.0) if step * decade <= most * (1 + 1e-9))
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    return ScaleBar(share=length / across_m, length_m=length, text=text, note=note)


def heights_note(exaggeration: float, language: Language) -> str:
    """Format the factor of exaggerated heights; '' for true ones."""
    if exaggeration == 1.0:
        return ""
    return f"竖向 ×{exaggeration:g}" if language == "zh" else f"Vertical ×{exaggeration:g}"


def north_deg(camera: Camera, *, true_north_deg: float = 0.0) -> float:
    """Return where north lies on the screen, clockwise from straight up.

    ``true_north_deg`` as the frame has it.
    """
    return (true_north_deg - camera.heading_deg) % 360.0 % 360.0
