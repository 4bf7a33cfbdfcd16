"""Step of the ground."""

from __future__ import annotations

from pathlib import Path

from twin.build.sources import Sources
from twin.build.step import Products, Step, StepProgress
from twin.catalog import BarrierEntry, Catalog, InsetEntry, TerrainEntry


def ground_step(catalog: Catalog) -> Step:
    """Make the step of the ground.

    Raises NoSuchDataError where a part of it is broken.
    """
    terrain = catalog.only(TerrainEntry)
    # Without its barriers the flood leaves the basin, and without an inset its numbers are others: where one
    # of them cannot be used, the build stops.
    entries = (terrain, *catalog.whole(InsetEntry), *catalog.whole(BarrierEntry))
    sources = Sources(catalog=catalog, entries=entries)

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        from twin.build.ground import make_ground  # noqa: PLC0415  (shapely)

        make_ground(folder, sources=sources, products=products, progress=progress)

    return Step(
        name="ground",
        title=("整理地形与挡水建筑", "terrain and dams"),
        make=make,
        needs=sources.needs,
        sources=sources.files,
        settings=sources.settings,
        seconds=2,
        entry=terrain.id,
    )
