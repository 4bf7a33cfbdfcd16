"""Step of first-wet levels: when villages, footprints and buildings get wet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from twin.analysis.assets import TABLE, asset_texts, count_of, step_name, write_assets
from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog, VectorEntry, frame_of
from twin.frame import Frame
from twin.products import load_features, load_grid, vector_step_name
from twin.strict_json import read_json


def first_wet_step(catalog: Catalog, entry: VectorEntry, *, late: bool = False) -> Step:
    """Make the step of an entry's first-wet levels."""
    features = vector_step_name(entry.id)
    frame = frame_of(catalog.head)

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        make_first_wet(
            folder,
            features=products[features],
            ground=products["ground"],
            water=products["water"],
            frame=frame,
            label=entry.show.label,
        )

    return Step(
        name=step_name(entry.id),
        title=(f"{entry.title.zh}：计算淹没水位", f"first-wet levels: {entry.title.en}"),
        make=make,
        needs=(features, "ground", "water"),
        settings={"frame": catalog.head.frame.model_dump(mode="json"), "label": entry.show.label},
        seconds=1.0,
        entry=entry.id,
        required=False,
        late=late,
    )


def make_first_wet(
    folder: Path, *, features: Path, ground: Path, water: Path, frame: Frame, label: str | None
) -> None:
    """Write ``first_wet.csv`` and ``first_wet.parquet`` of a vector product.

    And ``outlines.npz``: the outer rings of the areas that water can reach, for views.
    """
    import geopandas  # noqa: PLC0415  (half a second and 100 MB, for builds only)
    import shapely  # noqa: PLC0415

    from twin.analysis.first_wet import first_wet  # noqa: PLC0415  (shapely)

    shapes, rows = load_features(features / "features.json")
    grid, cap_cm = load_grid(ground), int(read_json(water / "facts.json")["cap_cm"])
    moved = shapely.transform(
        np.array(shapes, dtype=object),
        lambda xy: np.column_stack(frame.to_crs(grid.crs, xy[:, 0], xy[:, 1])),
    )
    found = first_wet(
        list(moved),
        ground_m=np.load(ground / "ground.npy", mmap_mode="r"),
        connection_cm=np.load(water / "connection.npy", mmap_mode="r"),
        grid=grid,
        cap_cm=cap_cm,
    )
    table = []
    for k, (shape, row) in enumerate(zip(shapes, rows, strict=True)):
        place = shape.representative_point()
        first_cm, pocket_cm = int(found.first_cm[k]), int(found.pocket_cm[k])
        table.append(
            {
                **asset_texts(row, label=label),
                "households": count_of(row, "households"),
                "people": count_of(row, "people", "population"),
                "east_m": round(place.x, 2),
                "north_m": round(place.y, 2),
                "first_wet_m": first_cm / 100 if first_cm < cap_cm else None,
                "pocket_m": pocket_cm / 100 if pocket_cm < cap_cm else None,
                "surveyed": int(found.surveyed[k]),
            }
        )
    write_assets(folder / TABLE, table)
    _save_outlines(folder / "outlines.npz", shapes, rows, table)
    geopandas.GeoDataFrame(table, geometry=shapes, crs=frame.crs).to_parquet(
        folder / "first_wet.parquet", compression="zstd"
    )


def _save_outlines(
    path: Path, shapes: Sequence[Any], rows: Sequence[Mapping[str, Any]], table: Sequence[Mapping[str, Any]]
) -> None:
    import shapely  # noqa: PLC0415

    rings, facts = [], []
    for shape, row, told in zip(shapes, rows, table, strict=True):
        if told["first_wet_m"] is None or "Polygon" not in shape.geom_type:
            continue
        for part in shapely.get_parts(shape):
            rings.append(shapely.get_coordinates(part.exterior))
            facts.append((told["first_wet_m"], told["pocket_m"], count_of(row, "height_m")))
    columns = np.array(facts, np.float64).reshape(-1, 3)  # None becomes NaN
    np.savez(
        path,
        corners=np.concatenate([np.zeros((0, 2)), *rings]),
        starts=np.cumsum([0, *map(len, rings)])[:-1] if rings else np.zeros(0, np.intp),
        first_wet_m=columns[:, 0],
        pocket_m=columns[:, 1],
        height_m=columns[:, 2],
    )
