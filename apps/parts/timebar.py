"""Time bar.

The replay's time, its flows, and whether they were published or reconstructed.
"""

# ruff: noqa: SIM117  (nesting is the page's tree)
from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field
from trame.widgets import html

from apps.browser.module import ChartElement, Icon, TrackElement
from apps.formatting import clock, fixed
from apps.parts.part import Part
from apps.parts.readout import FigureView
from apps.parts.triggers import Number, trigger
from apps.session.controller import Controller
from apps.session.flood_replay import SERIES, Flood, Series
from apps.session.playback import SPEEDS
from apps.session.session import Session
from apps.session.views import TypedView
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import TwinError


@dataclass(frozen=True, kw_only=True)
class TimeView:
    """State of the time bar.

    Times are seconds since 1970 UTC; texts are in the site's zone.
    """

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
    peaks: list[dict[str, Any]] = field(default_factory=list)


def view(session: Session, language: Language) -> TimeView:
    """Return the bar in a language; not available without a flood."""
    flood, playback = session.flood, session.playback
    if flood is None or playback is None:
        return TimeView()
    t, now, active = texts(language), session.flood_s, session.replaying
    return TimeView(
        available=True,
        active=active,
        name=flood.name[language],
        start=flood.start,
        end=flood.end,
        now=now,
        text=clock(now, session.zone) if active else "",
        playing=playback.playing,
        speed=playback.speed,
        speeds=list(SPEEDS),
        days=_days(session.zone, flood.start, flood.end),
        values=[_value(flood, series, now, t, active=active) for series in SERIES],
        peaks=_peaks(session.zone, flood, t),
    )


def _peaks(zone: ZoneInfo, flood: Flood, t: dict[str, str]) -> list[dict[str, Any]]:
    """When inflow and level were highest, and what they were then."""
    found: list[dict[str, Any]] = []
    peaks: tuple[tuple[Series, int], ...] = (("inflow", 0), ("level", 2))
    for series, digits in peaks:
        at, value = flood.peak(series)
        unit = t["unit_level" if series == "level" else "unit_flow"]
        text = f"{t[f'peak_{series}']} {fixed(value, digits)} {unit} · {clock(at, zone)}"
        found.append({"id": series, "at": at, "name": t[f"peak_{series}"], "text": text})
    return found


def _value(flood: Flood, series: Series, now: float, t: dict[str, str], *, active: bool) -> FigureView:
    """A series at a time, marked on its own: what is published of one says nothing of the others."""
    figure = FigureView(
        id=series,
        label=t[series],
        value="",
        unit=t["unit_level" if series == "level" else "unit_flow"],
        tone=series,
    )
    if not active:
        return figure
    found = flood.value(series, now)
    return replace(
        figure,
        value=fixed(found.value, 2 if series == "level" else 0),
        mark=t[f"at_{found.mark}"],
        mark_tone=found.mark,
    )


@cache
def _days(zone: ZoneInfo, start: float, end: float) -> list[dict[str, Any]]:
    """Midnights between two times in a zone; the same for every picture."""
    day = datetime.fromtimestamp(start, UTC).astimezone(zone)
    day = day.replace(hour=0, minute=0, second=0, microsecond=0)
    out = []
    while (at := day.timestamp()) <= end:
        if at >= start:
            out.append({"at": at, "text": f"{day.month}/{day.day}"})
        day += timedelta(days=1)
    return out


