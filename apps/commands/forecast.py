"""Command ``twin forecast``: keep forecast runs of the lake, and list them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import click

from apps.commands.options import PROJECT_CATALOG
from twin.basin import Basin
from twin.catalog.types import Access
from twin.forecast_runs import ForecastRuns
from twin.runs_file import FILE, RunsFile
from twin.stations.feeds.base import ForecastIssue
from twin.store import Store
from twin.timed_table import LineFault, TimedTableError
from twin.written_time import WrittenTimeError, read_time


@click.command()
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option(
    "--catalog", type=click.Path(path_type=Path), default=PROJECT_CATALOG, help="The basin's catalog."
)
@click.option("--root", type=click.Path(path_type=Path), help="Folder that relative uris start from.")
@click.option("--store", type=click.Path(path_type=Path), help="Folder of products (default: .twin).")
@click.option("--author", help="Who issued it; shown beside it.")
@click.option("--issued", help="When it was issued, like 2026-07-01 08:00.")
@click.option("--name", help="What it is called (default: the file's name).")
@click.option(
    "--access",
    type=click.Choice(get_args(Access)),
    default="internal",
    show_default=True,
    help="Who may see it.",
)
@click.option("--list", "listed", is_flag=True, help="List what is kept.")
@click.option("--delete", metavar="ID", help="Delete a run.")
def forecast(
    table: Path | None,
    catalog: Path,
    root: Path | None,
    store: Path | None,
    author: str | None,
    issued: str | None,
    name: str | None,
    access: Access,
    listed: bool,
    delete: str | None,
) -> None:
    """Keep a forecast of the lake's level from a CSV file.

    Beside observations, never among them.

    TABLE has a time, level (m) or storage (亿m³), and bounds level_low, level_high. Desks show it dashed,
    with its author and time of issue.
    """
    runs = RunsFile(Store.beside(catalog, store).folder / FILE)
    if delete is not None:
        runs.delete(delete)
        return
    if listed:
        for run in runs.all("forecast"):
            click.echo(f"{run.id}  {run.issued_at:%Y-%m-%d %H:%M}Z  {run.author}  {run.name}  {run.access}")
        return
    if table is None or not author or not issued:
        raise click.UsageError("give a TABLE with --author and --issued, or --list")
    basin = Basin.open(catalog, root=root, store=store)
    zone = ZoneInfo(basin.site.time_zone)
    try:
        issued_at = read_time(issued, zone=zone)
    except WrittenTimeError:
        raise click.UsageError(f"--issued is {issued!r}: write it like 2026-07-01 08:00") from None
    try:
        text = table.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TimedTableError([LineFault(1, "不是 UTF-8 文本", "is no text in UTF-8")]) from None
    issue = ForecastIssue(
        table=text, name=name or table.stem, author=author, access=access, issued_at=issued_at
    )
    kept, levels = ForecastRuns(runs, zone=zone, curve=basin.water.curve).keep(issue)
    click.echo(
        f"{kept}: {len(levels.time_s)} times, {levels.level_m.min():.2f} to {levels.level_m.max():.2f} m"
    )
