"""Make the steps of the sample's buildings."""

from __future__ import annotations

from meshes.sample.building_step import building_step
from twin.build.first_wet_step import first_wet_step
from twin.build.step import Step
from twin.catalog import BuildingsEntry, Catalog, ModelEntry


def sample_building_steps(catalog: Catalog, entry: BuildingsEntry) -> list[Step]:
    """Make the steps of the buildings in the sample's village models.

    None where the catalog has no such models.
    """
    models = next((model for model in catalog.of_class(ModelEntry) if model.driver == "sample"), None)
    if models is None:
        return []
    return [building_step(catalog, entry, models), first_wet_step(catalog, entry, late=True)]
