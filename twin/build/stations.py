"""Stations and what they measure, checked, as one network: from two tables, or the sample's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.build.sources import Sources
from twin.build.station_rows import Notes, datastreams_of, stations_of
from twin.build.step import Products, Step, Tell
from twin.catalog import Catalog, StationsEntry
from twin.crs import transform
from twin.ingest.read_tables import read_text_table
from twin.ingest.zones import datum_doubt
from twin.notes import write_notes
from twin.products import load_grid, stations_step_name
from twin.stations.network import Network, save_network

DEEP_CM = 14_000
"""The sample's lake is under water here at any level it keeps."""


def station_steps(catalog: Catalog, entry: StationsEntry) -> list[Step]:
    """Make the step of an entry of stations; the sample's need its ground and water."""
    sources = Sources(catalog=catalog, entries=(entry,))
    beside = () if entry.datastreams is None else (catalog.beside(entry.datastreams),)
    needs = (*sources.needs, "ground", "water") if sources.needs else ()

    def make(folder: Path, products: Products, tell: Tell) -> None:
        make_stations(folder, catalog=catalog, entry=entry, products=products)

    step = Step(
        name=stations_step_name(entry.id),
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        needs=needs,
        sources=(*sources.files, *beside),
        settings=sources.settings,
        seconds=0.5,
        entry=entry.id,
        required=False,
    )
    return [step]


def make_stations(folder: Path, *, catalog: Catalog, entry: StationsEntry, products: Products) -> None:
    """Write ``network.json``; rows that cannot be used are left out and noted.

    Raises IngestError where a table cannot be read or holds nothing of use.
    """
    if entry.driver == "sample":
        save_network(folder, _sample(products))
        return
    network, notes = read_stations(catalog, entry)
    write_notes(folder, {entry.id: (*notes.left_out, *notes.doubts)})
    save_network(folder, network)


def read_stations(catalog: Catalog, entry: StationsEntry) -> tuple[Network, Notes]:
    """The network of an entry's two tables, and what was left out of them or is doubtful.

    Raises IngestError where a table cannot be read or holds nothing of use.
    """
    assert entry.datastreams is not None  # the entry's own rule
    path, beside = catalog.path_of(entry), catalog.beside(entry.datastreams)
    notes = Notes()
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


def _sample(products: Products) -> Network:
    from twin.sample.facts import CRS, SEED  # noqa: PLC0415
    from twin.sample.monitoring.places import read_sources  # noqa: PLC0415
    from twin.sample.monitoring.stations import sample_network  # noqa: PLC0415

    connection, grid = (
        np.load(products["water"] / "connection.npy", mmap_mode="r"),
        load_grid(products["ground"]),
    )
    rows, cols = np.nonzero(connection[::10, ::10] < DEEP_CM)
    x, y = grid.centre_of(10 * rows, 10 * cols)
    lake = np.stack(transform(x, y, source=CRS, target="EPSG:4490"), axis=1)
    return sample_network(read_sources(products["sample"], lake=lake), seed=SEED)
