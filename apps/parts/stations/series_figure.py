"""Draw series of stations over one time axis, units apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from apps.parts.chart import FONT
from apps.parts.stations.past_chart import GAP_INTERVALS, Limit, joined
from apps.parts.stations.past_marks import local, marks
from apps.texts import texts
from twin.bilingual import Language
from twin.stations.properties import PROPERTIES, Property

if TYPE_CHECKING:
    from twin.stations.model import Datastream, Station
    from twin.stations.snapshot import Past

MOST_POINTS = 2000
"""Points of a line; of more, each stretch is drawn by its lowest and highest."""

MOST_BARS = 400
HOUR_S, DAY_S = 3600.0, 86_400.0
GAP_SHARE = 0.06
"""Height between two rows, as a share of the whole."""


@dataclass(frozen=True, kw_only=True)
class ChartSeries:
    """Datastream of a station with its past and limits."""

    station: Station
    datastream: Datastream
    past: Past
    colour: str
    limits: Sequence[Limit] = field(default=())

    @property
    def kind(self) -> Property:
        """Property that is measured."""
        return PROPERTIES[self.datastream.property]

    def name(self, language: Language) -> str:
        """Return station and property in a language."""
        return f"{self.station.name[language]} · {self.kind.name[language]}"


def units_of(series: Sequence[ChartSeries]) -> list[str]:
    """Return the units of series in their order, once each."""
    return list(dict.fromkeys(one.kind.shown for one in series))


def figure(
    series: Sequence[ChartSeries],
    *,
    window_s: tuple[float, float],
    zone: ZoneInfo,
    language: Language,
    rem_px: float,
) -> dict[str, Any]:
    """Return a Plotly figure as plain data.

    Units have rows of their own. ``window_s`` is what the time axis shows, seconds since 1970 UTC.
    """
    small = FONT | {"size": 11 * rem_px / 15}
    axis = {"color": "#9fb4c4", "tickfont": small, "gridcolor": "rgba(255,255,255,0.09)", "zeroline": False}
    units = units_of(series)
    layout: dict[str, Any] = {
        "margin": {"l": 4.2 * rem_px, "r": 0.8 * rem_px, "t": 0.6 * rem_px, "b": 2.4 * rem_px},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "x",
        "dragmode": "zoom",
        "bargap": 0.15,
        "hoverlabel": {
            "bgcolor": "#16293a",
            "bordercolor": "#4a6b84",
            "font": FONT | {"size": 12.5 * rem_px / 15, "color": "#fff"},
        },
        "xaxis": axis
        | {
            "range": [local(at, zone) for at in window_s],
            "hoverformat": "%Y-%m-%d %H:%M",
            "tickangle": 0,
            "nticks": 8,
            "anchor": f"y{len(units)}" if len(units) > 1 else "y",
            "tickformatstops": [
                {"dtickrange": [None, 43_200_000], "value": "%H:%M\n%-m/%-d"},
                {"dtickrange": [43_200_000, None], "value": "%-m/%-d"},
            ],
        },
        "shapes": [],
        "annotations": [],
    }
    data: list[dict[str, Any]] = []
    tall = (1.0 - GAP_SHARE * (len(units) - 1)) / max(1, len(units))
    for row, unit in enumerate(units):
        mine = [one for one in series if one.kind.shown == unit]
        suffix = "" if row == 0 else str(row + 1)
        top = 1.0 - row * (tall + GAP_SHARE)
        low, high = span_of(mine)
        layout[f"yaxis{suffix}"] = axis | {
            "domain": [max(0.0, top - tall), top],
            "range": [low, high],
            "fixedrange": True,
            "nticks": 6,
            "title": {"text": unit, "font": small, "standoff": 4},
        }
        for one in mine:
            data += _traces(one, f"y{suffix}", zone=zone, language=language, rem_px=rem_px)
        _add_limits(layout, mine, f"y{suffix}", (low, high), language, small)
    return {"data": data, "layout": layout}


def span_of(series: Sequence[ChartSeries]) -> tuple[float, float]:
    """Return the range of a row.

    Its values, and the next limit above where that is near."""
    known = [v for one in series for v in one.past.values if v is not None]
    if not known:
        limits = [limit.value for one in series for limit in one.limits]
        return (min(limits) - 1.0, max(limits) + 1.0) if limits else (0.0, 1.0)
    low, high = min(known), max(known)
    if any(one.kind.over_time == "amount" for one in series):
        return 0.0, max(1.0, 1.1 * max(max(_bars(one)[1], default=0.0) for one in series))
    span = max(high - low, 0.2 if series[0].kind.shown == "m" else 0.1 * max(abs(low), abs(high), 1e-9))
    above = [limit.value for one in series for limit in one.limits if limit.value > high]
    if above and min(above) - high <= 2.0 * span:
        high = min(above)
    middle, half = (low + high) / 2, 0.6 * max(span, high - low)
    return middle - half, middle + half


def _traces(
    one: ChartSeries, axis: str, *, zone: ZoneInfo, language: Language, rem_px: float
) -> list[dict[str, Any]]:
    hover = f"{one.name(language)} %{{y:,.{one.kind.decimals}f}} {one.kind.shown}".strip()
    common = {"yaxis": axis, "showlegend": False, "hovertemplate": f"{hover}<extra></extra>"}
    if one.kind.over_time == "amount":
        times, sums, step_s = _bars(one)
        word = ""
        if step_s:
            word = " · " + texts(language)["charts_sum"].format(n=round(step_s / HOUR_S))
        bars = {
            "type": "bar",
            "x": [local(at, zone) for at in times],
            "y": sums,
            "marker": {"color": one.colour},
            "hovertemplate": f"{hover}{word}<extra></extra>",
        }
        return [common | bars]
    times, values = thinned_line(*joined(one.past, gap_s=GAP_INTERVALS * one.datastream.interval_s))
    line = {
        "x": [local(at, zone) for at in times],
        "y": values,
        "mode": "lines",
        "connectgaps": False,
        "line": {"color": one.colour, "width": 1.7 * rem_px / 15},
    }
    signs = []
    if len(one.past.times_s) <= MOST_POINTS:
        found = marks(one.past, one.datastream.property, hover, zone=zone, language=language, rem_px=rem_px)
        signs = [mark | {"yaxis": axis} for mark in found]
    return [common | line, *signs]


def thinned_line(
    times: Sequence[float], values: Sequence[float | None]
) -> tuple[list[float], list[float | None]]:
    """Reduce a line to at most ``MOST_POINTS`` points.

    Each stretch by its lowest and highest; gaps (None) stay.
    """
    if len(times) <= MOST_POINTS:
        return list(times), list(values)
    kept: list[int] = []
    numbers = np.array([np.nan if v is None else v for v in values])
    for part in np.array_split(np.arange(len(times)), MOST_POINTS // 4):
        known = part[~np.isnan(numbers[part])]
        gaps = part[np.isnan(numbers[part])][:1]
        ends = known[[int(numbers[known].argmin()), int(numbers[known].argmax())]] if len(known) else known
        kept += sorted({int(k) for k in (*ends, *gaps)})
    return [times[k] for k in kept], [values[k] for k in kept]


def _bars(one: ChartSeries) -> tuple[list[float], list[float], float]:
    """Amounts as they came, or summed by hours or days where they are too many; times, sums, step in s."""
    past = one.past
    if len(past.times_s) <= MOST_BARS:
        return list(past.times_s), [0.0 if v is None else v for v in past.values], 0.0
    span_s = past.times_s[-1] - past.times_s[0]
    step_s = HOUR_S if span_s / HOUR_S <= MOST_BARS else DAY_S
    sums: dict[float, float] = {}
    for at, value in zip(past.times_s, past.values, strict=True):
        end = -(-at // step_s) * step_s  # an amount is of the period that ends at its time
        sums[end] = sums.get(end, 0.0) + (value or 0.0)
    return list(sums), [round(v, 6) for v in sums.values()], step_s


def _add_limits(
    layout: dict[str, Any],
    series: Sequence[ChartSeries],
    axis: str,
    span: tuple[float, float],
    language: Language,
    small: dict[str, Any],
) -> None:
    """Limits that lie in a row's range, each with its name and figure."""
    many = len({one.station.id for one in series}) > 1
    for one in series:
        for limit in one.limits:
            if not span[0] <= limit.value <= span[1]:
                continue
            colour = limit.colour
            name = f"{one.station.name[language]} {limit.name}" if many else limit.name
            line = {"color": colour, "width": 1.2, "dash": "dot"}
            across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": axis, "line": line}
            layout["shapes"].append(across | {"y0": limit.value, "y1": limit.value})
            layout["annotations"].append(
                {
                    "xref": "paper",
                    "x": 0.005,
                    "yref": axis,
                    "y": limit.value,
                    "text": f"{name} {limit.value:g}",
                    "showarrow": False,
                    "xanchor": "left",
                    "yanchor": "bottom",
                    "font": small | {"color": colour},
                    "bgcolor": "rgba(10, 22, 34, 0.6)",
                }
            )
