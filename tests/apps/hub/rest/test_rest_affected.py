"""What a level affects, over REST: the library's numbers, as JSON and CSV, and nothing withheld."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.affected_basin import VILLAGES, write_affected_basin
from tests.apps.hub.rest.rest_hub import WHO, RestHub, rest_hub
from tests.shared_store import SharedStore
from twin.basin import Basin


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rest-affected")
    return shared_store.build(write_affected_basin(folder, access="restricted"))


@pytest.fixture(scope="module")
def hub(catalog: Path) -> Iterator[RestHub]:
    with rest_hub(catalog) as found:
        yield found


def test_it_is_what_the_basin_says(hub: RestHub, catalog: Path) -> None:
    basin = Basin.open(catalog)
    for level_m in (150.0, 155.3, 160.0):
        told = hub.get("/affected", level_m=level_m).json
        total = basin.affected.at(basin.water.state(level_m)).total
        assert told["total"]["households"]["certain"] == total.households.certain
        assert told["total"]["people"]["possible"] == total.people.possible
        assert len(told["villages"]) == total.villages.at_most
        assert {one["entry"] for one in told["sources"]} == {"villages", "footprints", "buildings"}
        assert told["synthetic"] is True


def test_the_csv_sums_up_to_the_total_and_leaves_unknowns_empty(hub: RestHub) -> None:
    reply = hub.get("/affected", level_m=160, format="csv")
    assert 'filename="affected-160.00m.csv"' in reply.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    total = hub.get("/affected", level_m=160).json["total"]
    assert len(rows) == VILLAGES
    assert sum(int(row["households_certain"]) for row in rows) == total["households"]["certain"]
    assert sum(int(row["unsaid"]) for row in rows) == total["unsaid"] > 0


def test_who_does_not_see_the_buildings_gets_none_of_their_numbers(hub: RestHub) -> None:
    told = hub.get("/affected", {WHO: "watch/public"}, level_m=160).json
    assert told["total"]["buildings"] is None
    assert {one["entry"] for one in told["sources"]} == {"villages", "footprints"}
    text = hub.get("/affected", {WHO: "watch/public"}, level_m=160, format="csv").body.decode("utf-8-sig")
    assert {row["buildings_certain"] for row in csv.DictReader(io.StringIO(text))} == {""}


def test_a_list_that_leaves_is_in_the_audit_journal(hub: RestHub) -> None:
    hub.get("/affected", {WHO: "operate/public"}, level_m=151, format="csv")
    lines = hub.hub.audit.path.read_text("utf-8").splitlines()
    last = json.loads(lines[-1])
    assert (last["who"], last["act"], last["what"], last["level_m"]) == (
        "operate",
        "exported",
        "affected",
        151.0,
    )


def test_a_level_outside_the_range_is_refused_in_one_line(hub: RestHub) -> None:
    reply = hub.get("/affected", level_m=999)
    assert (reply.status, reply.json["code"]) == (422, "level-out-of-range")
