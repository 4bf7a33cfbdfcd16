"""Command ``twin water``: print what a level or storage means.

As a table or as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from apps.commands.options import FiniteNumber, basin_options
from apps.commands.printing import console, km2, to_json, volume
from twin.analysis.affected import AffectedReport, Count
from twin.basin import Basin
from twin.reservoir import Sill, WaterReport
from twin.water.ranges import level_text


@click.command()
@basin_options
@click.option("--level", "level_m", type=FiniteNumber(), metavar="M", help="Water level in metres.")
@click.option("--storage", "storage_m3", type=FiniteNumber(), metavar="M3", help="Storage in cubic metres.")
@click.option(
    "--highest",
    "highest_m",
    type=FiniteNumber(),
    metavar="M",
    help="Highest level that the water stood at before; pockets stay full up to it.",
)
@click.option("--curve", help="Edition of the level–area–storage curve (default: the first in the catalog).")
@click.option("--affected", is_flag=True, help="List villages, buildings and people that the level affects.")
@click.option("--leaks", is_flag=True, help="List the sills where a flood first leaves the basin.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def water(
    catalog: Path,
    root: Path | None,
    store: Path | None,
    level_m: float | None,
    storage_m3: float | None,
    highest_m: float | None,
    curve: str | None,
    affected: bool,
    leaks: bool,
    as_json: bool,
) -> None:
    """Print area, storage and uncertainty of a level or storage.

    And by which curve.
    """
    if leaks == (level_m is not None or storage_m3 is not None) or (
        level_m is not None and storage_m3 is not None
    ):
        raise click.UsageError("give one of --level, --storage and --leaks")
    if leaks and highest_m is not None:
        raise click.UsageError("--highest goes with --level or --storage, not with --leaks")
    if affected and level_m is None:
        raise click.UsageError("--affected goes with --level")
    basin = Basin.open(catalog, root=root, store=store)
    if affected and level_m is not None:
        _print_affected(basin.affected.at(basin.water.state(level_m, highest_m=highest_m)), as_json=as_json)
    elif leaks:
        _print_leaks(basin, as_json=as_json)
    else:
        report = basin.water.at(level_m=level_m, storage_m3=storage_m3, highest_m=highest_m, curve=curve)
        _print_water(report, as_json=as_json)


def _print_water(report: WaterReport, *, as_json: bool) -> None:
    """Print what a level means."""
    if as_json:
        click.echo(to_json(asdict(report)))
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    curve = report.curve + (", extrapolated" if report.extrapolated else "")
    table.add_row("level", f"{level_text(report.level_m)} m", report.vertical)
    if report.highest_m is not None:
        table.add_row("highest", f"{level_text(report.highest_m)} m", "pockets stay full up to it")
    table.add_row("storage", volume(report.storage_m3), f"curve {curve}")
    table.add_row("area", km2(report.curve_area_m2), f"curve {curve}")
    if report.curve_doubts:
        table.add_row("area", km2(report.curve_rise_m2), "that its storages ask for here")
    table.add_row("area", km2(report.area_m2), f"wet cells of the terrain, {_extent(report)}")
    if report.terrain_storage_m3 is None:
        table.add_row("storage", "–", "the terrain holds no bed")
    else:
        bed = f"the terrain, bed {report.terrain_bed_m:.2f} m"
        table.add_row("storage", volume(report.terrain_storage_m3), bed)
    table.add_row(
        "uncertain", km2(report.uncertain_area_m2), f"within the stated height error, {_extent(report)}"
    )
    table.add_row("generation", report.generation, "")
    console().print(table)
    for doubt in report.curve_doubts:
        click.echo(f"curve {report.curve}: {doubt}")


def _extent(report: WaterReport) -> str:
    """The levels whose extent it is: known by the centimetre, so it may be coarser than the level."""
    words = f"extent at {report.extent_level_m:.2f} m"
    return (
        words if report.extent_highest_m is None else f"{words}, pockets to {report.extent_highest_m:.2f} m"
    )


def _print_affected(report: AffectedReport, *, as_json: bool) -> None:
    """Print what a level affects: certain, and what may come on top."""
    if as_json:
        click.echo(to_json(asdict(report)))
        return
    total = report.total
    click.echo(f"at {level_text(report.level_m)} m, certainly + possibly (± {report.vertical_error_m:g} m):")
    table = Table("village", "township", "first wet m", "buildings", "households", "people", box=None)
    for row in report.villages:
        first = "–" if row.first_wet_m is None else f"{row.first_wet_m:.2f}"
        name = row.name["zh"] or "outside all villages"
        own = (_both(row.sum.buildings), _both(row.sum.households), _both(row.sum.people))
        table.add_row(name, row.township["zh"], first, *own)
    sums = (_both(total.buildings), _both(total.households), _both(total.people))
    table.add_row(f"all: {_both(total.villages)}", "", "", *sums)
    console().print(table)
    if total.unsaid:
        click.echo(f"{total.unsaid} more have no figures of households or people: unknown, in no sum")
    if total.whole:
        click.echo(f"{total.whole} of the villages have no buildings and count as wholes")
    for one in report.left_out:
        click.echo(f"{one.name['zh']}: left out ({one.reason})")


def _both(count: Count | None) -> str:
    return "unknown" if count is None else f"{count.certain} + {count.possible}"


def _print_leaks(basin: Basin, *, as_json: bool) -> None:
    """Print the sills where a rising flood leaves the basin, and the hollows that it captures."""
    sills = basin.sills()
    if as_json:
        click.echo(to_json([asdict(sill) for sill in sills]))
        return
    outside = [sill for sill in sills if sill.kind == "outside"]
    highest_m = basin.catalog.head.reservoir.highest_m
    if outside:
        click.echo(f"the flood leaves the basin at {outside[0].level_m:.2f} m:")
        _print_sills(outside, last="dam about m long", value=lambda sill: f"{sill.width_m or 0:.0f}")
    else:
        click.echo(f"the basin holds up to {level_text(highest_m)} m")
    if pockets := [sill for sill in sills if sill.kind == "pocket"]:
        click.echo("hollows that are captured at once:")
        _print_sills(pockets, last="area km²", value=lambda sill: f"{(sill.area_m2 or 0) / 1e6:.2f}")


def _print_sills(sills: Sequence[Sill], *, last: str, value: Callable[[Sill], str]) -> None:
    columns = ("level m", "crest needed m", "east m", "north m", "longitude", "latitude", last)
    table = Table(*columns, box=None, pad_edge=False)
    for sill in sills:
        table.add_row(
            f"{sill.level_m:.2f}",
            level_text(sill.crest_needed_m),
            f"{sill.east_m:.0f}",
            f"{sill.north_m:.0f}",
            f"{sill.longitude:.5f}",
            f"{sill.latitude:.5f}",
            value(sill),
        )
    console().print(table)
