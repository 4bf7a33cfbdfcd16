"""Chart under the time bar: inflow, release and level.

Published points are distinct from the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from apps.parts.part import Part
from apps.session.controller import Controller
from apps.session.flood_replay import SERIES, Flood, Series
from apps.session.session import Session
from apps.texts import texts
from twin.bilingual import Language

COLOURS: dict[Series, str] = {"inflow": "#6cc7ff", "release": "#ffc46b", "level": "#8ee6c0"}
MARGIN_REM = 3.6
"""Left and right of the plot; desk.css keeps the same distance for the track above it."""

FONT = {"family": "Segoe UI, Roboto, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"}


def figure(session: Session, language: Language, rem_px: float = 15.0) -> dict[str, Any]:
    """Return a Plotly figure as plain data; empty without a flood."""
    flood = session.flood
    if flood is None:
        return {"data": [], "layout": {}}
    t = texts(language)
    data = []
    for series in SERIES:
        unit = t["unit_level" if series == "level" else "unit_flow"]
        digits = ",.2f" if series == "level" else ",.0f"
        common = {"yaxis": "y2" if series == "level" else "y", "showlegend": False}
        hover = f"{t[series]} %{{y:{digits}}} {unit}"
        data.append(
            common
            | {
                "x": _local(session, flood.times),
                "y": [round(float(v), 3) for v in getattr(flood, series)],
                "mode": "lines",
                "line": {
                    "color": COLOURS[series],
                    "width": 1.6 * rem_px / 15,
                    "dash": "dot",
                    "shape": "hv" if series == "release" else "linear",
                },
                "hovertemplate": f"{hover} · {t['reconstructed']}<extra></extra>",
                "name": f"{t[series]} {t['reconstructed']}",
            }
        )
        times, values = flood.published[series]
        data.append(
            common
            | {
                "x": _local(session, times),
                "y": [float(v) for v in values],
                "mode": "markers",
                "cliponaxis": False,
                "marker": {
                    "color": COLOURS[series],
                    "size": 7 * rem_px / 15,
                    "line": {"color": "#fff", "width": 1},
                },
                "hovertemplate": f"{hover} · {t['published']}<extra></extra>",
                "name": f"{t[series]} {t['published']}",
            }
        )
    return {"data": data, "layout": _layout(session, flood, t, rem_px)}


def _layout(session: Session, flood: Flood, t: dict[str, str], rem_px: float) -> dict[str, Any]:
    axis = {
        "color": "#9fb4c4",
        "tickfont": FONT | {"size": 11 * rem_px / 15},
        "gridcolor": "rgba(255,255,255,0.09)",
        "zeroline": False,
        "nticks": 4,
        "fixedrange": True,
    }
    title = {"font": FONT | {"size": 11 * rem_px / 15}, "standoff": 2}
    side = MARGIN_REM * rem_px
    return {
        "margin": {"l": side, "r": side, "t": 4, "b": 6},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": "#16293a",
            "bordercolor": "#4a6b84",
            "font": FONT | {"size": 12.5 * rem_px / 15, "color": "#fff"},
        },
        "xaxis": {
            "visible": False,
            "fixedrange": True,
            "range": [_local(session, [flood.start])[0], _local(session, [flood.end])[0]],
        },
        "yaxis": axis | {"rangemode": "tozero", "title": title | {"text": t["unit_flow"]}, "tickformat": ","},
        "yaxis2": axis
        | {
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "title": title | {"text": t["unit_level"]},
            "tickformat": ".1f",
        },
    }


def _local(session: Session, times: Any) -> list[str]:
    """Times as the site's clocks show them; Plotly knows no zones."""
    return [
        f"{datetime.fromtimestamp(float(at), UTC).astimezone(session.zone):%Y-%m-%d %H:%M:%S}" for at in times
    ]


def _view(controller: Controller) -> Mapping[str, Any]:
    return {"chart": figure(controller.session, controller.language, controller.rem_px)}


PART = Part(
    id="chart",
    state={"chart": {"data": [], "layout": {}}, "chart_open": False},
    view=_view,
    writable={"chart_open": bool},
    keys={"c": ("turn", "chart_open", [False, True])},
    help=(("C", "key_chart"),),
)
