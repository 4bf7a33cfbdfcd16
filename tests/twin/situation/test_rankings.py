"""Hour means, wettest stations, sections' classes, alarm counts, least fonts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.legible import LEAST_ARCMIN, least_font_px, subtended_arcmin
from twin.situation.alarm_counts import alarm_counts, gravest_first
from twin.situation.hour_means import hour_means, runs_of
from twin.situation.section_classes import class_counts, sections
from twin.situation.wettest import rain_situation
from twin.stations.model import Datastream, Station
from twin.stations.snapshot import AlarmNow, Now, Past, RainNow, ValueNow

AT = datetime(2026, 7, 20, 6, tzinfo=UTC)


def value(stream: str, number: float | None, *, age_s: float = 60.0, quality: str = "good") -> ValueNow:
    return ValueNow(
        datastream=stream,
        value=number,
        phenomenon_at=AT,
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
        quality=quality,  # type: ignore[arg-type]
    )


def test_an_hour_is_the_mean_of_its_trusted_values_and_a_gap_stays_one() -> None:
    past = Past(
        datastream="x.level",
        times_s=(7200.0, 9000.0, 10_799.0, 14_400.0, 15_000.0, 18_000.0),
        values=(1.0, 3.0, 8.0, None, 99.0, 5.0),
        qualities=("good", "unchecked", "good", "missing", "suspect", "estimate"),
    )
    found = hour_means(past, start_s=3600, end_s=21_600)
    assert found == [None, 4.0, None, None, 5.0]
    assert runs_of(found) == [[(1, 4.0)], [(4, 5.0)]]
    assert runs_of([1.0, 2.0]) == [[(0, 1.0), (1, 2.0)]]


def rain(station: str, h1: float | None, h24: float | None, known: float = 1.0) -> RainNow:
    return RainNow(station=station, h1_mm=h1, h3_mm=h1, h6_mm=h1, h24_mm=h24, known=known)


def test_the_wettest_of_the_hour_come_first_and_old_sums_do_not_count() -> None:
    streams = {id_: f"{id_}.rain" for id_ in "abcd"}
    now = Now(
        values={f"{id_}.rain": value(f"{id_}.rain", 0.0, age_s=5000 if id_ == "d" else 60) for id_ in "abcd"},
        rain={
            "a": rain("a", 2, 3),
            "b": rain("b", 12.5, 40),
            "c": rain("c", 0, 5, 0.5),
            "d": rain("d", 99, 99),
        },
    )
    found = rain_situation(now, elapsed_s=lambda _: 0.0, streams=streams)
    assert [one.station for one in found.wettest] == ["b", "a"]
    assert (found.reporting, found.stations, found.raining, found.partly) == (3, 4, 2, True)
    assert found.mean_24h_mm == pytest.approx(16.0)
    later = rain_situation(now, elapsed_s=lambda _: 900.0, streams=streams)
    assert (later.reporting, later.wettest, later.mean_24h_mm) == (0, (), None)


def test_without_rain_in_the_hour_the_day_ranks() -> None:
    streams = {id_: f"{id_}.rain" for id_ in "ab"}
    now = Now(
        values={f"{id_}.rain": value(f"{id_}.rain", 0.0) for id_ in "ab"},
        rain={"a": rain("a", 0.0, 3.0), "b": rain("b", 0.0, 0.0)},
    )
    found = rain_situation(now, elapsed_s=lambda _: 0.0, streams=streams)
    assert [one.station for one in found.wettest] == ["a"] and found.raining == 0


def test_a_section_is_judged_by_its_worst_item_in_its_water() -> None:
    def section(id_: str, river: str) -> Station:
        name = {"zh": id_, "en": id_}
        return Station(id=id_, name=name, kind="quality", lon=0, lat=0, river=river)

    network = {"river": section("river", "Bai"), "lake": section("lake", ""), "dead": section("dead", "")}
    streams = {
        id_: [
            Datastream(id=f"{id_}.{item}", station=id_, property=item, interval_s=300)
            for item in ("phosphorus", "oxygen")
        ]
        for id_ in network
    }
    found_values = {}
    for id_ in network:
        age = 90_000 if id_ == "dead" else 1000 if id_ == "lake" else 10
        found_values[f"{id_}.phosphorus"] = value(f"{id_}.phosphorus", 0.09, age_s=age)
        found_values[f"{id_}.oxygen"] = value(f"{id_}.oxygen", 8.0, age_s=age)
    found = sections(
        Now(values=found_values),
        elapsed_s=lambda _: 5.0,
        stations=streams,
        network=network,
        target_of=lambda _: "III",
    )
    assert [(one.station.id, one.verdict.water_class, one.worse) for one in found] == [
        ("lake", "IV", 1),
        ("river", "II", 0),
    ]
    assert (found[0].stale, found[0].oldest_s, found[1].stale) == (True, 1005.0, False)
    assert class_counts(found) == {"I": 0, "II": 1, "III": 0, "IV": 1, "V": 0, "VI": 0}


def alarm(id_: str, rank: int, state: str, minute: int = 0) -> AlarmNow:
    at = AT.replace(minute=minute)
    return AlarmNow(
        id=id_,
        station="s",
        datastream="s.level",
        rule="level",
        rank=rank,
        state=state,  # type: ignore[arg-type]
        text={"zh": id_, "en": id_},
        raised_at=at,
        changed_at=at,
    )


def test_alarms_are_counted_by_rank_without_the_shelved() -> None:
    alarms = [
        alarm("a", 1, "acknowledged"),
        alarm("b", 2, "unacknowledged"),
        alarm("c", 2, "returned", 5),
        alarm("d", 4, "shelved"),
    ]
    counts = {one.rank: (one.standing, one.open) for one in alarm_counts(alarms)}
    assert counts == {1: (1, 0), 2: (2, 2), 3: (0, 0), 4: (0, 0)}
    assert [one.id for one in gravest_first(alarms)] == ["c", "b", "a"]


@given(st.floats(0.5, 30), st.floats(1, 20), st.integers(640, 8000))
def test_the_least_font_subtends_eighteen_minutes_of_arc(
    width_m: float, distance_m: float, width_px: int
) -> None:
    wall = {"width_m": width_m, "distance_m": distance_m, "width_px": width_px}
    assert subtended_arcmin(least_font_px(**wall), **wall) == pytest.approx(LEAST_ARCMIN)


def test_the_least_font_of_a_wall_that_was_measured_out_by_hand() -> None:
    """4.8 m of 1920 px: 2.5 mm a pixel; 18′ at 4 m is 20.944 mm: capitals of 8.378 px, a font of 11.97."""
    found = least_font_px(width_m=4.8, distance_m=4.0, width_px=1920)
    assert found == pytest.approx(11.968, abs=0.001)
    with pytest.raises(ValueError, match="a wall of 0"):
        least_font_px(width_m=0, distance_m=4.0, width_px=1920)
