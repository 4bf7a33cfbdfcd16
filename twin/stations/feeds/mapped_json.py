"""Readings out of JSON documents, by the map that ``site.yaml`` gives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin.stations.feeds.document import DocumentError
from twin.stations.model import Reading
from twin.written_time import time_or_reason

if TYPE_CHECKING:
    from twin.stations.feeds.json_map import JsonMap, MqttMap

MOST_ITEMS = 100_000
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)


class Mapper:
    """Applies one map.

    Times without a zone are of ``zone``.
    """

    def __init__(self, map_: JsonMap | MqttMap, *, zone: ZoneInfo) -> None:
        import jmespath  # noqa: PLC0415

        self._map, self._zone = map_, zone
        self._items = jmespath.compile(map_.items)
        self._parts = {
            name: jmespath.compile(expression)
            for name in ("station", "property", "value", "time", "unit")
            if (expression := getattr(map_, name)) is not None
        }

    def readings(
        self,
        document: Any,
        *,
        named: Mapping[str, str] | None = None,
        arrived_at: datetime | None = None,
    ) -> Iterator[Reading]:
        """Yield all items as unchecked readings.

        Each made on demand. ``named`` holds ``station`` and ``property`` where something else than the
        document names them (a topic); ``arrived_at`` is the time of a value where the map has none. Raises
        DocumentError where there is no list of items.
        """
        items = _search(self._items, document)
        if isinstance(items, dict):
            items = [items]
        if not isinstance(items, list) or len(items) > MOST_ITEMS:
            raise DocumentError("no-items")
        return (self._reading(item, named or {}, arrived_at) for item in items)

    def _reading(self, item: Any, named: Mapping[str, str], arrived_at: datetime | None) -> Reading:
        found = {**named, **{name: _search(part, item) for name, part in self._parts.items()}}
        value, map_ = found["value"], self._map
        if map_.text and isinstance(value, str):
            value = number_of(value)
        property_ = _renamed(found.get("property"), map_.properties)
        time = (
            time_or_reason(found["time"], zone=self._zone, form=map_.format)
            if "time" in found
            else arrived_at
        )
        return Reading(
            station=_renamed(found.get("station"), map_.stations),
            property=property_,
            value=value,
            phenomenon_at=time,
            unit=self._unit(property_, found),
        )

    def _unit(self, property_: Any, found: Mapping[str, Any]) -> Any:
        """The unit of a value; '' where the map says where it stands and it does not."""
        if "unit" in self._parts:
            return "" if found["unit"] is None else found["unit"]
        return self._map.units.get(property_) if isinstance(property_, str) else None


def number_of(text: str) -> object:
    """Parse a text as a number.

    The text itself, which will be refused, where it is none.
    """
    if len(text) > 40:
        return text
    plain = unicodedata.normalize("NFKC", text).strip()
    return float(plain) if _NUMBER.fullmatch(plain) else text


def _renamed(name: Any, names: Mapping[str, str]) -> Any:
    if isinstance(name, int) and not isinstance(name, bool) and abs(name) < 10**15:
        name = str(name)  # a code that somebody took for a number
    if not isinstance(name, str):
        return name
    name = name.strip()  # a database pads its codes
    return names.get(name, name)


def _search(expression: Any, document: Any) -> Any:
    try:
        return expression.search(document)
    except Exception:  # noqa: BLE001  (functions of JMESPath raise what they like on foreign data)
        return None
