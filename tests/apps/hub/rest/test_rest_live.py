"""With a live service: values are fresh, alarms stand and are acknowledged, pictures show the stations."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import numpy as np
import pytest
from PIL import Image

from layers.stage import Stage
from tests.apps.hub.rest.rest_hub import WHO, RestHub, rest_hub
from tests.browser.live_basin import feeding, write_live_basin
from tests.shared_store import SharedStore
from twin.basin import Basin
from twin.scene import Scene

RIVER = "31000001"


@pytest.fixture(scope="module")
def live(
    shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RestHub, Basin]]:
    """A hub whose river stands above its warning."""
    folder = tmp_path_factory.mktemp("live")
    rows = (("30500001", "level", 150.25, 1), (RIVER, "level", 3.4, 1), (RIVER, "flow", None, 1))
    with feeding(folder, *rows) as (_, url):
        catalog = shared_store.build(write_live_basin(folder / "basin", url=url))
        with rest_hub(catalog) as found:
            until(found, lambda: bool(found.get("/alarms").json["alarms"]))
            yield found, Basin.open(catalog)


def until(rest: RestHub, holds: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Ask again at each change of what is live, until something holds."""
    feed, changed, end = rest.hub.live, threading.Event(), time.monotonic() + seconds
    assert feed is not None
    feed.listeners.add(changed.set)
    try:
        while not holds():
            assert changed.wait(end - time.monotonic())
            changed.clear()
    finally:
        feed.listeners.discard(changed.set)


def test_values_are_fresh_and_have_their_source(live: tuple[RestHub, Basin]) -> None:
    rest, _ = live
    told = rest.get("/stations").json
    assert told["live"] and told["heard_at"].endswith("+08:00")
    values = {one["datastream"]: one for one in rest.get(f"/stations/{RIVER}").json["values"]}
    level, flow = values[f"{RIVER}.level"], values[f"{RIVER}.flow"]
    assert (level["value"], level["unit"], level["freshness"], level["source"]) == (3.4, "m", "fresh", "web")
    assert 50 < level["age_s"] < 600
    assert (flow["value"], flow["quality"]) == (None, "missing")


def test_an_observation_that_has_come_is_in_the_history(live: tuple[RestHub, Basin]) -> None:
    rest, _ = live
    (row,) = rest.get("/observations", datastream=f"{RIVER}.level", period="PT1H").json["observations"]
    assert (row["value"], row["source"]) == (3.4, "web")


def test_a_picture_shows_the_stations_and_their_values(live: tuple[RestHub, Basin]) -> None:
    rest, basin = live
    stage = Stage(basin, size=(640, 360))
    bare, scene = stage.picture().astype(int), stage.scene
    stage.close()
    reply = rest.get("/picture", scene=scene.to_link(), size="640x360")
    shown = np.asarray(Image.open(io.BytesIO(reply.body))).astype(int)
    without = rest.get("/picture", scene=scene.changed(live_values=False).to_link(), size="640x360")
    silent = np.asarray(Image.open(io.BytesIO(without.body))).astype(int)
    assert (np.abs(shown - bare).max(axis=2) > 60).sum() > 200
    assert (np.abs(shown - silent).max(axis=2) > 60).sum() > 100


def test_a_picture_without_a_scene_is_of_now(live: tuple[RestHub, Basin]) -> None:
    rest, basin = live
    reply = rest.get("/picture", size="320x180")
    assert (reply.headers["Twin-Mode"], reply.headers["Twin-Level-M"]) == ("live", "150.25")
    assert datetime.fromisoformat(reply.headers["Twin-Valid-At"]).utcoffset() == timedelta(hours=8)
    moment = Scene.from_link(reply.headers["Twin-Scene"]).moment
    assert (moment.mode, moment.level_m, moment.highest_m) == ("live", 150.25, 150.25)
    assert moment.generation == basin.generation.id


def test_an_alarm_is_acknowledged_for_good(live: tuple[RestHub, Basin]) -> None:
    rest, _ = live
    (alarm,) = rest.get("/alarms").json["alarms"]
    assert (alarm["station"], alarm["state"], alarm["value"], alarm["unit"]) == (
        RIVER,
        "unacknowledged",
        3.4,
        "m",
    )
    path = f"/alarms/{alarm['id']}/acknowledge"
    assert rest.post(path, {}, {WHO: "watch/restricted"}).status == 403
    assert rest.post(path, {"note": "已核实"}, {WHO: "operate/restricted"}).status == 200
    until(rest, lambda: rest.get("/alarms").json["alarms"][0]["state"] == "acknowledged")
    seen = rest.get("/alarms").json["alarms"][0]
    assert (seen["by"], seen["note"], seen["until"]) == ("operate", "已核实", None)
    again = rest.post(path, {}, {WHO: "operate/restricted"})
    assert (again.status, again.json["code"]) == (409, "live-refused")


def test_an_alarm_is_shelved_for_hours_and_taken_back(live: tuple[RestHub, Basin]) -> None:
    rest, _ = live
    (alarm,) = rest.get("/alarms").json["alarms"]
    may, path = {WHO: "operate/restricted"}, f"/alarms/{alarm['id']}"
    assert (
        rest.post(f"{path}/shelve", {"hours": 2.0, "note": "检修"}, {WHO: "watch/restricted"}).status == 403
    )
    assert rest.post(f"{path}/shelve", {"hours": 99.0}, may).status == 422
    assert rest.post(f"{path}/shelve", {"hours": 2.0, "note": "检修"}, may).status == 200
    until(rest, lambda: rest.get("/alarms").json["alarms"][0]["state"] == "shelved")
    shelved = rest.get("/alarms").json["alarms"][0]
    wait = datetime.fromisoformat(shelved["until"]) - datetime.now().astimezone()
    assert timedelta(minutes=115) < wait < timedelta(minutes=120)
    assert rest.post(f"{path}/unshelve", {}, may).status == 200
    until(rest, lambda: rest.get("/alarms").json["alarms"][0]["state"] == "unacknowledged")
    assert rest.post(f"{path}/unshelve", {}, may).status == 409


def test_a_what_if_without_a_start_goes_on_from_the_live_level(live: tuple[RestHub, Basin]) -> None:
    rest, _ = live
    told = rest.post("/water/route", {"inflow": 3.0}).json
    assert (told["start_m"], told["from_live"], told["days"]) == (150.25, True, 7.0)
    told = rest.post("/water/route", {"inflow": 3.0, "start_m": 151}).json
    assert (told["start_m"], told["from_live"]) == (151.0, False)
