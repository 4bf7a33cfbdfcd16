"""What the panels, the card and the charts say of stations. No browser."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from apps.parts.stations import filter_chip, panel, past_chart, station_card
from apps.parts.stations.actions import StationActions
from apps.parts.stations.following import limits
from apps.session.rain_now import rain_now
from tests.apps.flat import SCENE, scene_in
from tests.apps.stations.station_samples import (
    AT,
    FLOW,
    LEVEL,
    NOW,
    RAIN_2,
    RAIN_3,
    STATIONS,
    ZONE,
    stand,
    told,
)
from twin.catalog.alarm_rules import QualityRules
from twin.stations.filter import Filter, passing
from twin.stations.model import Datastream
from twin.stations.properties import PROPERTIES
from twin.stations.snapshot import Now, Past, RainNow
from twin.stations.status import main_datastream


def test_a_station_is_told_by_its_main_property() -> None:
    assert main_datastream(STATIONS["1"], (FLOW, LEVEL)) == LEVEL
    assert main_datastream(STATIONS["2"], ()) is None
    forecast = replace(LEVEL, origin="forecast")
    assert main_datastream(STATIONS["1"], (forecast, FLOW)) == FLOW


def test_alarms_come_first_then_how_fresh_the_value_is() -> None:
    assert {id_: s.state for id_, s in stand().items()} == {"1": "fresh", "2": "stale", "3": "alarm"}


def test_the_list_greys_old_values_and_says_so_with_their_age() -> None:
    shown = panel.view(stand(), Filter(), NOW.feeds, scene_in("zh"), away="", zone=ZONE)
    rows = {row.id: row for row in shown.rows}
    assert shown.rows[0].id == "3"
    assert (rows["1"].value, rows["1"].old) == ("121.23 m ↑", False)
    assert (rows["2"].value, rows["2"].age, rows["2"].old) == (
        "5 分钟 3.5 mm",
        "过时 1 小时前",
        True,
    )
    assert (rows["3"].value, rows["3"].age, rows["3"].old) == ("—", "—", True)
    assert "合成数据" in shown.feeds[0].detail


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), {"1", "2", "3"}),
        (Filter(kinds=frozenset({"rain"})), {"2", "3"}),
        (Filter(states=frozenset({"alarm"})), {"3"}),
        (Filter(township="甲镇"), {"2"}),
        (Filter(text="yunx"), {"1"}),
        (Filter(text="南"), {"3"}),
        (Filter(kinds=frozenset()), set()),
    ],
)
def test_filters(wanted: Filter, ids: set[str]) -> None:
    assert {s.station.id for s in passing(stand().values(), wanted)} == ids


def test_a_filter_that_hides_stations_is_counted_over_the_picture() -> None:
    found = stand()
    assert filter_chip.view(found, Filter(), "zh") == filter_chip.FilterChipView()
    assert filter_chip.view({}, Filter(text="x"), "zh") == filter_chip.FilterChipView()
    chip = filter_chip.view(found, Filter(kinds=frozenset({"rain"}), states=frozenset({"alarm"})), "zh")
    assert (chip.count, chip.words) == ("1/3", "雨量 · 有报警")
    assert filter_chip.view(found, Filter(township="甲镇", text=" x "), "zh").words == "甲镇 · x"


class Choosing:
    """Controller and live desk of a test: they keep the filter."""

    def __init__(self) -> None:
        self.session, self.scene = self, SCENE

    def choose(self, wanted: Filter) -> None:
        self.scene = self.scene.changed(filter=wanted)


def test_the_first_click_on_a_chip_means_only_this_and_the_next_ones_add() -> None:
    page: Any = Choosing()
    actions = StationActions(page, page)
    rows = []
    for kind in ("rain", "stage", "rain", "stage"):
        actions.toggle_kind(kind)
        shown = panel.view(stand(), page.scene.filter, (), page.scene, away="", zone=ZONE)
        rows.append((shown.total, [choice.id for choice in shown.kinds if choice.on]))
    assert rows == [(2, ["rain"]), (3, ["rain", "stage"]), (1, ["stage"]), (3, [])]
    actions.toggle_state("alarm")
    assert page.scene.filter.states == {"alarm"}
    actions.clear_filter()
    assert page.scene.filter == Filter()


def test_the_card_says_what_the_station_is_its_values_quality_age_and_source() -> None:
    shown = station_card.view(stand()["1"], (LEVEL, FLOW), NOW, lambda stream: 0.0, ZONE, "zh")
    said = {row.label: row.value for row in shown.rows}
    assert (shown.kind, shown.title, shown.value) == ("station", "云溪", "121.23 m ↑")
    assert said["水位"] == "121.23 m ↑ · 可靠 · 1 分钟前"
    assert said["流量"] == "12.3 m³/s · 存疑 · 1 分钟前"
    assert said["时刻"] == "2026-07-28 14:32"
    assert said["来源"] == "示例 · 合成数据"
    assert said["水尺零点"].startswith("120.50 m · 1985")


def test_a_missing_value_names_the_last_known_one_as_such() -> None:
    now = replace(NOW, values={LEVEL.id: told(LEVEL, None, quality="missing", last_value=121.0, last_at=AT)})
    shown = station_card.view(stand(now)["1"], (LEVEL,), now, lambda stream: 0.0, ZONE, "en")
    assert shown.value == "missing (last 121.00 m)"


def past(*pairs: tuple[float, float | None], quality: str = "good") -> Past:
    return Past(
        datastream=LEVEL.id,
        times_s=tuple(at for at, _ in pairs),
        values=tuple(value for _, value in pairs),
        qualities=tuple(quality for _ in pairs),  # type: ignore[misc]
    )


def test_gaps_stay_gaps() -> None:
    times, values = past_chart.joined(past((0, 1.0), (300, 2.0), (3000, 3.0), (3300, None)), gap_s=750)
    assert times == [0, 300, 1650, 3000, 3300]
    assert values == [1.0, 2.0, None, 3.0, None]


def test_the_chart_has_limits_as_lines_doubts_as_signs_and_forecasts_dashed() -> None:
    figure = past_chart.figure(
        LEVEL,
        past((0, 1.0), (300, 2.0), quality="suspect"),
        forecast=past((600, 3.0)),
        limits=[past_chart.Limit(name="警戒", value=2.5)],
        window_s=(0, 1000),
        zone=ZONE,
        language="zh",
    )
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    assert [line["line"]["dash"] for line in lines] == ["solid", "dash"]
    assert [trace["mode"] for trace in figure["data"]].count("markers") == 1
    assert figure["layout"]["shapes"][0]["y0"] == 2.5
    assert lines[0]["x"][0] == "1970-01-01 08:00:00"


@pytest.mark.parametrize(
    ("property_", "river", "lines"),
    [
        ("phosphorus", "", [("Ⅲ 类 · GB 3838-2002", 0.05, "yellow"), ("Ⅴ 类 · GB 3838-2002", 0.2, "red")]),
        ("phosphorus", "白河", [("Ⅲ 类 · GB 3838-2002", 0.2, "yellow")]),
        ("cod", "白河", [("Ⅰ–Ⅱ 类 · GB 3838-2002", 15.0, "")]),
        ("oxygen", "", [("Ⅲ 类 · GB 3838-2002", 5.0, "yellow")]),
    ],
)
def test_charts_of_water_quality_show_the_published_limits(
    property_: str, river: str, lines: list[tuple[str, float, str]]
) -> None:
    site = SimpleNamespace(alarms=SimpleNamespace(quality=QualityRules()))
    page: Any = SimpleNamespace(session=SimpleNamespace(basin=SimpleNamespace(site=site)))
    station = replace(STATIONS["1"], kind="quality", river=river)
    stream = Datastream(id="1.x", station="1", property=property_, interval_s=300)
    found = [(one.name, one.value, one.tone) for one in limits(page, station, stream, "zh")]
    assert set(lines) <= set(found) and len(found) == len({value for _, value, _ in found})
    assert PROPERTIES[property_].shown == "mg/L"


@pytest.mark.parametrize(
    ("stream", "zh", "en"), [(LEVEL, "小时均值", "an hour's mean"), (RAIN_2, "小时合计", "an hour's sum")]
)
def test_hours_of_what_was_thinned_out_are_marked_as_such(stream: Datastream, zh: str, en: str) -> None:
    """They are joined though they are farther apart than values, and no doubt is cast on them."""
    thinned = replace(
        past((0, 1.0), (3600, 2.0), (7200, 1.0), (7500, 1.0), quality="estimate"), counts=(12, 11, 0, 0)
    )
    for language, words in (("zh", zh), ("en", en)):
        figure = past_chart.figure(stream, thinned, window_s=(0, 9000), zone=ZONE, language=language)
        hours, others = figure["data"][1:]
        assert hours["customdata"] == [12, 11]
        assert words in hours["hovertemplate"]
        assert len(others["x"]) == 2
    assert past_chart.joined(thinned, gap_s=750)[1] == [1.0, 2.0, None, 1.0, 1.0]


def test_rain_of_a_station_that_fell_silent_is_not_drawn_as_that_of_today() -> None:
    rain = {
        id_: RainNow(station=id_, h1_mm=0.0, h3_mm=0.0, h6_mm=1.0, h24_mm=mm, known=1.0)
        for id_, mm in (("2", 62.0), ("3", 12.0))
    }
    values = {RAIN_2.id: told(RAIN_2, 1.0, age_s=800.0), RAIN_3.id: told(RAIN_3, 1.0, age_s=100.0)}
    now = Now(values=values, rain=rain)
    assert set(rain_now(now, lambda stream: 50.0)) == {"2", "3"}
    assert rain_now(now, lambda stream: 150.0) == {"3": (12.0, 1.0)}
    assert rain_now(Now(values={}, rain=rain), lambda stream: 0.0) == {} == rain_now(None, lambda stream: 0.0)


def test_rain_is_bars() -> None:
    figure = past_chart.figure(RAIN_2, past((0, 1.0)), window_s=(0, 1), zone=ZONE, language="zh")
    assert figure["data"][0]["type"] == "bar"
