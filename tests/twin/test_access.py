"""A basin as a level of access sees it has nothing of an entry above it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.guarded import words_of, write_guarded_basin
from tests.shared_store import SharedStore
from twin.access import LEVELS, NothingToSeeError, access_doubts, allows
from twin.basin import Basin
from twin.catalog import load_catalog_leniently

HIDDEN = {"public": ("internal", "restricted"), "internal": ("restricted",), "restricted": ()}


@pytest.fixture(scope="module")
def guarded(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guarded")
    return shared_store.build(write_guarded_basin(folder, stations="internal"))


def everything(basin: Basin) -> str:
    """All that can be asked of a basin, as a text."""
    network = basin.network()
    told = [
        [repr(entry) for entry in basin.catalog.entries.values()],
        [repr(broken) for broken in basin.catalog.broken.values()],
        [repr(data) for data in (*basin.vectors(), *basin.models())],
        [list(basin.curves), list(basin.floods), basin.flood_faults, repr(basin.notes)],
        [] if network is None else [repr(network)],
        [list(basin.generation.products), [fault.entry for fault in basin.generation.faults]],
    ]
    return json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("sees", LEVELS)
def test_nothing_of_a_withheld_entry_is_in_the_basin(guarded: Path, sees: str) -> None:
    text = everything(Basin.open(guarded).seen_by(sees))
    assert not [word for word in words_of(*HIDDEN[sees]) if word in text]
    assert all(f"{kind}-{level}" not in text for kind in ("area", "block", "flood") for level in HIDDEN[sees])
    assert all(word in text for word in words_of(*(set(LEVELS) - set(HIDDEN[sees]))))


def test_a_level_without_the_finest_curve_counts_with_its_own(guarded: Path) -> None:
    whole = Basin.open(guarded)
    storages = {sees: whole.seen_by(sees).water.at(level_m=150.0).storage_m3 for sees in LEVELS}
    assert storages["internal"] == pytest.approx(storages["public"] * 1.01)
    assert storages["restricted"] == pytest.approx(storages["public"] * 1.02)
    assert whole.seen_by("restricted") is whole


def test_stations_that_no_live_value_is_of_do_not_stand_in_for_those_withheld(
    guarded: Path,
) -> None:
    whole = Basin.open(guarded)
    stations = whole.catalog.entries["stations"]
    entries = {
        **whole.catalog.entries,
        "others": stations.model_copy(update={"id": "others", "access": "public"}),
    }
    products = {
        **whole.generation.products,
        "stations/others": whole.generation.products["stations/stations"],
    }
    both = Basin(replace(whole.catalog, entries=entries), replace(whole.generation, products=products))
    assert both.network() is not None and both.seen_by("internal").network() is not None
    assert both.seen_by("public").network() is None


@pytest.mark.parametrize("sees", ["", "secret", "PUBLIC", "administer"])
def test_an_unknown_level_sees_nothing(guarded: Path, sees: str) -> None:
    assert not allows(sees, "public")
    assert not allows("restricted", sees)
    with pytest.raises(NothingToSeeError, match="ask the administrator"):
        Basin.open(guarded).seen_by(sees)


@pytest.mark.parametrize("entry", ["terrain", "dam"])
def test_who_does_not_see_a_part_of_the_ground_sees_nothing_and_a_check_says_so(
    small_catalog: Path, entry: str
) -> None:
    told = yaml.safe_load(small_catalog.read_text("utf-8"))
    told["entries"][entry]["access"] = "internal"
    small_catalog.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    catalog, _ = load_catalog_leniently(small_catalog)
    (doubt,) = access_doubts(catalog)
    assert doubt[0] == entry and "sees nothing of this basin" in doubt[1]


def test_a_check_says_that_some_read_the_storages_of_another_curve(guarded: Path) -> None:
    (doubt,) = access_doubts(load_catalog_leniently(guarded)[0])
    assert doubt[0] == "curve-restricted" and doubt[1].endswith("reads the storages of curve-public")


def test_a_broken_entry_is_shown_to_the_highest_level_only(guarded: Path) -> None:
    told = yaml.safe_load(guarded.read_text("utf-8"))
    told["entries"]["lost"] = {"kind": "road", "title": {"zh": "marklost", "en": "marklost"}}
    other = guarded.with_name("other.yaml")
    other.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    whole = Basin(load_catalog_leniently(other)[0], Basin.open(guarded).generation)
    assert "marklost" in everything(whole.seen_by("restricted"))
    assert "marklost" not in everything(whole.seen_by("internal"))
