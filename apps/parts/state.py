"""What the page shows, as types: every name that a template may use, and the few that a browser may write.

The server fills these views and the page only draws them; a browser acts through triggers
(:mod:`apps.parts.triggers`). Each field of :class:`PageState` is one key of trame's state.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from twin.scene import Density

Language = Literal["zh", "en"]
Unit = Literal["storage", "level"]
Panel = Literal["", "layers", "views", "link", "stations", "alarms"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")

WRITABLE: dict[str, TypeAdapter[Any]] = {
    "language": TypeAdapter(Language),
    "unit": TypeAdapter(Unit),
    "panel": TypeAdapter(Panel),
    "help_open": TypeAdapter(bool),
    "chart_open": TypeAdapter(bool),
}
"""The state a browser may write, with the kinds of values it may have. All else is refused."""

CAPTION = ("head", "readout", "clock", "card")
"""State that comes with the pictures: see ``Controller.caption``. A browser never sends it back."""

CLIENT_ONLY = ("copied", "operator", "link_follows", *CAPTION)
"""State that lives in the browser alone."""


@dataclass(frozen=True, kw_only=True)
class LoadingView:
    """The cover while something is opened or built; ``percent`` is None where nobody knows.

    ``failed`` turns it into the panel that says, in words, what went wrong; ``again`` that it can be tried
    again from the page.
    """

    active: bool = True
    failed: bool = False
    again: bool = False
    title: str = ""
    detail: str = ""
    percent: int | None = None
    left: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """That the store holds other data than what is shown; ``action`` is the button's words, '' for none."""

    text: str = ""
    action: str = ""


@dataclass(frozen=True, kw_only=True)
class HeadView:
    """The name of the basin and what kind of moment is shown; ``tone`` colours the frame, '' for none.

    ``live`` says of which time the live water is and how old. A browser counts on from ``live_age_s``; older
    than ``live_stale_s`` the level does not tell the present. ``can_follow``: there is a live to go to.
    """

    title: str = ""
    synthetic: bool = False
    tone: str = ""
    mode: str = ""
    note: str = ""
    visitors: int = 0
    live: str = ""
    live_time: str = ""
    live_age_s: float | None = None
    live_stale_s: float | None = None
    live_tone: Literal["", "fresh", "old"] = ""
    can_follow: bool = False


@dataclass(frozen=True, kw_only=True)
class FigureView:
    """One number of the readout; ``id`` asks for its provenance, ``mark`` says in a word what it is."""

    id: str
    label: str
    value: str
    unit: str
    size: Literal["huge", "large", "plain"] = "plain"
    hint: str = ""
    tone: str = ""
    mark: str = ""
    mark_tone: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadoutView:
    """The headline figures; ``fill`` is the storage in percent of the capacity to the normal level."""

    figures: list[FigureView] = field(default_factory=list)
    fill: float = 0.0
    fill_text: str = ""
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class MarkView:
    """A characteristic level beside the slider, in the slider's unit."""

    id: str
    value: float
    name: str
    text: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class GaugeView:
    """The level slider. All numbers are in the unit that it shows: metres, or 亿m³ (1e8 m³)."""

    unit: str = "m"
    kind: Unit = "level"
    label: str = ""
    minimum: float = 0.0
    maximum: float = 1.0
    value: float = 0.0
    text: str = ""
    step: float = 0.1
    fine: float = 0.01
    digits: int = 2
    ticks: list[float] = field(default_factory=list)
    marks: list[MarkView] = field(default_factory=list)
    highest: float | None = None
    highest_text: str = ""


@dataclass(frozen=True, kw_only=True)
class TypedView:
    """What was typed and not taken: why, and the slider's ``unit`` and ``value`` that may be meant."""

    refused: str = ""
    offer: str = ""
    unit: Unit = "level"
    value: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TimeView:
    """The time bar. Times are seconds since 1970 UTC; texts are in the site's zone."""

    available: bool = False
    active: bool = False
    name: str = ""
    start: float = 0.0
    end: float = 1.0
    now: float = 0.0
    text: str = ""
    playing: bool = False
    speed: int = 1
    speeds: list[int] = field(default_factory=list)
    days: list[dict[str, Any]] = field(default_factory=list)
    values: list[FigureView] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LegendView:
    colour: str
    text: str
    shape: str


@dataclass(frozen=True, kw_only=True)
class LayerView:
    """One row of the layers panel; one that is broken, or lacks a part, says why in ``reason``.

    ``gauge`` says how the streaming of a model stands, ``notes`` what a build left out of its data or doubts.
    """

    id: str
    name: str
    visible: bool
    opacity: int
    broken: bool = False
    reason: str = ""
    gauge: str = ""
    notes: list[str] = field(default_factory=list)
    legend: list[LegendView] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class PlaceView:
    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ViewsView:
    """Viewpoints, the vertical exaggeration, and how many names lie over the picture."""

    places: list[PlaceView] = field(default_factory=list)
    exaggeration: float = 1.0
    density: Density = "normal"


