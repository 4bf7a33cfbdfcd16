"""Command ``twin build``: all steps of a basin.

From its catalog to one published generation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Literal

from meshes.build.picture_step import picture_step
from meshes.build.terrain_step import terrain_step
from twin.build import BuildReport, Placer, Progress, Step, outdated, run
from twin.build.ground_step import ground_step
from twin.build.water_step import water_step
from twin.catalog import Catalog, Entry, ModelEntry, load_catalog_leniently
from twin.catalog.layer_kinds import steps_name
from twin.catalog.problems import CatalogError
from twin.sample.sample_step import sample_step
from twin.store import Fault, Generation, Store

Detail = Literal["normal", "high"]
"""How fine the sample's villages are made; high is for measuring."""


def steps_of(catalog: Catalog, *, detail: Detail | None = None) -> list[Step]:
    """Return all steps in build order.

    ``detail`` overrides what the catalog has for the sample's models.
    """
    catalog = _detailed(catalog, detail)
    steps = [sample_step()] if catalog.needs_sample else []
    steps += [ground_step(catalog), water_step(catalog), picture_step(catalog), terrain_step(catalog)]
    for entry in catalog.entries.values():
        if name := steps_name(entry):
            make: Callable[[Catalog, Entry], list[Step]] = resolve_name(name)
            steps += make(catalog, entry)
    return sorted(steps, key=lambda step: step.late)


def _detailed(catalog: Catalog, detail: Detail | None) -> Catalog:
    """The catalog with another detail of the sample's villages."""
    if detail is None:
        return catalog
    sample = [model for model in catalog.of_class(ModelEntry) if model.driver == "sample"]
    others = {model.id: model.model_copy(update={"detail": detail}) for model in sample}
    return replace(catalog, entries={**catalog.entries, **others})


def build(
    catalog: Path,
    *,
    root: Path | None = None,
    store: Path | None = None,
    detail: Detail | None = None,
    progress: Progress | None = None,
    published: Callable[[Generation], None] = lambda generation: None,
    placer: Placer | None = None,
) -> BuildReport:
    """Make what is missing in a catalog's store and publish the generation.

    ``published`` hears of every generation that can be opened: the first without the models, which
    take longest. With a ``placer`` those are made on other machines (:func:`twin.build.run.run`).
    ``detail`` is as in :func:`steps_of`; a build without it makes the catalog's own again.

    Broken entries are left out and named in the generation's faults. Errors: CatalogError where the catalog
    itself cannot be used, IngestError and others of TwinError for a required source, StoreError.
    """
    read, _ = load_catalog_leniently(catalog, root=root)
    faults = [
        Fault(entry=id_, reason=broken.why.message, zh=broken.why.zh, kind=CatalogError.__name__)
        for id_, broken in read.broken.items()
    ]
    return run(
        Store.beside(read.path, store),
        steps_of(read, detail=detail),
        catalog=read.head.id,
        faults=faults,
        progress=progress,
        published=published,
        placer=placer,
    )


def is_built(
    catalog: Path, *, root: Path | None = None, store: Path | None = None, detail: Detail | None = None
) -> bool:
    """Return whether the current generation is up to date.

    Cheap: a server calls it at every start.
    """
    read, _ = load_catalog_leniently(catalog, root=root)
    return not outdated(Store.beside(read.path, store), steps_of(read, detail=detail))