def build() -> None:
    with html.Section(
        v_if=("clock.available",),
        classes=(
            "'timebar glass' + (chart_open ? '' : ' timebar-low') + (clock.active ? ' timebar-active' : '')",
        ),
        raw_attrs=[':aria-label="clock.name"'],
    ):
        with html.Div(classes="timebar-head"):
            with html.Button(
                type="button",
                classes="play",
                title=("clock.playing ? t.flood_pause : t.flood_play",),
                click="trigger('play_pause')",
                raw_attrs=[':aria-label="clock.playing ? t.flood_pause : t.flood_play"'],
            ):
                Icon(("clock.playing ? 'pause' : 'play'",))
            with html.Div(classes="timebar-name"):
                html.Span("{{ clock.name }}")
                html.B("{{ clock.text }}")
            with html.Div(classes="timebar-values"):
                with html.Span(
                    v_for=("v in clock.values",), key=("v.id",), classes=("'flow flow-' + v.tone",)
                ):
                    html.Span("{{ v.label }}")
                    html.B("{{ v.value }}", v_if=("v.value",))
                    html.I("{{ v.unit }}", v_if=("v.value",))
                    html.Em("{{ v.mark }}", v_if=("v.mark",), classes=("'mark mark-' + v.mark_tone",))
            with html.Div(classes="timebar-tools"):
                with html.Button(
                    v_for=("peak in clock.peaks",),
                    key=("peak.id",),
                    type="button",
                    classes=("'tool tool-peak peak-' + peak.id",),
                    title=("peak.text",),
                    click="trigger('scrub', [peak.at])",
                    raw_attrs=[':aria-label="peak.text"'],
                ):
                    html.Span("{{ peak.name }}")
                with html.Span(classes="legend-note"):
                    html.I(classes="dot")
                    html.Span("{{ t.legend_published }}")
                    html.I(classes="dash")
                    html.Span("{{ t.legend_reconstructed }}")
                with html.Label(classes="speed", title=("t.flood_speed",)):
                    with html.Select(
                        change="trigger('speed', [Number($event.target.value)])",
                        raw_attrs=[':value="clock.speed"', ':aria-label="t.flood_speed"'],
                    ):
                        html.Option(
                            "{{ t.flood_speed_value.replace('{hours}', s) }}",
                            v_for=("s in clock.speeds",),
                            key=("s",),
                            value=("s",),
                        )
                with html.Button(
                    v_if=("clock.active",), type="button", classes="tool", click="trigger('leave_flood')"
                ):
                    html.Span("{{ t.flood_leave }}")
                with html.Button(
                    type="button",
                    classes="tool tool-icon",
                    title=("chart_open ? t.chart_hide : t.chart_show",),
                    click="chart_open = !chart_open",
                    raw_attrs=[
                        ':aria-label="chart_open ? t.chart_hide : t.chart_show"',
                        ':aria-expanded="chart_open"',
                    ],
                ):
                    Icon(("chart_open ? 'chevron-down' : 'chart-line'",))
        with TrackElement(clock=("clock",), label=("t.flood_scrub",), chart=("chart.hover",), t=("t",)):
            with html.Div(v_if=("chart_open",), classes="chart"):
                ChartElement(figure=("chart",))


TICK_S = 1 / 15
"""How often a replay moves on."""


class FloodActions:
    """Actions of the replay; without a flood they do nothing."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        controller.stop_replay = self.stop
        self._playing: asyncio.Task[None] | None = None

    @trigger
    def play_pause(self) -> None:
        """Start or stop the replay."""
        playback = self._controller.session.playback
        if playback is None:
            return
        if playback.playing:
            self.stop()
            self._replay()
        else:
            self.stop()
            playback.play()
            self._playing = asyncio.create_task(self._play())

    @trigger
    def scrub(self, at: Number) -> None:
        """Show the flood at a time, seconds since 1970.

        One outside it is refused in words.
        """
        controller = self._controller
        if controller.session.playback is None:
            return
        self.stop()
        was = controller.session.replaying
        try:
            controller.session.seek(at)
        except TwinError as error:
            controller.show_error(error)
            return
        self._shown(was)

    @trigger
    def speed(self, hours_per_second: int) -> None:
        """Set the replay's speed; one that is not offered changes nothing."""
        session = self._controller.session
        if session.playback is not None and hours_per_second in SPEEDS:
            session.playback.set_speed(hours_per_second)
            self._controller.area.recaption()

    @trigger
    def leave_flood(self) -> None:
        """Return from the replay: to live where it began there."""
        self.stop()
        self._controller.session.leave_replay()
        self._controller.area.changed()
        self._controller.publish_moment()

    @trigger
    def measure(self, rem_px: Annotated[Number, Field(ge=8, le=80)]) -> None:
        """Set the page's letter size; the chart follows it."""
        self._controller.rem_px = rem_px
        self._controller.publish_part("chart")

    def stop(self) -> None:
        """Stop playing, wherever it is."""
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None
        if self._controller.session.playback is not None:
            self._controller.session.playback.pause()

    async def _play(self) -> None:
        playback = self._controller.session.playback
        while playback is not None:
            self._replay()
            if not playback.playing:
                return
            await asyncio.sleep(TICK_S)

    def _replay(self) -> None:
        was = self._controller.session.replaying
        self._controller.session.replay()
        self._shown(was)

    def _shown(self, was_replaying: bool) -> None:
        if not was_replaying:
            self._controller.refuse_typed(TypedView())
            self._controller.publish(chart_open=True)
        self._controller.area.changed()
        self._controller.publish_moment_soon()


def _caption(controller: Controller) -> Mapping[str, Any]:
    return {"clock": view(controller.session, controller.language)}


PART = Part(
    id="timebar",
    state={"clock": TimeView()},
    caption=_caption,
    client_only=("clock",),
    build=build,
    actions=(FloodActions,),
    keys={"t": ("focus", ".track-handle"), " ": ("trigger", "play_pause", [])},
    help=(("T", "key_focus"), ("Space", "key_play")),
)
