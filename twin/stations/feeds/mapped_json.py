"""Readings out of JSON documents, by the map that ``site.yaml`` gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.stations.feeds.strict_json import JsonError
from twin.stations.model import Reading

if TYPE_CHECKING:
    from twin.catalog.feeds import JsonMap

MOST_ITEMS = 100_000


class Mapper:
    """Applies one map. Times without a zone are of ``zone``."""

    def __init__(self, map_: JsonMap, *, zone: ZoneInfo) -> None:
        import jmespath  # noqa: PLC0415

        self._map, self._zone = map_, zone
        self._items = jmespath.compile(map_.items)
        self._parts = {
            name: jmespath.compile(expression)
            for name in ("station", "property", "value", "time", "unit")
            if (expression := getattr(map_, name)) is not None
        }

    def readings(self, document: Any) -> Iterator[Reading]:
        """All items as readings, unchecked. Raises JsonError where there is no list of items."""
        items = _search(self._items, document)
        if isinstance(items, dict):
            items = [items]
        if not isinstance(items, list) or len(items) > MOST_ITEMS:
            raise JsonError("no-items")
        for item in items:
            yield self._reading(item)

    def _reading(self, item: Any) -> Reading:
        found = {name: _search(part, item) for name, part in self._parts.items()}
        value = found["value"]
        if self._map.text and isinstance(value, str):
            value = number_of(value)
        return Reading(
            station=_renamed(found["station"], self._map.stations),
            property=_renamed(found["property"], self._map.properties),
            value=value,
            phenomenon_at=with_zone(found["time"], self._zone),
            unit=found.get("unit"),
        )


def number_of(text: str) -> object:
    """The number that a text is; the text itself, which will be refused, where it is none."""
    try:
        return float(text) if len(text) < 40 and "_" not in text else text
    except ValueError:
        return text


def with_zone(time: object, zone: ZoneInfo) -> object:
    """A text in ISO 8601 without a zone gets one; anything else stays what it is."""
    if not isinstance(time, str) or len(time) > 40:
        return time
    try:
        found = datetime.fromisoformat(time)
    except ValueError:
        return time
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _renamed(name: Any, names: dict[str, str]) -> Any:
    if isinstance(name, int) and not isinstance(name, bool) and abs(name) < 10**15:
        name = str(name)  # a code that somebody took for a number
    return names.get(name, name) if isinstance(name, str) else name


def _search(expression: Any, document: Any) -> Any:
    try:
        return expression.search(document)
    except Exception:  # noqa: BLE001  (functions of JMESPath raise what they like on foreign data)
        return None
