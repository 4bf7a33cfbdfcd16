"""Step that gathers the buildings of the sample's village models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from meshes.sample.village_batches import batch_names
from twin.build.step import Products, Step, StepProgress
from twin.build.vector_product import make_vectors
from twin.products import BUILDINGS, vector_step_name
from twin.strict_json import read_json

if TYPE_CHECKING:
    from twin.catalog import BuildingsEntry, Catalog, ModelEntry


def building_step(catalog: Catalog, entry: BuildingsEntry, models: ModelEntry) -> Step:
    """Make the step of the buildings in the sample's village models."""
    needs = tuple(name for _, name in batch_names(models.id))

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        found = folder / BUILDINGS
        gather_buildings(found, [products[name] for name in needs])
        make_vectors(folder, catalog=catalog, entry=entry, path=found)
        found.unlink()

    return Step(
        name=vector_step_name(entry.id),
        title=("汇集村庄建筑", "gathering the villages' buildings"),
        make=make,
        needs=needs,
        settings={"frame": catalog.head.frame.model_dump(mode="json"), "label": entry.show.label},
        seconds=4.0,
        entry=entry.id,
        required=False,
        late=True,
    )


def gather_buildings(path: Path, models: list[Path]) -> None:
    """Write the buildings of models' folders as one GeoJSON file (WGS 84)."""
    features = [
        feature
        for model in models
        for file in sorted(model.glob(f"*/{BUILDINGS}"))
        for feature in read_json(file)["features"]
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
