"""Water by REST is the library's; a level outside its range is refused in one line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

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
