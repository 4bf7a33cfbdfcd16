"""Read a plan from CSV text, or refuse it line by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

import numpy as np

from twin.timed_table import LineFault, TimedTableError, Wanted, read_timed_table
from twin.water.outlets import Outlet
from twin.water.release_plan import ReleasePlan

EXAMPLE = "time,inflow (m³/s),release (m³/s)"

_INFLOW = Wanted(
    name="inflow",
    zh="入库流量",
    names=("inflow", "inq", "入库流量", "入库", "来水", "来水流量"),
    property="inflow",
    own="inflow_m3s",
)
_RELEASE = Wanted(
    name="release",
    zh="出库流量",
    names=(
        *("release", "outflow", "otq", "outflow_m3s"),
        *("出库流量", "出库", "下泄流量", "泄流", "泄量", "泄流量"),
    ),
    property="release",
    own="release_m3s",
)


def read_plan(text: str, *, zone: tzinfo, outlets: Mapping[str, Outlet] | None = None) -> ReleasePlan:
    """Read a plan from CSV text with a head.

    Columns: a time, inflow and release with their units (``inflow (m³/s)``, ``入库流量(万m³/d)``), and
    openings by the outlet's id or name (``opening spillway (%)``). Raises TimedTableError with every wrong
    line, PlanError where it is too long.
    """
    openings = {id_: _opening(outlet) for id_, outlet in (outlets or {}).items()}
    time_s, values = read_timed_table(
        text, zone=zone, wanted=[_INFLOW, _RELEASE, *openings.values()], example=EXAMPLE
    )
    used = {id_: values[wanted.name] for id_, wanted in openings.items() if wanted.name in values}
    if "inflow" not in values:
        raise TimedTableError([LineFault(1, "没有入库流量列", "no column of inflow")])
    if "release" not in values and not used:
        words = LineFault(1, "没有出库流量列，也没有开度列", "no column of release, nor of an opening")
        raise TimedTableError([words])
    return ReleasePlan(
        time_s=time_s,
        inflow_m3s=values["inflow"],
        release_m3s=values.get("release", np.zeros_like(time_s)),
        openings=used,
    )


def _opening(outlet: Outlet) -> Wanted:
    """The column of an outlet's openings, by its id or a name of it, with or without the word."""
    plain = {outlet.id.lower(), *(name.lower() for name in outlet.name.values())}
    ways = ("{0}", "opening {0}", "{0} opening", "开度 {0}", "{0}开度", "{0} 开度")
    return Wanted(
        name=f"opening {outlet.id}",
        zh=f"开度 {outlet.id}",
        names=tuple(way.format(name) for name in plain for way in ways),
        unit=outlet.opening_unit,
    )
