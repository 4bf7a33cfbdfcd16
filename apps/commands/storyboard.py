"""Command ``twin storyboard``: check, freeze, make slides of a script."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from apps.commands.new_file import new_file
from apps.commands.options import PROJECT_CATALOG
from apps.commands.printing import console, to_json
from apps.recorder.film_check import film_problems
from apps.recorder.freezing import freeze as freeze_values
from apps.recorder.freezing import utc_now
from twin.catalog.problems import Problem
from twin.catalog.yaml_tree import Document
from twin.counting import counted
from twin.live import open_database
from twin.stations.store import Reader
from twin.storyboard.film_basin import FilmBasin, catalog_of, open_film_basin
from twin.storyboard.loading import StoryboardError, read_storyboard
from twin.storyboard.storyboard import Storyboard
from twin.storyboard.writing import digest_of, save
from twin.water.ranges import level_text


@dataclass(frozen=True, kw_only=True)
class OpenedScript:
    """Storyboard with its lines, and the basin that it shows."""

    file: Path
    storyboard: Storyboard
    document: Document
    film: FilmBasin

    @classmethod
    def open(cls, file: Path, *, catalog: Path | None, root: Path | None, store: Path | None) -> OpenedScript:
        """Raises StoryboardError, CatalogError, NotBuiltError."""
        script, document = read_storyboard(file)
        film = open_film_basin(
            script,
            file=file,
            document=document,
            catalog=catalog or catalog_of(script, file=file, default=PROJECT_CATALOG),
            root=root,
            store=store,
        )
        return cls(file=file, storyboard=script, document=document, film=film)

    def problems(self) -> tuple[Problem, ...]:
        """Return all that is wrong with the film, by line."""
        return film_problems(self.storyboard, self.film, file=self.file, document=self.document)


def script_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add FILE, --catalog, --root and --store, the same on every command."""
    for option in (
        click.option("--store", type=click.Path(path_type=Path), help="Folder of products (default: .twin)."),
        click.option("--root", type=click.Path(path_type=Path), help="Folder that relative uris start from."),
        click.option(
            "--catalog", type=click.Path(path_type=Path), help="The basin (default: as FILE names)."
        ),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@click.group()
def storyboard() -> None:
    """Check a film's storyboard, freeze live values into it, make slides.

    A storyboard is a YAML file, described in docs/storyboards.md; 'twin record' makes its film.
    """


@storyboard.command()
@script_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(file: Path, catalog: Path | None, root: Path | None, store: Path | None, as_json: bool) -> None:
    """Check a storyboard, and name all that cannot be shown.

    Each with its line. Exit status 0 if it can be recorded, warnings or not; else 1.
    """
    try:
        problems = OpenedScript.open(file, catalog=catalog, root=root, store=store).problems()
    except StoryboardError as error:
        problems = error.problems
    if as_json:
        click.echo(to_json([problem.as_dict() for problem in problems]))
    else:
        _print(file, problems)
    if any(problem.severity == "error" for problem in problems):
        sys.exit(1)


def _print(file: Path, problems: Sequence[Problem]) -> None:
    out = console()
    for problem in problems:
        out.print(str(problem), style="red" if problem.severity == "error" else "yellow", markup=False)
    errors = sum(problem.severity == "error" for problem in problems)
    out.print(f"{file}: " + (counted(errors, "error") if errors else "no errors"), markup=False)


@storyboard.command()
@script_options
def freeze(file: Path, catalog: Path | None, root: Path | None, store: Path | None) -> None:
    """Write the newest values of stations and gauge into a storyboard.

    So that the film can be made again. The rest of the file stays as it is.
    """
    seen = digest_of(file)
    script = OpenedScript.open(file, catalog=catalog, root=root, store=store)
    with closing(open_database(script.film.basin, write=False)) as database:
        found = freeze_values(script.film.basin, Reader(database), now=utc_now())
    save(script.storyboard.model_copy(update={"frozen": found.frozen}), file, seen=seen)
    frozen = found.frozen
    level = "no level" if frozen.level_m is None else f"the level, {level_text(frozen.level_m)} m,"
    click.echo(f"{file}: {counted(len(frozen.values), 'value')} and {level} of {frozen.at:%Y-%m-%d %H:%M}Z")
    if found.no_level:
        click.echo(f"the level is not frozen: {found.no_level}", err=True)


@storyboard.command()
@script_options
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True, help="A new .pptx.")
def slides(file: Path, catalog: Path | None, root: Path | None, store: Path | None, output: Path) -> None:
    """Write a film as slides, one a shot.

    Captions and numbers are text that can be edited; notes name the source of each number and picture.
    """
    from apps.recorder.recording_job import RecordingJob  # noqa: PLC0415  (it draws)
    from apps.recorder.slides.slides_file import write_slides  # noqa: PLC0415

    if output.suffix.lower() != ".pptx":
        raise click.BadParameter(f"{output}: slides end in .pptx", param_hint="--output")
    script = OpenedScript.open(file, catalog=catalog, root=root, store=store)
    problems = script.problems()
    if errors := tuple(problem for problem in problems if problem.severity == "error"):
        raise StoryboardError(errors)
    for problem in problems:
        click.echo(str(problem), err=True)
    basin = script.film.basin
    job = RecordingJob(
        board=script.storyboard.model_copy(update={"generation": basin.generation.id}),
        file=file.absolute(),
        catalog=basin.catalog.path.absolute(),
        root=root,
        store=store,
    )
    with new_file(output, option="--output") as whole:
        count = write_slides(job, whole)
    click.echo(f"{output}: {counted(count, 'slide')}")
