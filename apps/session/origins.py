"""Name where a moment's level comes from: source, quality, its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.ages import age
from apps.error_messages import told
from apps.formatting import exact_level, plain, written
from apps.line_translation import translated
from apps.session.views import RowView
from apps.texts import texts
from apps.value_words import why_doubtful
from twin.bilingual import Language
from twin.quantity import Quality
from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from apps.session.live_level import LiveLevel, Obstacle
    from apps.session.session import Session
    from apps.session.what_if import WhatIf
    from twin.catalog.site import Site

FRESHNESS = {Freshness.STALE: "p_fresh_stale", Freshness.DEAD: "p_fresh_dead"}


@dataclass(frozen=True, kw_only=True)
class LevelOrigin:
    """Origin of a level.

    ``id`` names the source in a Quantity; ``mark`` is one word of the texts, ``source`` a sentence. ``rows``
    say more of the report that the level is: when it was received, how old it is.
    """

    id: str
    mark: str
    source: str
    quality: Quality
    rows: list[RowView] = field(default_factory=list)


def level_origin(session: Session, language: Language) -> LevelOrigin:
    """Return the origin of the moment's level."""
    t, moment = texts(language), session.scene.moment
    if moment.is_live and session.live is not None:
        return _live(session, session.live, language)
    if session.replaying and session.flood is not None:
        mark = session.flood.value("level", session.flood_s).mark
        source = t["source_scenario"].format(name=session.flood.name[language])
        return LevelOrigin(
            id=session.flood.id,
            mark=f"at_{mark}",
            source=f"{source} · {t['at_' + mark]} · {translated(session.flood.source, language)}",
            quality="unchecked" if mark == "published" else "estimate",
        )
    if moment.mode in ("forecast", "drill"):
        run = session.run_notes.get(moment.run or "")
        key = "source_drill_run" if moment.mode == "drill" and run else f"source_{moment.mode}"
        words = t[key].format(run=run or moment.run)
        return LevelOrigin(
            id=moment.run or moment.mode, mark=f"mode_{moment.mode}", source=words, quality="unchecked"
        )
    if moment.mode == "history":
        words = t["source_link_live" if session.was_live else "source_link"]
        return LevelOrigin(id="link", mark="at_link", source=words, quality="unchecked")
    given = "at_planned" if session.basis == "plan" else "at_given"
    kept = session.run_notes.get(moment.run or "", "")
    flows = "" if session.basis != "plan" or session.planned is None else _flows(session.planned, t)
    source = " · ".join(part for part in (kept, t[f"source_{session.basis}"], flows) if part)
    return LevelOrigin(id=session.basis, mark=given, source=source, quality="unchecked")


def _flows(asked: WhatIf, t: Mapping[str, str]) -> str:
    """Start and flows of a what-if: with others its level is another one."""
    inflow, release = ([value for _, value in series] for series in (asked.inflow, asked.release))
    return t["source_plan_gates" if asked.openings else "source_plan_flows"].format(
        start=exact_level(asked.start_m), inflow=_range(inflow), release=_range(release)
    )


def _range(values: Sequence[float]) -> str:
    least, most = (plain(round(each, 1)) for each in (min(values), max(values)))
    return least if least == most else f"{least}–{most}"


def _live(session: Session, live: LiveLevel, language: Language) -> LevelOrigin:
    t = texts(language)
    by = feed_name(session.basin.site, live.feed, language)
    name = f"{live.station.name[language]} ({live.station.id})"
    received = t["none"] if live.received_at is None else written(live.received_at, session.zone)
    rows = [
        RowView(label=t["p_received"], value=received),
        RowView(label=t["p_age"], value=age(session.live_age_s, language)),
    ]
    if live.freshness in FRESHNESS:
        rows.append(RowView(label=t["p_fresh"], value=t[FRESHNESS[live.freshness]], tone="old"))
    if session.obstacle is not None:
        rows.append(
            RowView(label=t["p_held"], value=why_held(session, session.obstacle, language), tone="over")
        )
    return LevelOrigin(
        id=live.station.id,
        mark="at_measured"
        if live.freshness is Freshness.FRESH and session.obstacle is None
        else "at_measured_last",
        source=f"{name} · {by}" if by else name,
        quality=live.quality,
        rows=rows,
    )


def feed_name(site: Site, feed: str, language: Language) -> str:
    """Return a feed's title; invented values are always called so."""
    found = next((each for each in site.feeds if each.id == feed), None)
    if found is None:
        return feed
    title = found.title[language]
    return f"{title} · {texts(language)['synthetic']}" if found.synthetic else title


def why_held(session: Session, obstacle: Obstacle, language: Language) -> str:
    """Return why the gauge's newest report moves no water.

    A sentence with its value and time.
    """
    t = texts(language)
    station = "" if obstacle.station is None else obstacle.station.name[language]
    level = t["none"] if obstacle.level_m is None else f"{exact_level(obstacle.level_m)} {t['unit_level']}"
    if obstacle.cause == "outside" and obstacle.reason.startswith("unit_"):
        level += t["because"].format(why=why_doubtful(obstacle.reason, language))
    return t[f"held_{obstacle.cause}"].format(
        station=station,
        level=level,
        time=t["none"] if obstacle.at is None else written(obstacle.at, session.zone),
        lowest=exact_level(session.levels.lowest_m),
        highest=exact_level(session.levels.highest_m),
        reason=reason(obstacle, language),
    )


def reason(obstacle: Obstacle, language: Language) -> str:
    """Return quality control's reason in words; else the quality."""
    t = texts(language)
    if obstacle.unconverted is not None:
        return told(obstacle.unconverted, language)
    return why_doubtful(obstacle.reason, language) or t[f"quality_{obstacle.quality}"]
