"""Start following the live service, where the basin has feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from apps.live.live_feed import LiveFeed
from apps.parts.stations.live_updates import LiveDesk
from apps.parts.stations.past_chart import Limit
from apps.session.shared_signs import SharedSigns
from twin.bilingual import Language
from twin.stations.snapshot import RANK_TONES

if TYPE_CHECKING:
    from apps.session.controller import Controller
    from twin.stations.model import Datastream, Station


def follow(
    controller: Controller, feed: LiveFeed, *, shared: SharedSigns | None = None, who: str = ""
) -> LiveDesk:
    """Connect a controller to a live feed.

    ``shared`` are the signs of all desks, ``who`` is the visitor's sign-in name, '' on a server without
    sign-in.
    """
    live = LiveDesk(
        controller,
        feed.network,
        feed.client,
        limits=lambda *which: limits(controller, *which),
        why=lambda: feed.reason,
        who=who,
        shared=shared,
    )
    feed.listeners.add(live.changed)
    controller.area.signs = live.signs
    controller.on_language = live.refresh
    controller.on_moment.append(live.changed)
    controller.on_panel.append(live.publish)
    return live


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