@dataclass(frozen=True, kw_only=True)
class RowView:
    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class CardView:
    """What was asked about: a number's provenance, or a point. ``kind`` is '' when nothing was.

    ``serial`` counts what was asked: what a picture says of an earlier card is passed over.
    """

    kind: Literal["", "provenance", "point", "station"] = ""
    title: str = ""
    value: str = ""
    tone: str = ""
    rows: list[RowView] = field(default_factory=list)
    note: str = ""
    serial: int = 0


@dataclass(frozen=True, kw_only=True)
class ChoiceView:
    """Something that can be chosen in a filter; ``count`` stations have it."""

    id: str
    name: str
    count: int = 0
    on: bool = False


@dataclass(frozen=True, kw_only=True)
class StationRowView:
    """One station of the list. ``old`` ones are greyed and struck; ``state`` is its sign."""

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
    """How a feed is doing; ``tone`` is '' where all is well. ``refusals`` are lines: why, which station."""

    id: str
    name: str
    state: str
    detail: str
    tone: str = ""
    refusals: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class StationsView:
    """The stations panel. ``total`` stations pass the filter, the first of them are in ``rows``.

    ``of_when`` says of when their values are, where the water is not of now. ``beside_live``: they are of now
    all the same, and can be switched off (``live_values``).
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


@dataclass(frozen=True, kw_only=True)
class AlarmRowView:
    """One standing alarm; ``open`` ones wait for someone to acknowledge them, ``aside`` ones are shelved."""

    id: str
    station: str
    name: str
    text: str
    time: str
    state: str
    tone: str
    open: bool
    aside: bool


@dataclass(frozen=True, kw_only=True)
class AlarmGroupView:
    """Alarms of one cause and place; one that stands alone is a group of its own."""

    id: str
    title: str
    rank: int
    open: int
    tone: str = ""
    rows: list[AlarmRowView] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AlarmsView:
    """The alarms panel: ``count`` stand, ``open`` of them wait to be seen, ``aside`` more are shelved.

    ``known`` only while the live service is heard: otherwise ``note`` says of when the list is, or that
    nothing is known, and no list of none reads as "no alarms". ``tone`` is the gravest one's colour and
    ``worst`` what it says, '' for none.
    """

    known: bool = False
    note: str = ""
    tone: str = ""
    worst: str = ""
    count: int = 0
    open: int = 0
    aside: int = 0
    groups: list[AlarmGroupView] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class StationChartView:
    """The chart on a station's card: which of its datastreams, and Plotly's figure. ``state`` says why there
    is none."""

    station: str = ""
    stream: str = ""
    streams: list[ChoiceView] = field(default_factory=list)
    state: str = ""
    figure: dict[str, Any] = field(default_factory=lambda: {"data": [], "layout": {}})


@dataclass(kw_only=True)
class PageState:
    """All of it. ``t`` holds the texts of the language shown, ``instance`` names this run of the server."""

    t: dict[str, str] = field(default_factory=dict)
    language: Language = "zh"
    unit: Unit = "storage"
    panel: Panel = ""
    help_open: bool = False
    chart_open: bool = False
    loading: LoadingView = LoadingView()
    behind: str = ""
    head: HeadView = HeadView()
    readout: ReadoutView = ReadoutView()
    gauge: GaugeView = GaugeView()
    typed: TypedView = TypedView()
    clock: TimeView = TimeView()
    chart: dict[str, Any] = field(default_factory=lambda: {"data": [], "layout": {}})
    layers: list[LayerView] = field(default_factory=list)
    views: ViewsView = ViewsView()
    card: CardView = CardView()
    stations: StationsView = StationsView()
    alarms: AlarmsView = AlarmsView()
    station_chart: StationChartView = StationChartView()
    trouble: str = ""
    notice: NoticeView = NoticeView()
    label_styles: dict[str, Any] = field(default_factory=dict)
    link: str = ""
    link_follows: bool = False
    instance: str = ""
    toast: str = ""
    copied: bool = False
    operator: str = ""


def as_key(view: Any) -> Any:
    """A view as trame keeps it: plain dicts and lists."""
    if isinstance(view, list):
        return [as_key(item) for item in view]
    return asdict(view) if is_dataclass(view) and not isinstance(view, type) else view


def as_keys(page: PageState) -> dict[str, Any]:
    """The whole page's state, one entry per field."""
    return {item.name: as_key(getattr(page, item.name)) for item in fields(page)}
