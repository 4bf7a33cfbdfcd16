"""Command ``twin storyboard``: check a film's script."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from apps.commands.options import PROJECT_CATALOG
from apps.commands.printing import console, to_json
from twin.catalog.problems import Problem
from twin.counting import counted
from twin.storyboard.checking import storyboard_problems
from twin.storyboard.film_basin import catalog_of, open_film_basin
from twin.storyboard.loading import StoryboardError, read_storyboard


@click.group()
def storyboard() -> None:
    """Check a film's storyboard.

    A storyboard is a YAML file: docs/storyboards.md describes it, and 'twin record' makes its film.
    """


@storyboard.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--catalog", type=click.Path(path_type=Path), help="The basin's catalog (default: the file's).")
@click.option("--root", type=click.Path(path_type=Path), help="Folder that relative uris start from.")
@click.option("--store", type=click.Path(path_type=Path), help="Folder of products (default: .twin).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(file: Path, catalog: Path | None, root: Path | None, store: Path | None, as_json: bool) -> None:
    """Check a storyboard, and name all that cannot be shown.

    Each with its line. Exit status 0 if it can be recorded, warnings or not; else 1.
    """
    try:
        problems = _problems(file, catalog=catalog, root=root, store=store)
    except StoryboardError as error:
        problems = error.problems
    if as_json:
        click.echo(to_json([problem.as_dict() for problem in problems]))
    else:
        _print(file, problems)
    if any(problem.severity == "error" for problem in problems):
        sys.exit(1)


def _problems(
    file: Path, *, catalog: Path | None, root: Path | None, store: Path | None
) -> tuple[Problem, ...]:
    script, document = read_storyboard(file)
    film = open_film_basin(
        script,
        file=file,
        document=document,
        catalog=catalog or catalog_of(script, file=file, default=PROJECT_CATALOG),
        root=root,
        store=store,
    )
    return storyboard_problems(script, film.basin, file=file, document=document, left_out=film.left_out)


def _print(file: Path, problems: Sequence[Problem]) -> None:
    out = console()
    for problem in problems:
        out.print(str(problem), style="red" if problem.severity == "error" else "yellow", markup=False)
    errors = sum(problem.severity == "error" for problem in problems)
    out.print(f"{file}: " + (counted(errors, "error") if errors else "no errors"), markup=False)
