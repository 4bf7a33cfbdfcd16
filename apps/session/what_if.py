"""Define a what-if: start, flows, releases and their errors.

One JSON document that a desk edits, a server keeps and a colleague opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from twin.arrays import F64
from twin.moment import EARLIEST, LATEST
from twin.water.release_plan import MOST_POINTS, PlanError, ReleasePlan

DAY_S = 86_400.0
MOST_DAYS = 366
MOST_FLOW = 200_000.0
"""m³/s; the largest rivers of the earth carry as much."""
DRAWN = 40
"""Series with at most so many points are drawn and listed one by one."""

Time = Annotated[float, Field(ge=EARLIEST.timestamp(), lt=LATEST.timestamp())]
Flow = Annotated[float, Field(ge=-MOST_FLOW, le=MOST_FLOW)]
Released = Annotated[float, Field(ge=0, le=MOST_FLOW)]
Metres = Annotated[float, Field(ge=-500, le=9000)]
Series = Annotated[tuple[tuple[Time, Flow], ...], Field(min_length=1, max_length=MOST_POINTS)]
Held = Annotated[tuple[tuple[Time, Released], ...], Field(min_length=1, max_length=MOST_POINTS)]


_FIELDS = {
    "start_s": ("起始时刻", "the start time"),
    "start_m": ("起始水位", "the start level"),
    "start_error_m": ("起始水位误差", "the error of the start level"),
    "inflow_error": ("入库流量误差", "the error of the inflow"),
    "days": ("时段", "the length"),
    "inflow": ("入库流量", "the inflow"),
    "release": ("出库流量", "the release"),
    "openings": ("开度", "an opening"),
    "target_m": ("到达水位", "the level to reach"),
    "demand_m3s": ("需水", "the demand"),
    "supply_to_m": ("降到的水位", "the level to fall to"),
    "times": ("时刻", "a time"),
}
"""What a person calls a field, in Chinese and English."""


class WhatIf(BaseModel):
    """What-if of a lake's level: start, inflow, releases, bounds.

    Times are seconds since 1970 UTC, levels m, flows m³/s. Inflow runs straight between its points and holds
    before the first and after the last; a release, or an outlet's opening, holds from its point to the next.
    ``source`` names the file that the flows come from, '' where they were typed or drawn. ``target_m`` is the
    level that is asked for; with ``auto_days`` the days are as many as it takes to reach it. ``demand_m3s``
    and ``supply_to_m`` ask how long the lake lasts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start_s: Time
    start_m: Metres
    from_live: bool = False
    start_error_m: Annotated[float, Field(ge=0, le=5)] = 0.05
    inflow_error: Annotated[float, Field(ge=0, le=0.9)] = 0.1
    days: Annotated[float, Field(gt=0, le=MOST_DAYS)] = 7.0
    auto_days: bool = True
    inflow: Series
    release: Held
    openings: Annotated[dict[str, Held], Field(max_length=50)] = Field(default={})
    target_m: Metres | None = None
    demand_m3s: Annotated[float, Field(gt=0, le=MOST_FLOW)] = 10.0
    supply_to_m: Metres | None = None
    source: Annotated[str, Field(max_length=80)] = ""

    @model_validator(mode="after")
    def _times_rise(self) -> Self:
        for series in (self.inflow, self.release, *self.openings.values()):
            if any(later[0] <= earlier[0] for earlier, later in pairwise(series)):
                raise ValueError("the times of a series rise")
        return self

    @property
    def end_s(self) -> float:
        """Time at which it ends."""
        return self.start_s + self.days * DAY_S

    @property
    def plan(self) -> ReleasePlan:
        """Plan that the level pool routes. Raises PlanError."""
        series = (self.inflow, self.release, *self.openings.values())
        inside = {at for each in series for at, _ in each if self.start_s < at < self.end_s}
        time = np.array(sorted({self.start_s, self.end_s, *inside}))
        return ReleasePlan(
            time_s=time,
            inflow_m3s=np.interp(time, [at for at, _ in self.inflow], [value for _, value in self.inflow]),
            release_m3s=_held(time, self.release),
            openings={outlet: _held(time, each) for outlet, each in self.openings.items()},
        )

    def changed(self, **fields: object) -> WhatIf:
        """Return it with some fields changed.

        Raises PlanError for values that cannot be."""
        try:
            return WhatIf.model_validate({**dict(self), **fields})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = str(first["loc"][0]) if first["loc"] else "times"
            names = _FIELDS.get(where, (where, where))
            raise PlanError(f"{names[1]} is outside what can be", code="value", what=names[0]) from None

    @property
    def constant(self) -> bool:
        """Whether nothing changes after its start."""
        return all(len(each) == 1 for each in (self.inflow, self.release, *self.openings.values()))

    @classmethod
    def from_document(cls, document: str) -> WhatIf:
        """Read a kept what-if. Raises PlanError."""
        try:
            return cls.model_validate_json(document)
        except ValidationError:
            raise PlanError("what was kept is not whole, or of another version", code="document") from None

    def with_plan(self, plan: ReleasePlan, *, source: str) -> WhatIf:
        """Return it with the flows of a table, until the table's end.

        It goes on from its own start where the table holds that time, else from the table's first. Raises
        PlanError.
        """
        first, last = float(plan.time_s[0]), float(plan.time_s[-1])
        goes_on = first <= self.start_s < last
        start = self.start_s if goes_on else first
        return self.changed(
            start_s=start,
            from_live=self.from_live and goes_on,
            days=(last - start) / DAY_S,
            auto_days=False,
            inflow=_points(plan.time_s, plan.inflow_m3s),
            release=_points(plan.time_s, plan.release_m3s),
            openings={id_: _points(plan.time_s, each) for id_, each in plan.openings.items()},
            source=source,
        )


def _points(time: F64, values: F64) -> list[tuple[float, float]]:
    return [(float(at), float(value)) for at, value in zip(time, values, strict=True)]


def _held(time: F64, points: Sequence[tuple[float, float]]) -> F64:
    """What holds at each time; before the first point that one's."""
    at = np.searchsorted([each for each, _ in points], time, side="right") - 1
    return np.array([points[max(0, int(k))][1] for k in at])
