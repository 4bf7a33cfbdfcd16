"""Chart heights along a way."""

from __future__ import annotations

from typing import Any

import numpy as np

from apps.parts.chart import FONT
from apps.texts import texts
from twin.arrays import F64
from twin.bilingual import Language

MOST = 400
"""Samples of a line on the chart."""
GROUND, WATER, SIGHT = "#b9a27a", "#4cc2f5", "#ffdc4a"


def figure(
    along_m: F64,
    ground_m: F64,
    water_m: F64,
    *,
    language: Language,
    rem_px: float,
    sight_m: F64 | None = None,
) -> dict[str, Any]:
    """Return a Plotly figure as plain data.

    Heights in m, along the way in km: ground, the water in it, a line of sight.
    """
    t = texts(language)
    at = np.unique(np.linspace(0, len(along_m) - 1, min(MOST, len(along_m))).round().astype(int))
    x = (along_m[at] / 1000).round(4).tolist()
    ground, wet = ground_m[at], ~np.isnan(water_m[at])
    surface = np.where(wet, water_m[at], ground)
    base = {"x": x, "type": "scatter", "mode": "lines", "hovertemplate": "%{y:.1f} m"}
    data = [
        {**base, "y": _plain(ground), "name": t["point_ground"], "line": {"color": GROUND, "width": 2}},
    ]
    if wet.any():
        filled = {"fill": "tonexty", "fillcolor": "rgba(76, 194, 245, 0.45)", "line": {"width": 0}}
        data.append({**base, **filled, "y": _plain(surface), "hoverinfo": "skip", "name": t["level"]})
        top = {"line": {"color": WATER, "width": 2}, "connectgaps": False}
        data.append({**base, **top, "y": _plain(np.where(wet, surface, np.nan)), "name": t["level"]})
    if sight_m is not None:
        line = {"color": SIGHT, "width": 1.5, "dash": "dash"}
        data.append({**base, "y": _plain(sight_m[at]), "name": t["measure_sight"], "line": line})
    grid = {"gridcolor": "rgba(160, 200, 230, 0.16)", "zeroline": False}
    layout = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "x",
        "font": {"family": FONT, "size": round(0.75 * rem_px), "color": "#b4c6d4"},
        "margin": {"l": 3.0 * rem_px, "r": 0.6 * rem_px, "t": 0.4 * rem_px, "b": 2.2 * rem_px},
        "xaxis": {**grid, "ticksuffix": " km"},
        "yaxis": {**grid, "ticksuffix": " m"},
    }
    return {"data": data, "layout": layout}


def _plain(values: F64) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 2) for value in values]
