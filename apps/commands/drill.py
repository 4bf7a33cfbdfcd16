"""Command ``twin drill``: check files of drills, and read their logs."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from apps.commands.options import PROJECT_CATALOG, basin_options
from twin.basin import Basin
from twin.catalog import load_catalog_leniently
from twin.store import Store


@click.group()
def drill() -> None:
    """Check files of drills, and read their logs."""


@drill.command()
@click.argument(
    "files", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1, required=True
)
@click.option(
    "--catalog", type=click.Path(path_type=Path), default=PROJECT_CATALOG, help="The basin's catalog."
)
@click.option("--root", type=click.Path(path_type=Path), help="Folder that relative uris start from.")
@click.option("--store", type=click.Path(path_type=Path), help="Folder of products (default: .twin).")
def check(files: tuple[Path, ...], catalog: Path, root: Path | None, store: Path | None) -> None:
    """Check files of drills; one line for each fault.

    Against the basin's stations and lake, as they are built. Exit status 1 where there is a fault.
    """
    from apps.session.drill_state import drill_basin  # noqa: PLC0415
    from twin.drills.drill_check import check_drill  # noqa: PLC0415

    basin = drill_basin(Basin.open(catalog, root=root, store=store))
    if basin is None:
        raise click.ClickException("the basin has no gauge of the lake, whose level a drill gives")
    wrong = False
    for path in files:
        checked = check_drill(path, basin)
        for problem in checked.problems:
            click.echo(str(problem), err=True)
        if checked.drill is None:
            wrong = True
            continue
        found = checked.drill
        values = sum(len(series.values) for series in found.series)
        click.echo(
            f"{path}: {found.name.en} by {found.author}, {found.minutes:g} min, "
            f"{values} values of {len({series.station for series in found.series})} stations"
        )
    sys.exit(1 if wrong else 0)


@drill.command()
@basin_options
@click.option("--id", "id_", metavar="ID", help="The drill whose log is printed (default: list them).")
def log(catalog: Path, root: Path | None, store: Path | None, id_: str | None) -> None:
    """List drills that ran, or print the log of one."""
    from twin.drills.drill_log import drill_lines, logged_drills  # noqa: PLC0415

    read, _ = load_catalog_leniently(catalog, root=root)
    folder, zone = Store.beside(read.path, store).folder, ZoneInfo(read.site.time_zone)
    if id_ is not None:
        for line in drill_lines(folder, id_):
            click.echo(_line(line, zone))
        return
    for each in logged_drills(folder):
        lines = list(drill_lines(folder, each))
        ended = next((line for line in lines if line["what"] == "ended"), None)
        how = "no end: the server fell" if ended is None else f"ended by {_WHY[ended['why']]}"
        click.echo(f"{each}  {_line(lines[0], zone) if lines else 'nothing was written'}  {how}")


_WHY = {
    "file": "its file",
    "operator": "an operator",
    "left": "another scene on the wall",
    "stopped": "the server's stop",
}


def _line(line: dict[str, Any], zone: ZoneInfo) -> str:
    """One line of a log for people."""
    at = f"{datetime.fromisoformat(line['at']).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if line["what"] == "started":
        told = line["drill"]
        by = line["by"] or "an operator"
        return f"{at}  started  {told['name']['en']} by {told['author']} ({line['file']}), run by {by}"
    if line["what"] == "ended":
        return f"{at}  ended    by {_WHY[line['why']]} {line['by']}".rstrip()
    alarm = line["alarm"]
    words = "" if alarm is None else alarm["text"]["en"]
    said = " ".join(part for part in (line["by"], line["note"]) if part)
    return f"{at}  {line['what']:<8} {line['id']}  {words}  {said}".rstrip()
