"""Charts panel: several series over a chosen range, and their CSV."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field
from trame.widgets import html

from apps.browser.module import ChartElement
from apps.error_messages import say
from apps.parts.part import Part
from apps.parts.stations.panel import ChoiceView
from apps.parts.stations.series_csv import csv_of
from apps.parts.stations.series_figure import MOST_POINTS, ChartSeries, figure
from apps.parts.stations.station_chart import Limits, present
from apps.parts.triggers import InputRefusedError, trigger
from apps.parts.widgets import icon_button, panel
from apps.session.controlled import Live
from apps.session.controller import Controller
from apps.session.past_values import then_of
from apps.texts import texts
from layers.labels.overlay import SYNTHETIC
from twin.errors import TwinError
from twin.stations.filter import plain
from twin.stations.properties import PROPERTIES

if TYPE_CHECKING:
    from apps.live.client import LiveClient
    from twin.stations.model import Datastream
    from twin.stations.network import Network

COLOURS = ("#6cc7ff", "#ffc46b", "#8ee6c0", "#ff9ab0", "#c8a6ff", "#f2f28a")
HOURS = (24, 168, 720)
MOST_DAYS = 366
MOST_FOUND = 12
AGAIN_S = 60.0

Name = Annotated[str, Field(max_length=200)]
When = Annotated[str, Field(max_length=40)]


@dataclass(frozen=True, kw_only=True)
class ChartSeriesView:
    """Series of the chart: its datastream, name with unit, colour."""

    id: str
    name: str
    colour: str


@dataclass(frozen=True, kw_only=True)
class ChartsView:
    """State of the charts panel.

    ``hours`` is the range up to the present, 0 where it is given by ``start`` and ``end`` (local times).
    ``state`` is why nothing is drawn, ``notes`` what is to be known of what is.
    """

    series: list[ChartSeriesView] = field(default_factory=list)
    more: list[ChoiceView] = field(default_factory=list)
    found: list[ChoiceView] = field(default_factory=list)
    hours: int = HOURS[1]
    start: str = ""
    end: str = ""
    state: str = ""
    notes: list[str] = field(default_factory=list)
    figure: dict[str, Any] = field(default_factory=lambda: {"data": [], "layout": {}})


class StationCharts:
    """Chosen series and range of one desk's charts panel."""

    def __init__(
        self, controller: Controller, network: Network, client: LiveClient, *, limits: Limits
    ) -> None:
        self._controller, self._network, self._client = controller, network, client
        self._limits = limits
        self._streams: list[str] = []
        self._hours = HOURS[1]
        self._given: tuple[datetime, datetime] | None = None
        self._found: list[ChoiceView] = []
        self._drawn: list[ChartSeries] = []
        self._drawn_at = 0.0
        self._language = ""
        self._turn = 0

    @property
    def is_due(self) -> bool:
        """Whether the open panel shows an old chart, or another language."""
        if self._controller.panel != "charts" or not self._streams:
            return False
        old = self._given is None and time.monotonic() - self._drawn_at > AGAIN_S
        return old or self._language != self._controller.language

    def choose(self, streams: Sequence[str]) -> None:
        """Show these datastreams; those that are not here are left out."""
        known = [id_ for id_ in dict.fromkeys(streams) if id_ in self._network.datastreams]
        self._streams = known[: len(COLOURS)]
        self._found = []

    @property
    def streams(self) -> list[str]:
        """Datastreams that are shown."""
        return list(self._streams)

    def over(self, hours: int) -> None:
        """Show the last hours."""
        self._hours, self._given = hours, None

    def between(self, start: datetime, end: datetime) -> None:
        """Show a given range."""
        self._given = start, end

    def find(self, text: str) -> None:
        """List datastreams of stations by name or code."""
        words, language = plain(text), self._controller.language
        self._found = []
        for stream in self._network.datastreams.values():
            station = self._network.stations[stream.station]
            if not words or stream.origin == "forecast" or len(self._found) >= MOST_FOUND:
                break
            if any(words in plain(name) for name in (station.id, *station.name.values())):
                name = f"{station.name[language]} · {PROPERTIES[stream.property].name[language]}"
                self._found.append(ChoiceView(id=stream.id, name=name, on=stream.id in self._streams))

    async def draw(self) -> None:
        """Read the series and show them, or why not."""
        language = self._controller.language
        self._turn += 1
        turn = self._turn
        self._drawn_at, self._language = time.monotonic(), language
        start, end = self._window()
        state, series = "", []
        try:
            pasts = await asyncio.gather(*(self._client.past(id_, start, end) for id_ in self._streams))
        except TwinError as error:
            state = say(error, language)
        else:
            for id_, past, colour in zip(self._streams, pasts, COLOURS, strict=False):
                stream = self._network.datastreams[id_]
                station = self._network.stations[stream.station]
                limits = self._limits(station, stream, language)
                series.append(
                    ChartSeries(station=station, datastream=stream, past=past, colour=colour, limits=limits)
                )
        if turn == self._turn:  # nothing newer was asked for meanwhile
            self._drawn = series
            self._publish(series, (start, end), state)

    def csv(self) -> tuple[str, str]:
        """Return file name and content of what is drawn."""
        session = self._controller.session
        synthetic = SYNTHETIC if session.basin.synthetic else ""
        text = csv_of(self._drawn, zone=session.zone, language=self._controller.language, synthetic=synthetic)
        return f"stations-{datetime.now(session.zone):%Y%m%d-%H%M}.csv", text

    def _window(self) -> tuple[datetime, datetime]:
        if self._given is not None:
            return self._given
        then = then_of(self._controller.session.scene.moment)
        if then is not None:
            end = then.valid_at
        else:
            end = max((present(self._client, id_) for id_ in self._streams), default=datetime.now(UTC))
        return end - timedelta(hours=self._hours), end

    def publish(self) -> None:
        """Show what was found, beside what is drawn."""
        self._publish(self._drawn, self._window(), "")

    def _publish(self, series: Sequence[ChartSeries], window: tuple[datetime, datetime], state: str) -> None:
        controller, language = self._controller, self._controller.language
        zone, t = controller.session.zone, texts(language)
        if not state and not any(one.past.times_s for one in series):
            state = t["charts_none" if series else "charts_choose"]
        stations = {one.station.id for one in series}
        more = [
            ChoiceView(id=stream.id, name=self._short_name(stream, many=len(stations) > 1))
            for stream in self._network.datastreams.values()
            if stream.station in stations and stream.origin != "forecast" and stream.id not in self._streams
        ]
        drawn = figure(
            series,
            window_s=(window[0].timestamp(), window[1].timestamp()),
            zone=zone,
            language=language,
            rem_px=controller.rem_px,
        )
        controller.publish(
            charts=ChartsView(
                series=[
                    ChartSeriesView(
                        id=one.datastream.id,
                        name=f"{one.name(language)} {one.kind.shown}".strip(),
                        colour=one.colour,
                    )
                    for one in series
                ],
                more=more,
                found=self._found,
                hours=0 if self._given else self._hours,
                start=f"{window[0].astimezone(zone):%Y-%m-%dT%H:%M}",
                end=f"{window[1].astimezone(zone):%Y-%m-%dT%H:%M}",
                state=state,
                notes=_notes(series, t),
                figure=drawn,
            )
        )

    def _short_name(self, stream: Datastream, *, many: bool) -> str:
        language = self._controller.language
        name = PROPERTIES[stream.property].name[language]
        return f"{self._network.stations[stream.station].name[language]} · {name}" if many else name


