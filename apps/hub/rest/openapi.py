"""Describe the operations as an OpenAPI 3.1 document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from apps.hub.rest.problems import MEDIA_TYPE, PREFIX, PROBLEM

if TYPE_CHECKING:
    from pydantic import BaseModel

    from apps.hub.rest.declared import Operation

REFS = "#/components/schemas/{model}"
TAGS = {
    "basin": "What the basin is",
    "water": "What a level means",
    "route": "What if: levels ahead",
    "affected": "What a level affects",
    "station": "Stations and their newest values",
    "observation": "What was observed",
    "alarm": "Alarms",
    "shift": "Shift log",
    "scene": "Scenes and pictures",
    "server": "The server",
}
REASONS = {
    304: "The client has it already (If-None-Match).",
    400: "The request is not understood.",
    401: "Nobody is signed in.",
    403: "Not allowed to this visitor.",
    404: "There is no such thing, or none that this visitor may see.",
    409: "It cannot be done now.",
    410: "What was known then cannot be told any more.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A parameter or the body cannot be used.",
    500: "A fault of the program.",
    503: "Not ready, too busy or too slow: try again after `Retry-After` seconds.",
}


def document(operations: Sequence[Operation], *, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of operations."""
    models: list[tuple[type[BaseModel], Any]] = []
    for one in operations:
        models += [(one.answer, "serialization")] if one.answer is not None else []
        models += [(one.body, "validation")] if one.body is not None else []
    names, definitions = models_json_schema(models, ref_template=REFS)
    schemas = {**definitions.get("$defs", {}), "Problem": PROBLEM}
    paths: dict[str, Any] = {}
    for one in operations:
        answer = None if one.answer is None else names[one.answer, "serialization"]
        body = None if one.body is None else names[one.body, "validation"]
        paths.setdefault(one.path, {})[one.method.lower()] = _described(one, answer, body)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Digital twin of a reservoir basin",
            "version": version,
            "description": "Numbers carry their unit in their name, times their zone. See docs/api.md.",
        },
        "servers": [{"url": PREFIX}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _described(one: Operation, answer: Any, body: Any) -> dict[str, Any]:
    content = {media: {"schema": {"type": "string"}} for media in one.also if media != "application/json"}
    content |= {"application/json": {"schema": {"type": "object"}}} if "application/json" in one.also else {}
    content |= {"application/json": {"schema": answer}} if answer is not None else {}
    statuses = {400, 422, 500, 503, *one.refusals, *((401, 403) if one.role is not None else ())}
    if one.method == "GET":
        statuses |= {304}
    told: dict[str, Any] = {
        "operationId": one.id,
        "tags": [one.tag],
        "summary": one.description.partition("\n")[0],
        "description": one.description,
        "parameters": list(_parameters(one)),
        "responses": {"200": {"description": one.words, "content": content}}
        | {str(status): _refusal(status) for status in sorted(statuses)},
        # Without a token it may be a browser that is signed in, or a server that nobody signs in to.
        "security": [{"token": []}, {}] if one.role is not None else [],
        "x-role": one.role or "anybody",
    }
    if body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return told


def _refusal(status: int) -> dict[str, Any]:
    if status == 304:
        return {"description": REASONS[status]}
    schema = {"$ref": REFS.format(model="Problem")}
    return {"description": REASONS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def _parameters(one: Operation) -> list[dict[str, Any]]:
    schema = one.parameters.model_json_schema()
    return [
        _parameter(
            name, dict(told), in_path=f"{{{name}}}" in one.path, required=name in schema.get("required", ())
        )
        for name, told in schema.get("properties", {}).items()
    ]


def _parameter(name: str, told: dict[str, Any], *, in_path: bool, required: bool) -> dict[str, Any]:
    """Describe a parameter; one that may be left out is never null in an address."""
    description = told.pop("description", "")
    told.pop("title", None)
    if told.get("default", "") is None:
        del told["default"]
    kinds = [kind for kind in told.pop("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        told |= kinds[0]
    return {
        "name": name,
        "in": "path" if in_path else "query",
        "required": required,
        "description": description,
        "schema": told,
    }
