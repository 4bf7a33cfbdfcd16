"""JSON Schemas of catalog, site and drill files, for editors.

``python -m twin.catalog.schema`` writes them; a test compares the committed files with the models.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Union

from pydantic import Field, create_model

from twin.catalog.drill_file import DrillFile
from twin.catalog.entries import Entry, VectorEntry
from twin.catalog.feeds import DRIVERS, spec_of
from twin.catalog.head import CatalogHead
from twin.catalog.layer_kinds import entry_models
from twin.catalog.site import Site
from twin.catalog.types import Slug

FOLDER = Path(__file__).parent / "schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    return {
        "data_catalog.schema.json": schema_text(_catalog()),
        "drill.schema.json": schema_text(DrillFile.model_json_schema()),
        "site.schema.json": schema_text(_site().model_json_schema()),
    }


def _catalog() -> dict[str, Any]:
    kinds = entry_models()
    schema = _file(*kinds.values()).model_json_schema()
    for definition in schema["$defs"].values():
        properties = definition.get("properties", {})
        if "kind" in properties and "id" in properties:
            del properties["id"]  # an entry's id is its key
            definition["required"].remove("id")
    plain = schema["$defs"]["VectorEntry"]["properties"]["kind"]
    plain["not"] = {"enum": sorted(kinds)}  # those have models of their own
    return schema


def _file(*models: type[Entry]) -> type[CatalogHead]:
    """The model of the whole file, with the models of all kinds in it."""
    entry: Any = Union[(*models, VectorEntry)]
    told = "``data_catalog.yaml``: the head and one entry per data set, by its id."
    return create_model("CatalogFile", __base__=CatalogHead, __doc__=told, entries=(dict[Slug, entry], ...))


def _site() -> type[Site]:
    """The model of a site with every driver's spec in it, which reading imports only where it is named."""
    spec: Any = Annotated[Union[tuple(map(spec_of, DRIVERS))], Field(discriminator="driver")]  # noqa: UP007
    return create_model("Site", __base__=Site, feeds=(list[spec], Field(default=[])))


def schema_text(schema: dict[str, Any]) -> str:
    """Format a schema as its committed file has it."""
    return json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
