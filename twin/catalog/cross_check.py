"""Entries beside each other: a curve and its editions, an inset and the terrain; for ``twin check``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twin.catalog.catalog import Catalog
from twin.catalog.entries import CurveEntry, InsetEntry, TerrainEntry
from twin.errors import TwinError
from twin.ingest import read_table
from twin.ingest.features import Table
from twin.ingest.read import probe_raster
from twin.vertical import height_shift

if TYPE_CHECKING:
    from twin.water.curve import Curve


def curve_of(entry: CurveEntry, table: Table) -> Curve:
    """The curve as a build would keep it. Raises CurveError."""
    from twin.water.curve import Curve, Edition  # noqa: PLC0415

    rows = [dict(zip(table.columns, row, strict=True)) for row in zip(*table.columns.values(), strict=True)]
    edition = Edition(id=entry.id, status=entry.status, source=entry.source)
    return Curve.from_rows(rows, edition=edition, steps=table.steps)


def curve_doubts(catalog: Catalog, entry: CurveEntry, curve: Curve) -> list[str]:
    """What a curve contradicts: itself, the reservoir's levels, the default edition."""
    from twin.water import agreement, consistency  # noqa: PLC0415

    reservoir = catalog.head.reservoir
    doubts = [
        *consistency.doubts(curve),
        *agreement.range_doubts(curve, lowest_m=reservoir.lowest_m, highest_m=reservoir.highest_m),
    ]
    default = catalog.optional(CurveEntry)
    if default is not None and default.id != entry.id:
        try:
            first = curve_of(default, read_table(catalog.path_of(default), default))
        except TwinError:
            return doubts  # its own row says so
        doubts += agreement.edition_doubts(curve, first)
    return doubts


def inset_doubts(catalog: Catalog, entry: InsetEntry, found: Mapping[str, Any]) -> list[str]:
    """Whether an inset's heights, as ``probe_raster`` found them, are of the terrain's size.

    A build compares them place by place.
    """
    terrain = catalog.optional(TerrainEntry)
    if terrain is None or terrain.driver == "sample":
        return []
    try:
        ground, _ = probe_raster(catalog.path_of(terrain), terrain)
        own_m, other_m = (
            height_shift(one.vertical, settings=catalog.head.vertical).offset_m for one in (entry, terrain)
        )
    except TwinError:
        return []  # the terrain's own row says so
    low, high = found["lowest"] + own_m, found["highest"] + own_m
    lowest, highest = ground["lowest"] + other_m, ground["highest"] + other_m
    if low <= highest and lowest <= high:
        return []
    return [
        f"its heights of {low:.1f} to {high:.1f} m are none of the terrain's, {lowest:.1f} to "
        f"{highest:.1f} m: is its unit (unit_mult) or its vertical reference another one?"
    ]
