"""What one desk shows: the moment, and the flood that is being replayed. No page, no picture."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apps.view.flood import Flood
from apps.view.live_level import LiveLevel
from apps.view.numbers import StorageUnit, storage_unit
from apps.view.playback import Playback
from apps.view.state import Unit
from twin.moment import Moment, what_if
from twin.water.surface import PointWater, Surface, WaterState

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.reservoir import Sill, WaterReport
    from twin.water.scenario import Observation


LIVE_SINCE = "72 h"
"""From when on the live water's highest level counts."""


class Session:
    """The state of one view. Levels are kept inside the range for which there is an answer."""

    def __init__(
        self, basin: Basin, *, flood: Flood | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.basin = basin
        self.flood = flood
        self.playback = None if flood is None else Playback(start=flood.start, end=flood.end, clock=clock)
        self.zone = ZoneInfo(basin.site.time_zone)
        reservoir = basin.catalog.head.reservoir
        self.lowest_m, self.highest_m = reservoir.lowest_m, reservoir.highest_m
        self.live: LiveLevel | None = None
        #: The age of the gauge's newest value, seconds.
        self.live_age_s: float | None = None
        #: Nobody has asked for anything yet: the desk may show the present as soon as it is known.
        self.untouched = True
        self._live_highest_m = -math.inf
        self.moment = self._asked(self._start_level())

    @property
    def report(self) -> WaterReport:
        """What the moment's level means, with the pockets that a higher level has left behind."""
        return self.basin.water.at(level_m=self.moment.level_m, highest_m=self.moment.highest_m)

    @property
    def passed_m(self) -> list[float]:
        """Levels of the crests and saddles that the moment's highest level has reached, m, lowest first."""
        top_m = max(self.moment.level_m, self.moment.highest_m or self.moment.level_m)
        return [sill.level_m for sill in self._ways_out if sill.level_m <= top_m]

    @property
    def replaying(self) -> bool:
        return self.moment.mode == "history" and self.flood is not None and self.moment.run == self.flood.id

    # -- live -----------------------------------------------------------------------------------------

    def hear(self, live: LiveLevel | None) -> bool:
        """Take what the lake's gauge says now; whether that changes what is shown.

        A value outside the range for which there is an answer moves no water: what was shown stays, and grows
        old.
        """
        if live is not None and not self.lowest_m <= live.level_m <= self.highest_m:
            live = self.live
        if live is not None:
            self._live_highest_m = max(self._live_highest_m, live.level_m)
        changed = live != self.live
        self.live = live
        if changed and self.moment.is_live:
            self.follow()
        return changed and self.moment.is_live

    def remember(self, highest_m: float) -> None:
        """The lake has stood so high not long ago: pockets above the level keep their water."""
        self._live_highest_m = max(self._live_highest_m, min(highest_m, self.highest_m))

    def follow(self) -> None:
        """Show the present, as far as the lake's gauge tells it; nothing where it has never told anything."""
        if self.live is None:
            return
        if self.playback is not None:
            self.playback.pause()
        self.moment = Moment(
            mode="live",
            level_m=self.live.level_m,
            highest_m=max(self.live.level_m, self._live_highest_m),
            valid_at=self.live.at,
            generation=self.basin.generation.id,
            since=LIVE_SINCE,
        )

    # -- what is asked for ----------------------------------------------------------------------------

    def ask(self, unit: Unit, value: float) -> None:
        """Show a level in metres, or a storage in the reservoir's unit, as a what-if."""
        self.untouched = False
        self.moment = self._asked(self.level_of(unit, value))
        if self.playback is not None:
            self.playback.pause()

    def level_of(self, unit: Unit, value: float) -> float:
        """The level that a value of the slider means, inside the range."""
        if unit == "level":
            return min(self.highest_m, max(self.lowest_m, value))
        low, high = self.storage_range_m3
        return float(
            self.basin.water.at(storage_m3=min(high, max(low, value * self.storage_unit.m3))).level_m
        )

    @cached_property
    def storage_unit(self) -> StorageUnit:
        """The unit that this reservoir's storages are said in."""
        return storage_unit(self.storage_range_m3[1])

    @cached_property
    def storage_range_m3(self) -> tuple[float, float]:
        water = self.basin.water
        return water.at(level_m=self.lowest_m).storage_m3, water.at(level_m=self.highest_m).storage_m3

    def replay(self) -> None:
        """Show the flood at the time where playing is."""
        if self.flood is None or self.playback is None:
            return
        self.untouched = False
        now = self.playback.now
        level = self.flood.at("level", now)
        self.moment = Moment(
            mode="history",
            level_m=level,
            highest_m=max(level, self.flood.highest_m(now)),
            valid_at=datetime.fromtimestamp(now, UTC),
            run=self.flood.id,
            generation=self.basin.generation.id,
            since=self.flood.id,
        )

    def leave_replay(self) -> None:
        """Back to a what-if at the level that the replay showed."""
        self.ask("level", self.moment.level_m)

    def restore(self, moment: Moment) -> None:
        """Show the moment of a permanent link.

        What was live then is history now, and is shown as it was; a flood that is not here any more becomes a
        what-if.
        """
        if moment.mode == "history" and self.flood is not None and moment.run == self.flood.id:
            assert self.playback is not None and moment.valid_at is not None
            self.playback.seek(moment.valid_at.timestamp())
            self.replay()
        elif moment.valid_at is not None and moment.run is None:
            self.ask("level", moment.level_m)
            level_m = self.moment.level_m
            self.moment = Moment(
                mode="history",
                level_m=level_m,
                highest_m=max(level_m, min(moment.highest_m, self.highest_m)),
                valid_at=moment.valid_at,
                generation=self.basin.generation.id,
                since=moment.since,
            )
        else:
            self.ask("level", moment.level_m)

    @property
    def observation(self) -> Observation | None:
        """What was published of the lake at the replay's time, or None."""
        if self.flood is None or self.playback is None or not self.replaying:
            return None
        return self.flood.observed(self.playback.now)

    def point(self, east: float, north: float) -> PointWater:
        """What stands at a point of the frame's CRS."""
        x, y = self.basin.frame.to_crs(self._surface.grid.crs, east, north)
        moment = self.moment
        state = WaterState(level_m=moment.level_m, highest_m=moment.highest_m)
        return self._surface.at(float(x), float(y), state=state)

    def survey(self, east: float, north: float) -> Mapping[str, str] | None:
        """Which of several surveys the ground at a point of the frame's CRS is from; None if there is one."""
        x, y = self.basin.frame.to_crs(self._surface.grid.crs, east, north)
        return self.basin.survey_at(float(x), float(y))

    def level_named(self, id_: str) -> float | None:
        """The characteristic level with an id, or None."""
        return next((x.level_m for x in self.basin.site.levels if x.id == id_), None)

    @cached_property
    def _ways_out(self) -> list[Sill]:
        return [sill for sill in self.basin.sills() if sill.kind == "outside"]

    @cached_property
    def _surface(self) -> Surface:
        ground_m, grid = self.basin.ground()
        return Surface(
            grid=grid,
            ground_m=ground_m,
            connection_cm=self.basin.connection(),
            cap_cm=round(self.basin.cap_m * 100),
            vertical_error_m=self.basin.terrain.vertical_error_m,
            flown_m=self.basin.hypsometry.flown_m,
        )

    def _asked(self, level_m: float) -> Moment:
        return what_if(round(level_m, 4), generation=self.basin.generation.id)

    def _start_level(self) -> float:
        wanted = self.basin.site.start_level_m
        middle = (self.lowest_m + self.highest_m) / 2
        return min(self.highest_m, max(self.lowest_m, middle if wanted is None else wanted))
