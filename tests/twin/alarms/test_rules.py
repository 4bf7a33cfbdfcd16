"""From observations to alarms: levels by season, rivers, rain with gaps, water quality, silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from twin.alarms.lifecycle import AlarmLifecycle, Change
from twin.alarms.rain import RainWindow
from twin.alarms.rules import Rules, strangers
from twin.alarms.yearly import YearMean
from twin.catalog.alarm_rules import AlarmRules
from twin.catalog.site import Site
from twin.errors import Reason
from twin.stations.model import Datastream, Observation, Station
from twin.stations.network import Network, network_of
from twin.stations.snapshot import FeedNow, ValueNow
from twin.vertical import VerticalError

ZONE = ZoneInfo("Asia/Shanghai")
SUMMER = datetime(2025, 7, 27, 0, 0, tzinfo=UTC)
SITE = Site.model_validate(
    {
        "version": 1,
        "levels": [
            {
                "id": "flood-limit",
                "name": {"zh": "汛限水位", "en": "Flood-limit level"},
                "level_m": 152.0,
                "season": {"from": "06-01", "to": "09-15"},
                "source": "published",
            },
            {
                "id": "normal",
                "name": {"zh": "正常蓄水位", "en": "Normal pool level"},
                "level_m": 157.5,
                "source": "published",
            },
        ],
        "alarms": {
            "rivers": {"levels": [{"station": "r", "warning_m": 3.0, "guaranteed_m": 4.5}]},
            "nitrogen": {"means_mg_l": {"lq": 1.2}},
        },
    }
)


def network() -> Network:
    def station(id_: str, kind: str, **more: str) -> Station:
        return Station(
            id=id_,
            name={"zh": id_, "en": id_},
            kind=kind,
            lon=116.9,
            lat=40.5,
            watershed="沧汀河",
            **more,  # type: ignore[arg-type]
        )

    stations = [
        station("lake", "reservoir"),
        station("r", "stage"),
        station("p", "rain"),
        station("q", "quality", river="沧汀河"),
        station("lq", "quality"),
    ]
    streams = [("lake", "level", 300), ("r", "level", 300), ("p", "rain", 300)]
    streams += [(q, item, 14_400) for q in ("q", "lq") for item in ("phosphorus", "nitrogen", "ph")]
    return network_of(
        stations,
        [Datastream(id=f"{s}.{p}", station=s, property=p, interval_s=i) for s, p, i in streams],
    )


NETWORK = network()


class World:
    """Rules and a lifecycle under a test's hand."""

    def __init__(self) -> None:
        self.rules = Rules(SITE, NETWORK, zone=ZONE, to_working_m=lambda station, value_m, at: value_m)
        self.lifecycle = AlarmLifecycle()
        self.log: list[Change] = []

    def see(self, datastream: str, value: float | None, at: datetime, *, quality: str = "good") -> None:
        o = Observation(
            datastream=datastream,
            phenomenon_at=at,
            received_at=at,
            value=value,
            quality=quality,  # type: ignore[arg-type]
        )
        for evaluation in self.rules.evaluate(o):
            if (change := self.lifecycle.update(evaluation)) is not None:
                self.log.append(change)

    def story(self) -> list[tuple[str, str]]:
        return [(change.id.partition("@")[0], change.what) for change in self.log]


@pytest.fixture
def world() -> World:
    return World()


def every_five_minutes(start: datetime, values: Sequence[float]) -> list[tuple[datetime, float]]:
    return [(start + 5 * k * timedelta(minutes=1), value) for k, value in enumerate(values)]


def test_the_flood_limit_holds_in_the_flood_season_only(world: World) -> None:
    for at, level in every_five_minutes(SUMMER, [152.5] * 4):
        world.see("lake.level", level, at)
    assert world.story() == [("level:flood-limit", "raised")]
    autumn = datetime(2025, 9, 15, 16, 30, tzinfo=UTC)  # half past midnight of the 16th in Beijing
    world.see("lake.level", 152.5, autumn)
    assert world.story()[-1] == ("level:flood-limit", "returned")
    winter = World()
    for at, level in every_five_minutes(datetime(2025, 12, 1, tzinfo=UTC), [152.5] * 4):
        winter.see("lake.level", level, at)
    assert winter.story() == []


def test_a_level_says_value_limit_and_names_in_both_languages(world: World) -> None:
    for at, level in every_five_minutes(SUMMER, [153.08] * 4):
        world.see("lake.level", level, at)
    (alarm,) = world.lifecycle.standing.values()
    assert alarm.text["zh"] == "库水位 153.08 m，超汛限水位 152.00 m（+1.08 m）"
    assert alarm.text["en"] == "Lake at 153.08 m, above flood-limit level 152.00 m (+1.08 m)"
    assert (alarm.value, alarm.limit, alarm.rank) == (153.08, 152.0, 3)


