"""Step of the picture that lies on the terrain."""

from __future__ import annotations

from pathlib import Path

from twin.build.sources import Sources
from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog, ImageryEntry, LandcoverEntry


def picture_step(catalog: Catalog) -> Step:
    """Return the step of the terrain's picture, ``surface.tif``.

    And ``painting.json``: what it was made from. It is painted from land cover, or as plain relief; imagery
    lies above that. An entry that cannot be read is left out, and told.
    """
    landcover, imagery = catalog.of_class(LandcoverEntry), catalog.of_class(ImageryEntry)
    sources = Sources(catalog=catalog, entries=(*landcover, *imagery))

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        from meshes.build.picture import make_picture  # noqa: PLC0415  (numba)

        make_picture(
            folder,
            landcover=landcover,
            imagery=imagery,
            sources=sources,
            products=products,
            progress=progress,
        )

    return Step(
        name="picture",
        title=("绘制地表影像", "painting the surface"),
        make=make,
        needs=("ground", *sources.needs),
        sources=sources.files,
        settings=sources.settings,
        seconds=5,
    )
