"""The newest value with its age: no step of a clock makes an old value look fresh."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest

from tests.twin.stations.nets import START, HandClocks, network
from twin.stations.clocks import ForwardClocks
from twin.stations.freshness import Freshness, dead_after_s
from twin.stations.latest import LatestValues
from twin.stations.model import Observation

NETWORK = network()
LAKE = "30500001.level"
CHECKS = 100_000 if os.environ.get("TWIN_ENDURANCE") == "1" else 5_000


def seen(value: float | None, *, minutes: float = 0, revision: int = 0, quality: str = "good") -> Observation:
    at = START + timedelta(minutes=minutes)
    return Observation(
        datastream=LAKE,
        phenomenon_at=at,
        received_at=at,
        value=value,
        quality=quality,  # type: ignore[arg-type]
        revision=revision,
        feed="f",
    )


@pytest.fixture
def clocks() -> HandClocks:
    return HandClocks()


@pytest.fixture
def latest(clocks: HandClocks) -> LatestValues:
    return LatestValues(NETWORK, clocks)


def test_without_a_value_there_is_no_age(latest: LatestValues) -> None:
    now = latest.now()[LAKE]
    assert (now.age_s, now.value, now.freshness()) == (None, None, Freshness.NEVER)
    assert set(latest.now()) == set(NETWORK.datastreams)


def test_a_value_grows_old_by_its_own_interval(latest: LatestValues, clocks: HandClocks) -> None:
    latest.update([seen(152.0)])
    for seconds, expected in (
        (0, "fresh"),
        (900, "fresh"),
        (901, "stale"),
        (86_400, "stale"),
        (86_401, "dead"),
    ):
        clocks.day, clocks.seconds = START, 1000.0
        clocks.pass_(seconds)
        assert latest.now()[LAKE].freshness() == expected


def test_what_is_sampled_monthly_is_not_dead_on_its_second_day() -> None:
    from twin.stations.model import Datastream

    monthly = Datastream(id="a.algae", station="a", property="algae", interval_s=30 * 86_400.0)
    assert dead_after_s(monthly) == 300 * 86_400.0


def test_an_older_value_that_comes_late_and_an_older_revision_change_nothing(latest: LatestValues) -> None:
    latest.update([seen(152.0, minutes=10), seen(153.0, minutes=10, revision=1)])
    latest.update([seen(1.0, minutes=5), seen(152.0, minutes=10)])
    assert latest.now()[LAKE].value == 153.0


def test_a_correction_of_an_old_value_does_not_make_it_young(
    latest: LatestValues, clocks: HandClocks
) -> None:
    latest.update([seen(152.0)])
    clocks.pass_(1200)
    clocks.step(-1200)
    latest.update([seen(153.0, revision=1)])
    assert latest.now()[LAKE].value == 153.0
    assert latest.now()[LAKE].freshness() is Freshness.STALE


def test_a_missing_value_names_the_last_good_one(latest: LatestValues) -> None:
    latest.update(
        [seen(152.0), seen(999.0, minutes=5, quality="suspect"), seen(None, minutes=10, quality="missing")]
    )
    now = latest.now()[LAKE]
    assert (now.value, now.last_value, now.last_at) == (None, 152.0, START)


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ([152.0, 152.1, 152.2], "rising"),
        ([152.2, 152.1, 152.0], "falling"),
        ([152.0, 152.001, 152.0], "steady"),
        ([152.0, 152.1], None),
    ],
)
def test_trend(latest: LatestValues, values: list[float], trend: str | None) -> None:
    latest.update(seen(value, minutes=5 * k) for k, value in enumerate(values))
    assert latest.now()[LAKE].trend == trend


def test_a_clock_set_back_goes_on_and_says_so(clocks: HandClocks) -> None:
    forward = ForwardClocks(clocks)
    clocks.step(-3600)
    clocks.pass_(10)
    assert forward.now() == START + timedelta(seconds=10)
    assert forward.lead_s == 3600
    clocks.step(3590)
    assert forward.lead_s == pytest.approx(10)


def test_no_stale_value_is_called_fresh_whatever_is_done_to_the_clock() -> None:
    check_clock_steps(CHECKS, seed=1)


def check_clock_steps(checks: int, *, seed: int) -> None:
    """Values come, time passes, the clock is set by up to an hour: the truth is told by a clock nobody sets.

    What is promised: a value whose true age is over three intervals is never fresh. (A value may look older
    than it is while the clock is wrong.)
    """
    luck = random.Random(seed)
    done = 0
    while done < checks:
        clocks = HandClocks()
        latest = LatestValues(NETWORK, ForwardClocks(clocks))
        true_s, born_s = 0.0, None
        for _ in range(50):
            what = luck.random()
            if what < 0.4:
                seconds = luck.expovariate(1 / 400)
                clocks.pass_(seconds)
                true_s += seconds
            elif what < 0.6:
                clocks.step(luck.uniform(-3600, 3600))
                latest.now()
            elif what < 0.8 and (born_s is None or true_s > born_s):
                # The station's own clock is right; what it sends is of now, and comes at once or late.
                late_s = luck.choice([0.0, 0.0, 30.0, 2000.0])
                at = START + timedelta(seconds=true_s - late_s)
                if born_s is None or true_s - late_s > born_s:
                    latest.update([Observation(datastream=LAKE, phenomenon_at=at, received_at=at, value=1.0)])
                    born_s = true_s - late_s
            if born_s is not None and true_s - born_s > 900.0:
                done += 1
                assert latest.now()[LAKE].freshness() is not Freshness.FRESH