def _notes(series: Sequence[ChartSeries], t: dict[str, str]) -> list[str]:
    """How much of it is hours of thinned-out values, and whether all points are drawn."""
    notes = []
    hours = sum(1 for one in series for count in one.past.counts if count)
    if hours:
        notes.append(t["charts_thinned"].format(n=f"{hours:,}"))
    if any(len(one.past.times_s) > MOST_POINTS for one in series):
        notes.append(t["charts_dense"])
    return notes


def time_of(text: str, zone: ZoneInfo) -> datetime:
    """Parse a local time of the site.

    Raises InputRefusedError for what is none."""
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        raise InputRefusedError(
            "this is no time; nothing has changed", trigger="chart_between", argument="start"
        ) from None


class ChartActions:
    """Actions of the charts panel."""

    def __init__(self, controller: Controller, live: Live) -> None:
        self._controller, self._charts = controller, live.charts
        self._draw = live.draw_charts

    @trigger
    def open_charts(self, stream: Name) -> None:
        """Chart a datastream in the panel, beside what is there."""
        self._charts.choose([*self._charts.streams, stream] if stream else self._charts.streams)
        self._draw()

    @trigger
    def chart_only(self, stream: Name) -> None:
        """Chart this datastream alone."""
        self._charts.choose([stream])
        self._draw()

    @trigger
    def chart_remove(self, stream: Name) -> None:
        """Take a datastream off the chart."""
        self._charts.choose([id_ for id_ in self._charts.streams if id_ != stream])
        self._draw()

    @trigger
    def chart_find(self, text: Name) -> None:
        """List datastreams by their station's name or code."""
        self._charts.find(text)
        self._charts.publish()

    @trigger
    def chart_hours(self, hours: Annotated[int, Field(ge=1, le=24 * MOST_DAYS)]) -> None:
        """Chart the last hours."""
        self._charts.over(hours)
        self._draw()

    @trigger
    def chart_between(self, start: When, end: When) -> None:
        """Chart a range of local times."""
        zone = self._controller.session.zone
        first, last = time_of(start, zone), time_of(end, zone)
        if not timedelta(minutes=1) <= last - first <= timedelta(days=MOST_DAYS):
            words = f"a range ends after it begins, {MOST_DAYS} days later at most; nothing has changed"
            raise InputRefusedError(words, trigger="chart_between", argument="end")
        self._charts.between(first, last)
        self._draw()

    @trigger
    def chart_csv(self) -> list[str]:
        """Return name and content of a CSV file of the chart."""
        return list(self._charts.csv())


