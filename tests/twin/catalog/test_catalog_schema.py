from __future__ import annotations

import json

from twin.catalog.entries import KINDS
from twin.catalog.schema import FOLDER, schemas


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
    assert constants == set(KINDS)
    assert not any("id" in d["properties"] for d in definitions.values() if "kind" in d.get("properties", {}))
