"""The sample's weather: a calm basin in which a storm comes, raises warnings and goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from twin.alarms.lifecycle import AlarmLifecycle
from twin.alarms.rules import Rules
from twin.alarms.sample_duty import OFFICER, SEEN_AFTER, acknowledge_old, is_sample
from twin.catalog import load_catalog
from twin.catalog.types import Names
from twin.sample.facts import SEED
from twin.sample.monitoring.behaviour import measure
from twin.sample.monitoring.lake import lake_state
from twin.sample.monitoring.sample_feed import SampleSpec
from twin.sample.monitoring.weather import SPACING_S
from twin.situation.mean_balance import mean_balance
from twin.situation.net_rate import level_rate
from twin.stations.feeds.http import HttpSpec
from twin.stations.model import Datastream, Observation, Station
from twin.stations.network import Network, network_of
from twin.stations.snapshot import AlarmNow, Past
from twin.water.published import design_curve

START = datetime(2026, 7, 20, 0, 0, tzinfo=UTC)
HOURS = 48
STEP = timedelta(minutes=5)
AlarmTimeline = list[tuple[datetime, list[AlarmNow]]]


def gauges() -> Network:
    """Rain gauges seven kilometres apart, about as dense as the sample's own."""
    stations, streams = [], []
    for k, (east, north) in enumerate((e, n) for e in range(-35, 36, 7) for n in range(-28, 29, 7)):
        id_ = f"309{k:05d}"
        lon, lat = 116.85 + east / 84.6, 40.53 + north / 111.2
        name = {"zh": id_, "en": id_}
        stations.append(Station(id=id_, name=name, kind="rain", lon=lon, lat=lat, watershed="甲"))
        streams.append(Datastream(id=f"{id_}.rain", station=id_, property="rain", interval_s=300))
    return network_of(stations, streams)


def told(network: Network) -> Iterator[tuple[datetime, list[Observation]]]:
    """What comes every five minutes."""
    times_s = START.timestamp() + 300.0 * np.arange(1, HOURS * 12 + 1)
    found = {
        stream.id: measure(network.stations[stream.station], stream, times_s)
        for stream in network.datastreams.values()
    }
    for k, at_s in enumerate(times_s.tolist()):
        at = datetime.fromtimestamp(at_s, UTC)
        yield (
            at,
            [
                Observation(
                    datastream=id_,
                    phenomenon_at=at,
                    received_at=at,
                    value=None if np.isnan(m.value[k]) else float(m.value[k]),
                    quality="good",
                )
                for id_, m in found.items()
                if m.there[k]
            ],
        )


@pytest.fixture(scope="module")
def timeline(project: Path) -> AlarmTimeline:
    """Standing alarms after every five minutes of two days, under the sample's own rules."""
    site = load_catalog(project / "data_catalog.yaml").site
    network = gauges()
    rules = Rules(site, network, zone=ZoneInfo("Asia/Shanghai"), to_working_m=lambda _, value, at: value)
    lifecycle = AlarmLifecycle()
    found = []
    for at, many in told(network):
        for o in many:
            for evaluation in rules.evaluate(o):
                lifecycle.update(evaluation)
        acknowledge_old(lifecycle, at)
        found.append((at, list(lifecycle.standing.values())))
    return found


def test_few_alarms_stand_at_any_time_and_fewer_wait(timeline: AlarmTimeline) -> None:
    assert max(len(alarms) for _, alarms in timeline) <= 8
    waiting = [sum(a.state == "unacknowledged" for a in alarms) for _, alarms in timeline]
    assert max(waiting) <= 6
    assert sum(n > 0 for n in waiting) < 0.35 * len(waiting)


