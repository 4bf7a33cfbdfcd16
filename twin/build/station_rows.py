"""Convert rows of station tables; note and omit invalid ones."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from twin.bilingual import in_both
from twin.build.station_words import COLUMNS, KINDS, NEAREST, STREAM_COLUMNS, kind_of, plain, reference_of
from twin.crs import FrameError, transform
from twin.ingest.errors import ColumnError, TableError
from twin.ingest.features import Table
from twin.ingest.zones import zone_fault
from twin.stations.model import STATION_KINDS, Datastream, Station
from twin.stations.network import NetworkError, check_datastream, check_station
from twin.stations.properties import PROPERTIES, nearest_property

T = TypeVar("T")

MOST_LETTERS = 500
_CODE = re.compile(r"\w[\w-]{0,39}")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)", re.ASCII)


class _RowError(Exception):
    """Why a row is left out; never leaves this file."""


@dataclass
class RowNotes:
    """Omitted and doubtful rows, one line each.

    File, line, what, why.
    """

    left_out: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def leave_out(self, path: Path, line: int, why: str) -> None:
        """Note an omitted row."""
        self.left_out.append(f"{path.name}: line {line}: {why}; the row is left out")

    def doubt(self, path: Path, line: int, why: str) -> None:
        """Note a row that is kept but doubtful."""
        self.doubts.append(f"{path.name}: line {line}: {why}")


def stations_of(table: Table, *, crs: str, path: Path, notes: RowNotes) -> dict[str, Station]:
    """Return stations by code, in CGCS2000 longitude and latitude.

    Raises ColumnError for a column that is missing, TableError where no row is a station.
    """
    cells = _named(table, COLUMNS)
    _need(cells, ("id", "name_zh", "kind", "lon", "lat"), path)
    found: dict[str, Station] = {}
    first: dict[str, int] = {}
    for k, line in enumerate(table.lines):
        row = {name: column[k] for name, column in cells.items()}
        try:
            station = _station(row, crs, partial(notes.doubt, path, line))
            if station.id in first:
                raise _RowError(f"the station {station.id} stands on line {first[station.id]} already")
            check_station(station)
        except (_RowError, NetworkError) as error:
            notes.leave_out(path, line, str(error))
            continue
        found[station.id], first[station.id] = station, line
    for code, digits in _short_codes(found):
        notes.doubt(
            path,
            first[code],
            f"the code {code} has {len(code)} digits, most others have {digits}: did a table program take "
            "zeros from its front?",
        )
    return _some(found, "station", path, notes)


def datastreams_of(
    table: Table, *, stations: Mapping[str, Station], path: Path, notes: RowNotes
) -> dict[str, Datastream]:
    """Return what the stations measure, by datastream.

    Raises as :func:`stations_of`.
    """
    cells = _named(table, STREAM_COLUMNS)
    _need(cells, ("station", "property", "interval_s"), path)
    found: dict[str, Datastream] = {}
    for k, line in enumerate(table.lines):
        row = {name: column[k] for name, column in cells.items()}
        try:
            stream = _datastream(row)
            if stream.id in found:
                raise _RowError(f"the datastream {stream.id} is there already")
            check_datastream(stream, stations)
        except (_RowError, NetworkError) as error:
            notes.leave_out(path, line, str(error))
            continue
        found[stream.id] = stream
    return _some(found, "datastream", path, notes)


def _short_codes(codes: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Codes of digits that are shorter than two thirds of them, and the length of those."""
    digits = [code for code in codes if code.isdecimal()]
    lengths = Counter(map(len, digits)).most_common(1)
    if lengths and 3 * lengths[0][1] >= 2 * len(digits):
        yield from ((code, lengths[0][0]) for code in digits if len(code) < lengths[0][0])


def _some(found: dict[str, T], what: str, path: Path, notes: RowNotes) -> dict[str, T]:
    if not found:
        said = next((line for line in notes.left_out if line.startswith(path.name)), f"{path.name}: no row")
        raise TableError(f"{path}: holds no {what}: {said.removeprefix(f'{path.name}: ')}", path=path)
    return found


def _named(table: Table, names: Mapping[str, str]) -> dict[str, list[str]]:
    """Columns by our names, whatever the case of the file's; a name of ours wins over an alias."""
    found: dict[str, list[str]] = {}
    told = {_without_unit(plain(name)).lower(): column for name, column in table.columns.items()}
    for name, column in told.items():
        ours = names.get(name, name)
        if ours != name and ours in told:
            continue
        found[ours] = [plain(cell) for cell in column]
    return found


def _without_unit(name: str) -> str:
    """``经度(°)`` as 经度: places have one unit each."""
    return re.sub(r"\s*\((°|度|m|米)\)$", "", name)


