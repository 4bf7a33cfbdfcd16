"""The lake's own gauge drives the water in live mode; a level that is old or in doubt never looks fresh."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.boot_clock import boot_clock_s
from apps.parts import head
from apps.session.live_level import Gauge, LiveLevel, heard, lake_gauge, obstacle, peak_of, shown_age_s
from apps.session.session import Session
from tests.apps.clock import Clock
from tests.browser.flood_basin import write_flood_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.errors import Reason
from twin.stations.freshness import Freshness
from twin.stations.model import Datastream, Station
from twin.stations.snapshot import Past, ValueNow
from twin.vertical import VerticalError

AT = datetime(2026, 7, 28, 6, 32, tzinfo=UTC)
STATION = Station(id="30510101", name={"zh": "主坝", "en": "Main dam"}, kind="reservoir", lon=116.9, lat=40.5)
STREAM = Datastream(id="30510101.level", station="30510101", property="level", interval_s=300)
GAUGE = Gauge(station=STATION, datastream=STREAM, to_working_m=lambda value_m, at: value_m + 0.5)


def told(value: float | None, *, age_s: float = 60.0, quality: str = "good", minute: int = 0) -> ValueNow:
    return ValueNow(
        datastream=STREAM.id,
        value=value,
        phenomenon_at=AT + timedelta(minutes=minute),
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
        quality=quality,  # type: ignore[arg-type]
        feed="sample",
    )


def level(level_m: float, freshness: Freshness = Freshness.FRESH) -> LiveLevel:
    found = heard(GAUGE, told(level_m - 0.5), elapsed_s=0.0, before=None)
    assert found is not None
    return replace(found, freshness=freshness)


def test_a_good_value_becomes_a_working_height() -> None:
    found = heard(GAUGE, told(151.5), elapsed_s=0.0, before=None)
    assert found is not None
    assert (found.level_m, found.at, found.freshness) == (152.0, AT, Freshness.FRESH)


@given(
    st.lists(st.sampled_from(["good", "unchecked", "estimate", "suspect", "poor"]), min_size=1, max_size=6)
)
def test_the_highest_is_of_the_values_that_move_the_water(qualities: list[str]) -> None:
    values = tuple(150.0 + number for number in range(len(qualities)))
    past = Past(
        datastream=STREAM.id,
        times_s=tuple(AT.timestamp() + 300 * number for number in range(len(qualities))),
        values=values,
        qualities=tuple(qualities),  # type: ignore[arg-type]
    )
    moving = [
        value + 0.5
        for value, quality in zip(values, qualities, strict=True)
        if obstacle(GAUGE, told(value, quality=quality), lowest_m=126.0, highest_m=160.0) is None
    ]
    peak = peak_of(GAUGE, past, lowest_m=126.0, highest_m=160.0)
    assert (None if peak is None else peak[0]) == max(moving, default=None)


@pytest.mark.parametrize("quality", ["suspect", "poor", "missing"])
def test_a_value_in_doubt_moves_no_water_and_what_stays_is_not_fresh(quality: str) -> None:
    before = heard(GAUGE, told(151.5), elapsed_s=0.0, before=None)
    value = None if quality == "missing" else 180.0
    found = heard(GAUGE, told(value, quality=quality, minute=5), elapsed_s=0.0, before=before)
    assert found is not None and before is not None
    assert (found.level_m, found.at) == (before.level_m, before.at)
    assert found.freshness is Freshness.STALE


def test_nothing_was_ever_known_where_the_first_value_is_in_doubt() -> None:
    assert heard(GAUGE, told(151.5, quality="suspect"), elapsed_s=0.0, before=None) is None


@given(age_s=st.floats(0, 3e5), elapsed_s=st.floats(0, 3e5))
def test_a_value_older_than_three_intervals_is_never_fresh(age_s: float, elapsed_s: float) -> None:
    found = heard(GAUGE, told(151.5, age_s=age_s), elapsed_s=elapsed_s, before=None)
    assert found is not None
    assert (found.freshness is Freshness.FRESH) == (age_s + elapsed_s <= 900)


def test_the_lakes_gauge_is_an_observed_level_of_a_reservoir_station() -> None:
    river = replace(STATION, id="1", kind="stage")
    streams = [
        Datastream(id="1.level", station="1", property="level", interval_s=300),
        replace(STREAM, id="30510101.level.forecast", origin="forecast"),
        replace(STREAM, id="30510101.flow", property="flow"),
        STREAM,
    ]
    found = lake_gauge({"1": river, STATION.id: STATION}, streams, lambda station, value_m, at: value_m)
    assert found is not None and found.datastream == STREAM
    assert lake_gauge({"1": river}, streams[:1], lambda station, value_m, at: value_m) is None


# -- the session ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def basin(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Basin:
    catalog = write_flood_basin(tmp_path_factory.mktemp("live"))
    return Basin.open(shared_store.build(catalog))


@pytest.fixture
def session(basin: Basin, clock: Clock) -> Session:
    return Session(basin, clock=clock)


def test_following_shows_the_gauges_level_and_each_new_one(session: Session) -> None:
    session.set_live_level(level(151.0))
    session.follow()
    assert (session.scene.moment.mode, session.scene.moment.level_m, session.scene.moment.valid_at) == (
        "live",
        151.0,
        AT,
    )
    assert session.set_live_level(level(150.5))
    assert (session.scene.moment.level_m, session.scene.moment.highest_m) == (150.5, 151.0)


def test_a_what_if_is_not_moved_by_the_gauge(session: Session) -> None:
    session.set_live_level(level(151.0))
    session.show_what_if("level", 149.0)
    assert not session.set_live_level(level(150.0))
    assert (session.scene.moment.mode, session.scene.moment.level_m) == ("what-if", 149.0)


def test_a_level_for_which_there_is_no_answer_moves_nothing(session: Session) -> None:
    session.set_live_level(level(151.0))
    session.follow()
    session.set_live_level(level(400.0))
    assert session.scene.moment.level_m == 151.0


def test_a_level_remembered_from_the_last_days_keeps_pockets_wet(session: Session) -> None:
    session.set_live_level(level(150.0))
    session.remember(152.5)
    session.follow()
    assert (session.scene.moment.level_m, session.scene.moment.highest_m) == (150.0, 152.5)


def test_a_live_moment_in_a_link_is_history_when_it_is_opened_and_says_of_when(session: Session) -> None:
    session.set_live_level(level(151.0))
    session.follow()
    shared = session.scene.moment
    session.set_live_level(level(150.0))
    session.restore(shared)
    assert (session.scene.moment.mode, session.scene.moment.level_m) == ("history", 151.0)
    assert session.scene.moment.valid_at == AT
    assert not session.replaying
    shown = head.view(session.basin.catalog, session, "zh")
    assert shown.tone == "history"
    assert "2026-07-28 14:32" in shown.note
    assert shown.can_follow


def test_the_head_says_live_and_of_when_and_has_no_frame_while_the_level_is_fresh(session: Session) -> None:
    session.set_live_level(level(151.0))
    session.live_age_s = 130.0
    session.follow()
    shown = head.view(session.basin.catalog, session, "zh")
    assert (shown.tone, shown.live_tone, shown.live_time) == ("", "fresh", "2026-07-28 14:32")
    assert shown.live_since_s == pytest.approx(boot_clock_s() - 130.0, abs=1.0)


@pytest.mark.parametrize("freshness", [Freshness.STALE, Freshness.DEAD])
def test_an_old_level_is_framed_and_says_how_old_it_is(session: Session, freshness: Freshness) -> None:
    session.set_live_level(level(151.0, freshness))
    session.live_age_s = 7_300.0
    session.follow()
    shown = head.view(session.basin.catalog, session, "en")
    assert (shown.tone, shown.live_tone) == ("stale", "old")
    assert shown.mode == "Level out of date"
    assert "2 h ago" in shown.note


def test_without_a_gauge_there_is_nothing_to_follow(session: Session, tmp_path: Path) -> None:
    session.follow()
    assert session.scene.moment.mode == "what-if"
    assert not head.view(session.basin.catalog, session, "zh").can_follow


# -- why the water does not follow ------------------------------------------------------------------------

SPAN = {"lowest_m": 126.0, "highest_m": 160.0}


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        (None, "never"),
        (told(None, quality="missing"), "missing"),
        (told(150.0, quality="suspect"), "doubt"),
        (told(150.0, quality="poor"), "doubt"),
        (told(0.149), "outside"),
        (told(159.6), "outside"),  # 160.1 m as a working height
        (told(0.149, quality="suspect"), "outside"),
    ],
)
def test_every_report_that_moves_no_water_has_its_cause(value: ValueNow | None, cause: str) -> None:
    held = obstacle(GAUGE, value, **SPAN)
    assert held is not None
    assert held.cause == cause
    before = heard(GAUGE, told(151.0), elapsed_s=0.0, before=None, **SPAN)
    found = heard(GAUGE, value, elapsed_s=0.0, before=before, **SPAN)
    assert found is not None
    assert found.level_m == 151.5
    assert found.freshness is not Freshness.FRESH


@pytest.mark.parametrize("quality", ["good", "unchecked", "estimate"])
@pytest.mark.parametrize("value_m", [125.5, 151.0, 159.5])
def test_a_report_within_the_range_has_none(quality: str, value_m: float) -> None:
    assert obstacle(GAUGE, told(value_m, quality=quality), **SPAN) is None


def test_heights_that_cannot_be_converted_are_a_cause_and_no_exception() -> None:
    error = VerticalError("heights of 'unknown' have no offset")

    def unknown(value_m: float, at: datetime) -> float:
        raise error

    held = obstacle(replace(GAUGE, to_working_m=unknown), told(151.0), **SPAN)
    assert held is not None
    assert (held.cause, held.unconverted) == ("heights", Reason.of(error))


@given(newest_s=st.floats(0, 1e5), later_min=st.integers(0, 600), elapsed_s=st.floats(0, 1e4))
def test_the_age_is_that_of_the_level_shown_and_not_of_the_one_held_back(
    newest_s: float, later_min: int, elapsed_s: float
) -> None:
    held = told(147.0, age_s=newest_s, quality="suspect", minute=later_min)
    age_s = shown_age_s(held, elapsed_s=elapsed_s, at=AT)
    assert age_s == pytest.approx(newest_s + elapsed_s + 60.0 * later_min)


def test_a_level_outside_the_range_leaves_nothing_fresh(session: Session) -> None:
    """A gauge that reports 400 m once kept the last level green for ever."""
    session.set_live_level(level(151.0))
    session.set_live_level(level(400.0))
    assert session.live is not None
    assert (session.live.level_m, session.live.freshness) == (151.0, Freshness.STALE)
