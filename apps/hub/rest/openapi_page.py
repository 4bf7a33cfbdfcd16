"""Format the OpenAPI document as a plain HTML page.

It needs nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; color: #1d2b33; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #cfd8dc }
article { margin: 1rem 0 1.5rem } h3 { font: 600 1rem ui-monospace, monospace; margin: 0 }
h3 b { color: #00695c } code { font-family: ui-monospace, monospace }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-top: 1px solid #eceff1 }
td:first-child { white-space: nowrap } small { color: #546e7a }
"""


def page(document: dict[str, Any]) -> str:
    """Return the HTML of an OpenAPI document."""
    schemas = document["components"]["schemas"]
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>{escape(document['info']['title'])} · REST</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(document['info']['title'])} · REST</h1>",
        f"<p>{escape(document['info']['description'])} "
        "<a href='openapi.json'>openapi.json</a> (OpenAPI 3.1)</p>",
    ]
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['description'])}</h2>")
        for path, methods in document["paths"].items():
            for method, told in methods.items():
                if tag["name"] in told["tags"]:
                    parts.extend(_operation(document["servers"][0]["url"] + path, method, told, schemas))
    return "\n".join([*parts, "</body></html>"])


def _operation(path: str, method: str, told: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    yield f"<article id='{escape(told['operationId'])}'>"
    yield f"<h3><b>{method.upper()}</b> {escape(path)}</h3>"
    yield f"<p>{_text(told['description'])} <small>{escape(told['x-role'])}</small></p>"
    rows = [
        (f"{one['name']}{'' if one['required'] else '?'}", _kind(one["schema"]), one["description"])
        for one in told["parameters"]
    ]
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body is not None:
        rows.append(("body", _kind(body), ""))
    if rows:
        yield from _table("parameter", rows)
    content = told["responses"]["200"]["content"]
    answer = schemas.get(
        content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    )
    if answer is not None:
        yield from _table(
            "answer",
            [(name, _kind(of), of.get("description", "")) for name, of in answer["properties"].items()],
        )
    yield "</article>"


def _table(first: str, rows: list[tuple[str, str, str]]) -> Iterator[str]:
    yield f"<table><tr><th>{first}<th>type<th></tr>"
    for name, kind, words in rows:
        yield f"<tr><td><code>{escape(name)}</code><td>{escape(kind)}<td>{_text(words)}</tr>"
    yield "</table>"


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removesuffix("JsonAnswer")
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"]).lower()
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    kind = str(schema.get("format") or schema.get("type", "any"))
    return f"{kind} = {schema['default']}" if "default" in schema else kind


def _text(words: str) -> str:
    """Escape words; what stands between backticks is code."""
    parts = escape(words).split("`")
    return "".join(f"<code>{part}</code>" if k % 2 else part for k, part in enumerate(parts))
