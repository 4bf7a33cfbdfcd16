"""Several series in one chart: units apart, limits, gaps, what is thinned out; and the same as CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.parts.stations import series_figure
from apps.parts.stations.charts import ChartActions, StationCharts
from apps.parts.stations.past_chart import Limit
from apps.parts.stations.series_csv import COLUMNS, csv_of
from apps.parts.stations.series_figure import MOST_BARS, MOST_POINTS, ChartSeries, thinned_line
from apps.parts.triggers import InputRefusedError
from tests.apps.flat import SCENE
from tests.apps.stations.test_station_panels import FLOW, LEVEL, RAIN_2, RAIN_3, STATIONS
from twin.errors import TwinError
from twin.stations.network import network_of
from twin.stations.snapshot import Past

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 7, 28, tzinfo=UTC)


def series(stream: Any, *values: float | None, step_s: float = 300.0, **more: Any) -> ChartSeries:
    past = Past(
        datastream=stream.id,
        times_s=tuple(START.timestamp() + k * step_s for k in range(len(values))),
        values=values,
        qualities=("good",) * len(values),
        counts=more.pop("counts", ()),
    )
    return ChartSeries(station=STATIONS[stream.station], datastream=stream, past=past, colour="#fff", **more)


def drawn(*many: ChartSeries) -> dict[str, Any]:
    window = START.timestamp(), START.timestamp() + 86_400.0
    return series_figure.figure(many, window_s=window, zone=ZONE, language="zh", rem_px=15.0)


def test_units_have_rows_of_their_own_and_equal_ones_share_one() -> None:
    figure = drawn(series(LEVEL, 121.0, 121.2), series(RAIN_2, 1.0), series(FLOW, 9.0), series(RAIN_3, 2.0))
    axes = {trace["hovertemplate"].split(" ")[0]: trace["yaxis"] for trace in figure["data"]}
    assert axes == {"云溪": "y3", "北岭": "y2", "南湾": "y2"} | {"云溪": axes["云溪"]}
    layout = figure["layout"]
    rows = [layout[f"yaxis{suffix}"] for suffix in ("", "2", "3")]
    assert [row["title"]["text"] for row in rows] == ["m", "mm", "m³/s"]
    ends = [end for row in reversed(rows) for end in row["domain"]]
    assert ends == sorted(ends) and ends[0] == pytest.approx(0.0, abs=1e-9) and ends[-1] == 1.0


def test_a_limit_in_range_is_a_line_and_a_near_one_above_comes_into_range() -> None:
    limits = [Limit(name="警戒", value=121.5), Limit(name="校核", value=140.0)]
    layout = drawn(series(LEVEL, 121.0, 121.2, limits=limits))["layout"]
    assert [shape["y0"] for shape in layout["shapes"]] == [121.5]
    assert layout["annotations"][0]["text"] == "警戒 121.5"
    low, high = layout["yaxis"]["range"]
    assert low < 121.0 and 121.5 < high < 130.0


def test_gaps_are_gaps_also_in_a_dense_line_and_its_peaks_are_drawn() -> None:
    values: list[float | None] = [float(k % 7) for k in range(3 * MOST_POINTS)]
    values[2500], values[100] = None, 99.0
    times, kept = thinned_line([float(k) for k in range(len(values))], values)
    assert len(times) <= MOST_POINTS and times == sorted(times)
    assert None in kept and max(v for v in kept if v is not None) == 99.0
    assert 100.0 in times and 2500.0 in times


def test_many_amounts_are_summed_and_nothing_of_them_is_lost() -> None:
    one = series(RAIN_2, *[0.1] * (3 * MOST_BARS))
    (trace,) = drawn(one)["data"]
    assert len(trace["x"]) <= MOST_BARS
    assert sum(trace["y"]) == pytest.approx(0.1 * 3 * MOST_BARS)
    assert "1 小时合计" in trace["hovertemplate"]
    low, high = drawn(one)["layout"]["yaxis"]["range"]
    assert low == 0.0 and high >= max(trace["y"])


def test_csv_has_each_value_with_unit_quality_and_what_an_hour_stands_for() -> None:
    text = csv_of(
        [series(LEVEL, 121.0, None, counts=(12, 0)), series(RAIN_2, 0.5)],
        zone=ZONE,
        language="zh",
        synthetic="合成数据 Synthetic data",
    )
    first, rest = text.split("\n", 1)
    assert first == "# 合成数据 Synthetic data"
    rows = list(csv.DictReader(io.StringIO(rest)))
    assert tuple(rows[0]) == COLUMNS
    assert [(r["time"], r["unit"], r["value"], r["values_of_hour"]) for r in rows] == [
        ("2026-07-28T08:00:00+08:00", "m", "121", "12"),
        ("2026-07-28T08:05:00+08:00", "m", "", ""),
        ("2026-07-28T08:00:00+08:00", "mm", "0.5", ""),
    ]


class Desk:
    """Controller, session, client and live desk of a test."""

    def __init__(self) -> None:
        self.scene, self.zone, self.rem_px, self.language, self.panel = SCENE, ZONE, 15.0, "zh", "charts"
        self.session = self.basin = self
        self.synthetic, self.now, self.fails = True, None, False
        self.asked: list[tuple[str, datetime, datetime]] = []
        self.shown: Any = None
        self.draws = 0
        network = network_of(list(STATIONS.values()), [LEVEL, FLOW, RAIN_2, RAIN_3])
        me: Any = self
        self.charts = StationCharts(me, network, me, limits=lambda *_: ())

    async def past(self, datastream: str, start: datetime, end: datetime) -> Past:
        self.asked.append((datastream, start, end))
        if self.fails:
            raise TwinError("the service is away")
        return Past(datastream=datastream, times_s=(end.timestamp(),), values=(1.0,), qualities=("good",))

    def publish(self, **views: Any) -> None:
        self.shown = views["charts"]

    def draw_charts(self) -> None:
        self.draws += 1


async def test_series_are_added_removed_and_charted_over_a_chosen_range() -> None:
    desk: Any = Desk()
    actions = ChartActions(desk, desk)
    actions.open_charts(LEVEL.id)
    actions.open_charts(RAIN_2.id)
    actions.open_charts("no.such")
    actions.chart_between("2026-07-28T08:00", "2026-07-29 08:00:00.123")
    await desk.charts.draw()
    assert [s.id for s in desk.shown.series] == [LEVEL.id, RAIN_2.id]
    assert {(start, end) for _, start, end in desk.asked} == {(START, START + timedelta(days=1))}
    assert (desk.shown.hours, desk.shown.start) == (0, "2026-07-28T08:00")
    assert [choice.id for choice in desk.shown.more] == [FLOW.id]
    assert desk.charts.csv()[1].count("\n") == 4
    for start, end in (("x", "y"), ("2026-07-28T08:00", "2026-07-28T08:00"), ("2020-01-01", "2026-01-01")):
        with pytest.raises(InputRefusedError):
            actions.chart_between(start, end)
    actions.chart_find("nanw")
    assert [choice.id for choice in desk.shown.found] == [RAIN_3.id]
    actions.chart_remove(LEVEL.id)
    actions.chart_hours(24)
    await desk.charts.draw()
    assert ([s.id for s in desk.shown.series], desk.shown.hours) == ([RAIN_2.id], 24)
    desk.fails = True
    await desk.charts.draw()
    assert "the service is away" in desk.shown.state, "what cannot be read is said, and draws nothing"
