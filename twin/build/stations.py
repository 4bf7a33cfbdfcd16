"""Stations and what they measure, checked, as one network: from two tables, or the sample's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from twin.catalog import Catalog, StationsEntry
from twin.frame import FrameError, transform
from twin.ingest.errors import ColumnError, TableError
from twin.ingest.features import Cell, Table
from twin.ingest.read import read_columns
from twin.products import load_grid
from twin.stations.model import STATION_KINDS, Datastream, Station, StationKind
from twin.stations.network import Network, NetworkError, network_of, save_network

ALIASES = {
    "stcd": "id",
    "stnm": "name_zh",
    "lgtd": "lon",
    "lttd": "lat",
    "sttp": "kind",
    "addvcd": "township",
    "bsnm": "watershed",
    "rvnm": "river",
    "dtmnm": "reference",
    "admauth": "owner",
}
"""Columns of SL 323's ST_STBPRP_B, by our names."""

SL323_KINDS: Mapping[str, StationKind] = {
    "PP": "rain",
    "MM": "rain",
    "ZZ": "stage",
    "ZQ": "flow",
    "RR": "reservoir",
    "DD": "flow",
    "WQ": "quality",
}
"""What ``sttp`` says."""

DEEP_CM = 14_000
"""The sample's lake is under water here at any level it keeps."""


def make_stations(
    folder: Path, *, catalog: Catalog, entry: StationsEntry, products: Mapping[str, Path]
) -> None:
    """Write ``network.json``. Raises IngestError, NetworkError with one line for the first fault."""
    save_network(folder, _sample(products) if entry.driver == "sample" else _tables(catalog, entry))


def _sample(products: Mapping[str, Path]) -> Network:
    from twin.sample.facts import CRS, SEED  # noqa: PLC0415
    from twin.sample.monitoring.places import read_sources  # noqa: PLC0415
    from twin.sample.monitoring.stations import sample_network  # noqa: PLC0415

    connection, grid = (
        np.load(products["water"] / "connection.npy", mmap_mode="r"),
        load_grid(products["ground"]),
    )
    rows, cols = np.nonzero(connection[::10, ::10] < DEEP_CM)
    x, y = grid.west + (10 * cols + 0.5) * grid.dx, grid.north - (10 * rows + 0.5) * grid.dy
    lake = np.stack(transform(x, y, source=CRS, target="EPSG:4490"), axis=1)
    return sample_network(read_sources(products["sample"], lake=lake), seed=SEED)


def _tables(catalog: Catalog, entry: StationsEntry) -> Network:
    assert entry.datastreams is not None  # the entry's own rule
    path, beside = catalog.path_of(entry), catalog.beside(entry.datastreams)
    stations = _named(read_columns(path, encoding=entry.encoding, rename=entry.rename))
    streams = _named(read_columns(beside, encoding=entry.encoding, rename={}))
    try:
        return network_of(_stations(stations, entry, path), _streams(streams, beside))
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}", path=path) from None


def _named(table: Table) -> Table:
    """Columns by our names, whatever the case of the file's."""
    columns = {ALIASES.get(name.lower(), name.lower()): cells for name, cells in table.columns.items()}
    return Table(columns=columns, lines=table.lines)


def _stations(table: Table, entry: StationsEntry, path: Path) -> Iterator[Station]:
    ids, names, kinds = (_column(table, name, path) for name in ("id", "name_zh", "kind"))
    lons, lats = _numbers(table, "lon", path), _numbers(table, "lat", path)
    try:
        lon, lat = transform(lons, lats, source=entry.crs, target="EPSG:4490")
    except FrameError as error:
        raise TableError(f"{path}: {error}", path=path) from None
    more = {
        name: table.columns.get(name, [None] * len(ids))
        for name in ("name_en", "reference", "township", "watershed", "river", "owner")
    }
    for k, (id_, name, kind) in enumerate(zip(ids, names, kinds, strict=True)):
        zh = _text(name)
        yield Station(
            id=_code(id_),
            name={"zh": zh, "en": _text(more["name_en"][k]) or zh},
            kind=_kind(_text(kind), path, table.lines[k]),
            lon=float(lon[k]),
            lat=float(lat[k]),
            reference=_text(more["reference"][k]) or "unknown",
            township=_text(more["township"][k]),
            watershed=_text(more["watershed"][k]),
            river=_text(more["river"][k]),
            owner=_text(more["owner"][k]),
        )


def _streams(table: Table, path: Path) -> Iterator[Datastream]:
    stations, properties = _column(table, "station", path), _column(table, "property", path)
    intervals = _numbers(table, "interval_s", path)
    origins = table.columns.get("origin", [None] * len(stations))
    for k, (station, property_) in enumerate(zip(stations, properties, strict=True)):
        origin = _text(origins[k]) or "observed"
        if origin not in ("observed", "computed", "forecast"):
            raise TableError(
                f"{path}: line {table.lines[k]}: origin is {origin!r}; it is observed, computed or forecast",
                path=path,
            )
        id_ = f"{_code(station)}.{_text(property_)}" + (".forecast" if origin == "forecast" else "")
        yield Datastream(
            id=id_,
            station=_code(station),
            property=_text(property_),
            interval_s=float(intervals[k]),
            origin=origin,  # type: ignore[arg-type]
        )


def _column(table: Table, name: str, path: Path) -> Sequence[Cell]:
    if name not in table.columns:
        raise ColumnError(f"{path}: needs the column {name}; it has {', '.join(table.columns)}", path=path)
    cells = table.columns[name]
    for k, cell in enumerate(cells):
        if cell is None:
            raise TableError(f"{path}: line {table.lines[k]}: {name} is empty", path=path)
    return cells


def _numbers(table: Table, name: str, path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    cells = _column(table, name, path)
    for k, cell in enumerate(cells):
        if isinstance(cell, str):
            raise TableError(f"{path}: line {table.lines[k]}: {name} is no number: {cell!r}", path=path)
    return np.array(cells, dtype=np.float64)


def _code(cell: Cell) -> str:
    """A station's code; a table program may have made a number of it, and taken its zeros."""
    return f"{int(cell):08d}" if isinstance(cell, float | int) else str(cell).strip()


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


def _kind(told: str, path: Path, line: int) -> StationKind:
    kind = SL323_KINDS.get(told.upper())
    if kind is not None:
        return kind
    for known in STATION_KINDS:
        if told == known:
            return known
    raise TableError(
        f"{path}: line {line}: kind is {told!r}; it is {', '.join(STATION_KINDS)}, "
        f"or one of SL 323's {', '.join(SL323_KINDS)}",
        path=path,
    )
