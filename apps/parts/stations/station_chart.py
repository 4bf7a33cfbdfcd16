"""Draw the past of one datastream on the card of its station."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apps.error_messages import say
from apps.parts.part import Part
from apps.parts.stations import past_chart
from apps.parts.stations.panel import ChoiceView
from apps.session.past_values import Then, then_of
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import TwinError
from twin.stations.properties import PROPERTIES

if TYPE_CHECKING:
    from apps.live.client import LiveClient
    from apps.session.controller import Controller
    from twin.stations.model import Datastream, Station
    from twin.stations.network import Network
    from twin.stations.snapshot import Past


@dataclass(frozen=True, kw_only=True)
class StationChartView:
    """State of the chart on a station's card.

    Which of its datastreams, and Plotly's figure. ``state``: why there is none.
    """

    station: str = ""
    stream: str = ""
    streams: list[ChoiceView] = field(default_factory=list)
    state: str = ""
    figure: dict[str, Any] = field(default_factory=lambda: {"data": [], "layout": {}})


PAST_H = 72
AGAIN_S = 60.0
"""The chart follows the values, less often than the numbers do."""
MOVED_S = 1.0
"""So often at most it follows a replay."""

Limits = Callable[["Station", "Datastream", str], Sequence[past_chart.Limit]]
"""The thresholds of a datastream, in a language."""


class StationChart:
    """Chart of the open card.

    72 h up to the present, or up to a moment of history.
    """

    def __init__(
        self, controller: Controller, network: Network, client: LiveClient, *, limits: Limits
    ) -> None:
        self._controller, self._network, self._client = controller, network, client
        self._limits = limits
        self._view = StationChartView()
        self._drawn_at = 0.0
        self._of: Then | None = None
        self._language: Language = "zh"

    @property
    def is_due(self) -> bool:
        """Whether the chart is old, or of another moment or language."""
        then = then_of(self._controller.session.scene.moment)
        wait_s = AGAIN_S if then == self._of else MOVED_S
        if self._controller.language != self._language:
            wait_s = 0.0
        return bool(self._view.stream) and time.monotonic() - self._drawn_at > wait_s

    async def open(self, station: str, stream: str) -> None:
        """Show the past of a station's datastream.

        With none, that there is none.
        """
        self._publish(station, stream, state=texts(self._controller.language)["chart_loading"])
        if stream:
            await self.draw()

    async def draw(self) -> None:
        """Draw the open chart anew.

        What cannot be read is said in its place.
        """
        station, stream = self._view.station, self._view.stream
        self._drawn_at = time.monotonic()
        self._of = then_of(self._controller.session.scene.moment)
        self._language = language = self._controller.language
        try:
            figure, state = await self._figure(station, stream)
        except Exception as error:
            if self._shows(station, stream):  # and not "is being read" for ever
                self._publish(station, stream, state=say(error, language))
            if isinstance(error, TwinError):
                return
            raise
        if self._shows(station, stream):
            self._publish(station, stream, state=state, figure=figure)

    async def _figure(self, station: str, stream: str) -> tuple[Mapping[str, Any], str]:
        """Plotly's figure, and why there is none."""
        controller, language = self._controller, self._controller.language
        then = self._of
        end = present(self._client, stream) if then is None else then.valid_at
        past = await past_of(self._client, stream, end=end)
        forecast = await self._forecast(stream) if then is None else None
        ahead = forecast.times_s[-1] if forecast is not None and forecast.times_s else end.timestamp()
        datastream = self._network.datastreams[stream]
        figure = past_chart.figure(
            datastream,
            past,
            forecast=forecast,
            limits=self._limits(self._network.stations[station], datastream, language),
            window_s=(end.timestamp() - PAST_H * 3600.0, max(end.timestamp(), ahead)),
            zone=controller.session.zone,
            language=language,
            rem_px=controller.rem_px,
        )
        return figure, "" if past.times_s else texts(language)["chart_empty"]

    async def _forecast(self, stream: str) -> Past | None:
        """What is forecast of the same property, where anything is."""
        id_ = f"{stream}.forecast"
        if id_ not in self._network.datastreams:
            return None
        now = datetime.now(UTC)
        return await self._client.past(id_, now, now + timedelta(hours=PAST_H))

    def _shows(self, station: str, stream: str) -> bool:
        return (self._view.station, self._view.stream) == (station, stream)

    def _publish(
        self, station: str, stream: str, *, state: str, figure: Mapping[str, Any] | None = None
    ) -> None:
        language = self._controller.language
        choices = [
            ChoiceView(id=s.id, name=PROPERTIES[s.property].name[language], on=s.id == stream)
            for s in self._network.datastreams.values()
            if s.station == station and s.origin != "forecast"
        ]
        self._view = StationChartView(
            station=station,
            stream=stream,
            streams=choices,
            state=state,
            figure=dict(figure or {"data": [], "layout": {}}),
        )
        self._controller.publish(station_chart=self._view)


async def past_of(client: LiveClient, stream: str, *, end: datetime | None = None) -> Past:
    """Return the last 72 h of a datastream, by default until now.

    Raises TwinError.
    """
    end = end or present(client, stream)
    return await client.past(stream, end - timedelta(hours=PAST_H), end)


def present(client: LiveClient, stream: str) -> datetime:
    """Return the present: now, or the newest value's time if later.

    This machine's clock may be behind it.
    """
    value = None if client.now is None else client.now.values.get(stream)
    now = datetime.now(UTC)
    return now if value is None or value.phenomenon_at is None else max(now, value.phenomenon_at)


PART = Part(id="station_chart", state={"station_chart": StationChartView()})
