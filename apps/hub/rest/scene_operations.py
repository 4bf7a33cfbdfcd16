"""Answer Scenes: links and back, and pictures of them."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field

from apps.error_messages import say
from apps.hub.kept_runs import runs_of
from apps.hub.rest.declared import Ask, JsonAnswer, Parameters, operation, read_bytes, tagged
from apps.hub.rest.paper_orders import TYPES, PaperOrder, journalled, page_size, values_of
from apps.hub.rest.station_operations import local, stations_of
from apps.hub.rest.still_pictures import size_of
from apps.live.client import LiveAwayError, LiveRefusedError
from apps.parts.paper_sheet import sheet_of
from apps.parts.stations.station_chart import past_of
from apps.session.link_check import refuse_foreign, unknown_in
from apps.session.live_level import LiveLevel, basin_gauge, heard, peak_of, shown_age_s
from apps.session.past_values import then_of
from apps.session.run_names import name_run
from apps.session.station_signs import signs_over
from layers.labels.signs import NO_SIGNS, Signs
from twin.scene import MAX_LINK, Scene
from twin.stations.freshness import Freshness
from twin.stations.snapshot import Now
from twin.stations.status import main_datastream, statuses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.hub.opened import Opened
    from apps.session.session import Session
    from layers.layer import LayerFacts
    from twin.errors import TwinError


class SceneAnswer(JsonAnswer):
    """Scene that this basin can show, and its permanent link."""

    link: str
    page: str = Field(description="Address of the page that shows it.")
    doubts: list[str] = Field(description="What is not as the link says, in the language of the request.")
    scene: Scene


class LinkParameters(Parameters):
    link: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=MAX_LINK, description="Text of a permanent link."),
    ]


@operation("GET", "/scenes/{link}", parameters=LinkParameters, answer=SceneAnswer)
async def resolve_scene(ask: Ask, asked: LinkParameters) -> SceneAnswer:
    """Resolve a permanent link to its Scene.

    It is the Scene that a page of this basin shows.
    """
    opened, layers = await ask.opened(), await layers_of(ask)
    return await ask.work(_resolved, ask, opened, Scene.from_link(asked.link), layers)


@operation("POST", "/scenes", body=Scene, answer=SceneAnswer, refusals=(413, 415))
async def link_scene(ask: Ask, _: Parameters) -> SceneAnswer:
    """Check a Scene and make its permanent link."""
    scene = Scene.from_json(await read_bytes(ask))
    opened, layers = await ask.opened(), await layers_of(ask)
    return await ask.work(_resolved, ask, opened, scene, layers)


async def layers_of(ask: Ask) -> Mapping[str, LayerFacts]:
    """Return the layers of a visitor's view, by id."""
    opened = await ask.opened()
    return {layer.id: layer for layer in await ask.hub.painter.describe(opened.target)}


def _resolved(ask: Ask, opened: Opened, scene: Scene, layers: Mapping[str, LayerFacts]) -> SceneAnswer:
    session, doubts = _shown(ask, opened, scene, layers)
    shown = session.scene
    link = shown.to_link()
    return SceneAnswer(
        link=link, page=f"/?scene={link}", doubts=[say(doubt, ask.language) for doubt in doubts], scene=shown
    )


def _fresh(opened: Opened, layers: Mapping[str, LayerFacts], present: _Present | None) -> Session:
    """The session of a fresh view: live where the lake's level is known, else at the site's start level."""
    session = opened.session()
    session.have_layers({id_: layer.at_first for id_, layer in layers.items()})
    if present is not None:
        session.live_age_s = present.age_s
        session.set_live_level(present.level)
        if present.peak is not None:
            session.remember(present.peak[0], since=present.peak[1])
            session.follow()
    return session


