"""Every row of the table of kinds names what there is, of the right shape, and nothing above its reader."""

from __future__ import annotations

import inspect
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, get_args

import pytest

from layers.layer import SCENE_LAYER_IDS
from meshes.pipeline import steps_of
from twin.access import GROUND
from twin.basin import GROUND_PRODUCTS
from twin.catalog import Entry, load_catalog_leniently
from twin.catalog.layer_kinds import LAYER_KINDS, PLAIN, LayerKind, entry_model
from twin.layer_data import LayerData
from twin.products import SAMPLE

ROWS = {"any other": PLAIN, **LAYER_KINDS}

#: What each column may lie in: in the package that resolves it, or below.
BELOW = {
    "entry": ("twin",),
    "data": ("twin",),
    "check": ("twin", "meshes"),
    "steps": ("twin", "meshes"),
    "sample_steps": ("twin", "meshes"),
    "layers": ("twin", "meshes", "layers"),
}
#: The functions of a row: what they take, what they return.
FUNCTIONS = {
    "check": (("catalog", "entry", "path"), "Findings"),
    "steps": (("catalog", "entry"), "list[Step]"),
    "sample_steps": (("catalog", "entry"), "list[Step]"),
    "layers": (("basin", "context"), "list[Layer]"),
}


@pytest.mark.parametrize("column", BELOW)
@pytest.mark.parametrize("kind", ROWS)
def test_a_name_lies_in_the_package_that_resolves_it_or_below(kind: str, column: str) -> None:
    name: str = getattr(ROWS[kind], column)
    assert not name or name.partition(".")[0] in BELOW[column]


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_an_entry_is_of_its_kind_and_its_data_can_be_read(kind: str) -> None:
    model = entry_model(kind)
    assert issubclass(model, Entry)
    assert get_args(model.model_fields["kind"].annotation) == (kind,)
    if name := LAYER_KINDS[kind].data:
        data = resolve_name(name)
        assert issubclass(data, LayerData)
        assert not inspect.isabstract(data)
        assert data.group


@pytest.mark.parametrize("column", FUNCTIONS)
@pytest.mark.parametrize("kind", ROWS)
def test_a_function_takes_what_it_is_given_and_returns_what_is_expected(kind: str, column: str) -> None:
    name: str = getattr(ROWS[kind], column)
    if not name:
        return
    function: Any = resolve_name(name)
    signature = inspect.signature(function)
    takes, returns = FUNCTIONS[column]
    assert tuple(given.lstrip("_") for given in signature.parameters) == takes
    assert signature.return_annotation == returns
    if "entry" in takes:
        taken = signature.parameters["entry"].annotation
        assert taken in {parent.__name__ for parent in resolve_name(ROWS[kind].entry).__mro__}


@pytest.mark.parametrize("kind", ROWS)
def test_an_entry_is_shown_by_a_layer_of_the_scene_or_by_its_own(kind: str) -> None:
    row: LayerKind = ROWS[kind]
    assert row.shown_by in ("", "stations", *SCENE_LAYER_IDS)
    assert bool(row.data) != bool(row.shown_by), "data of its own makes a layer of its own"


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_a_kind_without_products_of_its_own_is_of_the_ground(kind: str) -> None:
    """Its access counts for all that the ground is made of: nothing else would withhold it."""
    row = LAYER_KINDS[kind]
    assert bool(row.steps) or row.shown_by in GROUND


def test_a_product_is_the_grounds_or_is_named_after_its_entry(project: Path) -> None:
    catalog, _ = load_catalog_leniently(project / "data_catalog.yaml")
    names = [step.name for step in steps_of(catalog)]
    assert {name for name in names if "/" not in name} <= GROUND_PRODUCTS | {SAMPLE}
    assert {name.split("/")[1] for name in names if "/" in name} <= catalog.entries.keys()
    assert len(names) > 10
