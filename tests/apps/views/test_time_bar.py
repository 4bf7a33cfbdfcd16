"""Slider, time bar and chart: marks, published figures at their times, the flood's ends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.parts import chart, level_slider, readout, timebar
from apps.parts.alarms import replay_alarms
from apps.session.flood_replay import SERIES, Flood
from apps.session.live_level import LiveLevel
from apps.session.session import NoSuchTimeError, Session
from tests.apps.clock import Clock
from tests.apps.views.at_end import at_end
from twin.basin import Basin
from twin.bilingual import in_both
from twin.stations.freshness import Freshness
from twin.stations.model import Station


@pytest.mark.parametrize("unit", ["level", "storage"])
def test_the_sliders_marks_lie_in_its_range_and_rise(session: Session, unit: str) -> None:
    gauge = level_slider.view(session, unit, "zh")  # type: ignore[arg-type]
    values = [mark.value for mark in gauge.marks]
    assert values == sorted(values)
    assert all(gauge.minimum <= value <= gauge.maximum for value in [*values, *gauge.ticks, gauge.value])
    assert gauge.highest is None


def test_a_mark_has_the_figure_of_its_level(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = [level.model_copy(update={"level_m": 157.55}) for level in session.basin.site.levels[:1]]
    site = session.basin.site.model_copy(update={"levels": levels})
    monkeypatch.setattr(Basin, "site", site)
    (mark,) = level_slider.view(session, "level", "zh").marks
    assert mark.text == "157.55"


def test_a_seasonal_level_is_marked_in_its_season_only(session: Session) -> None:
    at_end(session)
    assert "flood-limit" in {mark.id for mark in level_slider.view(session, "level", "en").marks}


def test_the_slider_shows_where_the_water_has_been(session: Session) -> None:
    gauge = level_slider.view(at_end(session), "level", "zh")
    assert gauge.highest == pytest.approx(155.0, abs=0.02)


def marks(session: Session) -> dict[str, tuple[str, str]]:
    return {value.id: (value.value, value.mark_tone) for value in timebar.view(session, "zh").values}


def test_each_value_of_the_time_bar_is_marked_on_its_own(session: Session, flood: Flood) -> None:
    session.seek(flood.start)  # inflow and release were published then, no level
    assert {name: mark for name, (_, mark) in marks(session).items()} == {
        "inflow": "published",
        "release": "published",
        "level": "reconstructed",
    }
    session.seek(flood.start + 4 * 3600)
    assert {name: mark for name, (_, mark) in marks(session).items()} == {
        "inflow": "reconstructed",
        "release": "held",
        "level": "reconstructed",
    }
    bar = timebar.view(session, "zh")
    assert bar.text == "2025-07-27 01:00"
    assert [day["text"] for day in bar.days] == ["7/27", "7/28", "7/29", "7/30"]


def test_the_time_bar_is_of_the_level_shown_however_the_clock_runs(session: Session, clock: Clock) -> None:
    """While a picture is drawn playing goes on: bar and level had two times."""
    assert session.playback is not None
    session.seek(session.playback.start + 9 * 3600)
    session.playback.play()
    session.replay()
    clock.now += 0.2  # 36 minutes of the flood
    bar = timebar.view(session, "zh")
    shown = {figure.id: figure for figure in readout.view(session, "zh").figures}
    assert bar.text == "2025-07-27 06:00"
    assert marks(session)["level"][0] == shown["level"].value == f"{session.scene.moment.level_m:.2f}"
    session.replay()
    assert timebar.view(session, "zh").text == "2025-07-27 06:36"


def test_every_published_number_stands_at_its_time_to_its_last_digit(session: Session, flood: Flood) -> None:
    for series in SERIES:
        for time, value in zip(*flood.published[series], strict=True):
            session.seek(float(time))
            shown, mark = marks(session)[series]
            assert (shown, mark) == (f"{value:.{2 if series == 'level' else 0}f}", "published")
            if series == "level":
                assert session.scene.moment.level_m == value
                assert session.scene.moment.highest_m >= value
                level = next(f for f in readout.view(session, "zh").figures if f.id == "level")
                assert (level.value, level.mark) == (f"{value:.2f}", "公布值")


def test_a_minute_beside_a_published_number_nothing_is_called_published(
    session: Session, flood: Flood
) -> None:
    known = {float(time) for series in SERIES for time in flood.published[series][0]}
    for time in known:
        beside = time + 60.0 if time + 60.0 <= flood.end else time - 60.0
        if min(abs(beside - other) for other in known) > 30.0:
            session.seek(beside)
            assert "published" not in {mark for _, mark in marks(session).values()}


def test_the_highest_level_of_a_flood_is_not_below_what_was_published(session: Session, flood: Flood) -> None:
    times, levels = flood.published["level"]
    assert flood.highest_m(flood.end) >= levels.max()
    assert flood.highest_m(float(times[0]) - 3600) < levels.max()


@pytest.mark.parametrize("at", [-1.0, 1e300, 0.0])
def test_a_time_outside_the_flood_is_refused(session: Session, at: float) -> None:
    with pytest.raises(NoSuchTimeError):
        session.seek(at)
    assert not session.replaying


def test_without_a_flood_there_is_no_time_bar(basin: Basin) -> None:
    quiet = Session(basin)
    assert not timebar.view(quiet, "zh").available
    assert chart.figure(quiet, "zh")["data"] == []
    quiet.replay()
    assert quiet.scene.moment.mode == "what-if"


def test_the_chart_draws_points_where_something_was_published_and_lines_where_not(
    session: Session, flood: Flood
) -> None:
    figure = chart.figure(session, "en")
    markers = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    assert [len(trace["x"]) for trace in markers] == [len(flood.published[s][0]) for s in chart.SERIES]
    assert all(trace["line"]["dash"] == "dot" for trace in figure["data"] if trace["mode"] == "lines")
    assert markers[0]["x"][0] == "2025-07-26 21:00:00"  # the site's clocks


def test_the_flood_meets_its_published_levels(flood: Flood) -> None:
    times, levels = flood.published["level"]
    found = [flood.at("level", float(time)) for time in times]
    assert found[:2] == pytest.approx(levels[:2], abs=0.02)
    assert flood.highest_m(flood.end) >= max(found)


def test_a_release_holds_until_the_next(flood: Flood) -> None:
    times, values = flood.published["release"]
    assert flood.at("release", float(times[1]) - 60.0) == values[0]
    assert flood.at("release", float(times[1]) + 60.0) == values[1]


def gauge_at(level_m: float) -> LiveLevel:
    """A level that the lake's gauge has just reported."""
    station = Station(id="1", name=in_both("坝"), kind="reservoir", lon=117.0, lat=40.5)
    return LiveLevel(
        level_m=level_m,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        station=station,
        datastream="1.level",
        freshness=Freshness.FRESH,
        quality="good",
        feed="f",
    )


