"""Stations panel: filters, list, status of feeds."""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trame.widgets import html

from apps.browser.module import Icon, SignElement
from apps.error_messages import told
from apps.formatting import written
from apps.parts.part import Part
from apps.parts.stations.actions import StationActions
from apps.parts.widgets import panel, panel_button
from apps.session.past_values import then_of
from apps.texts import texts
from apps.value_words import aged, is_old, reading
from twin.bilingual import Language
from twin.stations.filter import STATES, Filter, passing
from twin.stations.freshness import Freshness
from twin.stations.model import STATION_KINDS
from twin.stations.refusals import LEFT_OUT

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from twin.scene import Scene
    from twin.stations.snapshot import FeedNow, RefusalNow
    from twin.stations.status import StationStatus


@dataclass(frozen=True, kw_only=True)
class ChoiceView:
    """Option of a filter; ``count`` stations have it.

    ``on`` where it was chosen; none is while all are shown.
    """

    id: str
    name: str
    count: int = 0
    on: bool = False


@dataclass(frozen=True, kw_only=True)
class StationRowView:
    """Row of one station.

    ``old`` ones are greyed, and their age begins with the word for it; ``state`` is its sign.
    """

    id: str
    name: str
    kind: str
    value: str
    age: str
    state: str
    tone: str = ""
    old: bool = False


@dataclass(frozen=True, kw_only=True)
class FeedView:
    """Status of a feed; ``tone`` is '' where all is well.

    ``refusals`` are lines: why, which station.
    """

    id: str
    name: str
    state: str
    detail: str
    tone: str = ""
    refusals: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class StationsView:
    """State of the stations panel.

    ``total`` stations pass the filter, the first of them are in ``rows``. ``of_when`` says of when their
    values are, where the water is not of now. ``beside_live``: they are of now all the same, and can be
    switched off (``live_values``).
    """

    available: bool = False
    away: str = ""
    kinds: list[ChoiceView] = field(default_factory=list)
    states: list[ChoiceView] = field(default_factory=list)
    townships: list[str] = field(default_factory=list)
    watersheds: list[str] = field(default_factory=list)
    township: str = ""
    watershed: str = ""
    text: str = ""
    total: int = 0
    rows: list[StationRowView] = field(default_factory=list)
    feeds: list[FeedView] = field(default_factory=list)
    left_out: str = ""
    of_when: str = ""
    beside_live: bool = False
    live_values: bool = True


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
    """Return the panel, of statuses of the scene's moment.

    ``away`` is why the live service cannot be reached, '' where it can. Times are of ``zone``; ``left_out``
    rows of the station tables could not be used.
    """
    language = scene.language
    t = texts(language)
    moment = scene.moment
    then = then_of(moment)
    beside_live = not moment.is_live and then is None
    all_ = list(statuses.values())
    found = passing(all_, wanted)
    kinds = Counter(s.station.kind for s in all_)
    states = Counter(s.state for s in all_)
    chosen_kinds = wanted.kinds if len(wanted.kinds) < len(STATION_KINDS) else ()
    chosen_states = wanted.states if len(wanted.states) < len(STATES) else ()
    return StationsView(
        available=bool(all_),
        away=away,
        kinds=[
            ChoiceView(id=kind, name=t[f"station_{kind}"], count=kinds[kind], on=kind in chosen_kinds)
            for kind in STATION_KINDS
            if kinds[kind]
        ],
        states=[
            ChoiceView(id=state, name=t[f"status_{state}"], count=states[state], on=state in chosen_states)
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
            age=aged(s.freshness, s.age_s, language) if of is None else _time(s, of),
            state=s.state,
            tone=s.tone,
            old=is_old(s.freshness) and s.freshness is not Freshness.UNKNOWN,
        )
        for s in found
    ]


def _time(status: StationStatus, zone: ZoneInfo) -> str:
    at = None if status.value is None else status.value.phenomenon_at
    return "" if at is None else written(at, zone)


def _value(status: StationStatus, language: Language) -> str:
    if status.freshness is Freshness.UNKNOWN:
        return texts(language)["not_known"]
    main = status.main
    return texts(language)["none"] if main is None else reading(main, status.value, language)


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


