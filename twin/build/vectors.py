"""Step that converts a vector entry to the frame's CRS."""

from __future__ import annotations

from pathlib import Path

from twin.build.sources import Sources
from twin.build.step import Products, Step, StepProgress
from twin.build.vector_product import make_vectors
from twin.catalog import Catalog, VectorEntry
from twin.catalog.area_classes import AREA_KINDS
from twin.products import vector_step_name


def vector_steps(catalog: Catalog, entry: VectorEntry) -> list[Step]:
    """Make the step of an entry of vector data."""
    sources = Sources(catalog=catalog, entries=(entry,))
    reservoir = catalog.head.reservoir
    filled = entry.kind in AREA_KINDS

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        ground = products["ground"] if filled else None
        make_vectors(folder, catalog=catalog, entry=entry, path=sources.path(entry, products), ground=ground)

    step = Step(
        name=vector_step_name(entry.id),
        title=(f"读取{entry.title.zh}", f"reading {entry.title.en}"),
        make=make,
        needs=(*sources.needs, *(("ground",) if filled else ())),
        sources=sources.files,
        settings=sources.settings
        | {"label": entry.show.label, "levels": (reservoir.lowest_m, reservoir.highest_m)},
        seconds=0.5,
        entry=entry.id,
        required=False,
    )
    return [step]
