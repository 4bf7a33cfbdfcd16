"""Rating tables of outlets: discharge by opening and level.

Between two rated openings and two rated levels discharge is bilinear; a closed outlet (opening 0) lets
nothing through. Outside of the table there is no answer.
"""

from __future__ import annotations

import csv
import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from twin.arrays import F64
from twin.errors import TwinError


class OutletError(TwinError):
    """Rating table that cannot be, or a question outside of it."""

    zh = "泄流设施的泄流能力表有误：{message}"


class OpeningError(OutletError):
    """Opening that is not rated."""

    zh = "{name}的开度应在 0 与 {widest} 之间"


@dataclass(frozen=True, kw_only=True)
class Rating:
    """Discharge (m³/s) of one opening at rising levels (m)."""

    opening: float
    level_m: tuple[float, ...]
    discharge_m3s: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """Outlet by its ratings, the smallest opening first.

    ``opening_unit`` is what openings are counted in: m, %, or '' where the table does not say. Raises
    OutletError where the table cannot be.
    """

    id: str
    name: Mapping[str, str]
    ratings: tuple[Rating, ...]
    opening_unit: str = ""

    def __post_init__(self) -> None:
        if not self.ratings:
            raise self._fault("has no rating")
        for rating in self.ratings:
            self._check(rating)
        for smaller, wider in pairwise(self.ratings):
            low = max(smaller.level_m[0], wider.level_m[0])
            high = min(smaller.level_m[-1], wider.level_m[-1])
            if low > high:
                raise self._fault(
                    f"has no level that both openings {smaller.opening:g} and {wider.opening:g} are rated at"
                )
            for level in {low, high, *(x for x in wider.level_m if low <= x <= high)}:
                if _at(wider, level) < _at(smaller, level) - 1e-9:
                    raise self._fault(
                        f"lets less through at opening {wider.opening:g} than at {smaller.opening:g}, "
                        f"at {level:g} m"
                    )

    def discharge_m3s(self, opening: float, level_m: F64 | float) -> F64:
        """Return the discharge, m³/s, at levels (m).

        At the table's end for levels beyond it; ``levels_m`` says where the table ends. Raises OutletError
        for an opening that is not rated.
        """
        through = np.zeros(np.shape(level_m))
        for share, rating in self._between(opening):
            through = through + share * np.interp(level_m, rating.level_m, rating.discharge_m3s)
        return through

    def levels_m(self, openings: F64) -> tuple[float, float]:
        """Return the levels (m) at which all of some openings are rated.

        Raises OutletError.
        """
        low, high = -math.inf, math.inf
        for opening in np.unique(openings):
            for _, rating in self._between(float(opening)):
                low, high = max(low, rating.level_m[0]), min(high, rating.level_m[-1])
        return low, high

    def _between(self, opening: float) -> list[tuple[float, Rating]]:
        """Ratings that an opening lies between, and the share of each; none where it is closed."""
        if opening == 0:
            return []
        rated = [rating.opening for rating in self.ratings]
        if not 0 <= opening <= rated[-1]:
            raise OpeningError(
                f"outlet {self.id!r} is rated from opening 0 to {rated[-1]:g} {self.opening_unit}".rstrip()
                + f": {opening:g} lies outside",
                name=self.name.get("zh", self.id),
                widest=f"{rated[-1]:g} {self.opening_unit}".rstrip(),
            )
        above = bisect_left(rated, opening)
        if rated[above] == opening:
            return [(1.0, self.ratings[above])]
        lower = rated[above - 1] if above else 0.0
        share = (opening - lower) / (rated[above] - lower)
        below = [(1 - share, self.ratings[above - 1])] if above else []
        return [*below, (share, self.ratings[above])]

    def _check(self, rating: Rating) -> None:
        levels, discharges = rating.level_m, rating.discharge_m3s
        where = f"at opening {rating.opening:g}"
        if not (math.isfinite(rating.opening) and rating.opening > 0):
            raise self._fault(f"has an opening of {rating.opening:g}: give one above 0")
        if len(levels) < 2:
            raise self._fault(f"needs at least two levels {where}")
        if not all(map(math.isfinite, (*levels, *discharges))) or min(discharges) < 0:
            raise self._fault(f"has a discharge that cannot be {where}")
        for (low, less), (high, more) in pairwise(zip(levels, discharges, strict=True)):
            if high == low:
                raise self._fault(f"has the level {low:g} m twice {where}")
            if more < less:
                raise self._fault(
                    f"lets less through at {high:g} m than at {low:g} m {where}: {more:g} and {less:g} m³/s"
                )

    def _fault(self, what: str) -> OutletError:
        return OutletError(f"outlet {self.id!r} {what}", outlet=self.id)


def outlets_from_rows(rows: Iterable[Mapping[str, str]], *, opening_unit: str = "") -> dict[str, Outlet]:
    """Read outlets from a long table, by their ids.

    Columns outlet, opening, level_m, discharge_m3s, and name_zh, name_en where there are any. Rows of opening
    0 must discharge nothing. Raises OutletError with the row that is wrong.
    """
    found: dict[str, dict[float, list[tuple[float, float]]]] = {}
    names: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, 1):
        outlet = (row.get("outlet") or "").strip()
        if not outlet:
            raise OutletError(f"row {number}: outlet is empty")
        opening, level, discharge = (
            _number(number, row, column) for column in ("opening", "level_m", "discharge_m3s")
        )
        if opening == 0 and discharge != 0:
            raise OutletError(f"row {number}: {discharge:g} m³/s through the closed outlet {outlet!r}")
        names.setdefault(
            outlet, {code: (row.get(f"name_{code}") or "").strip() or outlet for code in ("zh", "en")}
        )
        of_outlet = found.setdefault(outlet, {})
        if opening != 0:
            of_outlet.setdefault(opening, []).append((level, discharge))
    if not found:
        raise OutletError("the table of outlets is empty")
    return {
        outlet: Outlet(id=outlet, name=names[outlet], ratings=_ratings(openings), opening_unit=opening_unit)
        for outlet, openings in found.items()
    }


def outlets_from_csv(path: Path, *, opening_unit: str = "") -> dict[str, Outlet]:
    """Read outlets from a CSV file with a head, as ``outlets_from_rows``.

    Raises OutletError.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return outlets_from_rows(list(csv.DictReader(file, restval="")), opening_unit=opening_unit)
    except OSError as error:
        said = (error.strerror or type(error).__name__).lower()
        raise OutletError(f"cannot read the outlets in {path}: {said}") from None
    except (UnicodeDecodeError, csv.Error):
        raise OutletError(f"cannot read the outlets in {path}: is no CSV in UTF-8") from None


def _ratings(openings: Mapping[float, Sequence[tuple[float, float]]]) -> tuple[Rating, ...]:
    made = []
    for opening, points in sorted(openings.items()):
        levels, discharges = zip(*sorted(points), strict=True)
        made.append(Rating(opening=opening, level_m=levels, discharge_m3s=discharges))
    return tuple(made)


def _number(number: int, row: Mapping[str, str], column: str) -> float:
    cell = (row.get(column) or "").strip()
    try:
        value = float(cell) if "_" not in cell else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise OutletError(f"row {number}: {column} is {cell!r}, not a number")
    return value


def _at(rating: Rating, level_m: float) -> float:
    """The discharge at a level, straight between the rated ones."""
    return float(np.interp(level_m, rating.level_m, rating.discharge_m3s))
