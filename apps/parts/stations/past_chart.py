"""Chart the last 72 hours of a datastream.

Gaps are gaps, doubtful values marked, limits are lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from apps.parts.chart import FONT
from apps.parts.stations.past_marks import local, marks
from apps.texts import texts
from layers.labels.theme import MODES
from twin.bilingual import Language
from twin.stations.properties import PROPERTIES
from twin.stations.snapshot import Tone

if TYPE_CHECKING:
    from twin.stations.model import Datastream
    from twin.stations.snapshot import Past

GAP_INTERVALS = 2.5
"""Values farther apart than so many nominal intervals are not joined by a line."""

HOUR_GAP_S = 1.5 * 3600.0
"""Where a stretch was thinned out its hours are joined though the nominal interval is shorter."""

LINE, FORECAST = "#6cc7ff", MODES["forecast"].colour
LIMITS: Mapping[Tone, str] = {
    "": "#9fb4c4",
    "red": "#ff5a55",
    "orange": "#ff9a3d",
    "yellow": "#ffdc4a",
    "blue": "#6aa8ff",
}
LEAST_SPAN = {"level": 0.2, "level_below": 0.2}


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Threshold line of a chart.

    Its name in the language shown, and its value in the property's unit.
    """

    name: str
    value: float
    tone: Tone = ""

    @property
    def colour(self) -> str:
        """Colour of the alarm above it.

        A level without one is grey.
        """
        return LIMITS[self.tone]


def figure(
    datastream: Datastream,
    past: Past,
    *,
    forecast: Past | None = None,
    limits: Sequence[Limit] = (),
    window_s: tuple[float, float],
    zone: ZoneInfo,
    language: Language,
    rem_px: float = 15.0,
) -> dict[str, Any]:
    """Return a Plotly figure as plain data.

    ``window_s`` is what the time axis shows, seconds since 1970 UTC.
    """
    t, kind = texts(language), PROPERTIES[datastream.property]
    hover = f"%{{y:,.{kind.decimals}f}} {kind.shown}"
    data: list[dict[str, Any]] = []
    if kind.over_time == "amount":  # bars, not a line
        data.append(_bars(past, zone, hover))
    else:
        times, values = joined(past, gap_s=GAP_INTERVALS * datastream.interval_s)
        data.append(_line(times, values, zone, hover, colour=LINE, dash="solid"))
    data += marks(past, datastream.property, hover, zone=zone, language=language, rem_px=rem_px)
    if forecast is not None and forecast.times_s:
        data.append(
            _line(
                list(forecast.times_s),
                list(forecast.values),
                zone,
                f"{hover} · {t['mode_forecast']}",
                colour=FORECAST,
                dash="dash",
            )
        )
    layout = _layout(kind.shown, limits, window_s, zone, rem_px)
    ahead = () if forecast is None else forecast.values
    layout["yaxis"] |= _range(datastream.property, [*past.values, *ahead])
    return {"data": data, "layout": layout}


def _range(property_: str, values: Sequence[float | None]) -> dict[str, Any]:
    """A scale on which a wavering last digit does not look like a flood."""
    known = [value for value in values if value is not None]
    if not known:
        return {}
    low, high = min(known), max(known)
    if PROPERTIES[property_].over_time == "amount":
        return {"range": [0, max(1.0, 1.1 * high)]}
    span = max(high - low, LEAST_SPAN.get(property_, 0.1 * max(abs(low), abs(high), 1e-9)))
    middle = (low + high) / 2
    return {"range": [middle - 0.6 * span, middle + 0.6 * span]}


def joined(past: Past, *, gap_s: float) -> tuple[list[float], list[float | None]]:
    """Return times and values, split by None at gaps.

    Wherever values are missing or too far apart to be joined.
    """
    times: list[float] = []
    values: list[float | None] = []
    before: float | None = None
    counts = past.counts or (0,) * len(past.times_s)
    for at, value, count in zip(past.times_s, past.values, counts, strict=True):
        if before is not None and at - before > (max(gap_s, HOUR_GAP_S) if count else gap_s):
            times.append((before + at) / 2)
            values.append(None)
        times.append(at)
        values.append(value)
        before = at
    return times, values


def _line(
    times: list[float], values: list[float | None], zone: ZoneInfo, hover: str, *, colour: str, dash: str
) -> dict[str, Any]:
    return {
        "x": [local(at, zone) for at in times],
        "y": values,
        "mode": "lines",
        "connectgaps": False,
        "line": {"color": colour, "width": 1.8, "dash": dash},
        "hovertemplate": f"{hover}<extra></extra>",
        "showlegend": False,
    }


def _bars(past: Past, zone: ZoneInfo, hover: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [local(at, zone) for at in past.times_s],
        "y": list(past.values),
        "marker": {"color": LINE},
        "hovertemplate": f"{hover}<extra></extra>",
        "showlegend": False,
    }


def _layout(
    unit: str, limits: Sequence[Limit], window_s: tuple[float, float], zone: ZoneInfo, rem_px: float
) -> dict[str, Any]:
    small = FONT | {"size": 11 * rem_px / 15}
    axis = {
        "color": "#9fb4c4",
        "tickfont": small,
        "gridcolor": "rgba(255,255,255,0.09)",
        "zeroline": False,
        "fixedrange": True,
    }
    return {
        "margin": {"l": 3.4 * rem_px, "r": 0.8 * rem_px, "t": 0.8 * rem_px, "b": 1.9 * rem_px},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "closest",
        "bargap": 0.15,
        "hoverlabel": {
            "bgcolor": "#16293a",
            "bordercolor": "#4a6b84",
            "font": FONT | {"size": 12.5 * rem_px / 15, "color": "#fff"},
        },
        "xaxis": axis
        | {
            "range": [local(window_s[0], zone), local(window_s[1], zone)],
            "tickformat": "%-m/%-d",
            "tickangle": 0,
            "nticks": 5,
        },
        "yaxis": axis | {"title": {"text": unit, "font": small, "standoff": 4}, "nticks": 5},
        "shapes": [
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": limit.value,
                "y1": limit.value,
                "line": {"color": limit.colour, "width": 1.2, "dash": "dot"},
            }
            for limit in limits
        ],
        "annotations": [
            {
                "xref": "paper",
                "x": 0.01,
                "y": limit.value,
                "text": limit.name,
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "font": small | {"color": limit.colour},
            }
            for limit in limits
        ],
    }
