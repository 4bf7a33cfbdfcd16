"""Convert units of length to metres, Chinese and Western names.

As files and feeds write them.
"""

from __future__ import annotations

from collections.abc import Mapping

FOOT_M = 0.3048

LENGTHS: Mapping[str, tuple[float, str]] = {
    "m": (1.0, "m 米 公尺"),
    "dm": (0.1, "dm 分米"),
    "cm": (0.01, "cm 厘米 公分"),
    "mm": (0.001, "mm 毫米"),
    "km": (1000.0, "km 千米 公里"),
    "hm": (100.0, "hm"),
    "ft": (FOOT_M, "ft 英尺 呎"),
    "inch": (0.0254, "in inch 英寸 吋"),
}
"""By pint's name: metres, and the short names."""


def in_metres(*units: str) -> dict[str, float]:
    """Return metres by every short name of some units."""
    return {name: metres for metres, names in map(LENGTHS.__getitem__, units) for name in names.split()}
