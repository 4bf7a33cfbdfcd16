"""The stations panel: filters, the list, how the feeds are doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from apps.ages import age
from apps.error_messages import told
from apps.formatting import written
from apps.parts.state import ChoiceView, FeedView, Language, StationRowView, StationsView
from apps.session.past_values import then_of
from apps.texts import texts
from apps.value_words import is_old, reading
from twin.stations.filter import STATES, Filter, passing
from twin.stations.model import STATION_KINDS, Freshness
from twin.stations.refusals import LEFT_OUT

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from twin.scene import Scene
    from twin.stations.snapshot import FeedNow, RefusalNow
    from twin.stations.status import StationStatus

MOST_ROWS = 60


def view(
    statuses: Mapping[str, StationStatus],
    wanted: Filter,
    feeds: Iterable[FeedNow],
    scene: Scene,
    *,
    away: str,
    zone: ZoneInfo,
    left_out: int = 0,
) -> StationsView:
    """The panel, of statuses of the scene's moment; ``away`` says that the live service cannot be heard, ''
    that it can. Times are of ``zone``; ``left_out`` rows of the station tables could not be used."""
    language = scene.language
    t = texts(language)
    moment = scene.moment
    then = then_of(moment)
    beside_live = not moment.is_live and then is None
    all_ = list(statuses.values())
    found = passing(all_, wanted)
    kinds = Counter(s.station.kind for s in all_)
    states = Counter(s.state for s in all_)
    return StationsView(
        available=bool(all_),
        away=away,
        kinds=[
            ChoiceView(id=kind, name=t[f"station_{kind}"], count=kinds[kind], on=kind in wanted.kinds)
            for kind in STATION_KINDS
            if kinds[kind]
        ],
        states=[
            ChoiceView(id=state, name=t[f"standing_{state}"], count=states[state], on=state in wanted.states)
            for state in STATES
            if state != "unknown" or states[state]
        ],
        townships=_distinct(s.station.township for s in all_),
        watersheds=_distinct(s.station.watershed for s in all_),
        township=wanted.township,
        watershed=wanted.watershed,
        text=wanted.text,
        total=len(found),
        rows=_rows(found[:MOST_ROWS], language, of=None if then is None else zone),
        of_when=_of_when(scene, zone),
        beside_live=beside_live,
        live_values=scene.live_values,
        feeds=[_feed(feed, language, zone) for feed in feeds],
        left_out=t["stations_left_out"].format(n=left_out) if left_out else "",
    )


def _of_when(scene: Scene, zone: ZoneInfo) -> str:
    """Of when the values are, where the water is not of now."""
    t, then = texts(scene.language), then_of(scene.moment)
    if then is not None:
        return t["stations_then"].format(time=written(then.valid_at, zone))
    return "" if scene.moment.is_live else t["stations_live"]


def _distinct(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name})


def _rows(found: Sequence[StationStatus], language: Language, *, of: ZoneInfo | None) -> list[StationRowView]:
    """Stations with the age of their values, or with their time in the zone ``of``."""
    return [
        StationRowView(
            id=s.station.id,
            name=s.station.name[language],
            kind=s.station.kind,
            value=_value(s, language),
            age=age(s.age_s, language) if of is None else _time(s, of),
            state=s.state,
            tone=s.tone,
            old=is_old(s.freshness) and s.freshness is not Freshness.UNKNOWN,
        )
        for s in found
    ]


def _time(standing: StationStatus, zone: ZoneInfo) -> str:
    at = None if standing.value is None else standing.value.phenomenon_at
    return "" if at is None else written(at, zone)


def _value(standing: StationStatus, language: Language) -> str:
    if standing.freshness is Freshness.UNKNOWN:
        return texts(language)["not_known"]
    main = standing.main
    return texts(language)["none"] if main is None else reading(main, standing.value, language)


def _feed(feed: FeedNow, language: Language, zone: ZoneInfo) -> FeedView:
    t = texts(language)
    counts = feed.refused or {}
    left_out = sum(count for reason, count in counts.items() if reason in LEFT_OUT)
    refused = sum(counts.values()) - left_out
    detail = t["feed_taken"].format(n=f"{feed.accepted:,}")
    if refused:
        detail += " · " + t["feed_refused"].format(n=f"{refused:,}")
    if left_out:
        detail += " · " + t["feed_left_out"].format(n=f"{left_out:,}")
    if feed.synthetic:
        detail += " · " + t["synthetic"]
    if feed.why is not None and feed.state != "running":
        detail = told(feed.why, language)
    return FeedView(
        id=feed.id,
        name=feed.title[language],
        state=t[f"feed_{feed.state}"],
        detail=detail,
        tone="" if feed.state == "running" else "warn",
        refusals=[_refusal(refusal, language, zone) for refusal in feed.refusals],
    )


def _refusal(refusal: RefusalNow, language: Language, zone: ZoneInfo) -> str:
    """Why, of which station, how often and when last: one line."""
    t = texts(language)
    why = t.get(f"refused_{refusal.reason.replace('-', '_')}", refusal.reason)
    parts = [why, refusal.station, f"× {refusal.count:,}", written(refusal.last_at, zone)]
    return " · ".join(part for part in parts if part)
