"""Answers of ``twin water``, as a table or as JSON."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table
from twin.reservoir import WaterReport

from apps.printing import to_json
from twin.basin import Basin


def show_water(report: WaterReport, *, as_json: bool) -> None:
    """Print what a level means."""
    if as_json:
        click.echo(to_json(asdict(report)))
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    curve = report.curve + (", extrapolated" if report.extrapolated else "")
    table.add_row("level", f"{report.level_m:.2f} m", report.vertical)
    table.add_row("storage", f"{report.storage_m3 / 1e8:.3f} ×10⁸ m³", f"curve {curve}")
    table.add_row("area", f"{report.curve_area_m2 / 1e6:.2f} km²", f"curve {curve}")
    table.add_row("area", f"{report.area_m2 / 1e6:.2f} km²", "wet cells of the terrain")
    if report.terrain_storage_m3 is None:
        table.add_row("storage", "–", "the terrain holds no bed")
    else:
        bed = f"the terrain, bed {report.terrain_bed_m:.2f} m"
        table.add_row("storage", f"{report.terrain_storage_m3 / 1e8:.3f} ×10⁸ m³", bed)
    table.add_row("uncertain", f"{report.uncertain_area_m2 / 1e6:.2f} km²", "within the stated height error")
    table.add_row("generation", report.generation, "")
    Console().print(table)


def show_leaks(basin: Basin, *, as_json: bool) -> None:
    """Print the sills where a rising flood first leaves the basin."""
    leaks = basin.leaks()
    if as_json:
        click.echo(to_json([asdict(leak) for leak in leaks]))
        return
    if not leaks:
        click.echo(f"the basin holds up to {basin.cap_m:.2f} m")
        return
    columns = ("level m", "crest needed m", "east m", "north m", "longitude", "latitude")
    table = Table(*columns, box=None, pad_edge=False)
    for leak in leaks:
        table.add_row(
            f"{leak.level_m:.2f}",
            f"{leak.crest_needed_m:.2f}",
            f"{leak.east_m:.0f}",
            f"{leak.north_m:.0f}",
            f"{leak.longitude:.5f}",
            f"{leak.latitude:.5f}",
        )
    Console().print(table)
