"""Chart under the time bar: inflow, release and level.

Published points are distinct from the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from apps.parts.part import Part
from apps.session.controller import Controller
from apps.session.flood_replay import SERIES, Flood, Series
from apps.session.session import Session
from apps.session.views import SharedView
from apps.texts import texts
from twin.bilingual import Language

if TYPE_CHECKING:
    from twin.catalog.site import CharacteristicLevel

COLOURS: dict[Series, str] = {"inflow": "#6cc7ff", "release": "#ffc46b", "level": "#8ee6c0"}
MARGIN_REM = 3.6
"""Left and right of the plot; desk.css keeps the same distance for the track above it."""

MOST_CHARTS = 8
"""Of a flood, by language and letter size; one takes 190 kB."""
FONT = {"family": "Segoe UI, Roboto, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"}


def figure(session: Session, language: Language, rem_px: float = 15.0) -> dict[str, Any]:
    """Return a Plotly figure as plain data; empty without a flood."""
    flood = session.flood
    if flood is None:
        return {"data": [], "layout": {}, "hover": {}}
    t = texts(language)
    data = []
    for series in SERIES:
        common = {"yaxis": "y2" if series == "level" else "y", "showlegend": False}
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
                "hoverinfo": "skip",
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
                "hoverinfo": "skip",
                "name": f"{t[series]} {t['published']}",
            }
        )
    layout = _layout(session, flood, t, language, rem_px)
    return {"data": data, "layout": layout, "hover": _hover(session, flood, t)}


def _hover(session: Session, flood: Flood, t: dict[str, str]) -> dict[str, Any]:
    """What is shown under the pointer: the lines by their times, and the published points.

    Times are seconds since 1970; ``offset_s`` is what the site's clocks add.
    """
    offset = datetime.fromtimestamp(flood.start, UTC).astimezone(session.zone).utcoffset()
    return {
        "offset_s": 0.0 if offset is None else offset.total_seconds(),
        "times": flood.times.tolist(),
        "series": [
            {
                "id": series,
                "name": t[series],
                "unit": t["unit_level" if series == "level" else "unit_flow"],
                "digits": 2 if series == "level" else 0,
                "step": series == "release",
                "values": [round(float(v), 3) for v in getattr(flood, series)],
                "published": [[float(v) for v in each] for each in flood.published[series]],
            }
            for series in SERIES
        ],
    }


def levels_seen(session: Session, flood: Flood) -> list[CharacteristicLevel]:
    """Return levels in force that were reached, and the next above."""
    day = datetime.fromtimestamp(flood.start, UTC).astimezone(session.zone).date()
    low_m, high_m = float(flood.level.min()), flood.peak("level")[1]
    above = [level for level in session.basin.site.levels_on(day) if level.level_m >= low_m]
    reached = [level for level in above if level.level_m <= high_m]
    return above[: len(reached) + 1]


def _level_lines(levels: Sequence[CharacteristicLevel], language: Language, rem_px: float) -> dict[str, Any]:
    """Dotted lines at levels, each with its name and figure."""
    line = {"color": COLOURS["level"], "width": 1, "dash": "dot"}
    letters = FONT | {"size": 10.5 * rem_px / 15, "color": COLOURS["level"]}
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "opacity": 0.6, "line": line}
    named = {"xref": "paper", "x": 1, "yref": "y2", "showarrow": False, "font": letters}
    return {
        "shapes": [across | {"y0": level.level_m, "y1": level.level_m} for level in levels],
        "annotations": [
            named
            | {
                "y": level.level_m,
                "text": f"{getattr(level.name, language)} {level.level_m:.2f}",
                "xanchor": "right",
                "yanchor": "bottom",
                "yshift": -2,
                "bgcolor": "rgba(10, 22, 34, 0.7)",
            }
            for level in levels
        ],
    }


def _layout(
    session: Session, flood: Flood, t: dict[str, str], language: Language, rem_px: float
) -> dict[str, Any]:
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
    levels = levels_seen(session, flood)
    shown_m = [float(flood.level.min()), flood.peak("level")[1], *(level.level_m for level in levels)]
    room_m = 0.08 * max(max(shown_m) - min(shown_m), 0.5)
    return {
        **_level_lines(levels, language, rem_px),
        "margin": {"l": side, "r": side, "t": 4, "b": 6},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
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
            "nticks": 8,
            "tickfont": FONT | {"size": 10 * rem_px / 15},
            "range": [min(shown_m) - room_m, max(shown_m) + 2 * room_m],
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
    flood, key = controller.session.flood, (controller.language, controller.rem_px)
    if flood is None:
        return {"chart": figure(controller.session, *key)}
    if key not in flood.charts:
        while len(flood.charts) >= MOST_CHARTS:
            del flood.charts[next(iter(flood.charts))]
        flood.charts[key] = SharedView(figure(controller.session, *key))
    return {"chart": flood.charts[key]}


PART = Part(
    id="chart",
    state={"chart": {"data": [], "layout": {}, "hover": {}}, "chart_open": False},
    view=_view,
    writable={"chart_open": bool},
    keys={"c": ("turn", "chart_open", [False, True])},
    help=(("C", "key_chart"),),
)
