"""Level–area–storage curves: dated editions, the only truth between level and storage.

Between two points of the table storage is a cubic Hermite polynomial whose slopes are the areas, for
dV/dh = A. With A₀, A₁ the areas of an interval and D = ΔV/Δh the mean area that its storages ask for:

- Area then is that cubic's derivative, a parabola through A₀ and A₁ with the mean D. It rises all the way
  exactly if (2A₀ + A₁)/3 ≤ D ≤ (A₀ + 2A₁)/3; and storage rises with it, for the areas are positive.
- Where a table's areas and storages contradict each other (rounding in dense tables does it), D lies
  outside: the parabola would swing, and storage might even fall. There the slopes are cut back to 3 D, which
  keeps storage rising (Fritsch and Carlson 1980, doi:10.1137/0717021), and area is the straight line between
  the published ones. ``Curve.contradictions`` names these intervals; how many are more than the table's
  rounding, and what is said of them, is ``twin.water.consistency``.

Above the last point the curve may go on to a stated height with the area linear in level, as in the last
interval; such answers are extrapolated and say so. Below the first point there is no answer.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

import numpy as np

from twin.arrays import F64
from twin.errors import TwinError
from twin.printed import printed_step
from twin.water.consistency import Consistency, consistency
from twin.water.interval import Interval
from twin.water.inversion import levels_of
from twin.water.ranges import LevelOutOfRange, StorageOutOfRange

_COLUMNS: Final = {
    "level_m": (("level_m", 1.0),),
    "area_m2": (("area_m2", 1.0), ("area_km2", 1e6)),
    "storage_m3": (("storage_m3", 1.0), ("storage_1e8m3", 1e8)),
}
_NOISE: Final = 1e-12  # relative; what arithmetic adds to the ends of the range
_ROUNDED_M: Final = 5.1e-5  # rounding a level to 0.1 mm may carry it so far over an end that lies between


class CurveError(TwinError):
    """Table that is no level–area–storage curve; attribute ``edition``, its id."""

    zh = "库容曲线有误：{message}"


@dataclass(frozen=True, kw_only=True)
class Edition:
    """Edition of a curve.

    ``id`` as the catalog names it, ``dated`` where a date is known.
    """

    id: str
    status: Literal["published", "surveyed", "derived"]
    source: str
    dated: date | None = None


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Level–area–storage curve of an edition.

    Its points from the lowest up, at least two. All three of one length. ``extended_to_m`` is how far the
    curve goes on above its last point, None for not at all. ``area_step_m2`` and ``storage_step_m3`` are what
    the table was rounded to, 0 where that is not known. Raises CurveError where the points are no curve.
    """

    edition: Edition
    level_m: tuple[float, ...]
    area_m2: tuple[float, ...]
    storage_m3: tuple[float, ...]
    extended_to_m: float | None = None
    area_step_m2: float = 0.0
    storage_step_m3: float = 0.0

    def __post_init__(self) -> None:
        points = list(zip(self.level_m, self.area_m2, self.storage_m3, strict=True))
        if len(points) < 2:
            raise self._fault("needs at least two points")
        for level, area, storage in points:
            if not (math.isfinite(level) and 0 <= area < math.inf and 0 <= storage < math.inf):
                raise self._fault(f"has a point of {level:g} m, {area:g} m², {storage:g} m³: that cannot be")
        for below, above in pairwise(points):
            for what, unit, low, high in zip(
                ("level", "area", "storage"), ("m", "m²", "m³"), below, above, strict=True
            ):
                if high < low or (high == low and what == "level"):
                    raise self._fault(
                        f"is not monotone: after the point at {below[0]:g} m the {what} goes from {low:g} to "
                        f"{high:g} {unit}"
                    )

    @property
    def id(self) -> str:
        return self.edition.id

    @property
    def lowest_m(self) -> float:
        return self.level_m[0]

    @property
    def published_to_m(self) -> float:
        """Highest published level; above it the curve is extrapolated."""
        return self.level_m[-1]

    @cached_property
    def highest_m(self) -> float:
        """Highest level with an answer."""
        above = -math.inf if self.extended_to_m is None else self.extended_to_m
        return max(self.published_to_m, above)

    @cached_property
    def lowest_m3(self) -> float:
        return self.storage_m3[0]

    @cached_property
    def highest_m3(self) -> float:
        return self._intervals[-1].storage_at(self.highest_m)

    @property
    def contradictions(self) -> tuple[tuple[float, float], ...]:
        """Intervals whose published areas contradict their storages.

        (from m, to m).
        """
        return tuple((part.low_m, part.high_m) for part in self.published if part.cut)

    @property
    def published(self) -> tuple[Interval, ...]:
        """Intervals between its points, none of them extrapolated."""
        return self._intervals[: len(self.level_m) - 1]

    @cached_property
    def consistency(self) -> Consistency:
        """Consistency of its areas and storages."""
        return consistency(
            self.published, area_step_m2=self.area_step_m2, storage_step_m3=self.storage_step_m3
        )

    def extrapolated(self, level_m: float) -> bool:
        """Return whether a level is beyond the edition's points.

        The answer is then its continuation.
        """
        return level_m > self.published_to_m + _ROUNDED_M

    def storage_at(self, level_m: float) -> float:
        """Return the storage (m³) at a level (m).

        Raises LevelOutOfRange, for NaN too.
        """
        return self._interval(level_m).storage_at(level_m)

    def area_at(self, level_m: float) -> float:
        """Return the water surface (m²) at a level (m).

        Raises LevelOutOfRange.
        """
        return self._interval(level_m).area_at(level_m)

    def rise_at(self, level_m: float) -> float:
        """Return dV/dh (m²) at a level.

        The area, unless table and storage contradict each other.
        """
        return self._interval(level_m).slope_at(level_m)

    def level_at(self, storage_m3: float) -> float:
        """Return the lowest level (m) of a storage (m³).

        To 1e-9 m. Raises StorageOutOfRange.
        """
        slack = self.highest_m3 * _NOISE
        if not self.lowest_m3 - slack <= storage_m3 <= self.highest_m3 + slack:
            raise StorageOutOfRange(storage_m3, lowest_m3=self.lowest_m3, highest_m3=self.highest_m3)
        first = bisect_left([part.high_m3 for part in self._intervals], storage_m3)
        return self._intervals[min(first, len(self._intervals) - 1)].level_at(storage_m3)

    def levels_at(self, storage_m3: F64) -> F64:
        """Return the lowest level (m) of each storage (m³), arrays (n,).

        As ``level_at``, all at once. Raises StorageOutOfRange for the first outside, NaN too.
        """
        slack = self.highest_m3 * _NOISE
        inside = (storage_m3 >= self.lowest_m3 - slack) & (storage_m3 <= self.highest_m3 + slack)
        if not inside.all():
            first = float(storage_m3[int(np.argmin(inside))])
            raise StorageOutOfRange(first, lowest_m3=self.lowest_m3, highest_m3=self.highest_m3)
        return levels_of(self._intervals, storage_m3)

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Mapping[str, str | float]],
        *,
        edition: Edition,
        extended_to_m: float | None = None,
        steps: Mapping[str, float] | None = None,
    ) -> Curve:
        """Make a curve from table rows.

        With level_m, area_m2 (or area_km2) and storage_m3 (or storage_1e8m3). Other columns are left alone.
        ``steps`` are what the columns area_m2 and storage_m3 were rounded to in the table that they come
        from; without them the rows' own numbers say it. Raises CurveError with the row that is wrong.
        """
        columns: dict[str, list[float]] = {name: [] for name in _COLUMNS}
        printed: dict[str, tuple[float, list[float]]] = {}
        for number, row in enumerate(rows, 1):
            for name, spellings in _COLUMNS.items():
                found = [(spelling, scale) for spelling, scale in spellings if spelling in row]
                if not found:
                    wanted = " or ".join(spelling for spelling, _ in spellings)
                    raise CurveError(f"curve {edition.id!r} has no column {wanted}", edition=edition.id)
                spelling, scale = found[0]
                try:
                    cell = float(row[spelling])
                    columns[name].append(cell * scale)
                    printed.setdefault(name, (scale, []))[1].append(cell)
                except (TypeError, ValueError):
                    raise CurveError(
                        f"curve {edition.id!r}, row {number}: {spelling} is {row[spelling]!r}, not a number",
                        edition=edition.id,
                    ) from None
        if steps is None:
            finite = {name: (scale, cells) for name, (scale, cells) in printed.items() if _finite(cells)}
            steps = {name: scale * printed_step(cells) for name, (scale, cells) in finite.items()}
        return cls(
            edition=edition,
            level_m=tuple(columns["level_m"]),
            area_m2=tuple(columns["area_m2"]),
            storage_m3=tuple(columns["storage_m3"]),
            extended_to_m=extended_to_m,
            area_step_m2=steps.get("area_m2", 0.0),
            storage_step_m3=steps.get("storage_m3", 0.0),
        )

    @classmethod
    def from_csv(
        cls,
        path: Path,
        *,
        edition: Edition,
        extended_to_m: float | None = None,
        steps: Mapping[str, float] | None = None,
    ) -> Curve:
        """Read a curve from a CSV file with a header.

        UTF-8, columns as in ``from_rows``. Raises CurveError.
        """
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file, restval=""))
        except OSError as error:
            said = (error.strerror or type(error).__name__).lower()
            raise CurveError(
                f"curve {edition.id!r}: cannot read {path}: {said}", edition=edition.id
            ) from None
        except (UnicodeDecodeError, csv.Error):
            raise CurveError(
                f"curve {edition.id!r}: cannot read {path}: is no CSV in UTF-8", edition=edition.id
            ) from None
        return cls.from_rows(rows, edition=edition, extended_to_m=extended_to_m, steps=steps)

    @cached_property
    def _intervals(self) -> tuple[Interval, ...]:
        points = list(zip(self.level_m, self.area_m2, self.storage_m3, strict=True))
        parts = [Interval.between(below, above) for below, above in pairwise(points)]
        if self.highest_m > self.published_to_m:
            parts.append(parts[-1].continued_to(self.highest_m))
        return tuple(parts)

    def _interval(self, level_m: float) -> Interval:
        if not self.lowest_m - _ROUNDED_M <= level_m <= self.highest_m + _ROUNDED_M:
            raise LevelOutOfRange(level_m, lowest_m=self.lowest_m, highest_m=self.highest_m)
        return self._intervals[max(0, min(bisect_right(self.level_m, level_m), len(self._intervals)) - 1)]

    def _fault(self, what: str) -> CurveError:
        return CurveError(f"curve {self.edition.id!r} {what}", edition=self.edition.id)


def _finite(cells: list[float]) -> bool:
    return all(map(math.isfinite, cells))
