"""Views that a session keeps and several parts of a page show."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Literal

Unit = Literal["storage", "level"]
Panel = str
"""The panel that is open, by the name that its part gives it; '' for none."""


@dataclass(frozen=True, kw_only=True)
class RowView:
    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class CardView:
    """State of the card: a number's provenance, or a point.

    ``kind`` is '' when there is none. ``serial`` counts what was asked: what a picture says of an earlier
    card is passed over.
    """

    kind: Literal["", "provenance", "point", "station"] = ""
    title: str = ""
    value: str = ""
    tone: str = ""
    rows: list[RowView] = field(default_factory=list)
    note: str = ""
    serial: int = 0


@dataclass(frozen=True, kw_only=True)
class TypedView:
    """Refusal of what was typed.

    Why, and the slider's ``unit`` and ``value`` that may be meant.
    """

    refused: str = ""
    offer: str = ""
    unit: Unit = "level"
    value: float = 0.0


def plain(view: Any) -> Any:
    """Return a view as trame keeps it: plain dicts and lists.

    Values are taken as they are: :func:`dataclasses.asdict` copies each, which was half the cost of a desk at
    rest.
    """
    if isinstance(view, _SIMPLE):
        return view
    if isinstance(view, list):
        return [plain(item) for item in view]
    if isinstance(view, tuple):
        return tuple([plain(item) for item in view])
    if isinstance(view, dict):
        return {key: plain(value) for key, value in view.items()}
    if is_dataclass(view) and not isinstance(view, type):
        return {name: plain(getattr(view, name)) for name in _names(type(view))}
    return view


class SharedView(dict[str, Any]):
    """Plain view that is never changed, and one object on all desks."""


_SIMPLE = (str, int, float, type(None), SharedView)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
