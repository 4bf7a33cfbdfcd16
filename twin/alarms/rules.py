"""Evaluate observations: levels, rivers, rain, water quality, silence."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from twin.alarms import texts
from twin.alarms.gb3838 import Body, passed_limit, verdict, worse_by
from twin.alarms.lifecycle import Evaluation
from twin.alarms.rain import RainWindow
from twin.alarms.yearly import YearMean
from twin.catalog.site import Site
from twin.comparing import above_level, rounded_level, settled
from twin.quantity import Quality
from twin.stations.freshness import Freshness
from twin.stations.model import Datastream, Observation, Station
from twin.stations.network import Network
from twin.stations.snapshot import FeedNow, RainNow, ValueNow
from twin.vertical import VerticalError

logger = logging.getLogger(__name__)

TRUSTED: tuple[Quality, ...] = ("good", "unchecked", "estimate")
"""Values of another quality judge nothing."""

FEED_AWAY = timedelta(minutes=2)
SILENCE_DELAY = timedelta(minutes=5)
"""While a feed tells the past anew, its newest values are old ones."""

Working = Callable[[Station, float, datetime], float]
"""A reported level as a working height, m."""


class Rules:
    """Rules of a site.

    Keeps what sums and sections need, nothing of the alarms.
    """

    def __init__(self, site: Site, network: Network, *, zone: ZoneInfo, to_working_m: Working) -> None:
        self._site, self._network, self._zone = site, network, zone
        self._to_working_m = to_working_m
        self._newest: dict[str, datetime] = {}
        self._rain: dict[str, RainWindow] = {}
        self._items: dict[str, dict[str, tuple[datetime, float]]] = {}
        self._years: dict[str, YearMean] = {}
        self._silent_since_s: dict[str, float] = {}
        self._unjudged: set[str] = set()
        self._rivers = {levels.station: levels for levels in site.alarms.rivers.levels}

    def evaluate(self, o: Observation) -> Iterator[Evaluation]:
        """Evaluate an observation; older ones only fill gaps.

        Older than what is known of its datastream.
        """
        stream = self._network.datastreams.get(o.datastream)
        if stream is None or stream.origin != "observed":
            return
        if o.value is None or o.quality not in TRUSTED:
            for sums in (self._rain, self._years):
                if stream.id in sums:
                    sums[stream.id].drop(o.phenomenon_at)  # it corrects one that was trusted
            return
        station = self._network.stations[stream.station]
        newest = self._newest.get(stream.id)
        is_newest = newest is None or o.phenomenon_at >= newest
        if is_newest:
            self._newest[stream.id] = o.phenomenon_at
        if stream.property == "rain":
            window = self._window(stream)
            window.add(o.phenomenon_at, o.value)
            yield from self._rainstorm(station, stream, window)
        elif is_newest and stream.property == "level" and station.kind == "reservoir":
            yield from self._levels(station, stream, o.value, o.phenomenon_at)
        elif is_newest and stream.property == "level" and station.id in self._rivers:
            yield from self._river(station, stream, o.value, o.phenomenon_at)
        elif is_newest and station.kind == "quality":
            self._items.setdefault(station.id, {})[stream.property] = (o.phenomenon_at, o.value)
            yield from self._section(station, o.phenomenon_at)
        if stream.property == "nitrogen" and station.id in self._site.alarms.nitrogen.means_mg_l:
            year = self._year(stream)
            year.add(o.phenomenon_at, o.value)
            yield self._nitrogen(station, stream, year, self._newest[stream.id])

    def silences(
        self,
        values: Mapping[str, ValueNow],
        feeds: Iterable[FeedNow],
        at: datetime,
        *,
        elapsed_s: float | None = None,
    ) -> Iterator[Evaluation]:
        """Evaluate feeds that are away and stations that are silent.

        Silent while their feed is there. ``elapsed_s``: seconds of a clock that nobody sets, for how long a
        station has been silent; without it ``at`` counts.
        """
        seconds = at.timestamp() if elapsed_s is None else elapsed_s
        away = set()
        for feed in feeds:
            is_away = feed.state == "waiting" and at - feed.since > FEED_AWAY
            if is_away:
                away.add(feed.id)
            yield Evaluation(
                rule="feed",
                station=feed.id,
                datastream="",
                holds=is_away if feed.state != "waiting" or is_away else None,
                at=at,
                rank=2,
                text=texts.feed_away(feed),
            )
        for station in self._network.stations.values():
            yield from self._silence(station, values, away, at, seconds)

    def remember(
        self, datastream: str, values: Iterable[tuple[datetime, float] | tuple[datetime, float, int]]
    ) -> None:
        """Load rain or nitrogen from before this program's start.

        What sums and means need of it. Each is a time, a value, and of how many values it is the hour's (0,
        or left out: it is one itself).
        """
        stream = self._network.datastreams[datastream]
        for at, value, *count in values:
            if stream.property == "rain":
                self._window(stream).add(at, value, values=(count[0] or None) if count else None)
            else:
                self._year(stream).add(at, value)

    def _window(self, stream: Datastream) -> RainWindow:
        return self._rain.setdefault(stream.id, RainWindow(interval=timedelta(seconds=stream.interval_s)))

    def _year(self, stream: Datastream) -> YearMean:
        return self._years.setdefault(stream.id, YearMean(self._zone))

    def rain(self) -> dict[str, RainNow]:
        """Return rain of the last hours by station."""
        found = {}
        for datastream, window in self._rain.items():
            station = self._network.datastreams[datastream].station
            sums = {h: window.total(h)[0] if window.tells(h) else None for h in (1, 3, 6, 24)}
            found[station] = RainNow(
                station=station,
                h1_mm=sums[1],
                h3_mm=sums[3],
                h6_mm=sums[6],
                h24_mm=sums[24],
                known=math.floor(100 * settled(window.total(24)[1])) / 100,  # all only where it is all
            )
        return found

    # -- rules ----------------------------------------------------------------------------------------

    def _levels(
        self, station: Station, stream: Datastream, value: float, at: datetime
    ) -> Iterator[Evaluation]:
        rules = self._site.alarms.levels
        try:
            level_m = rounded_level(self._to_working_m(station, value, at))
        except VerticalError as error:
            if station.id not in self._unjudged:  # the desk says so as well, where the gauge drives the water
                logger.warning("the level of %s raises no alarm: %s", station.id, error)
                self._unjudged.add(station.id)
            return
        day = at.astimezone(self._zone).date()
        for named in self._site.levels:
            rank = rules.ranks.get(named.id)
            if rank is None:
                continue
            in_force = named.holds_on(day)
            above = above_level(level_m, named.level_m, hysteresis_m=rules.hysteresis_m)
            yield Evaluation(
                rule=f"level:{named.id}",
                station=station.id,
                datastream=stream.id,
                holds=above if in_force else False,
                at=at,
                rank=rank,
                text=texts.above_level(named, level_m),
                value=level_m,
                limit=named.level_m,
                on_delay=timedelta(minutes=rules.on_delay_min),
                off_delay=timedelta(minutes=rules.off_delay_min) if in_force else timedelta(0),
            )

    def _river(
        self, station: Station, stream: Datastream, value: float, at: datetime
    ) -> Iterator[Evaluation]:
        rules, levels = self._site.alarms.rivers, self._rivers[station.id]
        steps = (
            ("warning", levels.warning_m, rules.warning_rank),
            ("guaranteed", levels.guaranteed_m, rules.guaranteed_rank),
        )
        for name, limit_m, rank in steps:
            if limit_m is None:
                continue
            yield Evaluation(
                rule=f"river:{name}",
                station=station.id,
                datastream=stream.id,
                holds=above_level(value, limit_m, hysteresis_m=rules.hysteresis_m),
                at=at,
                rank=rank,
                text=texts.river_above(name, value, limit_m),
                value=rounded_level(value),
                limit=limit_m,
                on_delay=timedelta(minutes=rules.on_delay_min),
                off_delay=timedelta(minutes=rules.off_delay_min),
                group=f"river:{station.watershed}",
            )

    def _rainstorm(self, station: Station, stream: Datastream, window: RainWindow) -> Iterator[Evaluation]:
        rules = self._site.alarms.rain
        answers = [(signal, window.reaches(signal.rain_mm, signal.hours)) for signal in rules.signals]
        reached = next((signal for signal, answer in answers if answer), None)
        signal = reached or rules.signals[-1]
        unknown = any(answer is None for _, answer in answers)
        total = window.total(signal.hours)[0]
        yield Evaluation(
            rule="rain",
            station=station.id,
            datastream=stream.id,
            holds=True if reached else (None if unknown else False),
            at=window.times[-1],
            rank=signal.rank,
            text=texts.rain_signal(signal, total),
            value=total,
            limit=signal.rain_mm,
            off_delay=timedelta(minutes=rules.off_delay_min),
            group=f"rain:{station.watershed}",
            signal=signal.id,
        )

    def _section(self, station: Station, at: datetime) -> Iterator[Evaluation]:
        rules = self._site.alarms.quality
        newest = timedelta(days=rules.newest_days)
        values = {
            item: value for item, (time, value) in self._items[station.id].items() if at - time <= newest
        }
        body: Body = "river" if station.river else "lake"
        found = verdict(values, body)
        if found is None:
            return
        target = rules.targets.get(station.id, rules.target)
        worse, value = worse_by(found.water_class, target), values[found.item]
        yield Evaluation(
            rule="quality",
            station=station.id,
            datastream=f"{station.id}.{found.item}",
            holds=worse > 0,
            at=at,
            rank=rules.worse_rank if worse > 1 else rules.rank,
            text=texts.water_class(found, target, value, limit=passed_limit(found.item, value, body)),
            value=value,
            group=f"quality:{station.watershed}",
        )

    def _nitrogen(self, station: Station, stream: Datastream, year: YearMean, at: datetime) -> Evaluation:
        rules = self._site.alarms.nitrogen
        limit = rules.means_mg_l[station.id]
        mean, months = year.mean()
        return Evaluation(
            rule="nitrogen",
            station=station.id,
            datastream=stream.id,
            holds=year.exceeds(limit),
            at=at,
            rank=rules.rank,
            text=texts.nitrogen_year(mean, months, limit, rules.reference_year),
            value=round(mean, 3),
            limit=limit,
            group=f"nitrogen:{station.watershed}",
        )

    def _silence(
        self, station: Station, values: Mapping[str, ValueNow], away: set[str], at: datetime, seconds: float
    ) -> Iterator[Evaluation]:
        rules = self._site.alarms.silence
        known = [
            value
            for stream in self._network.of_station(station.id)
            if (value := values.get(stream.id)) is not None and value.age_s is not None
        ]
        if not known:
            return
        freshest = min(known, key=lambda value: value.age_s or 0.0)
        state = freshest.freshness()
        lake = station.kind == "reservoir"
        silent = state is Freshness.DEAD or (lake and state is not Freshness.FRESH)
        if not silent or freshest.feed in away:
            self._silent_since_s.pop(station.id, None)
        since_s = self._silent_since_s.setdefault(station.id, seconds) if silent else seconds
        unknown = freshest.feed in away or (silent and seconds - since_s < SILENCE_DELAY.total_seconds())
        yield Evaluation(
            rule="silence",
            station=station.id,
            datastream=freshest.datastream,
            holds=None if unknown else silent,
            at=at,
            rank=rules.reservoir_rank if lake else rules.rank,
            text=texts.silent(freshest.age_s or 0.0),
            group="" if lake else f"silence:{station.watershed}",
        )


def strangers(site: Site, network: Network) -> list[str]:
    """List stations named by rules that do not exist.

    A line each: such a rule never holds.
    """
    alarms = site.alarms

    def that_measure(name: str) -> set[str]:
        return {stream.station for stream in network.datastreams.values() if stream.property == name}

    sections = {station.id for station in network.stations.values() if station.kind == "quality"}
    rivers = [levels.station for levels in alarms.rivers.levels]
    rules = (
        ("rivers.levels", rivers, that_measure("level"), "that measures level"),
        ("quality.targets", alarms.quality.targets, sections, "of kind quality"),
        (
            "nitrogen.means_mg_l",
            alarms.nitrogen.means_mg_l,
            that_measure("nitrogen"),
            "that measures nitrogen",
        ),
    )
    return [
        f"site: alarms.{where} names '{station}', which is no station {what}"
        for where, named, known, what in rules
        for station in named
        if station not in known
    ]
