"""Run a drill: invented values in time, judged by the live rules.

Nothing of it touches the live side: it has newest values, alarms and a log of its own, and imports no store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from twin.alarms.lifecycle import AlarmLifecycle, Change
from twin.alarms.rules import Rules
from twin.catalog.drill_file import DrillFile, DrillSeries
from twin.drills.drill_check import DrillBasin
from twin.stations.latest import LatestValues
from twin.stations.model import Datastream, Observation, Station
from twin.stations.properties import over_time
from twin.stations.snapshot import AlarmNow, Now

FEED = "drill"
LEAST_STEP_S = 60.0


@dataclass
class _DrillClocks:
    """Clocks of a drill: they stand at the time it was advanced to."""

    started_at: datetime
    at: datetime

    def now(self) -> datetime:
        return self.at

    def elapsed_s(self) -> float:
        return (self.at - self.started_at).total_seconds()


class DrillRun:
    """Drill that runs from ``started_at`` (UTC) on.

    ``by`` is who started it, ``file`` its file's name."""

    def __init__(
        self, drill: DrillFile, *, file: str, by: str, basin: DrillBasin, started_at: datetime
    ) -> None:
        self.drill, self.file, self.by, self.started_at = drill, file, by, started_at
        self.id = f"drill-{started_at:%Y%m%dT%H%M%SZ}"
        self.ends_at = started_at + timedelta(minutes=drill.minutes)
        #: Counts what has changed.
        self.revision = 0
        #: Level of the lake as a working height, the highest so far, m, and the time of the newest one.
        self.level_m = self.highest_m = float("-inf")
        self.level_at = started_at
        self._basin = basin
        self._clocks = _DrillClocks(started_at=started_at, at=started_at)
        self._latest = LatestValues(basin.network, self._clocks)
        self._rules = Rules(basin.site, basin.network, zone=basin.zone, to_working_m=basin.to_working_m)
        self._lifecycle = AlarmLifecycle()
        self._waiting = sorted(self._observations(), key=lambda o: o.phenomenon_at, reverse=True)

    @property
    def stations(self) -> Mapping[str, Station]:
        """Stations of the drill's basin, by id."""
        return self._basin.network.stations

    @property
    def lake(self) -> Datastream:
        """Datastream of the lake's level."""
        return self._basin.lake

    def is_over(self, at: datetime) -> bool:
        """Return whether the file has ended."""
        return at >= self.ends_at

    def advance(self, at: datetime) -> list[Change]:
        """Apply the values up to a time; return the alarms' changes.

        Time goes forward only: a clock set back changes nothing.
        """
        self._clocks.at = at = max(at, self._clocks.at)
        changes: list[Change] = []
        while self._waiting and self._waiting[-1].phenomenon_at <= at:
            o = self._waiting.pop()
            self.revision += 1
            self._latest.update([o])
            if o.datastream == self._basin.lake.id and o.value is not None:
                station = self._basin.network.stations[self._basin.lake.station]
                self.level_m = round(self._basin.to_working_m(station, o.value, o.phenomenon_at), 4)
                self.level_at, self.highest_m = o.phenomenon_at, max(self.highest_m, self.level_m)
            found = (self._lifecycle.update(evaluation) for evaluation in self._rules.evaluate(o))
            changes += [change for change in found if change is not None]
        return changes

    def now(self) -> Now:
        """Return values, rain and alarms of the drill until now."""
        return Now(values=self._latest.now(), rain=self._rules.rain(), alarms=self.alarms())

    def alarms(self) -> tuple[AlarmNow, ...]:
        """Return the drill's standing alarms, the gravest first, then the newest."""
        standing = self._lifecycle.standing.values()
        return tuple(sorted(standing, key=lambda a: (a.rank, -a.raised_at.timestamp())))

    def acknowledge(self, alarms: Sequence[str], *, by: str, note: str, at: datetime) -> list[Change]:
        """Acknowledge alarms of the drill that wait for it."""
        waits = {alarm.id for alarm in self.alarms() if alarm.state in ("unacknowledged", "returned")}
        self.revision += 1
        return [
            self._lifecycle.acknowledge(id_, by=by, at=at, note=note)
            for id_ in dict.fromkeys(alarms)
            if id_ in waits
        ]

    def _observations(self) -> Iterator[Observation]:
        for series in self.drill.series:
            stream = self._basin.network.find(series.station, series.property)
            assert stream is not None  # it was checked
            for minute, value in _held(series, stream, self.drill.minutes):
                at = self.started_at + timedelta(minutes=minute)
                yield Observation(
                    datastream=stream.id,
                    phenomenon_at=at.astimezone(UTC),
                    received_at=at.astimezone(UTC),
                    value=value,
                    quality="good",
                    feed=FEED,
                )


def _held(series: DrillSeries, stream: Datastream, end_min: float) -> Iterator[tuple[float, float]]:
    """Values of a series; a state holds, told again at its interval, until the next one."""
    if over_time(stream.id) != "state":
        yield from series.values
        return
    step_min = max(stream.interval_s, LEAST_STEP_S) / 60.0
    for (minute, value), (following, _) in pairwise([*series.values, (end_min, 0.0)]):
        yield minute, value
        held = minute + step_min
        while held < following:
            yield held, value
            held += step_min
