"""Answer what a level or a storage means.

And where a flood would leave.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from apps.hub.rest.declared import Ask, JsonAnswer, Number, Parameters, operation
from apps.hub.rest.problems import ParameterError
from twin.catalog import CurveEntry

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.catalog import Entry


class WaterParameters(Parameters):
    level_m: Number | None = Field(default=None, description="Water level in m.")
    storage_m3: Number | None = Field(default=None, description="Storage in m³, instead of a level.")
    highest_m: Number | None = Field(
        default=None, description="Highest level before, m; pockets stay full up to it."
    )
    curve: str | None = Field(
        default=None, max_length=64, description="Edition of the curve; the catalog's first without it."
    )


class SourceAnswer(JsonAnswer):
    """Data set that numbers come from."""

    entry: str
    edition: str
    source: str


class BoundsAnswer(JsonAnswer):
    """Levels and storages for which there is an answer."""

    lowest_m: float
    highest_m: float
    lowest_m3: float
    highest_m3: float


class WaterAnswer(JsonAnswer):
    """Storage and area of a level.

    By the curve and by the terrain, as `twin water --json` has them.
    """

    level_m: float = Field(description="Level, rounded to 0.1 mm.")
    highest_m: float | None = Field(description="Highest level before; null where none was given.")
    extent_level_m: float = Field(description="Whole centimetre whose extent the terrain's figures have.")
    extent_highest_m: float | None = Field(description="Whole centimetre up to which pockets stay full.")
    storage_m3: float = Field(description="Storage by the curve.")
    curve_area_m2: float = Field(description="Area of the curve's table.")
    curve_rise_m2: float = Field(description="Area that the curve's storages ask for (dV/dh).")
    area_m2: float | None = Field(description="Wet cells of the terrain.")
    terrain_storage_m3: float | None = Field(description="Storage of the terrain, counted from its bed.")
    terrain_bed_m: float | None = Field(description="Bed; null where the terrain holds none.")
    uncertain_area_m2: float | None = Field(description="Area within the stated error of the heights.")
    vertical: str = Field(description="How the terrain's heights became working heights.")
    curve: str = Field(description="Edition of the curve.")
    extrapolated: bool = Field(description="Whether the level lies above the published curve.")
    generation: str
    curve_doubts: list[str] = Field(description="Where the curve contradicts itself.")
    bounds: BoundsAnswer
    sources: list[SourceAnswer] = Field(description="Curve and terrain.")
    synthetic: bool


@operation("GET", "/water", parameters=WaterParameters, answer=WaterAnswer, refusals=(404,))
async def water(ask: Ask, asked: WaterParameters) -> WaterAnswer:
    """Report area, storage and uncertainty of a level or storage.

    Give one of `level_m` and `storage_m3`. Curve and terrain stand side by side, never mixed.
    """
    if (asked.level_m is None) == (asked.storage_m3 is None):
        raise ParameterError(
            "level_m, storage_m3",
            "give one of level_m and storage_m3",
            "level_m 与 storage_m3 须且仅须给出一个",
        )
    opened = await ask.opened()
    return await ask.work(_water, opened.basin, asked)


def _water(basin: Basin, asked: WaterParameters) -> WaterAnswer:
    report = basin.water.at(**asked.model_dump())
    edition = basin.water.edition(asked.curve)
    lowest_m, highest_m = basin.water.answered_from_m, basin.water.highest_m
    bounds = BoundsAnswer(
        lowest_m=lowest_m,
        highest_m=highest_m,
        lowest_m3=edition.storage_at(max(lowest_m, edition.lowest_m)),
        highest_m3=edition.storage_at(highest_m),
    )
    used = [basin.catalog.entries[report.curve], basin.terrain]
    return WaterAnswer(
        **asdict(report), bounds=bounds, sources=[_source(entry) for entry in used], synthetic=basin.synthetic
    )


def _source(entry: Entry) -> SourceAnswer:
    return SourceAnswer(entry=entry.id, edition=entry.edition, source=entry.source)


class SillAnswer(JsonAnswer):
    """Sill where a rising flood leaves the lake.

    Outwards, or into a hollow.
    """

    kind: Literal["outside", "pocket"]
    level_m: float
    crest_needed_m: float
    width_m: float | None
    area_m2: float | None
    east_m: float
    north_m: float
    longitude: float
    latitude: float


class SillsAnswer(JsonAnswer):
    """Sills, lowest first; as `twin water --leaks --json` has them."""

    generation: str
    sills: list[SillAnswer]


@operation("GET", "/water/sills", answer=SillsAnswer)
async def sills(ask: Ask, _: Parameters) -> SillsAnswer:
    """List the sills over which a rising flood leaves the lake."""
    basin = (await ask.opened()).basin
    found = await ask.work(basin.sills)
    return SillsAnswer(generation=basin.generation.id, sills=[SillAnswer(**asdict(sill)) for sill in found])


class CurveAnswer(JsonAnswer):
    """Edition of the level–area–storage curve."""

    id: str
    status: str
    edition: str
    source: str
    lowest_m: float
    highest_m: float = Field(description="Highest level of the published table.")


class CurvesAnswer(JsonAnswer):
    """Editions of the curve, the default one first."""

    curves: list[CurveAnswer]


@operation("GET", "/water/curves", answer=CurvesAnswer)
async def curves(ask: Ask, _: Parameters) -> CurvesAnswer:
    """List the editions of the level–area–storage curve."""
    basin = (await ask.opened()).basin
    return await ask.work(_curves, basin)


def _curves(basin: Basin) -> CurvesAnswer:
    entries = {entry.id: entry for entry in basin.catalog.of_class(CurveEntry)}
    return CurvesAnswer(
        curves=[
            CurveAnswer(
                id=id_,
                status=entries[id_].status,
                edition=entries[id_].edition,
                source=entries[id_].source,
                lowest_m=curve.lowest_m,
                highest_m=curve.published_to_m,
            )
            for id_, curve in basin.curves.items()
        ]
    )
