"""Make the steps of vector data, and of its first-wet levels."""

from __future__ import annotations

from twin.analysis.assets import KINDS
from twin.build.first_wet_step import first_wet_step
from twin.build.step import Step
from twin.build.vectors import vector_steps
from twin.catalog import Catalog, VectorEntry


def asset_steps(catalog: Catalog, entry: VectorEntry) -> list[Step]:
    """Make an entry's steps: features, first-wet levels of villages and buildings."""
    steps = vector_steps(catalog, entry)
    return [*steps, first_wet_step(catalog, entry)] if entry.kind in KINDS else steps
