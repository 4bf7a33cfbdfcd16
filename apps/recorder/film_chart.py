"""Chart of a shot's levels, with ticks and named levels."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.recorder.film_frame import LevelChart
from apps.recorder.water_over_time import WaterOverTime
from apps.texts import texts
from twin.basin import Basin
from twin.bilingual import Language

HOURS = (1, 2, 3, 6, 12, 24, 48, 120, 240, 720, 2160, 8760)
MOST_TICKS = 5


class FilmChart:
    """Chart of a shot: all but its mark."""

    def __init__(
        self, water: WaterOverTime, basin: Basin, *, day: date | None, language: Language, mode: str
    ) -> None:
        t, line = texts(language), water.line()
        zone = ZoneInfo(basin.site.time_zone)
        levels = basin.site.levels_on(day) if day else [one for one in basin.site.levels if not one.until]
        self._water = water
        self._times = tuple(float(time) for time in line.times)
        self._levels_m = tuple(float(level) for level in line.levels_m)
        self._ticks = ticks(self._times[0], self._times[-1], zone) if line.dated else ()
        self._lines = tuple((level.level_m, level.name[language]) for level in levels)
        self._heading = " · ".join((t["shot_level_m"], mode))

    def at(self, t: float, level_m: float) -> LevelChart:
        """Return the chart with its mark at a time of the shot."""
        return LevelChart(
            times=self._times,
            levels_m=self._levels_m,
            at=self._water.mark(t),
            level_m=level_m,
            ticks=self._ticks,
            lines=self._lines,
            heading=self._heading,
        )


def ticks(start_s: float, end_s: float, zone: ZoneInfo) -> tuple[tuple[float, str], ...]:
    """Return ticks at round local times, five at most.

    (s since 1970, words).
    """
    hours = next((one for one in HOURS if (end_s - start_s) / 3600.0 / one <= MOST_TICKS), HOURS[-1])
    first = datetime.fromtimestamp(start_s, UTC).astimezone(zone).replace(tzinfo=None)
    at = first.replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[tuple[float, str]] = []
    while True:
        time_s = at.replace(tzinfo=zone).timestamp()
        if time_s > end_s:
            return tuple(found)
        if time_s >= start_s:
            found.append((time_s, f"{at:%m-%d}" if hours >= 24 else f"{at:%m-%d %H:%M}"))
        at += timedelta(hours=hours)