def build() -> None:
    with panel("stations", shown="stations.available", wide=True):
        with html.Header(classes="panel-head"):
            html.H2("{{ t.stations }}")
            html.Span("{{ t.stations_found.replace('{n}', stations.total) }}", classes="chip")
        with html.P(v_if=("stations.away",), classes="layer-reason"):
            Icon("alert-outline")
            html.Span("{{ stations.away }}")
        html.P("{{ stations.of_when }}", v_if=("stations.of_when",), classes="note of-when")
        with html.Label(v_if=("stations.beside_live",), classes="check"):
            html.Input(
                type="checkbox",
                change="trigger('show_live_values', [$event.target.checked])",
                raw_attrs=[':checked="stations.live_values"'],
            )
            html.Span("{{ t.live_values }}")
        _chips("stations.kinds", "toggle_kind", "station_kinds")
        _chips("stations.states", "toggle_state", "station_states")
        with html.Div(classes="narrow"):
            html.Input(
                type="search",
                classes="field",
                input="trigger('find_station', [$event.target.value])",
                raw_attrs=[
                    'maxlength="200"',
                    ':value="stations.text"',
                    ':placeholder="t.station_find"',
                    ':aria-label="t.station_find"',
                ],
            )
            _select("township")
            _select("watershed")
        _list()
        html.P(
            "{{ t.stations_more.replace('{n}', stations.total - stations.rows.length) }}",
            v_if=("stations.total > stations.rows.length",),
            classes="note",
        )
        html.P("{{ stations.left_out }}", v_if=("stations.left_out",), classes="note")
        _feeds()


def _chips(items: str, action: str, label: str) -> None:
    with html.Div(classes="choices", raw_attrs=['role="group"', f':aria-label="t.{label}"']):
        with html.Button(
            v_for=(f"item in {items}",),
            key=("item.id",),
            type="button",
            classes=("'pick' + (item.on ? ' pick-on' : '')",),
            click=f"trigger('{action}', [item.id])",
            raw_attrs=[':aria-pressed="item.on"'],
        ):
            SignElement(kind=("item.id",))
            html.Span("{{ item.name }}")
            html.B("{{ item.count }}")


def _select(name: str) -> None:
    with html.Select(
        v_if=(f"stations.{name}s.length > 1",),
        classes="choice",
        change=f"trigger('choose_{name}', [$event.target.value])",
        raw_attrs=[f':value="stations.{name}"', f':aria-label="t.station_{name}"'],
    ):
        html.Option(f"{{{{ t.all_{name}s }}}}", value="")
        html.Option("{{ name }}", v_for=(f"name in stations.{name}s",), key=("name",), value=("name",))


def _list() -> None:
    with html.Ul(classes="stations"):
        with html.Li(v_for=("row in stations.rows",), key=("row.id",)):
            with html.Button(
                type="button",
                classes=(
                    "'station' + (row.old ? ' station-old' : '') + (row.tone ? ' warn-' + row.tone : '')",
                ),
                click="trigger('open_station', [row.id, true])",
            ):
                SignElement(kind=("row.kind",))
                html.Span("{{ row.name }}", classes="station-name")
                html.Span("{{ row.value }}", classes="station-value")
                html.Span("{{ row.age }}", classes="station-age")


def _feeds() -> None:
    with html.Section(classes="feeds", raw_attrs=[':aria-label="t.feeds"']):
        html.H3("{{ t.feeds }}")
        html.P("{{ t.not_known }}", v_if=("!stations.feeds.length",), classes="note")
        with html.Ul():
            with html.Li(
                v_for=("feed in stations.feeds",), key=("feed.id",), classes=("'feed feed-' + feed.tone",)
            ):
                html.I(classes="feed-dot")
                html.Span("{{ feed.name }}", classes="feed-name")
                html.B("{{ feed.state }}")
                html.Span("{{ feed.detail }}", classes="feed-detail")
                html.Span(
                    "{{ line }}",
                    v_for=("line in feed.refusals",),
                    key=("line",),
                    classes="feed-refusal",
                )


def _button() -> None:
    panel_button("stations", "access-point", key="M", shown="stations.available")


PART = Part(
    id="stations",
    state={"stations": StationsView()},
    build=build,
    panel="stations",
    live_actions=(StationActions,),
    button=_button,
    tools="head",
    keys={"m": ("panel", "stations")},
    help=(("M", "stations"),),
)