def _shown(
    ask: Ask, opened: Opened, scene: Scene, layers: Mapping[str, LayerFacts]
) -> tuple[Session, list[TwinError]]:
    """The session of a scene as a page shows it, and what of it is not here.

    Raises LinkError, LevelOutOfRange, NoSuchTimeError.
    """
    session = opened.session()
    session.have_layers({id_: layer.at_first for id_, layer in layers.items()})
    refuse_foreign(scene, session)
    session.restore(scene.moment)
    name_run(session, scene.moment.run, runs_of(ask.visitor, ask.hub.shelf))
    doubt = unknown_in(scene, session, layers)
    kept = {id_: scene.layers.get(id_, state) for id_, state in session.scene.layers.items()}
    shown = scene.changed(moment=session.scene.moment, layers=kept)
    session.do(lambda _: shown)  # the camera stays above ground and water
    return session, [] if doubt is None else [doubt]


SCENE = "Link of a Scene, or its JSON; without it a fresh view, live where it can be."


class PictureParameters(Parameters):
    scene: str | None = Field(default=None, max_length=MAX_LINK, description=SCENE)
    size: Annotated[str, Field(max_length=20, description="Width and height in pixels.")] = "1280x720"
    format: Literal["png", "jpeg"] = "png"
    wait_s: Annotated[
        float, Field(ge=0, le=30, description="Seconds to wait for tiles; then it is drawn without.")
    ] = 20.0


@operation(
    "GET",
    "/picture",
    parameters=PictureParameters,
    also={
        "image/png": "Picture with names, north arrow and scale bar.",
        "image/jpeg": "The same, smaller.",
    },
)
async def picture(ask: Ask, asked: PictureParameters) -> web.StreamResponse:
    """Draw the picture of a Scene.

    `Twin-Complete: false`, and words in the picture, say that tiles were missing.
    """
    size = size_of(asked.size)
    opened, _, session = await _asked_session(ask, asked.scene)
    shown = session.scene
    found = await ask.hub.papers.stills.draw(
        ask.hub.painter,
        opened.target,
        shown,
        signs=await signs_of(ask, opened, shown),
        size=size,
        kind=asked.format,
        wait_s=asked.wait_s,
    )
    link = shown.to_link()
    await asyncio.to_thread(ask.record, "picture", scene=link, size=asked.size, complete=found.complete)
    headers = _headers(opened, shown, complete=found.complete)
    return tagged(found.picture.content, ask.request, f"image/{asked.format}", headers)


class PageParameters(Parameters):
    scene: str | None = Field(default=None, max_length=MAX_LINK, description=SCENE)
    format: Literal["pdf", "png"] = "pdf"
    size: Annotated[str, Field(max_length=20, description="Width and height of a PNG in pixels.")] = (
        "1920x1080"
    )


@operation(
    "GET",
    "/page",
    parameters=PageParameters,
    also={
        "application/pdf": "Page A3: picture, numbers with sources, legend, title block.",
        "image/png": "The same in one picture.",
    },
)
async def page(ask: Ask, asked: PageParameters) -> web.StreamResponse:
    """Make a page to keep of a Scene.

    `Twin-Page` is its id, which is printed on it and stands in the audit journal.
    """
    size = page_size(asked.size)
    opened, layers, session = await _asked_session(ask, asked.scene)
    shown, visitor = session.scene, ask.visitor
    sheet = await ask.work(
        partial(
            sheet_of,
            session,
            layers,
            scene=shown,
            values=values_of(shown, ask.hub.live),
            made_at=datetime.now(UTC),
            by=visitor.full_name or visitor.name,
            language=shown.language,
        )
    )
    order = PaperOrder(
        kind=asked.format,
        size=size,
        sheet=sheet,
        scene=shown,
        signs=await signs_of(ask, opened, shown),
        target=opened.target,
    )
    paper = await ask.hub.papers.make(order, owner=visitor.name, who=visitor.name or secrets.token_hex(8))
    await asyncio.to_thread(partial(ask.record, **journalled(order, paper)))
    headers = _headers(opened, shown, complete=paper.complete) | {"Twin-Page": sheet.id}
    return tagged(paper.content, ask.request, TYPES[asked.format], headers)


async def _asked_session(ask: Ask, told: str | None) -> tuple[Opened, Mapping[str, LayerFacts], Session]:
    opened, layers = await ask.opened(), await layers_of(ask)
    return opened, layers, await asked_session(ask, told, opened, layers)


