"""The steps of 3D models; each model becomes a folder with its ``tileset.json``."""

from __future__ import annotations

from meshes.build.foreign_step import foreign_step
from meshes.build.village_steps import village_steps
from twin.build.step import Step
from twin.catalog import Catalog, ModelEntry


def model_steps(catalog: Catalog, entry: ModelEntry) -> list[Step]:
    """Make the steps of a model: one of what others made, batches of the sample's villages."""
    return village_steps(catalog, entry) if entry.driver == "sample" else [foreign_step(catalog, entry)]
