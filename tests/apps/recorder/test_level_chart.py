"""Names of levels in a film's chart never lie over each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from apps.recorder.overprint.level_chart import draw_chart
from apps.recorder.overprint.regions import frame_regions
from tests.apps.recorder.frames import CHART, snow
from twin.arrays import U8


def drawn(*lines: tuple[float, str]) -> U8:
    picture = snow(1920, 1080)
    chart = replace(CHART, lines=((140.0, "far below"), *lines))
    draw_chart(picture, chart, frame_regions(1920, 1080), top=100.0, opacity=1.0)
    return picture


def test_a_name_that_would_touch_another_is_left_out_and_its_line_stays() -> None:
    """The chart ends at 158 m: the name nearer to that is written."""
    both = drawn((157.5, "正常蓄水位"), (157.7, "设计洪水位"))
    alone = drawn((157.7, "设计洪水位"), (157.5, ""))
    assert np.array_equal(both, alone)
    assert not np.array_equal(both, drawn((157.7, ""), (157.5, "正常蓄水位")))
