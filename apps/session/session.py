"""Session of one desk: Scene, moment and flood; no page, no picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from apps.boot_clock import boot_clock_s
from apps.formatting import clock
from apps.session.flood_replay import Flood
from apps.session.ground_points import GroundPoints
from apps.session.live_level import LiveLevel
from apps.session.live_peak import LivePeak
from apps.session.playback import Playback
from apps.session.reservoir_levels import ReservoirLevels
from apps.session.views import Unit
from layers.camera import camera as cameras
from layers.camera import controls
from layers.heights import ground_of
from twin.comparing import within
from twin.errors import TwinError
from twin.moment import Moment, what_if
from twin.scene import LayerState, Scene
from twin.search.gazetteer import toponyms
from twin.search.place_index import PlaceIndex
from twin.stations.freshness import Freshness

if TYPE_CHECKING:
    from apps.session.lacks import Lack
    from apps.session.live_level import Obstacle
    from apps.session.what_if import WhatIf
    from layers.heights import Ground
    from twin.basin import Basin
    from twin.reservoir import WaterReport
    from twin.water.scenario import PublishedComparison


LIVE_SINCE = "72 h"
"""From when on the live water's highest level counts."""

Basis = Literal["start", "given", "mark", "replay", "link", "plan"]
"""What a level that no gauge reported and no flood brought comes from: the site's start level, a hand, a
characteristic level, the time at which a replay was left, a permanent link, a routed plan."""


class NoSuchTimeError(TwinError):
    """Time outside the flood that is replayed; attributes in s since 1970."""

    zh = "时刻 {at} 不在洪水过程 {start} 至 {end} 之内"


