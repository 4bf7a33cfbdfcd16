"""Frames of a film with words, for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from apps.recorder.film_frame import (
    CalloutWords,
    CaptionWords,
    FilmFrame,
    FrameWords,
    LevelChart,
    NumberWords,
    TitleWords,
)
from twin.arrays import U8
from twin.moment import what_if
from twin.scene import Camera, Scene

CAMERA = Camera(
    target_east_m=1000.0,
    target_north_m=2000.0,
    target_m=150.0,
    distance_m=5000.0,
    heading_deg=30.0,
    pitch_deg=-30.0,
)
CHART = LevelChart(
    times=tuple(map(float, range(49))),
    levels_m=tuple(152.0 + k / 8 for k in range(49)),
    at=20.0,
    level_m=154.5,
    ticks=((0.0, "24日"), (24.0, "25日"), (48.0, "26日")),
    lines=((152.0, "汛限水位"), (157.5, "正常蓄水位")),
    heading="库水位",
)
WORDS = FrameWords(
    title=TitleWords(text="水库 158 m", under="A what-if of the flood", opacity=0.5),
    caption=CaptionWords(text="水位由152 m涨至158 m，三个村庄受到影响", opacity=1.0),
    callouts=(CalloutWords(text="大坝", east_m=1000.0, north_m=2000.0, height_m=150.0, opacity=1.0),),
    numbers=(
        NumberWords(label="库水位", value="154.50", unit="m", source="情景推演"),
        NumberWords(label="蓄水量", value="36.2", unit="亿 m³", source="库容曲线"),
    ),
    chart=CHART,
    inset=True,
    moment="2025-07-28 14:00",
    block="管理处 · 2026-11-30 · 内部资料",
    attributions="Terrain: a cone",
    lacking="未导出：村庄",
)


def film_frame(words: FrameWords = WORDS, *, camera: Camera = CAMERA, **scene: Any) -> FilmFrame:
    """A frame of a what-if at 158 m."""
    made = Scene(camera=camera, moment=what_if(158.0), **scene)
    return FilmFrame(number=7, time_s=0.28, shot="rise", scene=made, words=words)


def snow(width: int, height: int) -> U8:
    """A picture of one bright colour."""
    return np.full((height, width, 3), 240, dtype=np.uint8)
