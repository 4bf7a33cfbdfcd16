"""How names and marks look, in one place for both painters. Sizes are CSS pixels of a view 720 high."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LabelStyle:
    """``priority``: the higher one is shown where two collide, or where there are too many; an alarm adds 30.
    ``reach_m``: not shown from farther away, at normal density.
    """

    size_px: float = 13.0
    colour: str = "#ffffff"
    halo: str = "#16242f"
    bold: bool = False
    priority: float = 1.0
    reach_m: float = 60_000.0


STYLES = {
    "reservoir": LabelStyle(
        size_px=19, colour="#e9f5ff", halo="#14405f", bold=True, priority=90, reach_m=400_000
    ),
    "dam": LabelStyle(size_px=13, colour="#fff3d6", halo="#3a2b12", priority=20, reach_m=30_000),
    "dam-main": LabelStyle(
        size_px=14, colour="#fff3d6", halo="#3a2b12", bold=True, priority=80, reach_m=120_000
    ),
    "river": LabelStyle(size_px=13, colour="#cfe9ff", halo="#123a5a", priority=4, reach_m=90_000),
    "river-main": LabelStyle(size_px=15, colour="#cfe9ff", halo="#123a5a", priority=7, reach_m=200_000),
    "boundary": LabelStyle(size_px=13, colour="#ffe9a8", halo="#4a3608", priority=3, reach_m=120_000),
    "village": LabelStyle(size_px=13, priority=5, reach_m=45_000),
    "peak": LabelStyle(size_px=13, colour="#f3efe2", halo="#33302a", priority=4.5, reach_m=70_000),
    "island": LabelStyle(size_px=12, colour="#eef7e4", halo="#22361c", priority=5.5, reach_m=25_000),
    "bay": LabelStyle(size_px=12, colour="#d8efff", halo="#14405f", priority=4, reach_m=25_000),
    "station-reservoir": LabelStyle(size_px=12.5, priority=4.5, reach_m=25_000),
    "station-flow": LabelStyle(size_px=12.5, priority=4.3, reach_m=18_000),
    "station-stage": LabelStyle(size_px=12.5, priority=4.2, reach_m=16_000),
    "station-quality": LabelStyle(size_px=12.5, priority=3.6, reach_m=15_000),
    "station-rain": LabelStyle(size_px=12.5, priority=3.5, reach_m=15_000),
    "station-ecology": LabelStyle(size_px=12.5, priority=3.2, reach_m=12_000),
    "station": LabelStyle(size_px=12.5, priority=3.0, reach_m=8_000),
    "gap": LabelStyle(size_px=13, colour="#ffc46b", halo="#3b2100", bold=True, priority=11, reach_m=20_000),
    "place": LabelStyle(size_px=13, priority=4, reach_m=50_000),
}

OTHER = LabelStyle()


@dataclass(frozen=True, kw_only=True)
class ModeStyle:
    """How a picture says that it does not show the present."""

    colour: str
    text: str


MODES = {
    "history": ModeStyle(colour="#3f5fd0", text="历史 History"),
    "what-if": ModeStyle(colour="#7a4f9a", text="假设情景 What-if"),
    "forecast": ModeStyle(colour="#1f7a8c", text="预报 Forecast"),
    "drill": ModeStyle(colour="#c8322b", text="演练 Drill"),
}


def style_of(kind: str) -> LabelStyle:
    """The style of a kind of label; ``dam-main`` falls back to ``dam``, an unknown kind to a plain one."""
    return STYLES.get(kind) or STYLES.get(kind.partition("-")[0], OTHER)


def text_width(text: str, size_px: float) -> float:
    """About how wide a text is: a Chinese character takes its size, a Latin one a little over half of it."""
    return size_px * sum(1.0 if ord(sign) > 0x2E7F else 0.56 for sign in text)
