"""Command ``twin route``: route inflow and release through the lake."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.table import Table

from apps.commands.options import FiniteNumber, basin_options
from apps.commands.printing import console, to_json
from twin.basin import Basin
from twin.plan_table import read_plan
from twin.timed_table import LineFault, TimedTableError
from twin.water.release_plan import ReleasePlan
from twin.water.routing import RoutedPool, route_plan


@click.command()
@basin_options
@click.option(
    "--start", "start_m", type=FiniteNumber(), required=True, metavar="M", help="Level it starts at."
)
@click.option(
    "--inflow", "inflow_m3s", type=FiniteNumber(low=0), metavar="M3S", help="Constant inflow, m³/s."
)
@click.option(
    "--release",
    "release_m3s",
    type=FiniteNumber(low=0),
    default=0.0,
    metavar="M3S",
    help="Constant release, m³/s.",
)
@click.option(
    "--days",
    type=FiniteNumber(low=0.04),
    default=30.0,
    show_default=True,
    help="How long, with constant flows.",
)
@click.option(
    "--plan", type=click.Path(path_type=Path, exists=True), help="CSV of inflow and releases instead."
)
@click.option(
    "--level", "level_m", type=FiniteNumber(), metavar="M", help="A level whose crossing is wanted."
)
@click.option(
    "--start-error",
    "start_error_m",
    type=FiniteNumber(low=0),
    default=0.0,
    help="Error of the start level, m.",
)
@click.option(
    "--inflow-error",
    type=FiniteNumber(low=0, high=1),
    default=0.0,
    help="Error of the inflow, a share: 0.1 is 10 %.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def route(
    catalog: Path,
    root: Path | None,
    store: Path | None,
    start_m: float,
    inflow_m3s: float | None,
    release_m3s: float,
    days: float,
    plan: Path | None,
    level_m: float | None,
    start_error_m: float,
    inflow_error: float,
    as_json: bool,
) -> None:
    """Route inflow and release through the level pool.

    And print when levels are reached. Constant flows from now on, or a CSV file of them over time.
    """
    if (plan is None) == (inflow_m3s is None):
        raise click.UsageError("give one of --inflow and --plan")
    basin = Basin.open(catalog, root=root, store=store)
    zone = ZoneInfo(basin.site.time_zone)
    if plan is not None:
        try:
            text = plan.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise TimedTableError([LineFault(1, "不是 UTF-8 文本", "is no text in UTF-8")]) from None
        flows = read_plan(text, zone=zone, outlets=basin.outlets)
    else:
        assert inflow_m3s is not None
        flows = ReleasePlan.constant(
            start_s=float(round(time.time())), hours=24 * days, inflow_m3s=inflow_m3s, release_m3s=release_m3s
        )
    levels = {level.id: level.level_m for level in basin.site.levels}
    if level_m is not None:
        levels["asked"] = level_m
    water = basin.water
    routed = route_plan(
        water.curve,
        flows,
        start_m=start_m,
        start_error_m=start_error_m,
        inflow_error=inflow_error,
        levels=levels,
        outlets=basin.outlets,
        lowest_m=water.answered_from_m,
        highest_m=water.highest_m,
    )
    if as_json:
        click.echo(to_json(_facts(routed, curve=water.curve.id)))
    else:
        _print(routed, zone, curve=water.curve.id)


def _facts(routed: RoutedPool, *, curve: str) -> dict[str, Any]:
    """The routed pool as JSON has it; times in s since 1970 UTC."""
    pool = routed.pool
    return {
        "curve": curve,
        "end": routed.end,
        "peak_m": routed.peak[0],
        "peak_s": routed.peak[1],
        "crossings": [asdict(crossing) for crossing in routed.crossings],
        "time_s": pool.time_s.tolist(),
        "level_m": pool.level_m.tolist(),
        "storage_m3": pool.storage_m3.tolist(),
        "low": {"time_s": routed.low.time_s.tolist(), "level_m": routed.low.level_m.tolist()},
        "high": {"time_s": routed.high.time_s.tolist(), "level_m": routed.high.level_m.tolist()},
    }


def _print(routed: RoutedPool, zone: ZoneInfo, *, curve: str) -> None:
    def clock(at: float | None) -> str:
        return "–" if at is None else f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%Y-%m-%d %H:%M}"

    table = Table("level", "m", "", "time", "earliest", "latest", box=None, pad_edge=False)
    for crossing in routed.crossings:
        table.add_row(
            crossing.level_id,
            f"{crossing.level_m:.2f}",
            "rising" if crossing.rising else "falling",
            clock(crossing.at_s),
            clock(crossing.earliest_s),
            clock(crossing.latest_s),
        )
    console().print(table)
    peak_m, peak_s = routed.peak
    last_m, last_s = float(routed.pool.level_m[-1]), float(routed.pool.time_s[-1])
    beyond = "" if routed.end == "plan" else ": the end of the curve or rating, not computed beyond"
    click.echo(
        f"highest {peak_m:.2f} m at {clock(peak_s)}; {last_m:.2f} m at {clock(last_s)}{beyond}; curve {curve}"
    )
