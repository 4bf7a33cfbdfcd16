"""Read observations as rows for other programs.

And times as people write them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from twin import cells
from twin.errors import TwinError
from twin.stations.properties import PROPERTIES
from twin.written_time import WrittenTimeError, read_time

if TYPE_CHECKING:
    from twin.stations.network import Network
    from twin.stations.store import Reader

COLUMNS = (
    "station",
    "name",
    "property",
    "unit",
    "phenomenon_at",
    "value",
    "quality",
    "reason",
    "revision",
    "received_at",
    "result_at",
    "feed",
    "synthetic",
    "count",
    "lowest",
    "lowest_at",
    "highest",
    "highest_at",
)
"""``count``, ``lowest`` and ``highest`` are of an hour that stands for observations that were thinned out."""
TIMES = tuple(name for name in COLUMNS if name.endswith("_at"))


class BadTimeError(TwinError):
    """Unparseable time."""

    zh = "时间有误：{message}"


class UnknownStationError(TwinError):
    """Unknown station: the basin does not have it."""

    zh = "没有这个测站：{message}"


def rows_of(
    reader: Reader,
    network: Network,
    datastream: str,
    start: datetime,
    end: datetime,
    *,
    known_at: datetime | None,
    synthetic: bool,
) -> Iterator[dict[str, Any]]:
    """Yield rows of ``COLUMNS``, the newest revision of each time, oldest first.

    Raises KeyError for an unknown datastream, ThinnedError, StoreError.
    """
    stream = network.datastreams[datastream]
    station = network.stations[stream.station]
    newest = {o.phenomenon_at: o for o in reader.revisions(datastream, start, end, known_at=known_at)}
    hours = {h.at: h for h in reader.hours(datastream, start, end, known_at=known_at)}
    for o in newest.values():
        hour = hours.get(o.phenomenon_at) if o.reason.startswith("hourly-") else None
        yield {
            "station": station.id,
            "name": station.name["zh"],
            "property": stream.property,
            "unit": PROPERTIES[stream.property].unit,
            "phenomenon_at": o.phenomenon_at,
            "value": o.value,
            "quality": o.quality,
            "reason": o.reason,
            "revision": o.revision,
            "received_at": o.received_at,
            "result_at": o.result_at,
            "feed": o.feed,
            "synthetic": synthetic,
            "count": None if hour is None else hour.count,
            "lowest": None if hour is None else hour.lowest,
            "lowest_at": None if hour is None else hour.lowest_at,
            "highest": None if hour is None else hour.highest,
            "highest_at": None if hour is None else hour.highest_at,
        }


def csv_cells(row: dict[str, Any]) -> dict[str, object]:
    """Return a row's CSV cells: times in ISO 8601, no formulas."""
    times = {name: row[name] and row[name].isoformat() for name in TIMES}
    return {name: cells.safe(cell) for name, cell in (row | times).items()}


def time_of(text: str, zone: ZoneInfo) -> datetime:
    """Parse a time as people write it.

    Without a zone it is the site's. Raises BadTimeError.
    """
    try:
        return read_time(text, zone=zone).astimezone(UTC)
    except (WrittenTimeError, OverflowError) as error:
        said = "could be two times" if "ambiguous" in str(error) else "is no time"
        raise BadTimeError(f"{text!r} {said}; write it like 2026-07-28T14:32", text=text) from None