def test_a_replay_that_began_live_is_left_for_live(session: Session, flood: Flood) -> None:
    session.set_live_level(gauge_at(151.0))
    assert session.scene.moment.is_live
    session.seek(flood.start)
    session.seek(flood.end)
    session.set_live_level(gauge_at(151.5))
    assert session.replaying
    session.leave_replay()
    moment = session.scene.moment
    assert (moment.is_live, moment.level_m) == (True, 151.5)


def test_a_replay_that_began_at_a_what_if_is_left_for_its_own_level(session: Session, flood: Flood) -> None:
    session.set_live_level(gauge_at(151.0))
    session.show_what_if("level", 140.0)
    session.seek(flood.end)
    level_m = session.scene.moment.level_m
    session.leave_replay()
    assert (session.scene.moment.mode, session.scene.moment.level_m) == (
        "what-if",
        pytest.approx(level_m, abs=1e-4),
    )


def test_there_is_a_way_to_the_peak_of_inflow_and_level(session: Session, flood: Flood) -> None:
    inflow, level = timebar.view(session, "zh").peaks
    times, values = flood.published["inflow"]
    assert (inflow["id"], inflow["at"]) == ("inflow", times[values.argmax()])
    assert f"{values.max():,.0f} m³/s" in inflow["text"]
    session.seek(level["at"])
    assert session.scene.moment.level_m == max(flood.level.max(), *flood.published["level"][1])


def test_the_chart_has_the_levels_that_the_flood_reached_and_the_next_one(
    session: Session, flood: Flood
) -> None:
    levels = [level.level_m for level in chart.levels_seen(session, flood)]
    low_m, high_m = flood.level.min(), flood.peak("level")[1]
    assert levels == sorted(levels)
    assert all(level >= low_m for level in levels) and sum(level > high_m for level in levels) <= 1
    layout = chart.figure(session, "zh")["layout"]
    assert [shape["y0"] for shape in layout["shapes"]] == levels
    low, high = layout["yaxis2"]["range"]
    assert all(low < level < high for level in [low_m, high_m, *levels])


def test_what_is_under_the_pointer_is_of_the_same_numbers(session: Session, flood: Flood) -> None:
    hover = chart.figure(session, "en")["hover"]
    assert (hover["offset_s"], hover["times"]) == (8 * 3600.0, flood.times.tolist())
    assert [series["published"][1] for series in hover["series"]] == [
        flood.published[series][1].tolist() for series in SERIES
    ]


def test_the_alarms_of_a_replay_are_a_log_of_their_own_up_to_its_time(session: Session, flood: Flood) -> None:
    changes = replay_alarms.changes_of(session)
    assert not replay_alarms.view(session, changes, "zh").active, "nothing of it is shown outside a replay"
    session.seek(flood.end)
    whole = replay_alarms.view(session, changes, "zh")
    assert whole.active and len(whole.rows) == len(changes) > 0
    assert [row.at for row in whole.rows] == sorted((row.at for row in whole.rows), reverse=True)
    first = changes[0].at.timestamp()
    session.seek(first - 60.0)
    assert replay_alarms.view(session, changes, "en").rows == []
    session.seek(first)
    assert [row.what for row in replay_alarms.view(session, changes, "en").rows] == ["raised"]
