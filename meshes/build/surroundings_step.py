"""Step of the catchment around the terrain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twin.build.sources import Sources
from twin.build.step import Products, Step, StepProgress
from twin.products import load_grid

if TYPE_CHECKING:
    from twin.catalog import Catalog, SurroundingsEntry


def surroundings_steps(catalog: Catalog, entry: SurroundingsEntry) -> list[Step]:
    """Return the step of the catchment around the terrain.

    It makes ``tileset.json``, tiles and ``heights.npy``, with a hole where the terrain is. Its picture is
    plain relief; in an invented basin what may grow there is invented, too.
    """
    sources = Sources(catalog=catalog, entries=(entry,))

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        from meshes.build.surroundings import make_surroundings  # noqa: PLC0415  (numba)

        make_surroundings(
            folder,
            head=catalog.head,
            entry=entry,
            path=sources.path(entry, products),
            ground=load_grid(products["ground"]),
            progress=progress,
        )

    step = Step(
        name="surroundings",
        title=("构建外围流域", "the catchment around"),
        make=make,
        needs=("ground", *sources.needs),
        sources=sources.files,
        settings=sources.settings | {"guess": catalog.head.synthetic},
        seconds=5,
        entry=entry.id,
        required=False,
    )
    return [step]
