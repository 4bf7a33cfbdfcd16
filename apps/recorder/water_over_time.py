"""Water of a shot as a function of its seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from apps.texts import texts
from twin.arrays import F64
from twin.basin import Basin
from twin.bilingual import Language
from twin.moment import Mode, Moment

POINTS = 181
"""Of a drawn line of levels."""


@dataclass(frozen=True, kw_only=True)
class LevelLine:
    """Levels (n,) m over times (n,).

    Times are s since 1970 where ``dated``, else seconds of the shot.
    """

    times: F64
    levels_m: F64
    dated: bool


class WaterOverTime(Protocol):
    """Water of a shot."""

    def at(self, t: float) -> Moment:
        """Return the moment ``t`` seconds after the shot's first frame."""

    def line(self) -> LevelLine:
        """Return the levels over the shot."""

    def mark(self, t: float) -> float:
        """Return the place of ``t`` on the line's times."""

    def source(self, language: Language) -> str:
        """Return where the level comes from, in words."""

    def name(self, language: Language) -> str:
        """Return the name of the flood or run; '' for none."""


class StartWater:
    """What-if at the site's start level."""

    def __init__(self, basin: Basin, *, seconds: float) -> None:
        water, wanted = basin.water, basin.site.start_level_m
        low, high = water.answered_from_m, water.highest_m
        level_m = (low + high) / 2 if wanted is None else min(high, max(low, wanted))
        self._moment = Moment(
            mode="what-if", level_m=level_m, highest_m=level_m, generation=basin.generation.id
        )
        self._seconds = seconds

    def at(self, t: float) -> Moment:
        """Return the moment."""
        return self._moment

    def line(self) -> LevelLine:
        """Return the level over the shot."""
        times = np.array([0.0, self._seconds])
        return LevelLine(times=times, levels_m=np.full(2, self._moment.level_m), dated=False)

    def mark(self, t: float) -> float:
        """Return ``t``, within the shot."""
        return min(max(t, 0.0), self._seconds)

    def source(self, language: Language) -> str:
        """Return where the level comes from, in words."""
        return texts(language)["source_start"]

    def name(self, language: Language) -> str:
        """Return ''."""
        return ""


class HeldWater:
    """Water as the shot before left it."""

    def __init__(self, before: WaterOverTime, *, seconds: float) -> None:
        self._before, self._end = before, seconds
        self._moment = before.at(seconds)

    def at(self, t: float) -> Moment:
        """Return the moment."""
        return self._moment

    def line(self) -> LevelLine:
        """Return the levels over the shot that the water is of."""
        return self._before.line()

    def mark(self, t: float) -> float:
        """Return the end of the shot that the water is of."""
        return self._before.mark(self._end)

    def source(self, language: Language) -> str:
        """Return where the level comes from, in words."""
        return self._before.source(language)

    def name(self, language: Language) -> str:
        """Return the name of the flood or run; '' for none."""
        return self._before.name(language)


class KeyedWater:
    """What-if of levels (m) or storages (m³), straight between keys.

    Pockets stay full up to the highest level since the first key.
    """

    def __init__(
        self,
        basin: Basin,
        times: Sequence[float],
        *,
        seconds: float,
        levels_m: Sequence[float] = (),
        storages_m3: Sequence[float] = (),
    ) -> None:
        self._curve, self._generation = basin.water.curve, basin.generation.id
        self._times, self._seconds = np.array(times), seconds
        self._values = np.array(levels_m or storages_m3)
        self._stored = not levels_m

    def at(self, t: float) -> Moment:
        """Return the moment ``t`` seconds after the shot's first frame."""
        value = float(np.interp(t, self._times, self._values))
        most = max(value, float(self._values[self._times <= t].max(initial=-np.inf)))
        return Moment(
            mode="what-if",
            level_m=self._level(value),
            highest_m=self._level(most),
            generation=self._generation,
        )

    def line(self) -> LevelLine:
        """Return the levels over the shot."""
        times = np.unique(np.concatenate([np.linspace(0.0, self._seconds, POINTS), self._times]))
        values = np.interp(times, self._times, self._values)
        levels = np.array([self._level(float(value)) for value in values])
        return LevelLine(times=times, levels_m=levels, dated=False)

    def mark(self, t: float) -> float:
        """Return ``t``, within the shot."""
        return min(max(t, 0.0), self._seconds)

    def source(self, language: Language) -> str:
        """Return where the level comes from, in words."""
        return texts(language)["source_given"]

    def name(self, language: Language) -> str:
        """Return ''."""
        return ""

    def _level(self, value: float) -> float:
        return float(self._curve.level_at(value)) if self._stored else value


class DatedWater:
    """Water of a span of the world, evenly over the shot's seconds.

    ``times`` (n,) s since 1970 and ``levels_m`` (n,) are straight between; ``peaks_m`` (n,) are the highest
    levels up to each time. A span without length is a moment that stays.
    """

    def __init__(
        self,
        *,
        mode: Mode,
        times: F64,
        levels_m: F64,
        peaks_m: F64,
        span: tuple[datetime, datetime],
        seconds: float,
        generation: str,
        source: Callable[[Language], str],
        name: Mapping[str, str] | None = None,
        run: str | None = None,
        since: str | None = None,
        known_at: datetime | None = None,
    ) -> None:
        self._times, self._levels, self._peaks = times, levels_m, peaks_m
        self._start, self._end = (time.timestamp() for time in span)
        self._seconds, self._source, self._name = seconds, source, name
        self._mode, self._run, self._since = mode, run, since
        self._known_at, self._generation = known_at, generation

    def at(self, t: float) -> Moment:
        """Return the moment ``t`` seconds after the shot's first frame."""
        time = self.mark(t)
        level_m = float(np.interp(time, self._times, self._levels))
        past = int(np.searchsorted(self._times, time, side="right")) - 1
        return Moment(
            mode=self._mode,
            level_m=level_m,
            highest_m=max(level_m, float(self._peaks[past])) if past >= 0 else level_m,
            valid_at=datetime.fromtimestamp(round(time), UTC),
            known_at=None if self._known_at is None else self._known_at.astimezone(UTC),
            run=self._run,
            since=self._since,
            generation=self._generation,
        )

    def line(self) -> LevelLine:
        """Return the levels over the span."""
        inside = self._times[(self._times > self._start) & (self._times < self._end)]
        times = np.concatenate([[self._start], inside, [self._end]])
        if len(times) > POINTS:
            times = np.linspace(self._start, self._end, POINTS)
        return LevelLine(times=times, levels_m=np.interp(times, self._times, self._levels), dated=True)

    def mark(self, t: float) -> float:
        """Return the time of the world, s since 1970."""
        share = min(1.0, max(0.0, t / self._seconds))
        return self._start + share * (self._end - self._start)

    def source(self, language: Language) -> str:
        """Return where the level comes from, in words."""
        return self._source(language)

    def name(self, language: Language) -> str:
        """Return the name of the flood or run; '' for none."""
        return "" if self._name is None else self._name[language]
