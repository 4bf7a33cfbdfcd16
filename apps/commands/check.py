"""Command ``twin check``: print each entry's status and problems."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from apps.build_process import LEFT_OUT
from apps.commands.options import basin_options
from apps.commands.printing import console, to_json
from meshes.build.catalog_check import CheckReport
from meshes.build.catalog_check import check as check_catalog
from twin.catalog.problems import Problem
from twin.counting import counted
from twin.notes import kind_of


@click.command()
@basin_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(catalog: Path, root: Path | None, store: Path | None, as_json: bool) -> None:
    """Check each entry of the catalog, and what a build will report.

    Exit status as of 'twin build': 0 every entry would be built; 3 one, or something of site.yaml, would be
    left out whole; 1 nothing could be built.
    """
    del store
    report = check_catalog(catalog, root=root)
    if as_json:
        click.echo(to_json(report.as_dict()))
    else:
        _print(report)
    if not report.ok:
        sys.exit(LEFT_OUT if report.buildable else 1)


def _print(report: CheckReport) -> None:
    out = console()
    if report.rows:
        columns = ("entry", "kind", "driver", "crs", "vertical", "edition", "access", "state", "what")
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        doubted = {problem.entry for problem in report.problems}
        for row in report.rows:
            state = "doubtful" if row.status == "ok" and row.id in doubted else row.status
            style = {"ok": "green", "broken": "red"}.get(state, "yellow")
            table.add_row(
                row.id,
                row.kind,
                row.driver,
                row.crs,
                row.vertical,
                row.edition,
                row.access,
                Text(state, style=style),
                row.reason or row.facts,
            )
        out.print(table)
    for problem, count in _alike(report.problems):
        words = f"{problem} (and {count - 1:,} alike)" if count > 1 else str(problem)
        out.print(words, style="red" if problem.severity == "error" else "yellow", markup=False)
    errors = sum(problem.severity == "error" for problem in report.problems)
    out.print(f"{report.catalog}: " + (counted(errors, "error") if errors else "no errors"), markup=False)


def _alike(problems: Sequence[Problem]) -> list[tuple[Problem, int]]:
    """Problems of one entry that differ in numbers alone: the first, and how many; JSON has them all."""
    groups: dict[tuple[str, str | None, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.severity, problem.key, kind_of(problem.message)), []).append(problem)
    return [(some[0], len(some)) for some in groups.values()]
