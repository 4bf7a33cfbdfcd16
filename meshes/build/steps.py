"""The steps that make what is drawn: the picture of the ground, the terrain's tiles, and the surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from meshes.build.imagery.surface_picture import PICTURE
from twin.build import Step
from twin.build.sources import Sources
from twin.build.step import Tell
from twin.catalog import Catalog, ImageryEntry, LandcoverEntry, SurroundingsEntry, frame_of
from twin.products import load_grid
from twin.vertical import ellipsoid_minus_working_m

Products = Mapping[str, Path]


def terrain_step(catalog: Catalog) -> Step:
    """``tileset.json`` and tiles: the terrain with its picture, fine where water comes and goes."""
    reservoir, frame = catalog.head.reservoir, frame_of(catalog.head)
    # At the upper end no level is meant any more.
    levels_m = (reservoir.lowest_m, reservoir.highest_m + 0.01)

    def make(folder: Path, products: Products, tell: Tell) -> None:
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
            tell=tell,
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
        code=("meshes.build.ground.pyramid", "twin.products", "twin.vertical"),
        seconds=7,
    )


def picture_step(catalog: Catalog) -> Step:
    """``surface.tif``: the picture that lies on the terrain, and ``painting.json``: what it was made from.

    It is painted from land cover, or as plain relief; imagery lies above that. An entry that cannot be read
    is left out, and told.
    """
    landcover, imagery = catalog.of_class(LandcoverEntry), catalog.of_class(ImageryEntry)
    sources = Sources(catalog=catalog, entries=(*landcover, *imagery))

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.picture import make_picture  # noqa: PLC0415  (numba)

        make_picture(
            folder, landcover=landcover, imagery=imagery, sources=sources, products=products, tell=tell
        )

    return Step(
        name="picture",
        title=("绘制地表影像", "painting the surface"),
        make=make,
        needs=("ground", *sources.needs),
        sources=sources.files,
        settings=sources.settings,
        code=("meshes.build.picture",),
        seconds=5,
    )


def surroundings_step(catalog: Catalog, entry: SurroundingsEntry) -> Step:
    """``tileset.json``, tiles and ``heights.npy`` of the catchment, with a hole where the terrain is.

    Its picture is plain relief; in an invented basin what may grow there is invented, too.
    """
    sources = Sources(catalog=catalog, entries=(entry,))

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.surroundings import make_surroundings  # noqa: PLC0415  (numba)

        make_surroundings(
            folder,
            head=catalog.head,
            entry=entry,
            path=sources.path(entry, products),
            ground=load_grid(products["ground"]),
            tell=tell,
        )

    return Step(
        name="surroundings",
        title=("构建外围流域", "the catchment around"),
        make=make,
        needs=("ground", *sources.needs),
        sources=sources.files,
        settings=sources.settings | {"guess": catalog.head.synthetic},
        code=("meshes.build.surroundings",),
        seconds=5,
        entry=entry.id,
        required=False,
    )
