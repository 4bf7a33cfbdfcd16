"""Update page and scene from the live service.

The lake's water, stations, alarms, feeds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from apps.ages import age
from apps.boot_clock import boot_clock_s
from apps.error_messages import told as words_of
from apps.error_messages import without_folders
from apps.live.client import LiveAwayError, LiveClient
from apps.parts.alarms import alarm_rows
from apps.parts.card import STATIONS
from apps.parts.stations import filter_chip, panel, station_card
from apps.parts.stations.charts import StationCharts
from apps.parts.stations.panel import StationsView
from apps.parts.stations.station_chart import Limits, StationChart, past_of
from apps.session import station_signs as signs_view
from apps.session.live_level import Cause, Obstacle, basin_gauge, heard, obstacle, peak_of, shown_age_s
from apps.session.past_values import PastValues, then_of
from apps.session.shared_signs import SharedSigns
from apps.session.views import CardView
from apps.texts import texts
from twin.errors import Reason, TwinError
from twin.scene import Selection
from twin.stations.filter import Filter
from twin.stations.freshness import Freshness
from twin.stations.status import StationStatus, statuses

if TYPE_CHECKING:
    from apps.session.controller import Controller
    from apps.session.live_level import LiveLevel
    from layers.labels.signs import Signs
    from twin.alarms.operating import AlarmOperation
    from twin.scene import Scene
    from twin.stations.network import Network
    from twin.stations.snapshot import Now, ValueNow

logger = logging.getLogger(__name__)

TELL_EVERY_S = 0.25
"""A replay moves on faster than lists can be read."""
COUNTED_HERE = ("stations", "charts")
"""Panels whose ages are counted here, not in the page."""
ALL_EVERY_S = 5.0
"""Figures of all stations are looked through so often, and with each value that comes."""
PEAK_EVERY_S = 3600.0
"""The highest level is that of the last 72 hours: a view that is open for weeks asks again."""


class LiveDesk:
    """Live service's data on one controller."""

    def __init__(
        self,
        controller: Controller,
        network: Network,
        client: LiveClient,
        *,
        limits: Limits,
        why: Callable[[], Reason | None] = lambda: None,
        who: str = "",
        shared: SharedSigns | None = None,
    ) -> None:
        self.client = client
        self.network = network
        self._controller = controller
        self._why = why
        #: Sign-in name of whoever operates; '' on a server without sign-in, where a name is typed.
        self.who = who
        self._past_values = PastValues(client, on_change=self.changed)
        self._shared = shared or SharedSigns(network, client, zone=controller.session.zone, kept_s=0.0)
        self._signs_then: tuple[object, Signs] | None = None
        self._streams, self._mains = self._shared.streams, self._shared.mains
        self._gauge = basin_gauge(controller.session.basin, network)
        self._peak_asked_s: float | None = None
        self._soon: asyncio.TimerHandle | None = None
        self._refreshed_s = 0.0
        #: All that a refresh shows, as it was at the last one; see :meth:`_known`.
        self._shown: object = None
        self._station = ""
        self._chart = StationChart(controller, network, client, limits=limits)
        #: Series and range of the charts panel.
        self.charts = StationCharts(controller, network, client, limits=limits)
        self._published_alarms: tuple[object, ...] = ()
        self._published_closed: tuple[object, ...] = ()
        self._published_water: tuple[object, ...] = ()
        self._tasks: set[asyncio.Task[None]] = set()

    def changed(self) -> None:
        """Refresh soon, at most every 0.25 s."""
        if self._soon is None:
            loop = asyncio.get_running_loop()
            self._soon = loop.call_at(max(loop.time(), self._refreshed_s + TELL_EVERY_S), self._refresh_now)

    def close(self) -> None:
        """Follow no longer."""
        if self._soon is not None:
            self._soon.cancel()

    def tick(self) -> None:
        """Show what news or time have changed.

        Where nothing has, a desk at rest costs a comparison: what it shows of ages, its page counts on.
        """
        if self._soon is not None:
            return
        if self._counts or self._known() != self._shown:
            self._refresh_now()
        else:
            self._controller.area.relabel()

    @property
    def _counts(self) -> bool:
        """Whether something is open whose ages or numbers are computed here, or a past is asked for again."""
        controller, scene = self._controller, self._controller.session.scene
        return bool(
            controller.card_kind
            or controller.panel in COUNTED_HERE
            or scene.filter != Filter()
            or (then_of(scene.moment) is not None and self._past_of(scene) is None)
        )

    def _known(self) -> object:
        """What a refresh depends on: with an equal one before, all that is shown would be the same."""
        session, client, now = self._controller.session, self.client, self.client.now
        value = None if now is None or self._gauge is None else now.values.get(self._gauge.datastream.id)
        fresh = "" if value is None else value.freshness(elapsed_s=client.elapsed_s(value.datastream))
        is_old = session.obstacle is not None or fresh != Freshness.FRESH
        words = age(session.live_age_s, self._controller.language) if is_old else ""  # they are in the frame
        told = None if now is None else (now.alarms, now.trouble, alarm_rows.doubt_of(now))
        # A value that is told once more, the same in all, is younger than the one before: hence its id.
        about = (client.connected, self._why(), told, value, id(value), fresh, words, self._peak_is_old)
        all_values = (now, boot_clock_s() // ALL_EVERY_S) if self._controller.on_live else None
        return (session.scene, self._controller.panel, all_values, *about)

    def _refresh_now(self) -> None:
        try:
            self.refresh()
        except Exception:  # what cannot be shown now must not end the following
            logger.exception("live values could not be shown")

    def lake_value(self, property_: str) -> ValueNow | None:
        """Return the newest value of a property at the lake's gauge.

        None where there is none."""
        if self.client.now is None or self._gauge is None:
            return None
        return self.client.now.values.get(f"{self._gauge.station.id}.{property_}")

    def refresh(self) -> None:
        """Bring page and scene up to date."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        self._refreshed_s = asyncio.get_running_loop().time()
        controller = self._controller
        self._publish_water()
        self._past_values.want(then_of(controller.session.scene.moment))
        controller.area.recaption()
        self.publish()
        for call in controller.on_live:
            call()
        controller.refresh_card()
        if controller.card_kind == "station" and self._chart.is_due:
            self.start(self._chart.draw())
        if self.charts.is_due:
            self.draw_charts()
        self._shown = self._known()

    def draw_charts(self) -> None:
        """Draw the charts panel anew."""
        self.start(self.charts.draw())

    def publish(self) -> None:
        """Publish the open panels, and always the number of alarms."""
        controller = self._controller
        zone, language = controller.session.zone, controller.language
        now = self.client.now
        alarms = None if now is None else now.alarms
        last_heard = None if self.client.connected else self.client.heard_at
        feeds = () if now is None else now.feeds
        views: dict[str, Any] = {"trouble": self._trouble()}
        if controller.panel == "stations":
            views["stations"] = panel.view(
                self._statuses,
                controller.session.scene.filter,
                feeds,
                controller.session.scene,
                away=self._away(),
                zone=zone,
                left_out=len(self.network.left_out),
            )
            self._published_closed = ()
        # a list that nobody sees costs the frames of those who look at the scene
        elif (closed := (bool(self._mains), self._away())) != self._published_closed:
            self._published_closed = closed
            views["stations"] = StationsView(available=closed[0], away=closed[1])
        wanted = controller.session.scene.filter
        statuses_of = {} if wanted == Filter() else self._statuses
        views["station_filter"] = filter_chip.view(statuses_of, wanted, language)
        doubt = alarm_rows.doubt_of(now)
        if (alarms, last_heard, doubt, language, controller.panel) != self._published_alarms:
            self._published_alarms = (alarms, last_heard, doubt, language, controller.panel)
            views["alarms"] = alarm_rows.view(
                alarms, self.network.stations, zone, language, last_heard=last_heard, doubt=doubt
            )
        controller.publish(**views)

    def choose(self, wanted: Filter) -> None:
        """List and show these stations only."""
        self._controller.do(lambda scene: scene.changed(filter=wanted), moving=False)
        self.refresh()

    # -- the lake -------------------------------------------------------------------------------------

    def _publish_water(self) -> None:
        session, now, client = self._controller.session, self.client.now, self.client
        if self._gauge is None or now is None:
            cause: Cause = "no_gauge" if self._gauge is None else "starting"
            self._hold(Obstacle(cause=cause, station=None if self._gauge is None else self._gauge.station))
            return
        stream = self._gauge.datastream.id
        before = session.live
        value, elapsed_s = now.values.get(stream), client.elapsed_s(stream)
        span = {"lowest_m": session.levels.lowest_m, "highest_m": session.levels.highest_m}
        live = heard(self._gauge, value, elapsed_s=elapsed_s, before=before, **span)
        if live is not None and (told_s := shown_age_s(value, elapsed_s=elapsed_s, at=live.at)) is not None:
            session.live_age_s = told_s  # else it goes on: its gauge is not told of any more
        session.obstacle = obstacle(self._gauge, value, **span)
        if session.obstacle is None and not client.connected:
            session.obstacle = Obstacle(cause="away", station=self._gauge.station)
        moved = session.set_live_level(live)
        if client.connected and session.live is not None and self._peak_due(session.live, before):
            self._peak_asked_s = boot_clock_s()
            self.start(self._remember(session.live))
        if moved:
            self._controller.area.changed(moving=False)
        water = (session.scene.moment, session.live_peak.since, session.obstacle)
        if water != self._published_water:
            self._published_water = water
            self._controller.publish_moment_soon()

    def _hold(self, held: Obstacle) -> None:
        """No level can come now: the frame says why."""
        session = self._controller.session
        if session.obstacle != held:
            session.obstacle = held
            self._controller.publish_moment_soon()

    def _peak_due(self, live: LiveLevel, before: LiveLevel | None) -> bool:
        """At the first level, when the gauge is fresh again, and once an hour."""
        if before is None or self._peak_is_old:
            return True
        return live.freshness is Freshness.FRESH and before.freshness is not Freshness.FRESH

    @property
    def _peak_is_old(self) -> bool:
        return self._peak_asked_s is None or boot_clock_s() - self._peak_asked_s > PEAK_EVERY_S

    async def _remember(self, live: LiveLevel) -> None:
        """How high the lake stood in the last 72 hours: pockets that were flooded then still hold water.

        An answer that late reports have overtaken is dropped; it is asked for again when the gauge is fresh.
        """
        assert self._gauge is not None
        session = self._controller.session
        try:
            past = await past_of(self.client, self._gauge.datastream.id)
        except LiveAwayError:  # asked again once the service is back
            self._peak_asked_s = None
            return
        if session.live is None or (
            session.live.at != live.at and session.live.freshness is not Freshness.FRESH
        ):
            return
        levels = session.levels
        peak = peak_of(self._gauge, past, lowest_m=levels.lowest_m, highest_m=levels.highest_m)
        if peak is not None:
            session.remember(peak[0], since=peak[1])
            if session.scene.moment.is_live:
                session.follow()
                self._controller.area.changed(moving=False)

    # -- the scene ------------------------------------------------------------------------------------

    def signs(self, scene: Scene) -> Signs:
        """Return what stations show over a scene.

        Called for each frame, so that they are of its moment. Made anew only when something is known anew, or
        another kind of moment is shown.
        """
        if then_of(scene.moment) is None:
            return self._shared.signs(scene)
        key = (scene.language, scene.filter, self._past_of(scene))
        if self._signs_then is None or self._signs_then[0] != key:
            found, zone = self._statuses_of(scene), self._controller.session.zone
            signs = signs_view.signs_over(scene, found, now=None, elapsed_s=lambda _: 0.0, zone=zone)
            self._signs_then = key, signs
        return self._signs_then[1]

    @property
    def _statuses(self) -> Mapping[str, StationStatus]:
        return self._statuses_of(self._controller.session.scene)

    def _statuses_of(self, scene: Scene) -> Mapping[str, StationStatus]:
        """How the stations stood at the scene's moment: now, or in history then."""
        if then_of(scene.moment) is None:
            return self._shared.statuses()
        return statuses(self._mains, self._past_of(scene), lambda _: 0.0)

    def _past_of(self, scene: Scene) -> Now | None:
        """What is known of the scene's moment, where that is one of history."""
        then = then_of(scene.moment)
        return None if then is None else self._past_values.at(then)

    # -- the card of a station ------------------------------------------------------------------------

    def open_station(self, station: str, stream: str = "") -> None:
        """Show a station's card with the past of a datastream.

        By default of its main one.
        """
        if station not in self.network.stations:
            return
        self._station = station
        self._controller.select(Selection(layer=STATIONS, feature=station))
        self._controller.show_card(self._card)
        main = self._mains[station][1]
        chosen = stream if stream in {s.id for s in self._streams[station]} else ""
        self.start(self._chart.open(station, chosen or ("" if main is None else main.id)))

    def choose_stream(self, stream: str) -> None:
        """Chart another datastream of the station whose card is open."""
        self.open_station(self._station, stream)

    def _card(self) -> CardView:
        status = self._statuses.get(self._station)
        if status is None:
            return CardView()
        streams = self._streams[self._station]
        session, client, language = self._controller.session, self.client, self._controller.language
        if then_of(session.scene.moment) is None:
            return station_card.view(status, streams, client.now, client.elapsed_s, session.zone, language)
        past = self._past_of(session.scene)
        return station_card.view(status, streams, past, lambda _: 0.0, session.zone, language, then=True)

    # -- words ----------------------------------------------------------------------------------------

    def _away(self) -> str:
        t = texts(self._controller.language)
        if self.client.now is None:
            return t["live_starting" if self._why() is None else "live_failed"]
        return "" if self.client.connected else t["live_away"]

    def _trouble(self) -> str:
        """A banner: values cannot be kept, or cannot be heard, and why."""
        t, now = texts(self._controller.language), self.client.now
        if now is None or not self.client.connected:
            away, reason = self._away(), self._why()
            if reason is None:
                return away
            words = without_folders(words_of(reason, self._controller.language))
            return t["live_cannot"].format(state=away, reason=words)
        return t.get(f"trouble_{now.trouble}", t["trouble_store"]) if now.trouble else ""

    # -- what an operator does ------------------------------------------------------------------------

    def operate(self, operation: AlarmOperation) -> None:
        """Change alarms in a person's name.

        The page shows how many have changed, once that is durable.
        """
        self.start(self._operate(operation))

    async def _operate(self, operation: AlarmOperation) -> None:
        outcome = await self.client.operate(operation)
        self._controller.show_message(lambda language: alarm_rows.outcome_words(operation, outcome, language))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a call of the live service; its error is shown."""

        async def run() -> None:
            try:
                await work
            except TwinError as error:
                self._controller.show_error(error)
            except Exception as error:
                logger.exception("live work failed")
                self._controller.show_error(error)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