@pytest.mark.parametrize("quality", ["suspect", "poor", "missing"])
def test_a_value_in_doubt_raises_nothing(world: World, quality: str) -> None:
    for at, level in every_five_minutes(SUMMER, [159.0] * 6):
        world.see("lake.level", None if quality == "missing" else level, at, quality=quality)
    assert world.story() == []


def test_a_river_passes_its_warning_and_its_guaranteed_level(world: World) -> None:
    for at, level in every_five_minutes(SUMMER, [2.9, 3.2, 3.2, 4.6, 4.6, 4.6, 2.0, *[2.0] * 7]):
        world.see("r.level", level, at)
    assert world.story() == [
        ("river:warning", "raised"),
        ("river:guaranteed", "raised"),
        ("river:warning", "returned"),
        ("river:guaranteed", "returned"),
    ]


def test_rain_signals_rise_from_blue_to_red_and_end(world: World) -> None:
    rain = [0.5] * 144 + [2.0] * 12 + [4.0] * 24 + [0.0] * 200
    ranks, colours = [], []
    for at, mm in every_five_minutes(SUMMER, rain):
        world.see("p.rain", mm, at)
        alarm = world.lifecycle.standing.get("rain@p")
        if alarm is not None and (not ranks or ranks[-1] != alarm.rank):
            ranks.append(alarm.rank)
            colours.append(alarm.signal)
            assert alarm.signal in alarm.text["en"]
    assert colours == [*["blue", "yellow", "orange"][: len(colours) - 1], "red"]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] == 4 and ranks[-1] == 1
    assert world.story()[-1] == ("rain", "returned")


def test_a_sum_with_gaps_may_raise_and_never_ends_an_alarm(world: World) -> None:
    for at, mm in every_five_minutes(SUMMER, [5.0] * 12):
        world.see("p.rain", mm, at)
    assert world.lifecycle.standing["rain@p"].state == "unacknowledged"
    after = SUMMER + timedelta(hours=20)
    world.see("p.rain", 0.0, after)  # nineteen hours of which nothing is known
    world.see("p.rain", 0.0, after + timedelta(hours=2))
    assert world.lifecycle.standing["rain@p"].state == "unacknowledged"


def test_rain_comes_in_any_order() -> None:
    forward, backward = (RainWindow(interval=timedelta(minutes=5)) for _ in range(2))
    pairs = every_five_minutes(SUMMER, [0.1 * k for k in range(100)])
    for at, mm in pairs:
        forward.add(at, mm)
    for at, mm in reversed(pairs):
        backward.add(at, mm)
    backward.add(*pairs[50])
    assert forward.total(6) == pytest.approx(backward.total(6))
    assert forward.total(6)[0] == pytest.approx(sum(mm for _, mm in pairs[-72:]))


def test_water_is_judged_by_its_worst_item_and_a_lake_more_strictly(world: World) -> None:
    for section in ("q", "lq"):
        world.see(f"{section}.ph", 7.5, SUMMER)
        world.see(f"{section}.phosphorus", 0.08, SUMMER)
        world.see(f"{section}.nitrogen", 9.0, SUMMER)
    assert world.story() == [("quality", "raised")]
    (alarm,) = world.lifecycle.standing.values()
    assert (alarm.station, alarm.datastream, alarm.group) == ("lq", "lq.phosphorus", "quality:沧汀河")
    assert alarm.text["zh"] == "水质Ⅳ类，目标Ⅲ类：总磷 0.080 mg/L"


def months(world: World, count: int, value: float) -> None:
    """So many months up to July 2025, a value in each."""
    for back in reversed(range(count)):
        world.see("lq.nitrogen", value, SUMMER - timedelta(days=30.4 * back))


def test_nitrogen_is_judged_by_its_year(world: World) -> None:
    months(world, 12, 1.1)
    world.see("lq.nitrogen", 1.9, SUMMER + timedelta(days=1))  # above the limit; the year's mean is not
    assert world.story() == []
    world.see("lq.nitrogen", 9.0, SUMMER + timedelta(days=1))  # a correction takes its place: July is at 5.05
    assert world.story() == [("nitrogen", "raised")]
    (alarm,) = world.lifecycle.standing.values()
    assert (alarm.value, alarm.limit, alarm.rank) == (1.429, 1.2, 3)
    assert alarm.text["zh"] == "总氮近 12 个月均值 1.43 mg/L，高于 2021 年的 1.20 mg/L"
    world.see("lq.nitrogen", 1.1, SUMMER + timedelta(days=1))
    assert world.story()[-1] == ("nitrogen", "returned")


