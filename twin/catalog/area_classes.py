"""Colours and words of areas, by kind of data set.

A kind tells its areas apart by an attribute, as the trade's maps do, or only from their neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AreaClass:
    """Class of areas: colour (#rrggbb), meaning in both languages."""

    colour: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class AreaKind:
    """Classes of a kind's areas by the value of an ``attribute``.

    Without one, ``tints`` tell neighbours apart. Later classes lie above earlier ones.
    """

    attribute: str = ""
    classes: Mapping[str, AreaClass] | None = None
    tints: tuple[str, ...] = ()


_RANGES = {
    "protection": AreaClass(colour="#9fd0ff", zh="保护范围", en="Protection range"),
    "management": AreaClass(colour="#2e6fdb", zh="管理范围", en="Management range"),
}
AREA_KINDS: dict[str, AreaKind] = {
    "township": AreaKind(tints=("#f2d6a2", "#cfe3b4", "#d8cdec", "#f4c9c0", "#bfe0e2", "#ece8b0")),
    "watershed": AreaKind(tints=("#8fd3c1", "#a9c8ee", "#cfe39a", "#7fb7d8", "#b9b5e6", "#e3dca0")),
    "river-range": AreaKind(attribute="range", classes=_RANGES),
    "reservoir-range": AreaKind(attribute="range", classes=_RANGES),
    "protection-zone": AreaKind(
        attribute="zone",
        classes={
            "3": AreaClass(colour="#79c47f", zh="三级保护区", en="Zone III"),
            "2": AreaClass(colour="#f0cf5a", zh="二级保护区", en="Zone II"),
            "1": AreaClass(colour="#e0709b", zh="一级保护区", en="Zone I"),
        },
    ),
    "belt": AreaKind(
        attribute="within_m",
        classes={
            "1000": AreaClass(
                colour="#c9a6ef", zh="1000 米带（不得新建尾矿库、化工园区等）", en="1,000 m belt"
            ),
            "100": AreaClass(colour="#8a4fd0", zh="100 米带（不得新建建设项目）", en="100 m belt"),
        },
    ),
}
"""Kinds of polygons that are filled; those of others are outlines."""
