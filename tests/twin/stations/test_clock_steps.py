"""A clock that is set forth and back, wrong from the start, or by mistake: what is shown is right at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.live import protocol
from tests.twin.alarms.test_rules import NETWORK as RULES_NETWORK
from tests.twin.alarms.test_rules import SITE, ZONE
from tests.twin.stations.nets import START, HandClocks, network
from twin.alarms.lifecycle import AlarmLifecycle
from twin.alarms.rules import Rules
from twin.stations.clock_agreement import ClockAgreement
from twin.stations.clocks import ForwardClocks
from twin.stations.freshness import Freshness
from twin.stations.latest import LatestValues
from twin.stations.model import Observation, Reading
from twin.stations.snapshot import FeedNow, Now, ValueNow
from twin.stations.store.writing import Appended
from twin.stations.validation import Validation

NETWORK = network()
LAKE = "30500001.level"
HOUR = 3600.0


class World:
    """A machine's clock, what follows it, and a screen; ``true`` is the time that no clock needs to show."""

    def __init__(self, *, wrong_by_s: float = 0.0) -> None:
        self.true = START
        self.clocks = HandClocks(day=START + timedelta(seconds=wrong_by_s))
        self.forward = ForwardClocks(self.clocks)
        self.latest = LatestValues(NETWORK, self.forward)

    def pass_(self, seconds: float) -> None:
        self.true += timedelta(seconds=seconds)
        self.clocks.pass_(seconds)

    def send(self, stream: str = LAKE, *, late_s: float = 0.0) -> None:
        """A station whose clock is right sends a value, prompt or late."""
        at = self.true - timedelta(seconds=late_s)
        self.forward.heard(stream.partition(".")[0], at)
        self.latest.update([Observation(datastream=stream, phenomenon_at=at, received_at=at, value=1.0)])

    def age_s(self, stream: str = LAKE) -> float:
        age = self.latest.now()[stream].age_s
        assert age is not None
        return age


def test_after_a_step_forth_and_back_ages_are_right_at_once() -> None:
    world = World()
    world.send("31000001.level")
    world.pass_(60)
    world.clocks.step(HOUR)
    world.send()  # while the clock is wrong
    assert world.age_s() == HOUR
    world.pass_(30)
    world.clocks.step(-HOUR)
    assert world.age_s() == 30
    assert world.age_s("31000001.level") == 90
    assert world.forward.lead_s == 0
    world.send("30900001.rain")
    assert world.age_s("30900001.rain") == 0


def test_after_a_step_back_and_forth_ages_were_right_all_the_time() -> None:
    world = World()
    world.send()
    for step in (-HOUR, HOUR):
        world.clocks.step(step)
        world.pass_(30)
        world.send("31000001.level", late_s=10)
        assert world.age_s("31000001.level") == 10
        assert world.forward.now() == world.true
    assert world.age_s() == 60
    assert world.forward.lead_s == 0


def test_a_clock_that_was_slow_at_the_start_is_right_once_it_is_set() -> None:
    world = World(wrong_by_s=-8 * HOUR)
    world.send(late_s=120)
    world.clocks.step(8 * HOUR)
    assert world.age_s() == 120


@pytest.mark.parametrize("stations", [0, 2, 3, 4])
def test_a_clock_fast_at_the_start_is_right_with_three_prompt_stations(stations: int) -> None:
    """A hardware clock that keeps local time is eight hours fast until a time server has been asked."""
    world = World(wrong_by_s=8 * HOUR)
    streams = ["30500001.level", "31000001.level", "30900001.rain", "30900002.rain"]
    for stream in streams[:stations]:
        world.send(stream, late_s=20)
    world.pass_(300)
    world.clocks.step(-8 * HOUR)
    believed = stations >= 3
    assert world.forward.lead_s == (0 if believed else 8 * HOUR)
    assert (world.forward.now() == world.true) is believed
    if stations:
        assert world.age_s() == (320 if believed else 8 * HOUR + 320)
    world.clocks.step(-HOUR)  # and set back by mistake after all
    assert world.forward.lead_s == (HOUR if believed else 9 * HOUR)


def test_a_clock_set_back_by_mistake_is_not_believed_whoever_was_prompt() -> None:
    world = World()
    for stream in ("30500001.level", "31000001.level", "30900001.rain"):
        world.send(stream, late_s=5)
    for _ in range(200):
        world.clocks.step(-30)
        world.pass_(40)
        world.send("30900002.rain", late_s=600)
        assert world.forward.now() == world.true
    assert world.age_s() == 8005


