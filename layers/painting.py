"""What the picture on the ground stands for, as a line of its layer's legend."""

from __future__ import annotations

from collections.abc import Mapping

from layers.layer import LegendEntry
from twin.products import Painting

NO_COLOUR = "#00000000"
WORDS: Mapping[Painting, Mapping[str, str]] = {
    "imagery": {"zh": "地表：航空或卫星影像", "en": "Surface: aerial or satellite imagery"},
    "cover": {
        "zh": "地表按土地覆盖绘制；田块、林木、屋顶的纹理只是示意",
        "en": "Painted from land cover; parcels, trees and roofs are mere patterns",
    },
    "relief": {
        "zh": "没有影像和土地覆盖数据：只画地形明暗",
        "en": "Neither imagery nor land cover: plain shaded relief",
    },
    "invented": {"zh": "地表为虚构的示意", "en": "The surface is invented, for show"},
}


def painting_legend(painting: Painting) -> tuple[LegendEntry, ...]:
    """The line of a legend that says what was painted on the ground."""
    return (LegendEntry(colour=NO_COLOUR, text=WORDS[painting]),)
