"""Answer what a level affects: villages, buildings, households, people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import web
from pydantic import Field

from apps.hub.rest.basin_operations import BilingualName
from apps.hub.rest.declared import Ask, JsonAnswer, Number, Parameters, operation
from apps.hub.rest.water_operations import SourceAnswer
from twin import cells
from twin.analysis.affected import AffectedReport, AffectedSum, AffectedVillage, Count, Wetness

if TYPE_CHECKING:
    from twin.basin import Basin

State = Literal["certain", "possible", "dry"]
STATES: dict[Wetness, State] = {
    Wetness.CERTAIN: "certain",
    Wetness.POSSIBLE: "possible",
    Wetness.DRY: "dry",
}


class AffectedParameters(Parameters):
    level_m: Number = Field(description="Water level in m.")
    highest_m: Number | None = Field(
        default=None, description="Highest level before, m; pockets stay full up to it."
    )
    format: Literal["json", "csv"] = "json"


class CountAnswer(JsonAnswer):
    """Number certainly affected, and of further ones possibly."""

    certain: int
    possible: int


class SumsAnswer(JsonAnswer):
    """Sums of what is affected."""

    villages: CountAnswer
    buildings: CountAnswer | None = Field(description="Null where no footprints of buildings are known.")
    households: CountAnswer
    people: CountAnswer
    unsaid: int = Field(
        description="Affected buildings or villages without known households or people: in no sum."
    )
    whole: int = Field(
        description="Villages without buildings, counted with all their households and people."
    )


class AffectedVillageAnswer(JsonAnswer):
    """Village certainly or possibly affected."""

    name: BilingualName
    township: BilingualName
    state: State
    first_wet_m: float | None = Field(description="Level at which it first gets wet.")
    longitude: float
    latitude: float
    households: int | None = Field(description="All households of the village; null where not known.")
    people: int | None
    affected: SumsAnswer


class TownshipAnswer(JsonAnswer):
    """Township with its sums."""

    name: BilingualName
    affected: SumsAnswer


class LeftOutAnswer(JsonAnswer):
    """Village in no list, and why."""

    name: BilingualName
    reason: Literal["no-terrain", "unknown-heights"]


class AffectedAnswer(JsonAnswer):
    """Villages, buildings, households and people that a level affects."""

    level_m: float
    highest_m: float
    vertical_error_m: float = Field(description="Within so much of the level, wet or dry is not certain.")
    total: SumsAnswer
    villages: list[AffectedVillageAnswer]
    townships: list[TownshipAnswer]
    left_out: list[LeftOutAnswer]
    sources: list[SourceAnswer]
    generation: str
    synthetic: bool


COLUMNS = (
    "level_m",
    "name_zh",
    "name_en",
    "township_zh",
    "township_en",
    "state",
    "first_wet_m",
    "buildings_certain",
    "buildings_possible",
    "households_certain",
    "households_possible",
    "people_certain",
    "people_possible",
    "unsaid",
    "longitude",
    "latitude",
    "generation",
    "synthetic",
)
"""Of the list as CSV; a count that nobody knows is empty, never 0."""


@operation(
    "GET",
    "/affected",
    parameters=AffectedParameters,
    answer=AffectedAnswer,
    also={"text/csv": "A line for each affected village, with a header."},
)
async def affected(ask: Ask, asked: AffectedParameters) -> AffectedAnswer | web.StreamResponse:
    """List villages, buildings, households and people that a level affects.

    Each certainly, and possibly in addition. Villages at heights of unknown reference are left out and named.
    """
    basin = (await ask.opened()).models
    return await ask.work(_affected, ask, basin, asked)


def _affected(ask: Ask, basin: Basin, asked: AffectedParameters) -> AffectedAnswer | web.StreamResponse:
    report = basin.affected.at(basin.water.state(asked.level_m, highest_m=asked.highest_m))
    ask.record("affected", level_m=report.level_m, rows=len(report.villages), generation=basin.generation.id)
    return _csv(basin, report) if asked.format == "csv" else _json(basin, report)


def _json(basin: Basin, report: AffectedReport) -> AffectedAnswer:
    entries = basin.catalog.entries
    sources = [entries[id_] for id_ in basin.affected.sources if id_ in entries]
    return AffectedAnswer(
        level_m=report.level_m,
        highest_m=report.highest_m,
        vertical_error_m=report.vertical_error_m,
        total=_sums(report.total),
        villages=[_village(basin, row) for row in report.villages],
        townships=[
            TownshipAnswer(name=BilingualName(**name), affected=_sums(some))
            for name, some in report.townships
        ],
        left_out=[
            LeftOutAnswer(name=BilingualName(**one.name), reason=one.reason) for one in report.left_out
        ],
        sources=[SourceAnswer(entry=one.id, edition=one.edition, source=one.source) for one in sources],
        generation=basin.generation.id,
        synthetic=basin.synthetic,
    )


def _village(basin: Basin, row: AffectedVillage) -> AffectedVillageAnswer:
    longitude, latitude = (float(v) for v in basin.frame.to_lonlat(row.east, row.north))
    return AffectedVillageAnswer(
        name=BilingualName(**row.name),
        township=BilingualName(**row.township),
        state=STATES[row.wetness],
        first_wet_m=row.first_wet_m,
        longitude=round(longitude, 6),
        latitude=round(latitude, 6),
        households=row.households,
        people=row.people,
        affected=_sums(row.sum),
    )


def _sums(some: AffectedSum) -> SumsAnswer:
    return SumsAnswer(
        villages=_count(some.villages),
        buildings=None if some.buildings is None else _count(some.buildings),
        households=_count(some.households),
        people=_count(some.people),
        unsaid=some.unsaid,
        whole=some.whole,
    )


def _count(count: Count) -> CountAnswer:
    return CountAnswer(certain=count.certain, possible=count.possible)


def _csv(basin: Basin, report: AffectedReport) -> web.Response:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    writer.writerows({name: cells.safe(cell) for name, cell in row.items()} for row in _rows(basin, report))
    level = f"{report.level_m:.2f}"
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="affected-{level}m.csv"',
    }
    text = "\ufeff" + stream.getvalue()  # so that a spreadsheet reads UTF-8
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


def _rows(basin: Basin, report: AffectedReport) -> Iterator[dict[str, Any]]:
    for row in report.villages:
        told = _village(basin, row)
        unknown = row.sum.unsaid > 0 and not row.sum.households.at_most
        buildings = row.sum.buildings
        yield {
            "level_m": report.level_m,
            "name_zh": row.name["zh"],
            "name_en": row.name["en"],
            "township_zh": row.township["zh"],
            "township_en": row.township["en"],
            "state": told.state,
            "first_wet_m": row.first_wet_m,
            "buildings_certain": None if buildings is None else buildings.certain,
            "buildings_possible": None if buildings is None else buildings.possible,
            "households_certain": None if unknown else row.sum.households.certain,
            "households_possible": None if unknown else row.sum.households.possible,
            "people_certain": None if unknown else row.sum.people.certain,
            "people_possible": None if unknown else row.sum.people.possible,
            "unsaid": row.sum.unsaid,
            "longitude": told.longitude,
            "latitude": told.latitude,
            "generation": basin.generation.id,
            "synthetic": basin.synthetic,
        }
