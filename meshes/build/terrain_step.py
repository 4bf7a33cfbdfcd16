"""Step of the terrain's tiles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from meshes.build.imagery.surface_picture import PICTURE
from twin.build.step import Products, Step, StepProgress
from twin.catalog import frame_of
from twin.products import load_grid
from twin.vertical import ellipsoid_minus_working_m

if TYPE_CHECKING:
    from twin.catalog import Catalog


def terrain_step(catalog: Catalog) -> Step:
    """Return the step of the terrain's ``tileset.json`` and tiles.

    With its picture, fine where water comes and goes.
    """
    reservoir, frame = catalog.head.reservoir, frame_of(catalog.head)
    # At the upper end no level is meant any more.
    levels_m = (reservoir.lowest_m, reservoir.highest_m + 0.01)

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        from meshes.build.ground.pyramid import build_ground  # noqa: PLC0415  (numba)

        build_ground(
            folder,
            np.load(products["ground"] / "ground.npy", mmap_mode="r"),
            grid=load_grid(products["ground"]),
            frame=frame,
            picture=products["picture"] / PICTURE,
            connection_cm=np.load(products["water"] / "connection.npy", mmap_mode="r"),
            levels_m=levels_m,
            ellipsoid_minus_working_m=ellipsoid_minus_working_m(catalog.head.vertical),
            progress=progress,
        )

    return Step(
        name="terrain-tiles",
        title=("构建地形瓦片", "cutting the terrain into tiles"),
        make=make,
        needs=("ground", "water", "picture"),
        settings={
            "levels": levels_m,
            "frame": catalog.head.frame.model_dump(mode="json"),
            "vertical": catalog.head.vertical.model_dump(mode="json"),
        },
        seconds=7,
    )