class Session:
    """State of one view.

    A level for which there is no answer is refused, never moved into the range.
    """

    def __init__(
        self,
        basin: Basin,
        *,
        flood: Flood | None = None,
        ground: Ground | None = None,
        clock: Callable[[], float] = time.monotonic,
        age_clock_s: Callable[[], float] = boot_clock_s,
    ) -> None:
        self.basin = self.models = basin  # a build goes on: the models may be a later generation's
        self.ground = ground or ground_of(basin)
        self.flood = flood
        self.playback = None if flood is None else Playback(start=flood.start, end=flood.end, clock=clock)
        self.zone = ZoneInfo(basin.site.time_zone)
        self.levels, self.points = ReservoirLevels(basin), GroundPoints(basin)
        self.live: LiveLevel | None = None
        #: When the level that is shown live was 0 s old, by the clock of ages.
        self.live_since_s: float | None = None
        self._age_clock_s = age_clock_s
        #: Why the gauge's newest report moves no water; None where it does, or where there are no feeds.
        self.obstacle: Obstacle | None = None
        #: What is missing of the basin's data, by the layer that shows it.
        self.lacks: Mapping[str, Sequence[Lack]] = {}
        self.places = PlaceIndex(partial(toponyms, basin))
        #: Nobody has asked for anything yet; the present is to be shown as soon as it is known.
        self.untouched = self.awaits_live = True
        self.basis: Basis = "start"
        #: The what-if whose level is shown, where one was routed.
        self.planned: WhatIf | None = None
        #: The moment of a link was live when the link was made.
        self.was_live = False
        #: Name, author and time of issue of runs that were shown, by id.
        self.run_notes: dict[str, str] = {}
        self.live_peak = LivePeak()
        self._came_from_live = False
        self._reported: tuple[Moment, WaterReport] | None = None
        self._linked: tuple[Scene | None, str] = (None, "")
        self._scene = Scene(camera=cameras.home(basin, self.ground), moment=self._asked(self.levels.start_m))

    @property
    def scene(self) -> Scene:
        """Scene of this view: the value drawn, linked and saved."""
        return self._scene

    def do(self, action: Callable[[Scene], Scene]) -> bool:
        """Apply an action to the scene; whether that changed it.

        The camera stays above ground and water.
        """
        before, self._scene = self._scene, controls.kept_above(action(self._scene), self.ground)
        return self._scene != before

    def have_layers(self, layers: Mapping[str, LayerState]) -> None:
        """Set the scene's layers with their fresh state; known states stay."""
        known = self.scene.layers
        states = {id_: known.get(id_, at_first) for id_, at_first in layers.items()}
        self.do(lambda scene: scene.changed(layers=states))

    @property
    def link(self) -> str:
        """Permanent link of the scene, made once for each."""
        if self._linked[0] is not self._scene:
            self._linked = self._scene, self._scene.to_link()
        return self._linked[1]

    @property
    def report(self) -> WaterReport:
        """Report of the moment's level, with pockets left by a higher one."""
        if self._reported is None or self._reported[0] is not self.scene.moment:
            moment = self.scene.moment
            found = self.basin.water.at(level_m=moment.level_m, highest_m=moment.highest_m)
            self._reported = moment, found
        return self._reported[1]

    @property
    def passed_m(self) -> list[float]:
        """Crest and saddle levels below the moment's peak, ascending, m."""
        top_m = max(self.scene.moment.level_m, self.scene.moment.highest_m or self.scene.moment.level_m)
        return [sill.level_m for sill in self.levels.ways_out if sill.level_m <= top_m]

    @property
    def replaying(self) -> bool:
        return (
            self.scene.moment.mode == "history"
            and self.flood is not None
            and self.scene.moment.run == self.flood.id
        )

    @property
    def flood_s(self) -> float:
        """Time of the flood that is shown, s since 1970.

        The moment's while it replays, else the bar's. The bar's clock runs on while a picture is drawn; what
        is said of the picture must not.
        """
        if self.replaying and self.scene.moment.valid_at is not None:
            return self.scene.moment.valid_at.timestamp()
        return 0.0 if self.playback is None else self.playback.now

    # -- live -----------------------------------------------------------------------------------------

    @property
    def live_age_s(self) -> float | None:
        """Age of the live level by now, s."""
        return None if self.live_since_s is None else self._age_clock_s() - self.live_since_s

    @live_age_s.setter
    def live_age_s(self, age_s: float | None) -> None:
        self.live_since_s = None if age_s is None else self._age_clock_s() - age_s

    def set_live_level(self, live: LiveLevel | None) -> bool:
        """Set the lake gauge's level; returns whether the picture changes.

        A value outside the range for which there is an answer moves no water: what was shown stays, and is
        not fresh any more.
        """
        if live is not None and not within(live.level_m, self.levels.lowest_m, self.levels.highest_m):
            live = None if self.live is None else replace(self.live, freshness=Freshness.STALE)
        if live is not None:
            self.live_peak.report(live, self.live)
        changed = live != self.live
        self.live = live
        if live is not None and self.awaits_live:
            self.follow()
            return True
        if changed and self.scene.moment.is_live:
            self.follow()
        return changed and self.scene.moment.is_live

    def remember(self, highest_m: float, *, since: datetime | None = None) -> None:
        """Record the peak of the last 72 hours, which fills pockets."""
        if within(highest_m, self.levels.lowest_m, self.levels.highest_m):
            self.live_peak.remember(highest_m, since, live=self.live)

    def follow(self) -> None:
        """Follow the lake's gauge, now or from its first report on."""
        self.awaits_live = self.live is None
        if self.live is None:
            return
        self.was_live = False
        if self.playback is not None:
            self.playback.pause()
        self._show_moment(
            Moment(
                mode="live",
                level_m=self.live.level_m,
                highest_m=max(self.live.level_m, self.live_peak.highest_m),
                valid_at=self.live.at,
                generation=self.basin.generation.id,
                since=LIVE_SINCE,
            )
        )

    # -- what is asked for ----------------------------------------------------------------------------

    def show_what_if(self, unit: Unit, value: float, *, basis: Basis = "given") -> None:
        """Show a level, m, or a storage in its unit as what-if.

        Raises LevelOutOfRange, StorageOutOfRange; nothing has changed then.
        """
        self.show(self._asked(self.levels.level_of(unit, value)), basis)

    def show(self, moment: Moment, basis: Basis) -> None:
        """Show a moment; ``basis`` is what its level comes from."""
        self.untouched = self.awaits_live = self.was_live = False
        self.basis, self.planned = basis, None
        self._show_moment(moment)
        if self.playback is not None:
            self.playback.pause()

    def _show_moment(self, moment: Moment) -> None:
        self.do(lambda scene: scene.changed(moment=moment))

    def replay(self) -> None:
        """Show the flood at the time where playing is."""
        if self.flood is None or self.playback is None:
            return
        if not self.replaying:
            self._came_from_live = self.scene.moment.is_live or self.awaits_live
        self.untouched = self.awaits_live = self.was_live = False
        now = self.playback.now
        level = self.flood.value("level", now).value
        self._show_moment(
            Moment(
                mode="history",
                level_m=level,
                highest_m=max(level, self.flood.highest_m(now)),
                valid_at=datetime.fromtimestamp(now, UTC),
                run=self.flood.id,
                generation=self.basin.generation.id,
                since=self.flood.id,
            )
        )

    def leave_replay(self) -> None:
        """Return to live, if it began there; else to a what-if."""
        self.show_what_if("level", self.scene.moment.level_m, basis="replay")
        if self._came_from_live:
            self.follow()

    def seek(self, at: float) -> None:
        """Show the flood at a time, s since 1970; raises NoSuchTimeError."""
        if self.flood is None or self.playback is None:
            return
        if not self.flood.start <= at <= self.flood.end:
            raise NoSuchTimeError(
                f"{self._written(at)} lies outside the flood, {self._written(self.flood.start)} to "
                f"{self._written(self.flood.end)}",
                at=self._written(at),
                start=self._written(self.flood.start),
                end=self._written(self.flood.end),
            )
        self.playback.seek(at)
        self.replay()

    def restore(self, moment: Moment) -> None:
        """Show the moment of a permanent link.

        What was live then is history now, and is shown as it was; a flood that is not here any more becomes a
        what-if; a what-if, a forecast or a drill stays what it is. Raises LevelOutOfRange, NoSuchTimeError;
        nothing has changed then.
        """
        if moment.mode == "history" and self.flood is not None and moment.run == self.flood.id:
            assert moment.valid_at is not None
            self.seek(moment.valid_at.timestamp())
            return
        level_m = self.levels.level_of("level", moment.level_m)
        if moment.mode == "history" and moment.run is not None:
            self.show(self._asked(level_m), "link")
            return
        shown = Moment(
            mode="history" if moment.is_live else moment.mode,
            level_m=level_m,
            highest_m=self.levels.level_of("level", moment.highest_m),
            valid_at=moment.valid_at,
            run=moment.run,
            generation=self.basin.generation.id,
            since=moment.since,
        )
        self.show(shown, "link")
        self.was_live = moment.is_live or moment.since == LIVE_SINCE

    def resume(self, moment: Moment) -> None:
        """Restore a page after a lost server; live moments follow again."""
        self.restore(moment)
        if moment.is_live:
            self.follow()

    @property
    def observation(self) -> PublishedComparison | None:
        """Published values of the lake at the replay's time, or None."""
        if self.flood is None or self.playback is None or not self.replaying:
            return None
        return self.flood.observed(self.flood_s)

    def _asked(self, level_m: float) -> Moment:
        return what_if(round(level_m, 4), generation=self.basin.generation.id)

    def _written(self, seconds: float) -> str:
        try:
            return clock(seconds, self.zone)
        except (OverflowError, OSError, ValueError):
            return f"{seconds:g} s"
