"""Explain in the legend what the ground's picture was painted from."""

from __future__ import annotations

from collections.abc import Mapping

from layers.layer import LegendEntry
from twin.products import Painting

LEGENDS: Mapping[Painting, LegendEntry] = {
    "imagery": LegendEntry(
        colour="#6f7f72", text={"zh": "地表：航空或卫星影像", "en": "Surface: aerial or satellite imagery"}
    ),
    "cover": LegendEntry(
        colour="#8d9665",
        text={
            "zh": "地表按土地覆盖绘制；田块、林木、屋顶的纹理只是示意",
            "en": "Painted from land cover; parcels, trees and roofs are mere patterns",
        },
    ),
    "relief": LegendEntry(
        colour="#a8a69a",  # as meshes.build.imagery.palette.PLAIN
        text={
            "zh": "没有影像或土地覆盖数据之处：只画地形明暗",
            "en": "Where there is neither imagery nor land cover: plain shaded relief",
        },
    ),
    "invented": LegendEntry(
        colour="#8d9665", text={"zh": "地表为虚构的示意", "en": "The surface is invented, for show"}
    ),
}


def painting_legend(*painting: Painting) -> tuple[LegendEntry, ...]:
    """Return legend lines of what is painted on the ground, uppermost first."""
    return tuple(LEGENDS[each] for each in painting)