def _need(cells: Mapping[str, object], names: tuple[str, ...], path: Path) -> None:
    for name in names:
        if name not in cells:
            raise ColumnError(f"{path}: needs the column {name}; it has {', '.join(cells)}", path=path)


def _station(row: Mapping[str, str], crs: str, doubt: Callable[[str], None]) -> Station:
    _check_texts(row)
    lon, lat = _place(row, crs)
    told, reference = row.get("reference", ""), reference_of(row.get("reference", ""))
    if reference is None:
        doubt(f"the height reference {told!r} is not known here: its heights count from an unknown one")
    kind, code = kind_of(_filled(row, "kind"))
    if kind is None:
        known = f"{', '.join(STATION_KINDS)}, or one of SL 323's {', '.join(KINDS)}"
        raise _RowError(f"kind is {row['kind']!r}; it is {known}")
    if code in NEAREST:
        doubt(f"{code} ({KINDS[code][1]}) is shown as {kind}, the nearest kind there is")
    name = _filled(row, "name_zh")
    return Station(
        id=_code(row, "id"),
        name=in_both(name, row.get("name_en", "")),
        kind=kind,
        lon=lon,
        lat=lat,
        reference=reference or "unknown",
        township=row.get("township", ""),
        watershed=row.get("watershed", ""),
        river=row.get("river", ""),
        owner=row.get("owner", ""),
    )


def _place(row: Mapping[str, str], crs: str) -> tuple[float, float]:
    """Longitude and latitude, degrees of CGCS2000."""
    if _in_degrees(crs):  # no degrees have thousands
        row = {**row, **{name: row[name].replace(",", ".") for name in ("lon", "lat")}}
    lon, lat = _number(row, "lon"), _number(row, "lat")
    if _in_degrees(crs) and not (-180 <= lon <= 180 and -90 <= lat <= 90):
        swapped = -90 <= lon <= 90 and -180 <= lat <= 180
        hint = ": are lon and lat swapped?" if swapped else ": degrees are wanted"
        raise _RowError(f"lies nowhere on earth, lon {lon:g}, lat {lat:g}{hint}")
    if fault := zone_fault([lon], [lat], crs=crs):
        raise _RowError(fault)
    try:
        east, north = transform([lon], [lat], source=crs, target="EPSG:4490")
    except FrameError as error:
        raise _RowError(str(error)) from None
    found = float(np.asarray(east)[0]), float(np.asarray(north)[0])
    if not all(map(math.isfinite, found)):
        raise _RowError(f"lies outside {crs}: lon {lon:g}, lat {lat:g}")
    return found


@cache
def _in_degrees(crs: str) -> bool:
    from pyproj import CRS  # noqa: PLC0415  (only builds and checks read tables)

    return crs == "GCJ-02" or CRS.from_user_input(crs).is_geographic


def _datastream(row: Mapping[str, str]) -> Datastream:
    origin = row.get("origin", "") or "observed"
    if origin not in ("observed", "computed", "forecast"):
        raise _RowError(f"origin is {origin!r}; it is observed, computed or forecast")
    station, property_ = _code(row, "station"), _filled(row, "property")
    if property_ not in PROPERTIES:
        raise _RowError(f"the property {property_!r} is not known; {nearest_property(property_)}")
    return Datastream(
        id=f"{station}.{property_}" + (".forecast" if origin == "forecast" else ""),
        station=station,
        property=property_,
        interval_s=_number(row, "interval_s"),
        origin=origin,  # type: ignore[arg-type]
    )


def _check_texts(row: Mapping[str, str]) -> None:
    """A name goes to terminals and pages: no sign of it may do anything there."""
    for name, cell in row.items():
        if not cell.isprintable():
            raise _RowError(f"{name} holds a control character")
        if len(cell) > MOST_LETTERS:
            raise _RowError(f"{name} has {len(cell)} letters; {MOST_LETTERS} at most")


def _filled(row: Mapping[str, str], name: str) -> str:
    if not row[name]:
        raise _RowError(f"{name} is empty")
    return row[name]


def _code(row: Mapping[str, str], name: str) -> str:
    """A station's code as it is written: 0012345678 keeps its zeros, 3051E010 its letter."""
    code = _filled(row, name).removeprefix("'")  # a table program's mark for "this is text"
    if not _CODE.fullmatch(code):
        spoilt = re.fullmatch(r"\d(\.\d+)?[eE]\+\d+|\d+\.0+", code)
        hint = "a table program made a number of it" if spoilt else "letters, digits, - and _, 40 at most"
        raise _RowError(f"{code!r} is no station code: {hint}")
    return code


def _number(row: Mapping[str, str], name: str) -> float:
    if not _NUMBER.fullmatch(_filled(row, name)):
        raise _RowError(f"{name} is no number: {row[name]}")
    return float(row[name])