def build() -> None:
    with panel("charts", shown="stations.available", wide=True):
        with html.Header(classes="panel-head"):
            html.H2("{{ t.charts }}")
            for hours in HOURS:
                html.Button(
                    f"{{{{ t.charts_{hours} }}}}",
                    type="button",
                    classes=(f"'pick' + (charts.hours === {hours} ? ' pick-on' : '')",),
                    click=f"trigger('chart_hours', [{hours}])",
                    raw_attrs=[f':aria-pressed="charts.hours === {hours}"'],
                )
            for end in ("start", "end"):
                given = {
                    "start": "$event.target.value, charts.end",
                    "end": "charts.start, $event.target.value",
                }
                html.Input(
                    type="datetime-local",
                    classes="field",
                    change=f"trigger('chart_between', [{given[end]}])",
                    raw_attrs=[f':value="charts.{end}"', f':aria-label="t.charts_{end}"'],
                )
            html.Button(
                "CSV",
                type="button",
                classes="tool",
                title=("t.charts_csv",),
                click="trigger('chart_csv').then((file) => window.twinDesk.saveFile(...file))",
                raw_attrs=[':disabled="!charts.series.length"', ':aria-label="t.charts_csv"'],
            )
            icon_button("close", "panel = ''", "close")
        with html.Div(classes="chart-series"):
            with html.Span(
                v_for=("s in charts.series",),
                key=("s.id",),
                classes="chip",
                style=("{ '--series': s.colour }",),
            ):
                html.I(classes="series-line")
                html.Span("{{ s.name }}")
                html.Button(
                    "×",
                    type="button",
                    classes="series-off",
                    click="trigger('chart_remove', [s.id])",
                    raw_attrs=[":aria-label=\"t.charts_remove.replace('{name}', s.name)\""],
                )
            html.Button(
                "+ {{ s.name }}",
                v_for=("s in charts.more",),
                key=("s.id",),
                type="button",
                classes="pick",
                click="trigger('open_charts', [s.id])",
            )
        with html.Div(classes="chart-find"):
            html.Input(
                type="search",
                classes="field",
                input="trigger('chart_find', [$event.target.value])",
                raw_attrs=['maxlength="200"', ':placeholder="t.charts_find"', ':aria-label="t.charts_find"'],
            )
            html.Button(
                "+ {{ s.name }}",
                v_for=("s in charts.found",),
                key=("s.id",),
                type="button",
                classes="pick",
                click="trigger('open_charts', [s.id])",
                raw_attrs=[':disabled="s.on"'],
            )
        html.P("{{ charts.state }}", v_if=("charts.state",), classes="note")
        with html.Div(v_if=("!charts.state",), classes="charts-plot"):
            ChartElement(
                figure=("charts.figure",),
                zoom="trigger('chart_between', $event)",
                whole="trigger('chart_hours', [charts.hours || 168])",
            )
        html.P("{{ note }}", v_for=("note in charts.notes",), key=("note",), classes="note")
        html.P("{{ t.charts_hint }}", v_if=("!charts.state",), classes="note")


PART = Part(
    id="charts",
    state={"charts": ChartsView()},
    build=build,
    panel="charts",
    live_actions=(ChartActions,),
)
