"""Print a basin's observations, as tables or as JSON.

Times are shown in the site's zone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
from rich.table import Table

from apps.commands.export_file import Written, write
from apps.commands.new_file import new_file
from apps.commands.printing import console
from apps.observation_rows import BadTimeError, UnknownStationError, rows_of, time_of
from twin.basin import Basin
from twin.live import NoStationsError, UnknownStreamError, open_database
from twin.stations.network import Network
from twin.stations.properties import PROPERTIES
from twin.stations.status import main_datastream
from twin.stations.store import Reader
from twin.stations.store.schema import QUALITIES, as_time
from twin.stations.validation import AHEAD

if TYPE_CHECKING:
    from twin.stations.model import Datastream, Observation
    from twin.stations.store.hours import Hour

PAST = timedelta(hours=72)


class Observations:
    """Observations of a basin, as known now or at a time."""

    def __init__(self, basin: Basin, network: Network, reader: Reader, known_at: datetime | None) -> None:
        self._basin, self._network, self._reader, self._known_at = basin, network, reader, known_at
        self._zone = ZoneInfo(basin.site.time_zone)

    @classmethod
    @contextmanager
    def open(
        cls, catalog: Path, *, root: Path | None, store: Path | None, as_known_at: str | None
    ) -> Iterator[Observations]:
        """Raises NoStationsError, StoreError, BadTimeError and what opening a basin raises."""
        basin = Basin.open(catalog, root=root, store=store)
        network = basin.network()
        if network is None:
            raise NoStationsError(f"{basin.catalog.path}: declares no stations")
        known_at = None if as_known_at is None else time_of(as_known_at, ZoneInfo(basin.site.time_zone))
        database = open_database(basin, write=False)
        try:
            yield cls(basin, network, Reader(database), known_at)
        finally:
            database.close()

    def list_stations(self, *, kind: str | None, as_json: bool) -> None:
        """List each station with its main value."""
        latest = self._reader.latest(known_at=self._known_at)
        rows = []
        for station in self._network.stations.values():
            if kind is not None and station.kind != kind:
                continue
            main = main_datastream(station, self._network.of_station(station.id))
            seen = latest.get(main.id) if main is not None else None
            rows.append(
                {
                    "station": station.id,
                    "name": station.name["zh"],
                    "kind": station.kind,
                    "datastream": "" if main is None else main.id,
                    **self._value(seen, "" if main is None else main.property),
                }
            )
        self._print(rows, as_json=as_json)

    def show_station(self, id_: str, *, as_json: bool) -> None:
        """Print a station and its newest values; raises UnknownStationError."""
        station = self._network.stations.get(id_)
        if station is None:
            raise UnknownStationError(f"there is no station {id_}; 'twin stations list' names them", id=id_)
        latest = self._reader.latest(known_at=self._known_at)
        rows = [
            {
                "datastream": stream.id,
                "property": PROPERTIES[stream.property].name["en"],
                "every_s": stream.interval_s,
                "origin": stream.origin,
                **self._value(latest.get(stream.id), stream.property),
            }
            for stream in self._network.of_station(id_)
        ]
        if as_json:
            click.echo(_json({"station": asdict(station), "datastreams": rows}))
            return
        facts = (station.id, station.name["zh"], station.name["en"], station.kind, station.township)
        click.echo(" · ".join(fact for fact in facts if fact))
        self._print(rows, as_json=False)

    def show_history(
        self, datastream: str, *, start: str | None, end: str | None, revisions: bool, as_json: bool
    ) -> None:
        """Raises UnknownStreamError, BadTimeError, ThinnedError."""
        if datastream not in self._network.datastreams:
            raise UnknownStreamError(
                f"there is no datastream {datastream}; 'twin stations show STATION' names a station's",
                datastream=datastream,
            )
        first, last = self._window(start, end)
        property_ = self._network.datastreams[datastream].property
        if revisions:
            seen = self._reader.revisions(datastream, first, last, known_at=self._known_at)
            self._print([self._value(o, property_) for o in seen], as_json=as_json)
            return
        series = self._reader.history(datastream, first, last, known_at=self._known_at)
        columns = zip(
            series.times_us.tolist(), series.values.tolist(), series.qualities.tolist(), strict=True
        )
        stream = self._network.datastreams[datastream]
        hours = {h.at: h for h in self._reader.hours(datastream, first, last, known_at=self._known_at)}
        rows = [
            {
                "phenomenon_at": self._shown(as_time(at)),
                "value": _number(value),
                "unit": PROPERTIES[property_].shown,
                "quality": QUALITIES[quality],
                **_of_hour(stream, hours.get(as_time(at))),
            }
            for at, value, quality in columns
        ]
        self._print(rows, as_json=as_json)

    def export(self, out: Path, *, start: str | None, end: str | None, datastreams: Sequence[str]) -> Written:
        """Write observations to a new file.

        Returns how many observations, and how many of them are hours of what was thinned out. Raises
        OutputExistsError, OutputError, UnknownStreamError, BadTimeError, StoreError.
        """
        wanted = list(datastreams) or list(self._network.datastreams)
        for name in wanted:
            if name not in self._network.datastreams:
                raise UnknownStreamError(f"there is no datastream {name}", datastream=name)
        rows = self._rows(wanted, *self._window(start, end))
        with new_file(out, option="--to") as partial:
            return write(partial, rows, suffix=out.suffix)

    # -- inner ----------------------------------------------------------------------------------------

    def _rows(self, datastreams: Sequence[str], start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        for name in datastreams:
            yield from rows_of(
                self._reader,
                self._network,
                name,
                start,
                end,
                known_at=self._known_at,
                synthetic=self._basin.synthetic,
            )

    def _window(self, start: str | None, end: str | None) -> tuple[datetime, datetime]:
        now = datetime.now(UTC)
        last = now if end is None else time_of(end, self._zone)
        first = last - PAST if start is None else time_of(start, self._zone)
        if first > last:
            raise BadTimeError(f"--from {start} lies after --until {end or 'now'}")
        return first, last if end is not None else now + AHEAD  # a clock may be behind the stations'

    def _value(self, seen: Observation | None, property_: str) -> dict[str, Any]:
        if seen is None:
            return {"phenomenon_at": "", "value": None, "unit": "", "quality": "", "feed": ""}
        return {
            "phenomenon_at": self._shown(seen.phenomenon_at),
            "value": seen.value,
            "unit": PROPERTIES[property_].shown,
            "quality": seen.quality + (f" ({seen.reason})" if seen.reason else ""),
            "feed": seen.feed,
            **({"revision": seen.revision} if seen.revision else {}),
        }

    def _shown(self, at: datetime) -> str:
        return at.astimezone(self._zone).isoformat(timespec="seconds")

    def _print(self, rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
        if as_json:
            click.echo(_json(rows))
            return
        names = list(dict.fromkeys(name for row in rows for name in row))
        table = Table(box=None, pad_edge=False, caption=f"times in {self._zone.key}", caption_justify="left")
        for name in names:
            table.add_column(name, justify="right" if name == "value" else "left", overflow="fold")
        for row in rows:
            table.add_row(*("–" if row.get(name) is None else f"{row.get(name, '')}" for name in names))
        console().print(table)


def _of_hour(stream: Datastream, hour: Hour | None) -> dict[str, Any]:
    """What an hour that stands for thinned-out values is, and of how many; nothing for an observation."""
    if hour is None:
        return {}
    due = max(1, round(3600 / stream.interval_s))
    note = f"hourly {hour.kind} of {hour.count} of {due} value{'s' if due > 1 else ''}"
    return {"lowest": hour.lowest, "highest": hour.highest, "note": note}


def _number(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124  (NaN is missing)


def _json(what: object) -> str:
    return json.dumps(what, ensure_ascii=False, indent=1, default=str)