async def asked_session(
    ask: Ask,
    told: str | None,
    opened: Opened,
    layers: Mapping[str, LayerFacts],
    *,
    follow: bool = False,
    stale: bool = False,
) -> Session:
    """Return the session of a named Scene, or a fresh one.

    One of a live moment is of the present where it is to ``follow``; with ``stale`` the present may be old.
    Raises LinkError, LevelOutOfRange, NoSuchTimeError.
    """
    scene = None if told is None else Scene.from_json(told) if told.startswith("{") else Scene.from_link(told)
    if scene is not None and not (follow and scene.moment.is_live):
        return (await ask.work(_shown, ask, opened, scene, layers))[0]
    session = await ask.work(_fresh, opened, layers, await _present(ask, opened, stale=stale))
    if scene is None:
        session.do(lambda scene: scene.changed(language=ask.language))
    else:
        shown, moment = scene, session.scene.moment
        session.do(lambda _: shown.changed(moment=moment))
    return session


def _headers(opened: Opened, shown: Scene, *, complete: bool) -> dict[str, str]:
    valid_at = local(shown.moment.valid_at, ZoneInfo(opened.basin.site.time_zone))
    return {
        "Twin-Complete": "true" if complete else "false",
        "Twin-Generation": opened.basin.generation.id,
        "Twin-Level-M": f"{shown.moment.level_m:g}",
        "Twin-Mode": shown.moment.mode,
        "Twin-Scene": shown.to_link(),
        **({} if valid_at is None else {"Twin-Valid-At": valid_at.isoformat()}),
        "Twin-Synthetic": "true" if opened.basin.synthetic else "false",
    }


class _Present(NamedTuple):
    """Level of the lake now and its age, and the highest of the last days with the time from which they are
    known."""

    level: LiveLevel
    age_s: float | None
    peak: tuple[float, datetime] | None


async def _present(ask: Ask, opened: Opened, *, stale: bool = False) -> _Present | None:
    """The lake's level by its gauge; None where it is not known, or old where no ``stale`` one will do."""
    basin, feed = opened.basin, ask.hub.live
    if feed is None or feed.client.now is None or await ask.work(basin.network) is None:
        return None
    client, gauge = feed.client, basin_gauge(basin, await ask.work(stations_of, basin))
    if gauge is None or not client.connected:
        return None
    stream, water = gauge.datastream.id, basin.water
    span = {"lowest_m": water.answered_from_m, "highest_m": water.highest_m}
    value = feed.client.now.values.get(stream)
    level = heard(gauge, value, elapsed_s=client.elapsed_s(stream), before=None, **span)
    if level is None or not (stale or level.freshness is Freshness.FRESH):
        return None
    age_s = shown_age_s(value, elapsed_s=client.elapsed_s(stream), at=level.at)
    try:
        past = await past_of(client, stream)
    except (LiveAwayError, LiveRefusedError):  # which pockets are full is not known
        return None
    return _Present(level, age_s, peak_of(gauge, past, **span))


async def signs_of(ask: Ask, opened: Opened, scene: Scene) -> Signs:
    """Return what stations show over a scene at its moment.

    Nothing where no service runs.
    """
    basin, feed = opened.basin, ask.hub.live
    if feed is None or await ask.work(basin.network) is None:
        return NO_SIGNS
    network, client = await ask.work(stations_of, basin), feed.client
    mains = {
        id_: (station, main_datastream(station, network.of_station(id_)))
        for id_, station in network.stations.items()
    }
    then = then_of(scene.moment)
    if then is None:
        found = statuses(mains, client.now, client.elapsed_s)
    else:
        try:
            past: Now | None = Now(values=await client.then(*then))
        except (LiveAwayError, LiveRefusedError):
            past = None
        found = statuses(mains, past, lambda _: 0.0)
    return signs_over(
        scene,
        found,
        now=client.now if client.connected else None,
        elapsed_s=client.elapsed_s,
        zone=ZoneInfo(basin.site.time_zone),
    )
