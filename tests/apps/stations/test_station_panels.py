"""What the panels and the card say of stations and alarms. No browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.parts.alarms import alarm_rows as alarms
from apps.parts.alarms.alarm_rows import AlarmsView
from apps.parts.stations import filter_chip, panel, past_chart, station_card
from apps.parts.stations.actions import StationActions
from apps.session import station_signs
from apps.session.rain_now import rain_now
from tests.apps.flat import SCENE, scene_in
from twin.bilingual import Language
from twin.moment import Moment, what_if
from twin.stations.filter import Filter, passing
from twin.stations.model import Datastream, GaugeZero, Station
from twin.stations.snapshot import AlarmNow, FeedNow, Now, Past, RainNow, ValueNow
from twin.stations.status import StationStatus, main_datastream, statuses

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 7, 28, 6, 32, tzinfo=UTC)
GAUGE = GaugeZero(since=AT.date(), zero_m=120.5, reference="1985")
STATIONS = {
    "1": Station(
        id="1", name={"zh": "云溪", "en": "Yunxi"}, kind="stage", lon=116.9, lat=40.5, gauge=(GAUGE,)
    ),
    "2": Station(
        id="2", name={"zh": "北岭", "en": "Beiling"}, kind="rain", lon=117, lat=40.6, township="甲镇"
    ),
    "3": Station(
        id="3", name={"zh": "南湾", "en": "Nanwan"}, kind="rain", lon=117, lat=40.4, township="乙镇"
    ),
}
LEVEL = Datastream(id="1.level", station="1", property="level", interval_s=300)
FLOW = Datastream(id="1.flow", station="1", property="flow", interval_s=300)
RAIN_2 = Datastream(id="2.rain", station="2", property="rain", interval_s=300)
RAIN_3 = Datastream(id="3.rain", station="3", property="rain", interval_s=300)
MAINS = {"1": (STATIONS["1"], LEVEL), "2": (STATIONS["2"], RAIN_2), "3": (STATIONS["3"], RAIN_3)}


def told(stream: Datastream, value: float | None, *, age_s: float = 60.0, **more: object) -> ValueNow:
    return ValueNow(
        datastream=stream.id,
        value=value,
        phenomenon_at=AT,
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
        feed="f",
        **{"quality": "good", **more},  # type: ignore[arg-type]
    )


def alarm(id_: str, station: str, rank: int = 2, **more: object) -> AlarmNow:
    given: dict[str, object] = {
        "rule": "rain-signal",
        "state": "unacknowledged",
        "text": {"zh": "暴雨", "en": "heavy rain"},
        "raised_at": AT,
        "changed_at": AT,
    }
    return AlarmNow(
        id=id_,
        station=station,
        datastream=f"{station}.rain",
        rank=rank,
        **(given | more),  # type: ignore[arg-type]
    )


NOW = Now(
    values={
        LEVEL.id: told(LEVEL, 121.234, trend="rising"),
        FLOW.id: told(FLOW, 12.3, quality="suspect"),
        RAIN_2.id: told(RAIN_2, 3.5, age_s=5_000.0),
    },
    alarms=(alarm("a", "3"),),
    feeds=(
        FeedNow(
            id="f",
            title={"zh": "示例", "en": "sample"},
            driver="sample",
            state="running",
            since=AT,
            synthetic=True,
        ),
    ),
)


def stand(now: Now = NOW) -> dict[str, StationStatus]:
    return statuses(MAINS, now, lambda stream: 0.0)


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
        "3.5 mm →".replace(" →", ""),
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


@pytest.mark.parametrize(
    ("quality", "detail"),
    [
        ("suspect", "122.31 m ↑ · 存疑 · 1分前"),
        ("estimate", "122.31 m ↑ · 估算 · 1分前"),
        ("good", "122.31 m ↑ · 1分前"),
    ],
)
def test_a_value_in_doubt_says_so_over_the_scene(quality: str, detail: str) -> None:
    now = replace(NOW, values={"1.level": told(LEVEL, 122.31, quality=quality, trend="rising")})
    assert station_signs.sign(stand(now)["1"], "zh", shown=True, zone=ZONE).detail == detail


@pytest.mark.parametrize(("language", "word"), [("zh", "实况 "), ("en", "Live ")])
def test_over_another_moment_a_sign_says_that_its_value_is_live(language: Language, word: str) -> None:
    now = replace(NOW, values={"1.level": told(LEVEL, 122.31)})
    here = station_signs.sign(stand(now)["1"], language, shown=True, zone=ZONE)
    beside = station_signs.sign(stand(now)["1"], language, shown=True, reach="live", zone=ZONE)
    assert beside.detail == word + here.detail


def test_over_a_past_moment_a_sign_says_what_was_observed_then_and_of_when() -> None:
    now = Now(values={"1.level": told(LEVEL, 122.31)})
    shown = station_signs.sign(stand(now)["1"], "zh", shown=True, reach="then", zone=ZONE)
    assert shown.detail == f"122.31 m · {AT.astimezone(ZONE):%Y-%m-%d %H:%M}"


def test_over_another_moment_what_is_not_known_is_not_called_live() -> None:
    for now, words in ((None, "尚不清楚"), (Now(values={}), "无数据")):
        status = statuses(MAINS, now, lambda _: 0.0)["1"]
        assert station_signs.sign(status, "zh", shown=True, reach="live", zone=ZONE).detail == words


@pytest.mark.parametrize(("language", "words"), [("zh", "当时无记录"), ("en", "no record then")])
def test_over_a_past_moment_without_a_record_a_sign_says_so(language: Language, words: str) -> None:
    none = station_signs.sign(stand(Now(values={}))["1"], language, shown=True, reach="then", zone=ZONE)
    long_before = Now(values={"1.level": told(LEVEL, 122.31, age_s=40 * 86_400.0)})
    old = station_signs.sign(stand(long_before)["1"], language, shown=True, reach="then", zone=ZONE)
    assert none.detail == old.detail == words


def test_where_live_values_are_off_a_sign_is_a_name_alone() -> None:
    shown = station_signs.sign(stand()["1"], "zh", shown=True, reach="off", zone=ZONE)
    assert (shown.detail, shown.rank, shown.tone) == ("", 0, "")


MOMENTS = {
    "live": Moment(mode="live", level_m=150.0, highest_m=150.0, valid_at=AT),
    "history": Moment(mode="history", level_m=150.0, highest_m=150.0, valid_at=AT),
    "forecast": Moment(mode="forecast", level_m=150.0, highest_m=150.0, valid_at=AT, run="f1"),
    "drill": Moment(mode="drill", level_m=150.0, highest_m=150.0, valid_at=AT, run="d1"),
    "what-if": what_if(150.0),
}


@pytest.mark.parametrize(
    ("mode", "shown", "switched_off"),
    [
        ("live", "now", "now"),
        ("history", "then", "then"),
        ("forecast", "live", "off"),
        ("drill", "live", "off"),
        ("what-if", "live", "off"),
    ],
)
def test_of_when_stations_show_values_follows_the_scene(mode: str, shown: str, switched_off: str) -> None:
    scene = SCENE.changed(moment=MOMENTS[mode])
    assert station_signs.reach(scene) == shown
    assert station_signs.reach(scene.changed(live_values=False)) == switched_off


def test_alarms_of_one_cause_are_one_group_and_what_waits_comes_first() -> None:
    found = alarms.view(
        (
            alarm("x", "1", rank=1, state="acknowledged", by="王工"),
            alarm("a", "2", rank=3, group="storm"),
            alarm("b", "3", rank=2, group="storm", raised_at=AT + timedelta(minutes=1)),
        ),
        STATIONS,
        ZONE,
        "zh",
    )
    assert [(g.id, g.rank, g.open) for g in found.groups] == [("storm", 2, 2), ("x", 1, 0)]
    assert [row.id for row in found.groups[0].rows] == ["b", "a"]
    assert found.groups[1].rows[0].state == "已确认 · 王工"
    assert (found.tone, found.count, found.open, found.aside) == ("red", 3, 2, 0)


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("signal", "word"),
    [("blue", "蓝色"), ("yellow", "黄色"), ("orange", "橙色"), ("red", "红色")],
)
def test_a_warning_has_the_colour_it_is_named_by_whatever_its_rank(signal: str, word: str, rank: int) -> None:
    warned = alarm("a", "3", rank=rank, signal=signal, group="storm")
    other = replace(warned, id="b", station="2")
    now = replace(NOW, alarms=(warned, other))
    panel_ = alarms.view(now.alarms, STATIONS, ZONE, "zh")
    assert (panel_.tone, panel_.groups[0].tone, panel_.groups[0].rows[0].tone) == (signal,) * 3
    assert panel_.groups[0].title.endswith(f"最高{word}")
    shown = stand(now)["3"]
    sign = station_signs.sign(shown, "zh", shown=True, zone=ZONE)
    assert (sign.tone, sign.detail.partition(" · ")[0]) == (signal, f"暴雨{word}")
    view = station_card.view(shown, (), now, lambda stream: 0.0, ZONE, "zh")
    assert [row.tone for row in view.rows if row.label == "报警"] == [f"warn-{signal}"]


def test_another_alarm_has_the_colour_of_its_grade() -> None:
    assert [alarm("a", "1", rank=rank).tone for rank in (1, 2, 3, 4)] == ["red", "orange", "yellow", "blue"]


def test_a_shelved_alarm_does_not_count() -> None:
    found = alarms.view((alarm("a", "2", state="shelved"),), STATIONS, ZONE, "zh")
    assert (found.tone, found.count, found.open, found.aside) == ("", 0, 0, 1)


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


def test_before_anything_was_told_nothing_reads_as_none() -> None:
    """An empty list that is not known must not look like an all-clear."""
    unknown = statuses(MAINS, None, lambda stream: 0.0)
    for language, words, no_alarm in (("zh", "尚不清楚", "没有报警"), ("en", "not known", "No alarm")):
        found = alarms.view(None, STATIONS, ZONE, language)
        assert (found.known, found.count, found.groups) == (False, 0, [])
        assert words.lower() in found.note.lower()
        assert no_alarm not in found.note
        listed = panel.view(unknown, Filter(), (), scene_in(language), away="x", zone=ZONE)
        assert listed.total == len(STATIONS)
        assert {row.value for row in listed.rows} == {words if language == "zh" else "not known yet"}
        shown = station_signs.sign(unknown["1"], language, shown=True, zone=ZONE)
        assert (shown.state, shown.detail) == ("unknown", listed.rows[0].value)
        seen = station_card.view(unknown["1"], [LEVEL], None, lambda stream: 0.0, ZONE, language)
        assert listed.rows[0].value in {row.value for row in seen.rows}
        assert seen.note == ""


def test_what_was_heard_last_is_marked_with_its_time() -> None:
    heard = datetime(2026, 7, 28, 6, 40, tzinfo=UTC)
    then = alarms.view(NOW.alarms, STATIONS, ZONE, "zh", last_heard=heard)
    assert (then.known, then.count) == (False, 1)
    assert "14:40" in then.note
    none = alarms.view((), STATIONS, ZONE, "en", last_heard=heard)
    assert not none.known
    assert "14:40" in none.note
    assert "since then are not known" in none.note
    assert alarms.view((), STATIONS, ZONE, "zh").known
    assert not AlarmsView().known, "a page that has heard nothing knows nothing"


@pytest.mark.parametrize(
    ("now", "doubt", "words"),
    [
        (replace(NOW, alarms=()), "", ""),
        (replace(NOW, alarms=(), trouble="store_full"), "unkept", "新的报警可能未列出"),
        (replace(NOW, alarms=(), trouble="store_stuck"), "unkept", "新的报警可能未列出"),
        (replace(NOW, alarms=(), trouble="clock"), "", ""),
        (
            replace(NOW, alarms=(), feeds=(replace(NOW.feeds[0], state="waiting"),)),
            "unfed",
            "没有一个数据来源",
        ),
        (None, "", ""),
    ],
)
def test_an_empty_list_is_an_all_clear_only_where_values_come_and_are_judged(
    now: Now | None, doubt: str, words: str
) -> None:
    found = alarms.doubt_of(now)
    assert found == doubt
    shown = alarms.view((), STATIONS, ZONE, "zh", doubt=found)
    assert shown.known is (doubt == "")
    assert words in shown.note
