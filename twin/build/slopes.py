"""Step of slopes above an angle, from the terrain."""

from __future__ import annotations

from pathlib import Path

from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog
from twin.catalog.derived_entries import SteepEntry
from twin.products import AREAS, save_features, vector_step_name, write_json


def slope_steps(catalog: Catalog, entry: SteepEntry) -> list[Step]:
    """Make the step of an entry of steep slopes."""

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        make_slopes(folder, above_deg=entry.above_deg, ground=products["ground"])

    step = Step(
        name=vector_step_name(entry.id),
        title=(f"计算{entry.title.zh}", f"computing {entry.title.en}"),
        make=make,
        needs=("ground",),
        settings={"above_deg": entry.above_deg},
        seconds=2.0,
        entry=entry.id,
        required=False,
    )
    return [step]


def make_slopes(folder: Path, *, above_deg: float, ground: Path) -> None:
    """Write ``slope.tif`` (COG, float32, degrees) and the cells that a view fills."""
    import numpy as np  # noqa: PLC0415

    from twin.build.area_raster import above  # noqa: PLC0415  (numba)
    from twin.cog import write_cog  # noqa: PLC0415
    from twin.products import load_grid  # noqa: PLC0415
    from twin.slope import slope_deg  # noqa: PLC0415

    grid = load_grid(ground)
    slope = slope_deg(np.load(ground / "ground.npy", mmap_mode="r"), grid)
    write_cog(folder / "slope.tif", slope, grid, overviews="nearest")
    np.save(folder / f"{AREAS}.npy", above(slope, above_deg))
    told = {"colour": "#a5561f", "zh": f"坡度大于 {above_deg:g}°", "en": f"Slope over {above_deg:g}°"}
    write_json(folder / f"{AREAS}.json", {"start": [0, 0], "finer": 1, "classes": [told], "inner": []})
    save_features(folder / "features.json", [], [])
