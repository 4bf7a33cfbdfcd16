"""Desks share what stations show now; it is what each would compute, with ages that pages count on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.session.shared_signs import KEPT_S, SharedSigns
from apps.session.station_signs import signs_over
from apps.value_words import aged
from layers.labels.symbols import Sign
from tests.apps.clock import Clock
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import Camera, Scene
from twin.stations.freshness import Freshness
from twin.stations.network import Network
from twin.stations.snapshot import Now, ValueNow
from twin.stations.status import statuses

STATION, STREAM = "31000001", "31000001.level"
SCENE = Scene(
    camera=Camera(target_east_m=0, target_north_m=0, target_m=0, distance_m=1, heading_deg=0, pitch_deg=0),
    moment=what_if(150.0),
)


@pytest.fixture(scope="module")
def network(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Network:
    catalog = shared_store.build(write_live_basin(tmp_path_factory.mktemp("live"), url=None))
    found = Basin.open(catalog).network()
    assert found is not None and STREAM in found.datastreams
    return found


class Client:
    """A live client by hand."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._told_s = clock, clock.now
        self.now: Now | None = None
        self.connected = True
        self.asked = 0

    def elapsed_s(self, datastream: str) -> float:
        self.asked += 1
        return self._clock.now - self._told_s


def value(level_m: float) -> Now:
    one = ValueNow(
        datastream=STREAM,
        value=level_m,
        phenomenon_at=datetime(2026, 7, 1, tzinfo=UTC),
        age_s=0.0,
        stale_after_s=600.0,
        dead_after_s=3600.0,
    )
    return Now(values={STREAM: one})


def test_signs_are_computed_once_until_something_is_known_anew_or_stale(
    network: Network, clock: Clock
) -> None:
    client = Client(clock)
    shared = SharedSigns(network, client, zone=ZoneInfo("Asia/Shanghai"), clock_s=clock)
    assert shared.signs(SCENE).stations[STATION].state == "unknown"
    client.now = value(1.5)
    first = shared.signs(SCENE)
    assert first.stations[STATION].detail.startswith("实况 1.50 m")
    asked = client.asked
    clock.now += 500.0
    assert shared.signs(SCENE) is first and client.asked == asked
    english = shared.signs(SCENE.changed(language="en"))
    assert english is not first and english.stations[STATION].name != first.stations[STATION].name
    clock.now += 100.0
    assert shared.signs(SCENE) is first  # 600 s old: the last moment at which it is fresh
    clock.now += 0.1
    assert shared.signs(SCENE).stations[STATION].state == "stale"
    client.now = value(1.75)
    assert shared.signs(SCENE).stations[STATION].detail.startswith("实况 1.75 m")
    assert shared.statuses()[STATION].value == client.now.values[STREAM]


def test_ages_of_statuses_go_on_and_a_service_that_is_lost_is_known_at_once(
    network: Network, clock: Clock
) -> None:
    client = Client(clock)
    client.now = value(1.5)
    shared = SharedSigns(network, client, zone=ZoneInfo("Asia/Shanghai"), clock_s=clock)
    signs, first = shared.signs(SCENE), shared.statuses()
    clock.now += 0.9 * KEPT_S
    assert shared.statuses() is first
    clock.now += 0.2 * KEPT_S
    assert shared.statuses()[STATION].age_s == pytest.approx(1.1 * KEPT_S)
    client.connected = False
    assert shared.signs(SCENE) is not signs


@settings(max_examples=200, deadline=None)
@given(
    ages=st.lists(
        st.floats(0.0, 5000.0) | st.sampled_from([599.9995, 600.0, 600.0005, 3600.0]), min_size=1, max_size=6
    ),
    steps=st.lists(st.floats(0.0, 900.0), min_size=1, max_size=12),
)
def test_shared_signs_are_what_a_desk_would_compute_now_but_for_the_words_of_ages(
    network: Network, ages: list[float], steps: list[float]
) -> None:
    """And a page that counts from ``since_s`` says the age that it would say."""
    clock, streams = Clock(), list(network.datastreams)
    client = Client(clock)
    values = value(1.5).values[STREAM]
    client.now = Now(
        values={
            stream: replace(values, datastream=stream, age_s=age_s)
            for stream, age_s in zip(streams, ages, strict=False)
        }
    )
    zone = ZoneInfo("Asia/Shanghai")
    shared = SharedSigns(network, client, zone=zone, clock_s=clock)
    for step_s in steps:
        clock.now += step_s
        own = signs_over(
            SCENE,
            statuses(shared.mains, client.now, client.elapsed_s),
            now=client.now,
            elapsed_s=client.elapsed_s,
            zone=zone,
            clock_s=clock.now,
        )
        found = shared.signs(SCENE)
        assert found.rain_mm == own.rain_mm and found.placing == own.placing
        for id_, sign in own.stations.items():
            assert counted(found.stations[id_], clock.now) == counted(sign, clock.now)
            if sign.since_s is not None:
                assert counted(sign, clock.now).split(" · ")[:-1] == sign.detail.split(" · ")[:-1]


def counted(sign: Sign, clock_s: float) -> str:
    """Detail as ``www/overlay.js`` writes it: its age is that of now."""
    if sign.since_s is None:
        return sign.detail
    words = aged(Freshness(sign.state), clock_s - sign.since_s, "zh", short=True)
    return " · ".join([*sign.detail.split(" · ")[:-1], words])
