"""Command ``twin storyboard``: check, preview, freeze, make slides of a script."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from apps.commands.new_file import new_file
from apps.commands.opened_script import OpenedScript, script_options
from apps.commands.printing import console, to_json
from twin.catalog.problems import Problem
from twin.counting import counted
from twin.storyboard.loading import StoryboardError
from twin.storyboard.writing import digest_of, save
from twin.water.ranges import level_text


@click.group()
def storyboard() -> None:
    """Check, preview and estimate a film; freeze live values, make slides.

    It is a YAML file, described in docs/storyboards.md; 'twin record' makes its film.
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
    from apps.recorder.freezing import freeze as freeze_values  # noqa: PLC0415
    from apps.recorder.freezing import utc_now  # noqa: PLC0415
    from twin.live import open_database  # noqa: PLC0415
    from twin.stations.store import Reader  # noqa: PLC0415

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
    from apps.recorder.slides.slides_file import write_slides  # noqa: PLC0415  (it draws)

    if output.suffix.lower() != ".pptx":
        raise click.BadParameter(f"{output}: slides end in .pptx", param_hint="--output")
    script = OpenedScript.open(file, catalog=catalog, root=root, store=store)
    script.refuse()
    with new_file(output, option="--output") as whole:
        count = write_slides(script.job(), whole)
    click.echo(f"{output}: {counted(count, 'slide')}")


@storyboard.command()
@script_options
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that draw (default: one a core).")
@click.option("--draft", is_flag=True, help="Of a draft: 720 lines, 15 frames a second.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def estimate(
    file: Path,
    catalog: Path | None,
    root: Path | None,
    store: Path | None,
    workers: int | None,
    draft: bool,
    as_json: bool,
) -> None:
    """Draw a few frames and estimate a recording's time, size and memory.

    On this machine, as busy as it is now.
    """
    from apps.commands.record import DRAFT_FPS, DRAFT_LINES  # noqa: PLC0415
    from apps.recorder.contact_sheet import small  # noqa: PLC0415
    from apps.recorder.local_workers import usual_workers  # noqa: PLC0415
    from apps.recorder.recording_estimate import estimate_recording  # noqa: PLC0415
    from apps.recorder.recording_progress import duration  # noqa: PLC0415

    script = OpenedScript.open(file, catalog=catalog, root=root, store=store)
    script.refuse()
    board = script.storyboard
    changes = small(board, lines=DRAFT_LINES, fps=min(DRAFT_FPS, board.fps)) if draft else {}
    job = script.job(changes, draft=draft)
    found = estimate_recording(job, workers=workers or usual_workers())
    if as_json:
        click.echo(to_json(asdict(found) | {"takes_s": found.takes_s}))
        return
    width, height = job.board.size
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_row("film", f"{found.seconds:g} s, {width} × {height}, {job.board.fps} frames/s")
    table.add_row("frames", f"{found.frames:,}, {found.frame_s:.2f} s each")
    table.add_row("time", f"about {duration(found.takes_s)} with {counted(found.workers, 'worker')}")
    table.add_row("movie", f"about {found.nbytes / 1e6:,.0f} MB")
    one = found.worker_bytes / 1e9
    table.add_row("memory", f"{one:.1f} GB a worker, {one * found.workers:.1f} GB in all")
    console().print(table)


@storyboard.command()
@script_options
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Sheet (default: FILE.preview.png).")
@click.option("--movie", is_flag=True, help="Also a small, quick movie beside it (.mp4).")
def preview(
    file: Path, catalog: Path | None, root: Path | None, store: Path | None, output: Path | None, movie: bool
) -> None:
    """Draw a contact sheet: a small frame of each second.

    A sheet that is there is replaced.
    """
    from apps.recorder.contact_sheet import (  # noqa: PLC0415
        MOVIE_FPS,
        MOVIE_LINES,
        contact_sheet,
        small,
        small_movie,
    )

    script = OpenedScript.open(file, catalog=catalog, root=root, store=store)
    script.refuse()
    output = output or file.with_suffix(".preview.png")
    sheet = contact_sheet(script.job(small(script.storyboard)).open_film())
    partial_sheet = output.with_name(f".{output.name}")
    sheet.save(partial_sheet, format="PNG")
    partial_sheet.replace(output)
    click.echo(f"{output}: {sheet.width} × {sheet.height}")
    if movie:
        changes = small(script.storyboard, lines=MOVIE_LINES, fps=min(MOVIE_FPS, script.storyboard.fps))
        small_movie(script.job(changes).open_film(), output.with_suffix(".mp4"))
        click.echo(str(output.with_suffix(".mp4")))
