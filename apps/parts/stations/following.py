"""Start following the live service, where the basin has feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from apps.live.live_feed import LiveFeed
from apps.parts.stations.live_updates import LiveDesk
from apps.parts.stations.past_chart import Limit
from apps.session.shared_signs import SharedSigns
from apps.texts import texts
from twin.alarms.gb3838 import CLASSES, limits_of
from twin.alarms.texts import RIVER
from twin.bilingual import Language
from twin.stations.snapshot import RANK_TONES, Tone

if TYPE_CHECKING:
    from apps.session.controller import Controller
    from twin.stations.model import Datastream, Station


ROMAN = dict(zip(CLASSES, "ⅠⅡⅢⅣⅤ", strict=False))


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
    feed.listeners.add(live.tick)
    controller.area.signs = live.signs
    controller.on_language.append(live.refresh)
    controller.on_moment.append(live.changed)
    controller.on_panel.append(live.publish)
    live.changed()
    return live


def unfollow(feed: LiveFeed, live: LiveDesk) -> None:
    """Disconnect a controller from a live feed."""
    feed.listeners.discard(live.tick)
    live.close()


def limits(
    controller: Controller, station: Station, datastream: Datastream, language: Language
) -> Sequence[Limit]:
    """Return the thresholds that a datastream's chart shows.

    A lake's characteristic levels in force today, a river's warning and guaranteed level, the classes of
    GB 3838-2002.
    """
    if quality := _class_limits(controller, station, datastream, language):
        return quality
    if station.kind != "reservoir" and datastream.property == "level":
        return _river_limits(controller, station, language)
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


def _class_limits(
    controller: Controller, station: Station, datastream: Datastream, language: Language
) -> list[Limit]:
    """Limits of the classes of water, the section's target and the worst one with a colour."""
    t = texts(language)
    rules = controller.session.basin.site.alarms.quality
    target = rules.targets.get(station.id, rules.target)
    found = []
    for (first, last), value in limits_of(datastream.property, "river" if station.river else "lake"):
        classes = ROMAN[first] if first == last else f"{ROMAN[first]}–{ROMAN[last]}"
        within = CLASSES[CLASSES.index(first) : CLASSES.index(last) + 1]
        tone: Tone = "red" if last == "V" else "yellow" if target in within else ""
        found.append(Limit(name=t["class_limit"].format(classes=classes), value=value, tone=tone))
    return found


def _river_limits(controller: Controller, station: Station, language: Language) -> list[Limit]:
    """Warning and guaranteed level of a river's station, in what it reports."""
    rules = controller.session.basin.site.alarms.rivers
    found = next((levels for levels in rules.levels if levels.station == station.id), None)
    if found is None:
        return []
    known = (
        ("warning", found.warning_m, rules.warning_rank),
        ("guaranteed", found.guaranteed_m, rules.guaranteed_rank),
    )
    name_of = {"zh": 0, "en": 1}[language]
    return [
        Limit(name=RIVER[name][name_of], value=value_m, tone=RANK_TONES[rank])
        for name, value_m, rank in known
        if value_m is not None
    ]
