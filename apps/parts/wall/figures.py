"""Follow the live service on the wall: figures, their ages, the line."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.parts.part import Part
from apps.parts.wall import basin_view, line_view
from apps.parts.wall.basin_view import QualityView, RainView, Sampled, WetView
from apps.parts.wall.line_view import DAYS, LineView
from apps.parts.wall.water_view import AgeView, WaterView, reports_of, water_view
from apps.session.controlled import Live
from apps.session.controller import Controller
from apps.session.live_level import TRUSTED, Gauge, basin_gauge
from apps.texts import texts
from twin.bilingual import Language
from twin.errors import TwinError
from twin.legible import least_font_px
from twin.situation.alarm_counts import RankCount, alarm_counts
from twin.situation.hour_means import hour_means
from twin.situation.mean_balance import mean_balance
from twin.situation.net_rate import Rate, level_rate
from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from apps.session.live_level import LiveLevel
    from twin.stations.snapshot import Now, Past

logger = logging.getLogger(__name__)

PAST_EVERY_S, FILLED_EVERY_S = 600.0, 5.0
"""The past is read again so often, and while old reports of the gauge are filled in."""
AGES_EVERY_S = 60.0
"""Browsers count ages on: they are told again where a number is new, and every minute."""
RATE_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class OldestView:
    """Oldest number in view: its name, and how many are stale."""

    id: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class SituationView:
    """Figures of the wall, all of the present.

    ``water`` is None before the live service has published anything.
    """

    water: WaterView | None = None
    line: LineView = field(default_factory=LineView)
    rain: RainView = field(default_factory=RainView)
    quality: QualityView = field(default_factory=QualityView)
    villages: WetView = field(default_factory=WetView)
    alarms: list[RankCount] = field(default_factory=list)
    oldest: OldestView = OldestView()
    why: str = ""


class WallFigures:
    """Publishes the wall's figures at every change of live values."""

    def __init__(self, controller: Controller, live: Live) -> None:
        self._controller, self._live = controller, live
        basin = controller.session.basin
        self._gauge = basin_gauge(basin, live.network)
        self._sampled = Sampled.of(live.network)
        self._hours_m: list[float | None] = []
        self._rate: Rate | None = None
        self._flows: Rate | None = None
        self._asked_at: datetime | None = None
        self._asked_live: LiveLevel | None = None
        self._wet_at: tuple[float | None, float | None, Language] | None = None
        self._wet = WetView()
        self._published: tuple[SituationView, Mapping[str, AgeView]] = (SituationView(), {})
        self._aged_at: datetime | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        controller.on_live.append(self.refresh)

    def refresh(self) -> None:
        """Publish what has changed.

        Ages only where a browser cannot count them on.
        """
        now, at = self._live.client.now, datetime.now(UTC)
        self._ask_for_past(at)
        ages: dict[str, AgeView] = {}
        view = SituationView(why=texts(self._controller.language)["live_starting"])
        if now is not None:
            view = self._view(now, at, ages)
        before, told = self._published
        if view != before:
            self._controller.publish(situation=view)
        renewed = self._aged_at is None or (at - self._aged_at).total_seconds() > AGES_EVERY_S
        if renewed or view != before or _younger(ages, told):
            self._controller.publish(situation_ages={id_: _rounded(age) for id_, age in ages.items()})
            self._aged_at = at
            self._published = view, ages
        else:
            self._published = view, told

    def _view(self, now: Now, at: datetime, ages: dict[str, AgeView]) -> SituationView:
        controller, client = self._controller, self._live.client
        session, language = controller.session, controller.language
        day = at.astimezone(session.zone).date()
        water = None
        if self._gauge is not None:
            reports = reports_of(self._gauge, now, client.elapsed_s, self._rate, self._flows)
            water = water_view(session, reports, day, language, ages)
        rain = basin_view.rain_view(
            now, self._sampled, self._live.network.stations, client.elapsed_s, language, ages
        )
        rules = session.basin.site.alarms.quality
        quality = basin_view.quality_view(
            now,
            self._sampled,
            self._live.network.stations,
            client.elapsed_s,
            language,
            ages,
            target_of=lambda station: rules.targets.get(station, rules.target),
        )
        return SituationView(
            water=water,
            villages=self._villages(),
            line=self._line(),
            rain=rain,
            quality=quality,
            alarms=list(alarm_counts(now.alarms)),
            oldest=_oldest(ages, texts(language)),
            why="" if client.connected else texts(language)["live_away"],
        )

    def _villages(self) -> WetView:
        session, language = self._controller.session, self._controller.language
        level_m = None if session.live is None else session.live.level_m
        highest_m = None if level_m is None else max(level_m, session.live_peak.highest_m)
        asked = (level_m, highest_m, language)
        if asked != self._wet_at:
            self._wet_at, self._wet = asked, basin_view.wet_view(session.basin, *asked)
        return self._wet

    def _line(self) -> LineView:
        session, language = self._controller.session, self._controller.language
        curve, levels = session.basin.water.curve, session.levels
        inside = [
            level if level is not None and levels.lowest_m <= level <= levels.highest_m else None
            for level in self._hours_m
        ]
        return line_view.line_view(inside, curve.storage_at, levels.storage_unit, language)

    async def settled(self) -> None:
        """Wait until no past is being read."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    # -- the past -------------------------------------------------------------------------------------

    def _ask_for_past(self, at: datetime) -> None:
        if self._gauge is not None and self._live.client.connected and self._past_due(at):
            self._asked_at, self._asked_live = at, self._controller.session.live
            self._start(self._learn(self._gauge, at))

    def _past_due(self, at: datetime) -> bool:
        """Every ten minutes; while newer reports come that are old (a backfill), every few seconds."""
        if self._asked_at is None:
            return True
        waited_s = (at - self._asked_at).total_seconds()
        live, then = self._controller.session.live, self._asked_live
        was_late = then is None or then.freshness is not Freshness.FRESH
        filled = live is not None and was_late and (then is None or live.at != then.at)
        return waited_s > (FILLED_EVERY_S if filled else PAST_EVERY_S)

    async def _learn(self, gauge: Gauge, at: datetime) -> None:
        """Thirty days of the lake's level: the line, and the rate of the last day."""
        start = at - timedelta(days=DAYS)
        past = working(gauge, await self._live.client.past(gauge.datastream.id, start, at))
        self._hours_m = hour_means(past, start_s=start.timestamp(), end_s=at.timestamp() + 3600)
        self._rate, self._flows = await self._rates(gauge, past, at)
        self.refresh()

    async def _rates(self, gauge: Gauge, past: Past, at: datetime) -> tuple[Rate | None, Rate | None]:
        """Rate of the last day's levels, and the mean balance of flows over the same time."""
        since_s, live = at.timestamp() - RATE_S, self._live
        rate = rate_of(past, since_s=since_s)
        streams = [f"{gauge.station.id}.{name}" for name in ("inflow", "release")]
        if rate is None or not all(stream in live.network.datastreams for stream in streams):
            return rate, None
        first_s = min(at_s for at_s in past.times_s if at_s >= since_s)
        start = datetime.fromtimestamp(first_s, UTC)
        inflow, release = [await live.client.past(stream, start, at) for stream in streams]
        return rate, mean_balance(inflow, release, start_s=first_s, end_s=at.timestamp() + 3600)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        async def run() -> None:
            try:
                await work
            except TwinError as error:  # the service is away: asked again with the next news
                logger.info("the past of the lake is not known: %s", error)
                self._asked_at = None
            except Exception:
                logger.exception("the past of the lake could not be read")

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def working(gauge: Gauge, past: Past) -> Past:
    """Return a gauge's past with its values as working heights."""
    values = tuple(
        None if value is None else gauge.to_working_m(value, datetime.fromtimestamp(at, UTC))
        for at, value in zip(past.times_s, past.values, strict=True)
    )
    return replace(past, values=values)


