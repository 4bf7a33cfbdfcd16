"""Desks share what stations show now; nothing older than half a second, or than what is known, is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from apps.session.shared_signs import KEPT_S, SharedSigns
from tests.browser.live_basin import write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.moment import what_if
from twin.scene import Camera, Scene
from twin.stations.network import Network
from twin.stations.snapshot import Now, ValueNow

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

    def __init__(self) -> None:
        self.now: Now | None = None
        self.connected = True
        self.asked = 0
        self.age_s = 3.0

    def elapsed_s(self, datastream: str) -> float:
        self.asked += 1
        return self.age_s


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


def test_signs_are_computed_once_until_something_is_known_anew_or_older(network: Network) -> None:
    client, time_s = Client(), [100.0]
    shared = SharedSigns(network, client, zone=ZoneInfo("Asia/Shanghai"), clock=lambda: time_s[0])
    assert shared.signs(SCENE).stations[STATION].state == "unknown"
    client.now = value(1.5)
    first = shared.signs(SCENE)
    assert first.stations[STATION].detail.startswith("实况 1.50 m")
    asked = client.asked
    time_s[0] += 0.9 * KEPT_S
    assert shared.signs(SCENE) is first and client.asked == asked
    english = shared.signs(SCENE.changed(language="en"))
    assert english is not first and english.stations[STATION].name != first.stations[STATION].name
    client.age_s = 700.0
    time_s[0] += 0.2 * KEPT_S
    assert shared.signs(SCENE).stations[STATION].state == "stale"
    client.now = value(1.75)
    assert shared.signs(SCENE).stations[STATION].detail.startswith("实况 1.75 m")
    assert shared.statuses()[STATION].value == client.now.values[STREAM]
