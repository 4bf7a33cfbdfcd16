"""Classes of land cover that can be painted, by product number."""

from __future__ import annotations

from typing import Literal, get_args

CoverName = Literal[
    "river", "bed", "drawdown", "wetland", "shore_wood", "sand", "field", "orchard",
    "broadleaf", "conifer", "shrub", "grass", "rock", "settlement", "road", "dam",
]  # fmt: skip

COVER: dict[str, int] = {name: number for number, name in enumerate(get_args(CoverName), 1)}
"""0 means that nothing is known; the picture then shows the relief alone."""
