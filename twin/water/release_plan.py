"""Plan of a pool: its inflow over time, and what is released.

Inflow runs straight from point to point; a release, or the opening of an outlet, holds to the next point, as
gates do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from twin.arrays import F64
from twin.errors import TwinError

MOST_POINTS = 20_000
LONGEST_S = 400 * 86_400.0
STEP_S = 3600.0
"""Levels are computed at least so often between the points of a plan."""


_ZH = {
    "short": "至少需要两个时刻",
    "lengths": "各列长短不一",
    "number": "含有不是数值的内容",
    "order": "时刻须逐个递增",
    "long": "过长，请缩短",
    "negative": "出库流量与开度不能小于 0",
    "bounds": "水位误差不能小于 0，入库误差须在 0 与 100% 之间",
    "outlet": "没有泄流设施“{what}”",
    "supply": "降到的水位须低于起始水位 {what} m",
    "demand": "需水须大于 0，来水不能小于 0",
    "value": "{what}的数值不在允许范围之内",
    "document": "存档不完整，或属于其他版本",
    "none": "还没有推演，请先打开推演面板",
}


class PlanError(TwinError):
    """Plan that cannot be routed, for the reason ``code``."""

    zh = "来水与泄流方案有误：{words}"

    def __init__(self, message: str, *, code: str, what: object = "") -> None:
        super().__init__(message, code=code, what=what, words=_ZH[code].format(what=what))


@dataclass(frozen=True, kw_only=True)
class ReleasePlan:
    """Inflow and release of a pool, arrays (n,), n at least 2.

    ``time_s`` are seconds since 1970 UTC, rising; flows in m³/s. ``release_m3s[i]`` holds from ``time_s[i]``
    to the next point, and so does each of ``openings`` (by outlet, in the unit of its table), whose discharge
    comes on top of it. Raises PlanError.
    """

    time_s: F64
    inflow_m3s: F64
    release_m3s: F64
    openings: Mapping[str, F64] = field(default_factory=dict)

    def __post_init__(self) -> None:
        arrays = (self.inflow_m3s, self.release_m3s, *self.openings.values())
        if len(self.time_s) < 2:
            raise PlanError("needs at least two times", code="short")
        if any(each.shape != self.time_s.shape for each in arrays):
            raise PlanError("has columns of different lengths", code="lengths")
        if not all(np.isfinite(each).all() for each in (self.time_s, *arrays)):
            raise PlanError("has a number that is none", code="number")
        if (np.diff(self.time_s) <= 0).any():
            raise PlanError("its times do not rise", code="order")
        if len(self.time_s) > MOST_POINTS or self.time_s[-1] - self.time_s[0] > LONGEST_S:
            raise PlanError(
                f"is longer than {MOST_POINTS} points or {LONGEST_S / 86_400:.0f} days: shorten it",
                code="long",
            )
        if (self.release_m3s < 0).any() or any((each < 0).any() for each in self.openings.values()):
            raise PlanError("has a release or opening below 0", code="negative")

    @classmethod
    def constant(cls, *, start_s: float, hours: float, inflow_m3s: float, release_m3s: float) -> Self:
        """Make a plan of constant inflow and release from a time on.

        Raises PlanError.
        """
        return cls.of([start_s, start_s + hours * 3600.0], [inflow_m3s] * 2, [release_m3s] * 2)

    @classmethod
    def of(cls, time_s: ArrayLike, inflow_m3s: ArrayLike, release_m3s: ArrayLike) -> Self:
        """Make a plan of any sequences. Raises PlanError."""
        time, inflow, release = (np.asarray(each, np.float64) for each in (time_s, inflow_m3s, release_m3s))
        return cls(time_s=time, inflow_m3s=inflow, release_m3s=release)

    def on(self, time_s: F64) -> ReleasePlan:
        """Return the same plan at other times within it.

        They must hold all of its own.
        """
        holds = np.searchsorted(self.time_s, time_s, side="right") - 1
        return ReleasePlan(
            time_s=time_s,
            inflow_m3s=np.interp(time_s, self.time_s, self.inflow_m3s),
            release_m3s=self.release_m3s[holds],
            openings={outlet: each[holds] for outlet, each in self.openings.items()},
        )

    def refined(self, step_s: float = STEP_S) -> ReleasePlan:
        """Return the same plan with a point at least every ``step_s``."""
        between = np.arange(self.time_s[0], self.time_s[-1], step_s)
        return self.on(np.union1d(self.time_s, between))
