from __future__ import annotations

import json

from twin.catalog import validation_messages
from twin.catalog.layer_kinds import LAYER_KINDS
from twin.catalog.schema import FOLDER, schemas
from twin.storyboard.storyboard_schema import storyboard_schema


def test_the_committed_schemas_are_what_the_models_say() -> None:
    for name, text in schemas().items():
        committed = (FOLDER / name).read_text(encoding="utf-8")
        assert committed == text, f"{name} is old: run python -m twin.catalog.schema"


def test_an_editor_is_offered_each_kind_and_no_id() -> None:
    definitions = json.loads(schemas()["data_catalog.schema.json"])["$defs"]
    constants = {
        d["properties"]["kind"]["const"]
        for d in definitions.values()
        if "const" in d.get("properties", {}).get("kind", {})
    }
    assert constants == set(LAYER_KINDS)
    assert not any("id" in d["properties"] for d in definitions.values() if "kind" in d.get("properties", {}))


def forms_in(node: object) -> set[str]:
    """Every regular expression of a schema: of values, and of names of keys."""
    if isinstance(node, list):
        return set().union(*map(forms_in, node))
    if not isinstance(node, dict):
        return set()
    own = {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
    return own.union(node.get("patternProperties", ()), *map(forms_in, node.values()))


def test_every_form_that_a_text_must_have_is_told_in_words() -> None:
    texts = (*schemas().values(), storyboard_schema())
    forms = set().union(*(forms_in(json.loads(text)) for text in texts))
    assert forms == set(validation_messages._FORMS)