@given(st.lists(st.tuples(st.integers(-7200, 7200), st.integers(1, 4000)), max_size=30))
def test_a_clock_that_is_right_again_shows_true_ages_whatever_it_was_set_to(
    steps: list[tuple[int, int]],
) -> None:
    world = World()
    off = timedelta(0)
    for step, seconds in steps:
        world.send(late_s=0.0)
        off += timedelta(seconds=step)
        world.clocks.day += timedelta(seconds=step)
        world.pass_(seconds)
        assert world.forward.now() >= world.true
        assert world.age_s() >= seconds
    world.clocks.day -= off
    assert world.forward.now() == world.true
    assert world.forward.lead_s == 0
    if steps:
        assert world.age_s() == steps[-1][1]


def test_a_value_ahead_of_the_clock_grows_old_from_when_it_came() -> None:
    world = World()
    world.send(late_s=-HOUR)
    assert world.age_s() == 0
    world.pass_(901)
    assert world.age_s() == 901
    assert world.latest.now()[LAKE].freshness() is Freshness.STALE


# -- what follows from ages ------------------------------------------------------------------------------


def told(world: World) -> Now:
    return Now(values=world.latest.now(), made_s=world.clocks.seconds)


def test_a_view_is_told_an_age_that_a_step_has_changed_and_no_other() -> None:
    world = World()
    world.send()
    world.clocks.step(HOUR)
    first = told(world)
    world.pass_(10)
    assert protocol.changed(told(world), first) == {}
    world.clocks.step(-HOUR)
    (value,) = protocol.values_of(protocol.changed(told(world), first)).values()
    assert (value.datastream, value.age_s) == (LAKE, 10)


def standing(world: World, feed_since_s: float, lifecycle: AlarmLifecycle, rules: Rules) -> set[str]:
    feed = FeedNow(
        id="f",
        title={"zh": "遥测", "en": "telemetry"},
        driver="http",
        state="waiting",
        since=world.forward.at(feed_since_s),
    )
    for j in rules.silences({}, [feed], world.forward.now(), elapsed_s=world.clocks.elapsed_s()):
        lifecycle.update(j)
    return set(lifecycle.standing)


@pytest.fixture
def rules() -> Iterator[Rules]:
    yield Rules(SITE, RULES_NETWORK, zone=ZONE, to_working_m=lambda station, value_m, at: value_m)


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_a_feed_is_away_after_two_minutes_whatever_the_clock_is_set_to(rules: Rules, step: float) -> None:
    world, lifecycle = World(), AlarmLifecycle()
    since_s = world.clocks.elapsed_s()
    for seconds, set_by, away in ((60, step, False), (59, -step, False), (2, step, True), (60, -step, True)):
        world.pass_(seconds)
        world.clocks.step(set_by)
        assert (standing(world, since_s, lifecycle, rules) == {"feed@f"}) is away


def test_silence_lasts_its_five_minutes_by_the_clock_that_nobody_sets(rules: Rules) -> None:
    world, lifecycle = World(), AlarmLifecycle()
    old = {"lake.level": value(1000)}
    for seconds, set_by, silent in ((0, 0, False), (60, HOUR, False), (239, 0, False), (1, -HOUR, True)):
        world.pass_(seconds)
        world.clocks.step(set_by)
        judged = rules.silences(old, [], world.forward.now(), elapsed_s=world.clocks.elapsed_s())
        for evaluation in judged:
            lifecycle.update(evaluation)
        assert ("silence@lake" in lifecycle.standing) is silent


def value(age_s: float) -> ValueNow:
    return ValueNow(
        datastream="lake.level",
        value=1.0,
        phenomenon_at=START,
        age_s=age_s,
        stale_after_s=900,
        dead_after_s=86_400,
    )


async def test_what_stations_say_of_our_clock_follows_its_being_set_at_once() -> None:
    world = World(wrong_by_s=-HOUR)

    async def keep(many: object) -> Appended:
        return Appended()

    gate = Validation(NETWORK, keep, clocks=world.forward)
    readings = [
        Reading(station=stream.station, property=stream.property, value=1.0, phenomenon_at=world.true)
        for stream in NETWORK.datastreams.values()
    ]
    await gate.deliver("f", readings)
    assert gate.clock() == "clock_slow"
    world.clocks.step(HOUR)
    assert gate.clock() == ""
    agreement = ClockAgreement()
    for station in "abc":
        agreement.note(station, HOUR, now_s=0.0)
    assert agreement.verdict(now_s=1.0) == "clock_slow"
    assert agreement.verdict(now_s=1.0, stepped_s=HOUR) == ""
