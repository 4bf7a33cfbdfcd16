"""`twin water --affected` prints the library's sums, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from apps.commands.water import water
from tests.affected_basin import write_affected_basin
from tests.shared_store import SharedStore
from twin.basin import Basin


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_store.build(write_affected_basin(tmp_path_factory.mktemp("affected")))


def test_the_table_and_the_json_say_what_the_basin_says(catalog: Path) -> None:
    basin = Basin.open(catalog)
    homes = basin.affected.at(basin.water.state(156.0)).total.households
    asked = [str(catalog), "--level", "156", "--affected"]
    table = CliRunner().invoke(water, asked)
    assert table.exit_code == 0
    assert f"{homes.certain} + {homes.possible}" in table.output
    told = json.loads(CliRunner().invoke(water, [*asked, "--json"]).output)
    assert told["total"]["households"] == {"certain": homes.certain, "possible": homes.possible}


def test_it_needs_a_level(catalog: Path) -> None:
    refused = CliRunner().invoke(water, [str(catalog), "--storage", "1e6", "--affected"])
    assert refused.exit_code == 2
    assert "--affected goes with --level" in refused.output
