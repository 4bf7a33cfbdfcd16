"""Step of the water.

What it runs compiles with numba and is imported when it runs.
"""

from __future__ import annotations

from pathlib import Path

from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog, TerrainEntry


def water_step(catalog: Catalog) -> Step:
    """Make the step of connection levels, the terrain's table and leaks."""
    terrain = catalog.only(TerrainEntry)
    reservoir = catalog.head.reservoir

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        from twin.build.water import make_water  # noqa: PLC0415  (numba)

        make_water(folder, catalog=catalog, ground=products["ground"], progress=progress)

    return Step(
        name="water",
        title=("计算每个格网的连通水位", "connection levels"),
        make=make,
        needs=("ground",),
        settings={
            "reservoir": reservoir.model_dump(mode="json", exclude={"name"}),
            "frame": catalog.head.frame.model_dump(mode="json"),
            "bed": terrain.bed,
            "error": terrain.vertical_error_m,
        },
        seconds=4,
        entry=terrain.id,
    )
