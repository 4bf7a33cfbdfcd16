"""Water by REST is the library's; a level outside its range is refused in one line."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.session.routed import route_what_if
from apps.session.session import Session
from apps.session.what_if import DAY_S, WhatIf
from tests.apps.hub.rest.rest_hub import ENGLISH, RestHub, refused
from twin.basin import Basin


@pytest.mark.parametrize(
    "asked",
    [
        {"level_m": 150},
        {"level_m": 133.3333, "highest_m": 155},
        {"storage_m3": 1e6},
        {"level_m": 150, "curve": "curve"},
    ],
)
def test_water_is_what_the_basin_says(rest: RestHub, basin: Basin, asked: dict[str, Any]) -> None:
    reply = rest.get("/water", **asked)
    assert reply.status == 200
    told = reply.json
    expected = json.loads(json.dumps(asdict(basin.water.at(**asked))))
    assert {name: told[name] for name in expected} == expected
    assert (told["bounds"]["lowest_m"], told["bounds"]["highest_m"]) == (126.0, 160.0)
    assert [source["entry"] for source in told["sources"]] == [expected["curve"], "terrain"]
    assert told["synthetic"] is True


def test_water_outside_its_range_says_so_in_both_languages(rest: RestHub) -> None:
    assert "126.00" in refused(rest.get("/water", level_m=999), 422, "level-out-of-range")
    told = refused(rest.get("/water", ENGLISH, level_m=999), 422, "level-out-of-range")
    assert told == "level 999 m lies outside 126.00 to 160.00 m: give one inside"


@pytest.mark.parametrize("value", ["nan", "1e999", "1_50", " 150", "x", "", "١٥٠"])
def test_what_is_no_number_is_refused(rest: RestHub, value: str) -> None:
    assert "level_m" in refused(rest.get("/water", level_m=value), 422, "parameter")


def test_parameters_that_contradict_or_are_unknown_are_refused(rest: RestHub) -> None:
    for query in ({}, {"level_m": 150, "storage_m3": 1e6}):
        refused(rest.get("/water", **query), 422, "parameter")
    assert "did you mean 'level_m'?" in refused(rest.get("/water", ENGLISH, level=150), 422, "parameter")
    twice = rest.send("GET", "/api/v1/water?level_m=150&level_m=151", headers=ENGLISH)
    assert "twice" in refused(twice, 422, "parameter")


def test_sills_and_curves_are_the_basin_s(rest: RestHub, basin: Basin) -> None:
    assert rest.get("/water/sills").json["sills"] == [asdict(sill) for sill in basin.sills()]
    assert [curve["id"] for curve in rest.get("/water/curves").json["curves"]] == list(basin.curves)


# -- what if ------------------------------------------------------------------------------------------------


def test_a_level_is_reached_when_the_inflow_has_filled_the_lake_to_it(rest: RestHub, basin: Basin) -> None:
    storage_m3 = basin.water.curve.storage_at
    flow = (storage_m3(155.0) - storage_m3(150.0)) / (20 * DAY_S)  # m³/s that fill it in twenty days
    asked = {"start_m": 150, "start": "2026-07-01T08:00", "inflow": flow + 2, "release": 2}
    told = rest.post("/water/route", {**asked, "levels_m": [152.0, 155.0, 140.0], "start_error_m": 0}).json
    first, target, below = told["targets"]
    assert below == {"level_m": 140.0, "reached": None}
    assert target["reached"]["days"] == pytest.approx(20.0, rel=1e-3) and target["reached"]["rising"]
    start = datetime.fromisoformat(told["start"])
    assert start.isoformat() == "2026-07-01T08:00:00+08:00"
    at = datetime.fromisoformat(target["reached"]["at"])
    assert at - start == pytest.approx(timedelta(days=20), abs=timedelta(minutes=20))
    earliest = datetime.fromisoformat(target["reached"]["earliest"])
    more = flow / (flow + 0.1 * (flow + 2))  # a tenth more of the inflow
    assert (earliest - start) / (at - start) == pytest.approx(more, rel=1e-3)
    expected_m3 = storage_m3(150.0) + flow * first["reached"]["days"] * DAY_S
    assert storage_m3(152.0) == pytest.approx(expected_m3, rel=1e-3)
    assert told["days"] >= 20 and told["mode"] == "what-if" and told["synthetic"] is True
    assert told["highest_m"] == told["levels"][-1]["level_m"] >= 155.0
    assert all(one["low_m"] <= one["level_m"] <= one["high_m"] for one in told["levels"] if one["high_m"])


def test_it_is_what_the_desk_says_of_the_same_points(rest: RestHub, basin: Basin) -> None:
    points = [("2026-07-01T08:00", 0.0), ("2026-07-02T08:00", 40.0), ("2026-07-03T08:00", 0.0)]
    body = {"start_m": 150, "start": points[0][0], "days": 4, "release": 0.5}
    series = [{"at": at, "value": value} for at, value in points]
    told = rest.post("/water/route", {**body, "inflow": series}).json
    seconds = [datetime.fromisoformat(f"{at}+08:00").timestamp() for at, _ in points]
    asked = WhatIf(
        start_s=seconds[0],
        start_m=150.0,
        days=4.0,
        auto_days=False,
        inflow=tuple(zip(seconds, [value for _, value in points], strict=True)),
        release=((seconds[0], 0.5),),
    )
    pool = route_what_if(Session(basin), asked).pool
    assert (told["highest_m"], told["last_m"]) == (pool.peak[0], pool.pool.level_m[-1])
    assert [one["id"] for one in told["crossings"]] == [one.level_id for one in pool.crossings]
    plan = "time,inflow (m³/s),release (m³/s)\n" + "\n".join(f"{at},{v},0.5" for at, v in points)
    same = rest.post("/water/route", {"start_m": 150, "plan": plan}).json
    assert same["highest_m"] == pytest.approx(told["highest_m"], abs=1e-4) and same["days"] == 2.0


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"start_m": 150}, "parameter", "one of inflow and plan"),
        ({"start_m": 150, "inflow": 1, "plan": ""}, "parameter", "one of inflow and plan"),
        ({"inflow": 1}, "parameter", "no live level"),
        ({"start_m": 999, "inflow": 1}, "level-out-of-range", "126.00 to 160.00"),
        ({"start_m": 150, "inflow": 1, "levels_m": [999]}, "level-out-of-range", "999"),
        ({"start_m": 150, "inflow": 1, "release": -1}, "plan", "the release"),
        ({"start_m": 150, "inflow": 1, "openings": {"gate": 1}}, "plan", "gate"),
        ({"start_m": 150, "inflow": 1, "start": "1850-01-01"}, "plan", "the start time"),
        ({"start_m": 150, "inflow": 1, "start": "soon"}, "bad-time", "soon"),
        ({"start_m": 150, "inflow": [{"at": "2026-07-01", "value": 1}] * 2}, "plan", "a time"),
        ({"start_m": 150, "plan": "time,inflow (m³/s),release (m³/s)\nx,1,0"}, "timed-table", "line 2"),
        ({"start_m": 150, "inflow": "1"}, "parameter", "inflow"),
    ],
)
def test_a_what_if_that_cannot_be_is_refused(
    rest: RestHub, body: dict[str, Any], code: str, words: str
) -> None:
    sent = {**ENGLISH, "Content-Type": "application/json"}
    reply = rest.send("POST", "/api/v1/water/route", body=json.dumps(body).encode(), headers=sent)
    assert words in refused(reply, 422, code)
