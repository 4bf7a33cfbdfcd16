"""Check entries against each other: curves, insets and terrain, crests and levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twin.catalog.catalog import Catalog
from twin.catalog.entries import BarrierEntry, CurveEntry, InsetEntry, TerrainEntry
from twin.errors import TwinError
from twin.ingest import read_table
from twin.ingest.features import Features, Table
from twin.ingest.read import probe_raster
from twin.vertical import height_shift

if TYPE_CHECKING:
    from twin.water.curve import Curve

HIGH_M = 50.0
"""No dam is so much higher than the water it holds."""


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


def crest_words(catalog: Catalog, entry: BarrierEntry, features: Features) -> tuple[str, list[str]]:
    """The crests of an entry as working heights, and doubts where they are none for this reservoir."""
    from twin.water.ranges import level_text  # noqa: PLC0415

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