def test_every_storm_comes_and_goes_within_two_hours(timeline: AlarmTimeline) -> None:
    cycles: dict[int, list[list[AlarmNow]]] = {}
    for at, alarms in timeline:
        cycles.setdefault(int(at.timestamp() // SPACING_S), []).append(alarms)
    for alarms in list(cycles.values())[:-1]:
        assert not alarms[2], "calm before the storm"
        assert any(alarms), "and then it warns"
    calm = sum(not alarms for _, alarms in timeline)
    assert calm > 0.35 * len(timeline)


def test_storms_raise_blue_yellow_and_at_times_orange(timeline: AlarmTimeline) -> None:
    grades = {alarm.signal for _, alarms in timeline for alarm in alarms}
    assert grades >= {"blue", "yellow", "orange"}
    first: dict[str, str] = {}
    for _, alarms in timeline:
        for alarm in alarms:
            first.setdefault(alarm.station, alarm.signal)
    assert "blue" in first.values()


def test_the_same_weather_is_told_again() -> None:
    network = gauges()
    one, two = (next(told(network))[1] for _ in range(2))
    assert one == two


def test_the_lake_keeps_below_its_limit_in_every_flood_season(project: Path) -> None:
    site = load_catalog(project / "data_catalog.yaml").site
    lake = Station(id="30500002", name={"zh": "坝", "en": "dam"}, kind="reservoir", lon=116.85, lat=40.46)
    stream = Datastream(id="30500002.level", station=lake.id, property="level", interval_s=300)
    for year in (2025, 2026, 2027, 2028):
        start, end = (datetime(year, month, day, tzinfo=UTC).timestamp() for month, day in ((6, 1), (9, 15)))
        levels = measure(lake, stream, np.arange(start // 300, end // 300) * 300.0).value
        limit = next(level.level_m for level in site.levels if level.id == "flood-limit")
        assert np.nanmax(levels) < limit - 0.02


def test_the_lake_keeps_mass() -> None:
    """What comes in and does not go out is stored, by the lake's own curve."""
    times_s = START.timestamp() + 300.0 * np.arange(20 * 288)
    lake = lake_state(116.98, 40.46, times_s, seed=SEED)
    net = lake.inflow_m3s - lake.release_m3s
    gained = np.concatenate([[0.0], np.cumsum(150.0 * (net[1:] + net[:-1]))])
    stored = np.array([design_curve().storage_at(level_m) for level_m in lake.level_m.tolist()])
    assert np.abs(stored - stored[0] - gained).max() < 1e-5 * np.ptp(gained)
    assert lake.release_m3s.min() > 0 and np.ptp(lake.inflow_m3s) > 50
    alone = lake_state(116.98, 40.46, times_s[-1:], seed=SEED)
    assert abs(alone.level_m[0] - lake.level_m[-1]) < 1e-4, "each start continues the same series"


def test_what_the_lake_reports_never_contradicts_itself_over_a_day() -> None:
    """So that the wall refuses a time to the next level for real contradictions only."""
    station = Station(id="30500001", name={"zh": "坝", "en": "d"}, kind="reservoir", lon=116.98, lat=40.46)

    def reported(property_: str, interval_s: float) -> Past:
        times_s = START.timestamp() + interval_s * np.arange(8 * 86_400 // interval_s)
        id_ = f"30500001.{property_}"
        stream = Datastream(id=id_, station=station.id, property=property_, interval_s=interval_s)
        found = measure(station, stream, times_s)
        told = found.there & ~np.isnan(found.value)
        values = tuple(found.value[told].tolist())
        qualities = ("good",) * len(values)
        return Past(datastream=id_, times_s=tuple(times_s[told].tolist()), values=values, qualities=qualities)

    level, inflow, release = reported("level", 300.0), reported("inflow", 3600.0), reported("release", 3600.0)
    times_s, levels_m = np.array(level.times_s), np.array(level.values)
    for hour in range(26, 8 * 24):
        end_s = START.timestamp() + 3600.0 * hour
        within = (times_s > end_s - 86_400) & (times_s <= end_s)
        rate = level_rate(times_s[within], levels_m[within])
        flows = mean_balance(inflow, release, start_s=end_s - 86_400, end_s=end_s)
        assert rate is not None and flows is not None
        assert flows.agrees(rate.times(design_curve().rise_at(float(levels_m[within][-1]))))


def test_the_invented_officer_acknowledges_after_a_while_and_never_where_a_feed_is_real() -> None:
    title = Names(zh="甲", en="a")
    sample = SampleSpec(id="s", title=title, driver="sample", stations="stations")
    real = HttpSpec.model_construct(id="h", title=title, driver="http")
    assert is_sample([sample])
    assert not is_sample([sample, real]) and not is_sample([])
    lifecycle = AlarmLifecycle()
    network = gauges()
    (stream, *_) = network.datastreams.values()
    rules = Rules(
        load_catalog(Path(__file__).parents[3] / "data_catalog.yaml").site,
        network,
        zone=ZoneInfo("Asia/Shanghai"),
        to_working_m=lambda _, value, at: value,
    )
    heavy = Observation(
        datastream=stream.id, phenomenon_at=START, received_at=START, value=55.0, quality="good"
    )
    for evaluation in rules.evaluate(heavy):
        lifecycle.update(evaluation)
    assert acknowledge_old(lifecycle, START + SEEN_AFTER - timedelta(seconds=1)) == []
    (change,) = acknowledge_old(lifecycle, START + SEEN_AFTER)
    assert (change.by, [a.state for a in lifecycle.standing.values()]) == (OFFICER, ["acknowledged"])
