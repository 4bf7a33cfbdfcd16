"""Steps of the sample's villages.

A few villages a step, so that a kill loses little.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from meshes.sample.village_batches import BATCH, batch_names
from twin.build.step import Products, Step, StepProgress
from twin.catalog import frame_of
from twin.products import SAMPLE
from twin.sample.names import VILLAGES
from twin.vertical import ellipsoid_minus_working_m

if TYPE_CHECKING:
    from twin.catalog import Catalog, ModelEntry


def village_steps(catalog: Catalog, entry: ModelEntry) -> list[Step]:
    """Make the steps of the sample's villages, in batches."""
    return [_batch(catalog, entry, first, name) for first, name in batch_names(entry.id)]


def _batch(catalog: Catalog, entry: ModelEntry, first: int, name: str) -> Step:
    frame, last = frame_of(catalog.head), min(first + BATCH, len(VILLAGES))

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        from meshes.sample.village_tiles import build_villages  # noqa: PLC0415

        build_villages(
            folder,
            numbers=range(first, last),
            sample=products[SAMPLE],
            ground=products["ground"],
            frame=frame,
            ellipsoid_minus_working_m=ellipsoid_minus_working_m(catalog.head.vertical),
            detail=entry.detail,
            progress=progress,
        )

    return Step(
        name=name,
        title=(f"构建村庄模型 {first + 1}–{last}", f"modelling villages {first + 1} to {last}"),
        make=make,
        needs=(SAMPLE, "ground"),
        settings={
            "detail": entry.detail,
            "frame": catalog.head.frame.model_dump(mode="json"),
            "vertical": catalog.head.vertical.model_dump(mode="json"),
        },
        seconds=8.0 if entry.detail == "normal" else 120.0,
        entry=entry.id,
        required=False,
        late=True,
    )
