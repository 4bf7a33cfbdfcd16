"""Draw rain of the last 24 hours as bars over stations.

Like signs and names the bars are laid over the picture: sharp, and new without a new picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layers.labels.collision_grid import touches
from layers.labels.overlay import Bar, Mark
from layers.labels.placer import Box
from layers.labels.theme import THEME, text_box, text_scale
from layers.layer import Layer, LegendEntry

STEPS: tuple[tuple[float, str, Mapping[str, str]], ...] = (
    (0.1, "#9fe3a1", {"zh": "小雨 0.1 mm 起", "en": "light, from 0.1 mm"}),
    (10.0, "#5fc15f", {"zh": "中雨 10 mm 起", "en": "moderate, from 10 mm"}),
    (25.0, "#5fb8ff", {"zh": "大雨 25 mm 起", "en": "heavy, from 25 mm"}),
    (50.0, "#3c5bff", {"zh": "暴雨 50 mm 起", "en": "rainstorm, from 50 mm"}),
    (100.0, "#ff5ae0", {"zh": "大暴雨 100 mm 起", "en": "heavy rainstorm, from 100 mm"}),
    (250.0, "#9a1f5c", {"zh": "特大暴雨 250 mm 起", "en": "extraordinary, from 250 mm"}),
)
"""Classes of 24-hour rain (GB/T 28592-2012): from how much on, colour, name."""

PX_PER_MM, LEAST_PX, MOST_PX = 0.9, 4.0, 150.0
ABSENT: Mapping[str, str] = {
    "zh": "24 小时数据不全或已过时的测站不画",
    "en": "Stations with gaps in the 24 h, or not heard of any more, are left out",
}
WHOLE = 0.9


class RainLayer(Layer):
    """Rain bars layer; hidden until a user shows it."""

    kind = "rain"

    def __init__(self) -> None:
        legend = [LegendEntry(colour=colour, text=text) for _, colour, text in STEPS]
        legend.append(LegendEntry(colour="#00000000", text=ABSENT))
        super().__init__(
            "rain",
            title={"zh": "24 小时雨量", "en": "Rain of 24 hours"},
            visible=False,
            legend=tuple(legend),
        )
        self._amounts: dict[str, float] = {}
        #: Stands before each amount; '' for nothing.
        self.mark = ""

    def set_amounts(self, amounts: Mapping[str, tuple[float, float]], *, mark: str = "") -> None:
        """Set (mm, share of the 24 h known) by station.

        Those with gaps are left out.
        """
        self.mark = mark
        self._amounts = {
            id_: mm for id_, (mm, known) in amounts.items() if known >= WHOLE and mm >= STEPS[0][0]
        }

    @property
    def amounts(self) -> Mapping[str, float]:
        """Amounts drawn, mm by station.

        None while the layer is hidden.
        """
        return self._amounts if self.visible else {}


def bars(
    rain: RainLayer | None, marks: Sequence[Mark], *, size: tuple[float, float], reserved: Sequence[Box]
) -> tuple[Bar, ...]:
    """Return rain bars over stations whose signs are shown.

    For a view of ``size`` CSS pixels. A bar that would touch a ``reserved`` box, with its number, is left
    out.
    """
    if rain is None or not rain.amounts:
        return ()
    scale = text_scale(size[1])
    drawn = (
        Bar(
            id=mark.id,
            x=round(mark.x, 5),
            y=round(mark.y, 5),
            height_px=round(scale * height_px(mm), 1),
            colour=colour_of(mm),
            text=f"{rain.mark} {written(mm)}".strip(),
            opacity=rain.opacity,
            away_m=mark.away_m,
        )
        for mark in marks
        if (mm := rain.amounts.get(mark.id)) is not None
    )
    return tuple(bar for bar in drawn if not touches(_box(bar, size, scale), reserved))


def _box(bar: Bar, size: tuple[float, float], scale: float) -> Box:
    """A bar with the number on it, as both painters draw them."""
    rain, x, y = THEME["rain"], bar.x * size[0], bar.y * size[1]
    half = scale * rain["width_px"] / 2
    top = y - bar.height_px - scale * rain["gap_px"]
    number = text_box(bar.text, x, top, scale * rain["size_px"])
    return min(x - half, number[0]), number[1], max(x + half, number[2]), y


def colour_of(mm: float) -> str:
    """Return the colour of an amount of 24 hours."""
    return next(colour for least, colour, _ in reversed(STEPS) if mm >= least)


def written(mm: float) -> str:
    """Format an amount: whole mm from 10 mm on.

    Below, as many decimals as keep it in the class of its colour.
    """
    digits = 0 if mm >= 10 else 1
    while digits < 6 and colour_of(round(mm, digits)) != colour_of(mm):
        digits += 1
    return f"{mm:.{digits}f}"


def height_px(mm: float) -> float:
    """Return the bar's height in a view 720 px high."""
    return min(MOST_PX, max(LEAST_PX, PX_PER_MM * mm))
