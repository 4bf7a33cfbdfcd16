"""Start following the live service, where the basin has feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from apps.live.client import LiveClient
from apps.live.launcher import Launcher
from apps.parts.stations.live_updates import LiveDesk
from apps.parts.stations.past_chart import Limit
from twin.bilingual import Language
from twin.stations.snapshot import RANK_TONES

if TYPE_CHECKING:
    from apps.session.controller import Controller
    from twin.stations.model import Datastream, Station

FOLDER = "stations"
"""The live service's folder in a store."""


def follow(
    controller: Controller, *, catalog: Path, root: Path | None, store: Path | None
) -> tuple[LiveDesk, list[asyncio.Task[None]]] | None:
    """Return a controller's live side and its tasks.

    None without feeds or stations.
    """
    basin = controller.session.basin
    network = basin.network()
    if network is None or not any(feed.enabled for feed in basin.site.feeds):
        return None
    client = LiveClient(basin.generation.folder / FOLDER)
    launcher = Launcher(catalog, root=root, store=store)
    live = LiveDesk(
        controller,
        network,
        client,
        limits=lambda *which: limits(controller, *which),
        why=lambda: launcher.reason,
    )
    client.on_change = launcher.on_change = live.changed
    controller.area.signs = live.signs
    controller.on_language = live.refresh
    controller.on_moment.append(live.changed)
    controller.on_panel = live.publish
    tasks = [
        asyncio.create_task(launcher.run()),
        asyncio.create_task(client.run()),
        asyncio.create_task(live.run()),
    ]
    return live, tasks


def limits(
    controller: Controller, station: Station, datastream: Datastream, language: Language
) -> Sequence[Limit]:
    """Return the thresholds that a datastream's chart shows.

    A lake's characteristic levels in force today.
    """
    if station.kind != "reservoir" or datastream.property != "level":
        return ()
    session = controller.session
    site = session.basin.site
    at = None if session.live is None else session.live.at.astimezone(session.zone).date()
    levels = site.levels if at is None else site.levels_on(at)
    ranks = site.alarms.levels.ranks
    return [
        Limit(
            name=getattr(level.name, language),
            value=level.level_m,
            tone=RANK_TONES[ranks[level.id]] if level.id in ranks else "",
        )
        for level in levels
    ]
