"""Forecast runs in the panel: listed, drawn, shown."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from trame.widgets import html

from apps.formatting import written
from twin.arrays import F64
from twin.errors import TwinError
from twin.forecast_table import ForecastLevels, forecast_of
from twin.moment import Moment

if TYPE_CHECKING:
    from apps.session.session import Session
    from apps.session.visitor_runs import VisitorRuns

logger = logging.getLogger(__name__)
MOST_DRAWN = 240


@dataclass(frozen=True, kw_only=True)
class ForecastView:
    """Forecast run of the list."""

    id: str
    name: str
    by: str
    drawn: bool
    shown: bool


@dataclass(frozen=True, kw_only=True)
class ShownForecast:
    """Forecast that is drawn.

    ``by`` is its author and time of issue in words."""

    id: str
    name: str
    by: str
    levels: ForecastLevels


def forecasts_of(runs: VisitorRuns | None, zone: ZoneInfo) -> dict[str, ShownForecast]:
    """Return the forecasts that a visitor may see, newest first.

    Those that cannot be read are left out, and logged.
    """
    found: dict[str, ShownForecast] = {}
    if runs is None:
        return found
    try:
        for run in runs.all("forecast"):
            by = f"{run.author_name or run.author} · {written(run.issued_at, zone)}"
            found[run.id] = ShownForecast(id=run.id, name=run.name, by=by, levels=forecast_of(run.document))
    except TwinError:
        logger.exception("kept forecasts cannot be read")
    return found


def listed(found: Mapping[str, ShownForecast], drawn: set[str], moment: Moment) -> list[ForecastView]:
    """Return the list of forecasts."""
    shown = moment.run if moment.mode == "forecast" else None
    return [
        ForecastView(id=run.id, name=run.name, by=run.by, drawn=run.id in drawn, shown=run.id == shown)
        for run in found.values()
    ]


def drawn_forecast(run: ShownForecast, start_s: float, end_s: float) -> dict[str, Any]:
    """Return the lines of a forecast within a time.

    Empty where it has none there."""
    levels = run.levels
    inside = np.flatnonzero((levels.time_s >= start_s) & (levels.time_s <= end_s))
    if not len(inside):
        return {}
    if len(inside) > MOST_DRAWN:
        inside = inside[np.linspace(0, len(inside) - 1, MOST_DRAWN).round().astype(int)]

    def line(values: F64) -> list[list[float]]:
        return [[float(levels.time_s[k]), round(float(values[k]), 3)] for k in inside]

    return {
        "id": run.id,
        "name": f"{run.name} · {run.by}",
        "line": line(levels.level_m),
        "low": line(levels.low_m),
        "high": line(levels.high_m),
    }


def show_forecast(session: Session, run: ShownForecast, at_s: float) -> None:
    """Show the lake at a time of a forecast, marked as such.

    A time outside is its nearer end. Raises LevelOutOfRange; nothing has changed then.
    """
    levels = run.levels
    at_s = min(max(at_s, float(levels.time_s[0])), float(levels.time_s[-1]))
    level_m = round(
        session.levels.level_of("level", float(np.interp(at_s, levels.time_s, levels.level_m))), 4
    )
    before = levels.level_m[levels.time_s <= at_s]
    highest_m = max([level_m, *(round(float(v), 4) for v in before if v <= session.levels.highest_m)])
    session.run_notes[run.id] = f"{run.name} · {run.by}"
    moment = Moment(
        mode="forecast",
        level_m=level_m,
        highest_m=highest_m,
        valid_at=datetime.fromtimestamp(round(at_s), UTC),
        run=run.id,
        generation=session.basin.generation.id,
    )
    session.show(moment, "plan")


def build() -> None:
    """Add the list of forecasts."""
    with html.Section(v_if=("what_if.forecasts.length",), classes="whatif-forecasts"):
        html.H3("{{ t.whatif_forecasts }}")
        with html.Div(v_for=("run in what_if.forecasts",), key=("run.id",), classes="whatif-kept"):
            with html.Label(classes="check"):
                html.Input(
                    type="checkbox",
                    change="trigger('what_if_forecast', [run.id, $event.target.checked])",
                    raw_attrs=[':checked="run.drawn"'],
                )
                html.Span("{{ run.name }}")
            html.Button(
                "{{ run.shown ? t.whatif_forecast_shown : t.whatif_forecast_show }}",
                type="button",
                classes=("'tool' + (run.shown ? ' tool-on' : '')",),
                click="trigger('what_if_forecast_show', [run.id])",
            )
            html.Span("{{ run.by }}", classes="note")