@pytest.mark.parametrize(("value", "quality"), [(9.0, "suspect"), (None, "missing")])
def test_what_is_corrected_to_a_doubt_counts_no_more(world: World, value: float | None, quality: str) -> None:
    months(world, 12, 1.1)
    world.see("lq.nitrogen", 9.0, SUMMER + timedelta(days=1))
    world.see("lq.nitrogen", value, SUMMER + timedelta(days=1), quality=quality)
    world.see("lq.nitrogen", 1.1, SUMMER + timedelta(days=2))
    assert world.story() == [("nitrogen", "raised"), ("nitrogen", "returned")]
    world.see("p.rain", 55.0, SUMMER)
    world.see("p.rain", value, SUMMER, quality=quality)
    assert world.rules.rain()["p"].h24_mm == 0.0


def test_a_rule_for_a_station_that_is_not_there_is_said() -> None:
    rules = {
        "rivers": {"levels": [{"station": "r", "warning_m": 3.0}, {"station": "R", "warning_m": 3.0}]},
        "nitrogen": {"means_mg_l": {"lq": 1.2, "p": 1.0}},
        "quality": {"targets": {"q": "II", "x": "II"}},
    }
    site = SITE.model_copy(update={"alarms": AlarmRules.model_validate(rules)})
    assert strangers(site, NETWORK) == [
        "site: alarms.rivers.levels names 'R', which is no station that measures level",
        "site: alarms.quality.targets names 'x', which is no station of kind quality",
        "site: alarms.nitrogen.means_mg_l names 'p', which is no station that measures nitrogen",
    ]


def test_a_month_sampled_often_weighs_no_more_than_one_sampled_once() -> None:
    year = YearMean(ZONE)
    for back in range(11):
        year.add(SUMMER - timedelta(days=30.4 * back), 1.3)
    for k in range(1, 100):
        year.add(SUMMER + timedelta(hours=k), 0.1)
    assert year.mean() == (pytest.approx((10 * 1.3 + (1.3 + 99 * 0.1) / 100) / 11), 11)
    year.add(SUMMER + timedelta(days=400), 2.0)  # whatever is older than a year counts no more
    assert year.mean() == (2.0, 1)


def test_half_a_year_of_nitrogen_judges_nothing(world: World) -> None:
    months(world, 9, 5.0)
    assert world.story() == []
    world.rules.remember("lq.nitrogen", [(SUMMER - timedelta(days=275), 5.0)])
    world.see("lq.nitrogen", 5.0, SUMMER + timedelta(hours=1))
    assert world.story() == [("nitrogen", "raised")]


def test_a_gauge_whose_heights_cannot_be_converted_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    """It must not end the feed that brought the value."""

    def unknown(station: Station, value_m: float, at: datetime) -> float:
        raise VerticalError("no offset from dagu to 1985: set vertical.offsets_m.dagu")

    rules = Rules(SITE, NETWORK, zone=ZONE, to_working_m=unknown)
    with caplog.at_level("WARNING"):
        for at, level in every_five_minutes(SUMMER, [159.0] * 3):
            o = Observation(
                datastream="lake.level", phenomenon_at=at, received_at=at, value=level, quality="good"
            )
            assert list(rules.evaluate(o)) == []
    assert caplog.text.count("the level of lake raises no alarm: no offset from dagu") == 1


def value(stream: str, age_s: float, *, feed: str = "f") -> ValueNow:
    return ValueNow(
        datastream=stream,
        value=1.0,
        phenomenon_at=SUMMER,
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
        feed=feed,
    )


FEED = FeedNow(id="f", title={"zh": "遥测", "en": "telemetry"}, driver="sl651", state="running", since=SUMMER)


def silences(world: World, values: dict[str, ValueNow], feed: FeedNow, minutes: float) -> None:
    for m in range(int(minutes) + 1):
        for evaluation in world.rules.silences(values, [feed], SUMMER + m * timedelta(minutes=1)):
            if (change := world.lifecycle.update(evaluation)) is not None:
                world.log.append(change)


def test_a_station_is_silent_when_it_is_dead_and_the_lakes_gauge_when_it_is_stale(world: World) -> None:
    values = {"lake.level": value("lake.level", 1000), "r.level": value("r.level", 1000)}
    values["p.rain"] = value("p.rain", 90_000)
    silences(world, values, FEED, 10)
    assert {(c.id, c.alarm.rank) for c in world.log if c.alarm is not None} == {
        ("silence@lake", 2),
        ("silence@p", 4),
    }


def test_a_feed_that_is_away_is_one_alarm_and_not_one_for_each_station(world: World) -> None:
    values = {
        f"{s}.{p}": value(f"{s}.{p}", 1e6) for s, p in (("lake", "level"), ("r", "level"), ("p", "rain"))
    }
    away = replace(FEED, state="waiting", why=Reason("cannot listen"), since=SUMMER - timedelta(minutes=5))
    silences(world, values, away, 10)
    assert [c.id for c in world.log] == ["feed@f"]
    assert "cannot listen" in world.lifecycle.standing["feed@f"].text["zh"]
