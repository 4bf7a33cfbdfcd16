"""Answer what the basin is: catalog, layers, generation, version."""

from __future__ import annotations

from datetime import date, datetime
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from apps.error_messages import told, without_folders
from apps.hub.rest.declared import Ask, JsonAnswer, Parameters, operation
from apps.hub.rest.problems import NotThereError
from apps.session.lacks import lacks_at
from twin.catalog.types import Access
from twin.errors import Reason

if TYPE_CHECKING:
    from apps.hub.opened import Opened
    from twin.catalog import Entry

Id = Annotated[str, Field(min_length=1, max_length=64, description="Id of an entry of the catalog.")]


class BilingualName(JsonAnswer):
    """Name in Chinese and English."""

    zh: str
    en: str


class EntryAnswer(JsonAnswer):
    """Data set of the catalog."""

    id: str
    kind: str
    title: BilingualName
    edition: str
    since: date | None = Field(description="Day from which this edition holds.")
    owner: str | None
    source: str
    licence: str | None
    access: Access
    note: str | None
    fault: str = Field(description="Why it cannot be used, in the language of the request; '' where it can.")


class CatalogAnswer(JsonAnswer):
    """Basin, and the data sets that this visitor may see."""

    id: str
    name: BilingualName
    synthetic: bool = Field(description="Whether the data is invented.")
    crs: str = Field(description="Projected system of all east and north.")
    heights: str = Field(description="How the terrain's heights became working heights.")
    time_zone: str
    generation: str
    entries: list[EntryAnswer]


class EntryParameters(Parameters):
    id: Id


@operation("GET", "/catalog", answer=CatalogAnswer)
async def catalog(ask: Ask, _: Parameters) -> CatalogAnswer:
    """List the data sets of the basin.

    Entries above the visitor's access are not there.
    """
    opened = await ask.opened()
    return await ask.work(_catalog, ask, opened)


def _catalog(ask: Ask, opened: Opened) -> CatalogAnswer:
    basin, head = opened.basin, opened.basin.catalog.head
    return CatalogAnswer(
        id=head.id,
        name=BilingualName(**head.name.model_dump()),
        synthetic=basin.synthetic,
        crs=basin.frame.crs,
        heights=basin.vertical,
        time_zone=basin.site.time_zone,
        generation=basin.generation.id,
        entries=[_entry(ask, opened, entry) for entry in basin.catalog.entries.values()],
    )


@operation("GET", "/catalog/{id}", parameters=EntryParameters, answer=EntryAnswer, refusals=(404,))
async def entry(ask: Ask, asked: EntryParameters) -> EntryAnswer:
    """Describe one data set."""
    opened = await ask.opened()
    found = opened.basin.catalog.entries.get(asked.id)
    if found is None:
        raise NotThereError(asked.id)
    return _entry(ask, opened, found)


def _entry(ask: Ask, opened: Opened, found: Entry) -> EntryAnswer:
    fault = next((f.why for f in opened.basin.generation.faults if f.entry == found.id), None)
    return EntryAnswer(
        id=found.id,
        kind=found.kind,
        title=BilingualName(**found.title.model_dump()),
        edition=found.edition,
        since=found.since,
        owner=found.owner,
        source=found.source,
        licence=found.licence,
        access=found.access,
        note=found.note,
        fault=_words(fault, ask),
    )


def _words(reason: Reason | None, ask: Ask) -> str:
    return "" if reason is None else without_folders(told(reason, ask.language))


class LegendAnswer(JsonAnswer):
    """Line of a legend."""

    colour: str
    text: BilingualName
    shape: Literal["area", "line", "point"]


class LayerAnswer(JsonAnswer):
    """Layer of the scene."""

    id: str
    title: BilingualName
    state: Literal["ready", "broken"]
    visible: bool = Field(description="Whether a fresh view shows it.")
    opacity: float = Field(description="Share from 0 to 1 in a fresh view.")
    reason: str = Field(description="Why it is broken, in the language of the request.")
    notes: list[str] = Field(description="What a build left out of its data or doubts.")
    legend: list[LegendAnswer]


class LayersAnswer(JsonAnswer):
    """Layers of the scene, in their order."""

    generation: str
    layers: list[LayerAnswer]


@operation("GET", "/layers", answer=LayersAnswer)
async def layers(ask: Ask, _: Parameters) -> LayersAnswer:
    """List the layers that a scene can show."""
    opened = await ask.opened()
    facts = {layer.id: layer for layer in await ask.hub.painter.describe(opened.target)}
    found = [
        LayerAnswer(
            id=layer.id,
            title=BilingualName(**layer.title),
            state=layer.state,
            visible=layer.at_first.visible,
            opacity=layer.at_first.opacity,
            reason=_words(layer.reason, ask),
            notes=[
                line for lack in lacks_at(layer.id, opened.lacks, facts) for line in lack.lines(ask.language)
            ],
            legend=[
                LegendAnswer(colour=line.colour, text=BilingualName(**line.text), shape=line.shape)
                for line in layer.legend
            ],
        )
        for layer in facts.values()
    ]
    return LayersAnswer(generation=opened.basin.generation.id, layers=found)


class GenerationAnswer(JsonAnswer):
    """Build that is served, and the store's present one."""

    id: str
    created: datetime
    current: str | None = Field(description="Id of the store's present build; null where it has none.")


@operation("GET", "/generation", answer=GenerationAnswer)
async def generation(ask: Ask, _: Parameters) -> GenerationAnswer:
    """Name the build that numbers and pictures come from."""
    opened = await ask.opened()
    current = await ask.work(_current, ask)
    zone = ZoneInfo(opened.basin.site.time_zone)
    served = opened.basin.generation
    created = datetime.fromisoformat(served.created).astimezone(zone)
    return GenerationAnswer(id=served.id, created=created, current=current)


def _current(ask: Ask) -> str | None:
    found = ask.hub.shelf.current()
    return None if found is None else found.id


class VersionAnswer(JsonAnswer):
    """Program that answers."""

    program: str
    version: str
    instance: str = Field(description="Another one after each start of the server.")


@operation("GET", "/version", answer=VersionAnswer)
async def version(ask: Ask, _: Parameters) -> VersionAnswer:
    """Name the program's version and this run of it."""
    name = "miyun-twin"
    return VersionAnswer(program=name, version=version_of(name), instance=ask.hub.instance)
