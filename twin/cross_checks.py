"""Compare vectors and models with the reservoir and the frame.

Doubts of ``check`` and ``build``. Of stations: ``station_checks.py``. What the catalog contradicts without
its data is refused by ``catalog/file_checks.py``.
"""

from __future__ import annotations

import numpy as np

from twin.catalog import BarrierEntry, Catalog, ModelEntry, VectorEntry, frame_of
from twin.geodesy import distance_m
from twin.ingest.features import Features
from twin.vertical import height_shift
from twin.water.ranges import level_text

HIGH_M = 50.0
"""No dam is so much higher than the water it holds."""
FAR_KM = 200.0
"""Farther from the seed than this, a layer is probably in another CRS than the catalog says."""


def vector_doubts(catalog: Catalog, entry: VectorEntry, features: Features) -> list[str]:
    """Return doubts of an entry's features.

    Their label, their place, the crests of barriers.
    """
    import shapely  # noqa: PLC0415

    frame = frame_of(catalog.head)
    doubts = []
    label = entry.show.label
    if label is not None and label not in features.attributes:
        there = ", ".join(features.attributes) or "none"
        doubts.append(f"show.label: no attribute {label!r}; there are {there}: no names are shown")
    west, south, east, north = shapely.total_bounds(features.geometry)
    seed = frame.place(catalog.head.reservoir.seed)
    nearest = float(np.clip(seed[0], west, east)), float(np.clip(seed[1], south, north))
    away_km = distance_m(seed, nearest, crs=frame.crs) / 1000
    if not away_km <= FAR_KM:
        far = f"{away_km:,.0f} km" if away_km < np.inf else "nowhere near, or farther than can be measured,"
        doubts.append(
            f"lies {far} from the reservoir: is its crs, or the meridian of its zone, the right one?"
        )
    if isinstance(entry, BarrierEntry):
        doubts += crest_words(catalog, entry, features)[1]
    return doubts


def model_doubts(catalog: Catalog, entry: ModelEntry) -> list[str]:
    """Return doubts of a model's anchor far from the reservoir."""
    if entry.anchor is None:
        return []
    frame = frame_of(catalog.head)
    seed = frame.place(catalog.head.reservoir.seed)
    away_km = distance_m(seed, frame.place(entry.anchor), crs=frame.crs) / 1000
    if away_km <= FAR_KM:
        return []
    return [f"stands {away_km:,.0f} km from the reservoir: is its anchor the right one?"]


def crest_words(catalog: Catalog, entry: BarrierEntry, features: Features) -> tuple[str, list[str]]:
    """Return crests of an entry as working heights, with doubts.

    Doubts where they are none for this reservoir.
    """
    reservoir = catalog.head.reservoir
    given = [entry.crest_m] if entry.crest_field is None else features.column(entry.crest_field)
    offset_m = height_shift(entry.vertical, settings=catalog.head.vertical).offset_m
    crests_m = [crest + offset_m for crest in given if isinstance(crest, int | float)]
    low, high = level_text(min(crests_m)), level_text(max(crests_m))
    doubts = []
    if min(crests_m) <= reservoir.lowest_m:
        doubts.append(
            f"a crest of {low} m holds no water, for the reservoir's levels begin at "
            f"{level_text(reservoir.lowest_m)} m: is a unit wrong (unit_mult)?"
        )
    if max(crests_m) > reservoir.highest_m + HIGH_M:
        doubts.append(
            f"a crest of {high} m lies far above the reservoir's highest level of "
            f"{level_text(reservoir.highest_m)} m: is a unit wrong (unit_mult)?"
        )
    return f", crests {low} m" if low == high else f", crests {low} to {high} m", doubts
