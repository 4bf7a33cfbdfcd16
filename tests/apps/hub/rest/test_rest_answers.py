"""The REST interface says what the library says, and refuses in one clear line."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from layers.stage import Stage
from tests.apps.hub.rest.conftest import AT, COUNT, STATION, STREAM
from tests.apps.hub.rest.rest_hub import ENGLISH, WHO, RestHub, refused
from twin.access import NothingToSeeError
from twin.alarms.operating import AlarmOperation, AlarmOutcome
from twin.basin import Basin
from twin.scene import Scene
from twin.stations.snapshot import AlarmNow, FeedNow, Now

# -- catalog, layers, server --------------------------------------------------------------------------------


def test_the_catalog_is_listed_and_each_entry_told(rest: RestHub, basin: Basin) -> None:
    entries = rest.get("/catalog").json["entries"]
    assert [entry["id"] for entry in entries] == list(basin.catalog.entries)
    assert rest.get(f"/catalog/{entries[0]['id']}").json == entries[0]
    refused(rest.get("/catalog/nothing"), 404, "not-there")


def test_layers_are_those_of_the_scene(rest: RestHub, basin: Basin) -> None:
    stage = Stage(basin, size=(64, 64))
    layers = {layer["id"]: layer for layer in rest.get("/layers").json["layers"]}
    assert list(layers) == list(stage.layers)
    assert layers["terrain"]["legend"] and layers["dam"]["visible"] is True
    stage.close()


def test_server_and_generation_are_named(rest: RestHub, basin: Basin) -> None:
    told = rest.get("/generation").json
    assert (told["id"], told["current"]) == (basin.generation.id, basin.generation.id)
    assert datetime.fromisoformat(told["created"]).utcoffset() == timedelta(hours=8)
    assert rest.get("/version").json["instance"] == rest.hub.instance
    assert rest.get("/health").json == {"status": "ok"}


def test_an_answer_that_is_known_already_is_not_sent_again(rest: RestHub) -> None:
    first = rest.get("/water", level_m=150)
    again = rest.get("/water", {"If-None-Match": first.headers["ETag"]}, level_m=150)
    assert (again.status, again.body) == (304, b"")
    assert rest.get("/water", {"If-None-Match": first.headers["ETag"]}, level_m=151).status == 200


def test_the_page_loads_nothing_from_elsewhere_and_lists_every_operation(rest: RestHub) -> None:
    page = rest.get("/docs")
    text = page.body.decode()
    assert "http" not in text and "<script" not in text and "src=" not in text
    assert all(path in text for path in rest.get("/openapi.json").json["paths"])
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_an_address_that_is_none_and_a_method_that_is_not_taken(rest: RestHub) -> None:
    assert "/api/v1/docs" in refused(rest.get("/nothing"), 404, "not-found")
    refused(rest.send("DELETE", "/api/v1/water"), 405, "method-not-allowed")
    refused(rest.send("POST", "/api/v1/nothing"), 405, "method-not-allowed")
    foreign = rest.get("/health", {"Origin": "http://elsewhere.example"})
    refused(foreign, 403, "forbidden")


def test_who_may_see_nothing_of_a_basin_is_told_so(rest: RestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def closed(_: object) -> None:
        raise NothingToSeeError("not open to you")

    monkeypatch.setattr(rest.hub, "opened_for", closed)
    assert "权限不足" in refused(rest.get("/catalog"), 403, "nothing-to-see")


# -- stations and observations ------------------------------------------------------------------------------


def test_stations_have_their_newest_value_with_its_age(rest: RestHub) -> None:
    station, other = rest.get("/stations").json["stations"]
    assert other["values"][0]["value"] is None and other["values"][0]["freshness"] == "never"
    (value,) = station["values"]
    newest = datetime.fromisoformat(value["time"])
    assert newest == AT + (COUNT - 1) * timedelta(minutes=5)
    assert (value["value"], value["unit"], value["quality"], value["source"]) == (150.24, "m", "good", "web")
    assert value["freshness"] == "dead" and value["age_s"] > 86_400
    one = rest.get(f"/stations/{station['id']}").json
    assert {**one, "values": []} == {**station, "values": []}
    assert rest.get("/stations", kind="rain").json["stations"] == []
    refused(rest.get("/stations/nothing"), 404, "not-there")


def pages(rest: RestHub, **query: object) -> list[dict[str, Any]]:
    """All observations of a question, page by page."""
    reply = rest.get("/observations", datastream=STREAM, **query)
    rows: list[dict[str, Any]] = []
    while True:
        assert reply.status == 200, reply.body
        rows += reply.json["observations"]
        if reply.json["next"] is None:
            return rows
        reply = rest.send("GET", reply.json["next"])


@pytest.mark.parametrize("limit", [1, 7, COUNT, 10_000])
def test_observations_are_the_store_s_whatever_the_page(rest: RestHub, limit: int) -> None:
    rows = pages(rest, start="2026-07-28T00:00Z", end="2026-07-29T00:00Z", limit=limit)
    assert [datetime.fromisoformat(row["time"]) for row in rows] == [
        AT + k * timedelta(minutes=5) for k in range(COUNT)
    ]
    expected = [None if k == 9 else 151.5 if k == 2 else round(150.0 + 0.01 * k, 2) for k in range(COUNT)]
    assert [None if row["value"] is None else round(row["value"], 2) for row in rows] == expected
    assert [row["revision"] for row in rows] == [1 if k == 2 else 0 for k in range(COUNT)]


def test_observations_as_they_were_known_then(rest: RestHub) -> None:
    rows = pages(rest, start="2026-07-28T06:00Z", known_at="2026-07-28T06:30Z", end="2026-07-28T12:00Z")
    assert len(rows) == 6 and rows[2]["value"] == pytest.approx(150.02)


def test_a_stretch_may_be_told_by_its_length_and_in_the_site_s_time(rest: RestHub) -> None:
    assert len(pages(rest, end="2026-07-28T14:10", period="PT10M")) == 3
    plus_lost = rest.send(
        "GET",
        f"/api/v1/observations?datastream={STREAM}&start=2026-07-28T14:00:00+08:00&end=2026-07-28T14:10",
    )
    assert len(plus_lost.json["observations"]) == 3


def test_observations_come_as_csv_like_those_of_an_export(rest: RestHub) -> None:
    reply = rest.get("/observations", datastream=STREAM, start="2026-07-28", format="csv", limit=3)
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(reply.body.decode())))
    assert [row["value"] for row in rows] == ["150.0", "150.01", "151.5"]
    assert rows[0]["unit"] == "m" and rows[0]["synthetic"] == "True"
    assert reply.headers["Link"].endswith('rel="next"')
    following = rest.send("GET", reply.headers["Link"].partition("<")[2].partition(">")[0])
    assert b"150.03" in following.body and b"151.5" not in following.body


def test_where_nothing_was_ever_received_there_is_nothing(
    rest: RestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.live.FOLDER", "nowhere")
    assert pages(rest) == []
    station, _ = rest.get("/stations").json["stations"]
    assert (station["values"][0]["value"], station["values"][0]["freshness"]) == (None, "never")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"start": "yesterday"}, "bad-time"),
        ({"start": "2026-07-29", "end": "2026-07-28"}, "parameter"),
        ({"start": "2026-07-29", "period": "P1D"}, "parameter"),
        ({"period": "-P1D"}, "parameter"),
        ({"period": "P999999999D"}, "parameter"),
        ({"limit": 0}, "parameter"),
        ({"limit": 10_001}, "parameter"),
        ({"format": "xlsx"}, "parameter"),
    ],
)
def test_questions_that_make_no_sense_are_refused(rest: RestHub, query: dict[str, Any], code: str) -> None:
    refused(rest.get("/observations", datastream=STREAM, **query), 422, code)


def test_what_is_exported_stands_in_the_audit_journal(rest: RestHub) -> None:
    rest.get("/observations", {WHO: "operate/restricted"}, datastream=STREAM, start="2026-07-28", limit=2)
    line = json.loads(rest.hub.audit.path.read_text("utf-8").splitlines()[-1])
    told = {name: line[name] for name in ("who", "act", "what", "datastream", "rows")}
    assert told == {
        "who": "operate",
        "act": "exported",
        "what": "observations",
        "datastream": STREAM,
        "rows": 2,
    }


@pytest.mark.parametrize(
    ("query", "zh", "en"),
    [
        ({}, "datastream 有误：未给出", "datastream: is missing"),
        ({"limit": "z"}, 'limit 有误：应为整数，所给为 "z"', 'limit: must be a whole number; this is "z"'),
        ({"limit": 0}, 'limit 有误：应不小于 1，所给为 "0"', 'limit: must be 1 or more; this is "0"'),
        ({"period": "P"}, "应为时段，如 P3D", "must be a length of time like P3D"),
        ({"format": "xls"}, '不能为 "xls"（可用： csv, json）', "known here: csv, json"),
    ],
)
def test_a_parameter_s_fault_is_told_in_both_languages(
    rest: RestHub, query: dict[str, Any], zh: str, en: str
) -> None:
    asked = {"datastream": STREAM, **query} if query else {}
    assert zh in refused(rest.get("/observations", **asked), 422, "parameter")
    assert en in refused(rest.get("/observations", ENGLISH, **asked), 422, "parameter")


# -- alarms -------------------------------------------------------------------------------------------------


class Service:
    """A live service whose only alarm somebody acknowledges."""

    def __init__(self) -> None:
        alarm = AlarmNow(
            id=f"river:warning@{STATION}", station=STATION, datastream=STREAM, rule="river:warning", rank=3,
            state="unacknowledged", text={"zh": "超警戒", "en": "over warning"}, raised_at=AT, changed_at=AT,
            value=3.5, limit=3.0,
        )  # fmt: skip
        feed = FeedNow(id="web", title={"zh": "接口", "en": "web"}, driver="http", state="running", since=AT)
        self.now = Now(values={}, alarms=(alarm,), feeds=(feed,))
        self.connected, self.heard_at = True, AT
        self.acknowledged: list[tuple[str, str]] = []

    def elapsed_s(self, datastream: str) -> float:
        del datastream
        return 0.0

    async def operate(self, operation: AlarmOperation) -> AlarmOutcome:
        self.acknowledged += [(alarm, operation.by) for alarm in operation.alarms]
        return AlarmOutcome(done=operation.alarms)


@pytest.fixture
def service(rest: RestHub, monkeypatch: pytest.MonkeyPatch) -> Service:
    found = Service()
    monkeypatch.setattr(rest.hub, "live", SimpleNamespace(client=found))
    return found


def test_alarms_are_listed_and_none_known_is_not_none(rest: RestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    told = rest.get("/alarms", ENGLISH).json
    assert told["known"] is False and told["note"] and told["alarms"] == []
    found = Service()
    monkeypatch.setattr(rest.hub, "live", SimpleNamespace(client=found))
    told = rest.get("/alarms", ENGLISH).json
    (alarm,) = told["alarms"]
    assert told["known"] and (alarm["value"], alarm["limit"], alarm["unit"]) == (3.5, 3.0, "m")
    found.connected = False
    assert rest.get("/alarms").json["known"] is False


def test_an_alarm_is_acknowledged_by_who_is_signed_in(rest: RestHub, service: Service) -> None:
    alarm = service.now.alarms[0].id
    path = f"/alarms/{alarm}/acknowledge"
    assert rest.post(path, {}, {WHO: "operate/internal"}).status == 200
    assert service.acknowledged == [(alarm, "operate")]
    refused(rest.post(path, {"by": "somebody"}, {WHO: "operate/internal"}), 422, "parameter")
    refused(rest.post(path, {}), 422, "parameter")
    assert rest.post(path, {"by": "王工"}).status == 200
    assert service.acknowledged[1:] == [(alarm, "王工")]
    refused(rest.post("/alarms/none@x/acknowledge", {}, {WHO: "operate/internal"}), 404, "not-there")
    line = json.loads(rest.hub.audit.path.read_text("utf-8").splitlines()[-1])
    assert (line["act"], line["alarm"]) == ("operated", alarm)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"by": "a", "by": "b"}', b'{"to": "a"}', b"[]", b'{"by": NaN}']
)
def test_a_body_that_cannot_be_used_is_refused(rest: RestHub, service: Service, body: bytes) -> None:
    path = f"/api/v1/alarms/{service.now.alarms[0].id}/acknowledge"
    refused(
        rest.send("POST", path, body=body, headers={"Content-Type": "application/json"}), 422, "parameter"
    )
    assert service.acknowledged == []


def test_a_body_of_another_kind_or_too_large_a_one_is_refused(rest: RestHub) -> None:
    plain = rest.send("POST", "/api/v1/scenes", body=b"{}", headers={"Content-Type": "text/plain"})
    refused(plain, 415, "unsupported-media-type")
    large = rest.post("/scenes", {"x": "y" * 70_000})
    assert refused(large, 413, "request-entity-too-large")


# -- scenes and pictures ------------------------------------------------------------------------------------


def test_a_scene_becomes_a_link_and_comes_back(rest: RestHub, basin: Basin) -> None:
    stage = Stage(basin, size=(64, 36))
    scene = stage.scene.changed(exaggeration=2.0)
    stage.close()
    made = rest.post("/scenes", json.loads(scene.to_json())).json
    assert Scene.from_link(made["link"]).exaggeration == 2.0
    again = rest.get(f"/scenes/{made['link']}").json
    assert again["link"] == made["link"] and again["doubts"] == []
    assert again["page"] == f"/?scene={made['link']}"


def test_links_that_show_nothing_here_are_refused(rest: RestHub, basin: Basin) -> None:
    stage = Stage(basin, size=(64, 36))
    scene = stage.scene
    stage.close()
    far = scene.changed(camera=scene.camera.model_copy(update={"target_east_m": 9e6}))
    refused(rest.get(f"/scenes/{far.to_link()}"), 422, "foreign-link")
    high = scene.changed(moment=scene.moment.at_level(900.0))
    refused(rest.get(f"/scenes/{high.to_link()}"), 422, "level-out-of-range")
    refused(rest.get("/scenes/2.abc"), 422, "link")
    refused(rest.post("/scenes", {"camera": {}}), 422, "link")
    unknown = scene.changed(layers={**scene.layers, "elsewhere": next(iter(scene.layers.values()))})
    (doubt,) = rest.get(f"/scenes/{unknown.to_link()}", ENGLISH).json["doubts"]
    assert "elsewhere" in doubt


@pytest.mark.parametrize("given", ["link", "json"])
def test_a_picture_is_a_stage_s_pixels(rest: RestHub, basin: Basin, given: str) -> None:
    stage = Stage(basin, size=(640, 360))
    scene = stage.scene.changed(exaggeration=1.5)
    stage.apply(scene)
    expected = stage.picture().astype(float)
    stage.close()
    asked = scene.to_link() if given == "link" else scene.to_json()
    reply = rest.get("/picture", scene=asked, size="640x360")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/png"), reply.body[:300]
    assert reply.headers["Twin-Complete"] == "true" and reply.headers["Twin-Synthetic"] == "true"
    assert reply.headers["Twin-Generation"] == basin.generation.id
    found = np.asarray(Image.open(io.BytesIO(reply.body))).astype(float)
    assert found.shape == expected.shape
    assert np.abs(found - expected).mean() < 0.01


def test_a_picture_comes_as_jpeg_and_is_in_the_audit_journal(rest: RestHub) -> None:
    reply = rest.get("/picture", {WHO: "watch/public"}, size="200x100", format="jpeg")
    assert Image.open(io.BytesIO(reply.body)).size == (200, 100)
    line = json.loads(rest.hub.audit.path.read_text("utf-8").splitlines()[-1])
    assert (line["who"], line["what"], line["size"]) == ("watch", "picture", "200x100")
    assert Scene.from_link(line["scene"]).language == "zh"


@pytest.mark.parametrize("size", ["1280", "63x100", "5000x100", "4000x4000", "-5x10", "1e3x10"])
def test_a_size_that_cannot_be_is_refused(rest: RestHub, size: str) -> None:
    assert "size" in refused(rest.get("/picture", size=size), 422, "parameter")
