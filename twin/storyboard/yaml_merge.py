"""Put changed values into a YAML text; keep comments, quotes and order.

By ruamel.yaml. Scalars pass through it as text: what a scalar is, ``yaml_tree`` decides, and ``0030500001``
and ``2025-07-29`` stay as they are written.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from twin.catalog.yaml_tree import read_yaml

FLOW_LETTERS = 100
"""Longest group of plain values that is written into one line."""
FIRST = ("id", "text", "at_s")
"""Keys that are written before the others of their group."""


def merged_yaml(text: str, *, old: Any, new: Any, sparse: Any, dash: int) -> str:
    """Return ``text``, which means ``old``, changed to mean ``new``.

    Plain values: groups, lists, scalars. Of keys that the text lacks only those in ``sparse`` (``new``
    without defaults) are added. ``dash`` is the column of dashes below a key.
    """
    yaml = _yaml(dash)
    out = io.StringIO()
    yaml.dump(_merged(yaml.load(text), old, new, sparse), out)
    return out.getvalue()


def plain_yaml(value: Any, *, dash: int = 2) -> str:
    """Return plain values as YAML, short groups in one line."""
    out = io.StringIO()
    node = _node(value)
    node.fa.set_block_style()
    _yaml(dash).dump(node, out)
    return out.getvalue()


class _PlainResolver(VersionedResolver):
    """Takes every scalar for text."""

    @property
    def versioned_resolver(self) -> dict[str, Any]:
        return {}


def _yaml(dash: int) -> YAML:
    yaml = YAML(typ="rt")
    yaml.Resolver = _PlainResolver
    yaml.preserve_quotes = True
    yaml.width = 1 << 16  # lines are broken where they were
    yaml.indent(mapping=2, sequence=dash + 2, offset=dash)
    return yaml


def _merged(node: Any, old: Any, new: Any, sparse: Any) -> Any:
    if old == new:
        return node
    if isinstance(node, CommentedMap) and isinstance(old, dict) and isinstance(new, dict):
        _merge_keys(node, old, new, sparse)
        return node
    if isinstance(node, CommentedSeq) and isinstance(old, list) and isinstance(new, list):
        _merge_items(node, old, new, sparse)
        return node
    return _node(sparse)


def _merge_keys(
    node: CommentedMap, old: Mapping[str, Any], new: Mapping[str, Any], sparse: Mapping[str, Any]
) -> None:
    """Keys that hold a default stay where they stand."""
    for key in [key for key in node if key not in new]:
        del node[key]
    for key, value in new.items():
        if key in node:
            node[key] = _merged(node[key], old.get(key), value, sparse.get(key, value))
        elif key in sparse:
            node[key] = _node(sparse[key])


def _merge_items(node: CommentedSeq, old: list[Any], new: list[Any], sparse: list[Any]) -> None:
    for k in range(len(old) - 1, len(new) - 1, -1):
        del node[k]
    for k, value in enumerate(new):
        if k >= len(old):
            node.append(_node(sparse[k]))
        elif old[k] != value:
            node[k] = _merged(node[k], old[k], value, sparse[k])


def _node(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: FIRST.index(key) if key in FIRST else len(FIRST))
        node = CommentedMap((key, _node(value[key])) for key in keys)
        if _is_short(value):
            node.fa.set_flow_style()
        return node
    if isinstance(value, list):
        items = CommentedSeq(_node(item) for item in value)
        if not any(isinstance(item, dict | list) for item in value):
            items.fa.set_flow_style()
        return items
    return _scalar(value)


def _is_short(value: Mapping[str, Any]) -> bool:
    """Whether a group fits into a line and holds no list."""
    groups = [item for item in value.values() if isinstance(item, dict | list)]
    short = all(isinstance(item, dict) and _is_short(item) for item in groups)
    return short and len(str(value)) <= FLOW_LETTERS


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    plain = read_yaml(f"- {text}\n- {{x: {text}}}\n".encode()).value == [text, {"x": text}]
    return text if plain else DoubleQuotedScalarString(text)
