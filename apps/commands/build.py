"""Command ``twin build``: build the store from the sources, with progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from apps.build_process import json_lines, outcome_line, published_line, signs_of_life
from apps.child_processes import end_with_parent
from apps.commands.options import basin_options, detail_option, ray_option
from apps.commands.outcome import outcome_of
from twin.build import Placer, Step
from twin.store import Store

if TYPE_CHECKING:
    from meshes.pipeline import Detail


@click.command()
@basin_options
@click.option(
    "--progress",
    type=click.Choice(["bar", "json", "none", "signs"]),
    default="bar",
    show_default=True,
    help="json: a line for each state, at last one of what is left out or doubtful; signs: with signs of "
    "life too, for a program that starts this.",
)
@detail_option
@ray_option
def build(
    catalog: Path,
    root: Path | None,
    store: Path | None,
    progress: str,
    detail: Detail | None,
    ray: str | None,
) -> None:
    """Turn the sources into the store; only what has changed is made.

    Says at every build what of an entry is missing or doubtful. Exit status: 0 every entry is built; 3 built,
    and an entry, or something of site.yaml, is left out whole; 1 nothing new can be opened; 2 wrong usage.
    """
    if progress == "signs":
        end_with_parent()  # before the imports, which take seconds
    from meshes.pipeline import build as build_basin  # noqa: PLC0415

    with _placing(ray, catalog, root=root, store=store, detail=detail) as placer:
        make = partial(build_basin, catalog, root=root, store=store, detail=detail, placer=placer)
        if progress == "bar":
            with TerminalBar() as bar:
                report = make(progress=bar)
        elif progress in ("json", "signs"):
            told, published = json_lines(sys.stdout), published_line(sys.stdout)
            with signs_of_life(sys.stdout) if progress == "signs" else nullcontext():
                report = make(progress=told, published=published)
        else:
            report = make()
    outcome = outcome_of(catalog, report.generation, root=root)
    lines = list(outcome.lines())
    for line in lines:
        click.echo("twin: " + " ".join(line.split()), err=True)
    if progress in ("json", "signs"):
        if lines:
            outcome_line(sys.stdout, outcome.as_dict())
    else:
        click.echo(
            f"generation {report.generation.id}: {len(report.made)} made, {len(report.kept)} kept, "
            f"{report.seconds:.1f} s"
        )
    if outcome.status:
        sys.exit(outcome.status)


@contextmanager
def _placing(
    ray: str | None, catalog: Path, *, root: Path | None, store: Path | None, detail: Detail | None
) -> Iterator[Placer | None]:
    """Connect to a cluster for the time of a build, where one is asked."""
    if ray is None:
        yield None
        return
    from apps.cluster.build_steps import ClusterPlacer  # noqa: PLC0415
    from apps.cluster.connecting import checked, connected  # noqa: PLC0415

    address = ray if ray == "local" else checked(ray)[0]
    with connected(address) as cluster:
        yield ClusterPlacer(
            cluster, catalog, root=root, store=Store.beside(catalog, store).folder, detail=detail
        )


class TerminalBar:
    """Progress bar on stderr; plain lines where stderr is no terminal."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._console = Console(file=stream)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=1.0, left="")
        self._said = ""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._bar.stop()

    def __call__(self, step: Step, *, done: float, seconds_left: float) -> None:
        title = step.title[1]
        self._bar.update(self._task, completed=done, description=title, left=f"{seconds_left:.0f} s left")
        if not self._console.is_terminal and title != self._said:
            self._said = title
            self._console.print(f"building: {title}", highlight=False)