def rate_of(past: Past, *, since_s: float) -> Rate | None:
    """Return the rate of a past's trusted levels since a time, m/s."""
    told = [
        (at, value)
        for at, value, quality in zip(past.times_s, past.values, past.qualities, strict=True)
        if value is not None and quality in TRUSTED and at >= since_s
    ]
    time, level = np.array(told, np.float64).reshape(-1, 2).T
    return level_rate(time, level)


def _younger(ages: Mapping[str, AgeView], told: Mapping[str, AgeView]) -> bool:
    """Whether a number has come anew, or there are others."""
    if ages.keys() != told.keys():
        return True
    return any(age.age_s < told[id_].age_s or age.stale_s != told[id_].stale_s for id_, age in ages.items())


def _rounded(age: AgeView) -> dict[str, float]:
    return {"age_s": round(age.age_s, 1), "stale_s": age.stale_s}


def _oldest(ages: Mapping[str, AgeView], t: Mapping[str, str]) -> OldestView:
    if not ages:
        return OldestView()
    id_ = max(ages, key=lambda one: ages[one].age_s)
    return OldestView(id=id_, label=t[f"wall_age_of_{id_}"])


@dataclass(frozen=True, kw_only=True)
class WallSizes:
    """Sizes of the wall for the page.

    ``least`` is the least font over the page's width: 18 minutes of arc.
    """

    least: float = 0.0


def _sizes(controller: Controller) -> Mapping[str, Any]:
    wall = controller.session.basin.site.wall
    least = least_font_px(width_m=wall.width_m, distance_m=wall.distance_m, width_px=1.0)
    return {"wall_sizes": WallSizes(least=round(least, 7))}


PART = Part(
    id="wall_figures",
    state={"situation": SituationView(), "situation_ages": {}, "wall_sizes": WallSizes()},
    view=_sizes,
    live_actions=(WallFigures,),
)
