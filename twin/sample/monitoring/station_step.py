"""Step of the sample's stations.

Places that its sources, ground and water give.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.build.sources import Sources
from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog, StationsEntry
from twin.crs import transform
from twin.products import SAMPLE, load_grid, stations_step_name
from twin.sample.facts import CRS, SEED
from twin.stations.network import Network, save_network

DEEP_CM = 14_000
"""The sample's lake is under water here at any level it keeps."""


def sample_station_steps(catalog: Catalog, entry: StationsEntry) -> list[Step]:
    """Make the step that writes ``network.json`` of the sample's stations."""

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        save_network(folder, _network(products))

    step = Step(
        name=stations_step_name(entry.id),
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        needs=(SAMPLE, "ground", "water"),
        settings=Sources(catalog=catalog, entries=(entry,)).settings,
        seconds=0.5,
        entry=entry.id,
        required=False,
    )
    return [step]


def _network(products: Products) -> Network:
    from twin.sample.monitoring.places import read_sources  # noqa: PLC0415  (SciPy)
    from twin.sample.monitoring.stations import sample_network  # noqa: PLC0415

    connection, grid = (
        np.load(products["water"] / "connection.npy", mmap_mode="r"),
        load_grid(products["ground"]),
    )
    rows, cols = np.nonzero(connection[::10, ::10] < DEEP_CM)
    x, y = grid.centre_of(10 * rows, 10 * cols)
    lake = np.stack(transform(x, y, source=CRS, target="EPSG:4490"), axis=1)
    return sample_network(read_sources(products[SAMPLE], lake=lake), seed=SEED)
