"""Build the checked network of stations and datastreams.

From two tables.
"""

from __future__ import annotations

from pathlib import Path

from twin.build.sources import Sources
from twin.build.station_rows import RowNotes, datastreams_of, stations_of
from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog, StationsEntry
from twin.ingest.read_tables import read_text_table
from twin.ingest.zones import datum_doubt
from twin.notes import write_notes
from twin.products import stations_step_name
from twin.stations.network import Network, save_network


def station_steps(catalog: Catalog, entry: StationsEntry) -> list[Step]:
    """Make the step of an entry of stations."""
    sources = Sources(catalog=catalog, entries=(entry,))
    beside = () if entry.datastreams is None else (catalog.beside(entry.datastreams),)

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        make_stations(folder, catalog=catalog, entry=entry)

    step = Step(
        name=stations_step_name(entry.id),
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        sources=(*sources.files, *beside),
        settings=sources.settings,
        seconds=0.5,
        entry=entry.id,
        required=False,
    )
    return [step]


def make_stations(folder: Path, *, catalog: Catalog, entry: StationsEntry) -> None:
    """Write ``network.json``; rows that cannot be used are left out and noted.

    Raises IngestError where a table cannot be read or holds nothing of use.
    """
    network, notes = read_stations(catalog, entry)
    write_notes(folder, {entry.id: (*notes.left_out, *notes.doubts)})
    save_network(folder, network)


def read_stations(catalog: Catalog, entry: StationsEntry) -> tuple[Network, RowNotes]:
    """Read an entry's two tables into a network, with notes.

    Notes are of what was left out or is doubtful. Raises IngestError where a table cannot be read or holds
    nothing of use.
    """
    assert entry.datastreams is not None  # the entry's own rule
    path, beside = catalog.path_of(entry), catalog.beside(entry.datastreams)
    notes = RowNotes()
    if doubt := datum_doubt(entry.crs, "EPSG:4490"):
        notes.doubts.append(f"{path.name}: {doubt}")
    table, odd = read_text_table(path, encoding=entry.encoding, rename=entry.rename)
    notes.doubts += [f"{path.name}: {line}" for line in table.notes]
    for line, why in odd:
        notes.leave_out(path, line, why)
    stations = stations_of(table, crs=entry.crs, path=path, notes=notes)
    table, odd = read_text_table(beside, encoding=entry.encoding, rename={})
    notes.doubts += [f"{beside.name}: {line}" for line in table.notes]
    for line, why in odd:
        notes.leave_out(beside, line, why)
    streams = datastreams_of(table, stations=stations, path=beside, notes=notes)
    return Network(stations=stations, datastreams=streams, left_out=tuple(notes.left_out)), notes
