"""The command ``twin``: check, build, prune, water, curve, serve, live, stations, feed."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apps.commands.feed import feed
from apps.commands.options import basin_options
from apps.commands.stations import live, stations
from twin.errors import TwinError

if TYPE_CHECKING:
    from meshes.build.pipeline import Detail

USAGE = 2
"""Exit status where the question itself cannot be answered, as click's own."""


def main() -> None:
    """Run a command; what a person can mend is one line on stderr and a non-zero exit."""
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        _die(error.format_message(), error.exit_code)
    except click.Abort:
        _die("stopped", 130)
    except TwinError as error:
        from apps.error_messages import in_english  # noqa: PLC0415
        from twin.water.ranges import HighestBelowLevel, LevelOutOfRange, StorageOutOfRange  # noqa: PLC0415

        asked_wrongly = isinstance(error, LevelOutOfRange | HighestBelowLevel | StorageOutOfRange)
        _die(in_english(error), USAGE if asked_wrongly else 1)
    except BrokenPipeError:
        sys.exit(1)
    except (OSError, MemoryError) as error:  # the machine's fault, which a person can mend
        from apps.error_messages import in_english  # noqa: PLC0415
        from twin.disk import refusal  # noqa: PLC0415

        _die(in_english(refusal(error)), 1)


def _die(message: str, code: int) -> None:
    click.echo("twin: " + " ".join(message.split()), err=True)
    sys.exit(code)


_detail_option = click.option(
    "--detail",
    type=click.Choice(["normal", "high"]),
    help="How fine the sample's villages are made (default: the catalog's); high is for measuring.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="miyun-twin", prog_name="twin")
def cli() -> None:
    """A digital twin of a reservoir basin: check its data, build it, ask its water, serve it."""


@cli.command()
@basin_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(catalog: Path, root: Path | None, store: Path | None, as_json: bool) -> None:
    """Say what each entry of the catalog is, and what a build will say of it.

    Exit status as of 'twin build': 0 every entry would be built; 3 one, or something of site.yaml, would be
    left out whole; 1 nothing could be built.
    """
    del store
    from apps.commands.check import show  # noqa: PLC0415

    if status := show(catalog, root=root, as_json=as_json):
        sys.exit(status)


@cli.command()
@basin_options
@click.option(
    "--progress",
    type=click.Choice(["bar", "json", "none", "signs"]),
    default="bar",
    show_default=True,
    help="json: a line for each state, at last one of what is left out or doubtful; signs: with signs of "
    "life too, for a program that starts this.",
)
@_detail_option
def build(catalog: Path, root: Path | None, store: Path | None, progress: str, detail: Detail | None) -> None:
    """Turn the sources into the store; only what has changed is made.

    Says at every build what of an entry is missing or doubtful. Exit status: 0 every entry is built; 3 built,
    and an entry, or something of site.yaml, is left out whole; 1 nothing new can be opened; 2 wrong usage.
    """
    from apps.build_process import (  # noqa: PLC0415
        TerminalBar,
        json_lines,
        outcome_line,
        published_line,
        signs_of_life,
    )
    from apps.child_processes import end_with_parent  # noqa: PLC0415
    from apps.commands.outcome import outcome_of  # noqa: PLC0415
    from meshes.build.pipeline import build as build_basin  # noqa: PLC0415

    if progress == "bar":
        with TerminalBar() as bar:
            report = build_basin(catalog, root=root, store=store, detail=detail, progress=bar)
    elif progress in ("json", "signs"):
        told, published = json_lines(sys.stdout), published_line(sys.stdout)
        if progress == "signs":
            end_with_parent()
        with signs_of_life(sys.stdout) if progress == "signs" else nullcontext():
            report = build_basin(
                catalog, root=root, store=store, detail=detail, progress=told, published=published
            )
    else:
        report = build_basin(catalog, root=root, store=store, detail=detail)
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


@cli.command()
@basin_options
@click.option("--keep", type=click.IntRange(1), default=3, show_default=True, help="Generations that stay.")
def prune(catalog: Path, root: Path | None, store: Path | None, keep: int) -> None:
    """Remove old generations from the store; the one that is served always stays."""
    from twin.catalog import load_catalog_leniently  # noqa: PLC0415
    from twin.store import Store  # noqa: PLC0415

    read, _ = load_catalog_leniently(catalog, root=root)  # a mistake in an entry does not fill the disk
    gone = Store.beside(read.path, store).prune(keep=keep)
    what = f"{len(gone.generations)} generations and {gone.products} products"
    click.echo(f"removed {what}, {gone.nbytes / 1e6:,.1f} MB")


class _Number(click.ParamType[float]):
    """A finite number."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float("nan" if "_" in str(value) else value)  # 1_50 is no way to write 150
        except (TypeError, ValueError):
            number = float("nan")
        if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124  (NaN)
            self.fail(f"{value!r} is not a finite number", param, ctx)
        return number


@cli.command()
@basin_options
@click.option("--level", "level_m", type=_Number(), metavar="M", help="Water level in metres.")
@click.option("--storage", "storage_m3", type=_Number(), metavar="M3", help="Storage in cubic metres.")
@click.option(
    "--highest",
    "highest_m",
    type=_Number(),
    metavar="M",
    help="Highest level that the water stood at before; pockets stay full up to it.",
)
@click.option("--curve", help="Edition of the level–area–storage curve (default: the first in the catalog).")
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
    leaks: bool,
    as_json: bool,
) -> None:
    """Say what a level or a storage means: area, storage, what is uncertain, by which curve."""
    from apps.commands.water import show_leaks, show_water  # noqa: PLC0415
    from twin.basin import Basin  # noqa: PLC0415

    if leaks == (level_m is not None or storage_m3 is not None) or (
        level_m is not None and storage_m3 is not None
    ):
        raise click.UsageError("give one of --level, --storage and --leaks")
    if leaks and highest_m is not None:
        raise click.UsageError("--highest goes with --level or --storage, not with --leaks")
    basin = Basin.open(catalog, root=root, store=store)
    if leaks:
        show_leaks(basin, as_json=as_json)
    else:
        report = basin.water.at(level_m=level_m, storage_m3=storage_m3, highest_m=highest_m, curve=curve)
        show_water(report, as_json=as_json)


@cli.command()
@basin_options
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="New CSV; its name names the edition."
)
@click.option("--base", help="Edition to start from (default: the first in the catalog).")
@click.option("--reports", type=click.Path(path_type=Path), help="CSV of reports (default: its runs).")
def curve(
    catalog: Path, root: Path | None, store: Path | None, out: Path, base: str | None, reports: Path | None
) -> None:
    """Derive an operating curve from dated reports of level and storage, as a new edition."""
    from apps.commands.curve import derive_curve  # noqa: PLC0415
    from twin.basin import Basin  # noqa: PLC0415

    derive_curve(Basin.open(catalog, root=root, store=store), base=base, reports=reports, out=out)


@cli.command()
@basin_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free.")
@_detail_option
def serve(
    catalog: Path, root: Path | None, store: Path | None, host: str, port: int, detail: Detail | None
) -> None:
    """Serve the basin to browsers; builds what is missing first."""
    from apps.desk import serve as serve_desk  # noqa: PLC0415

    serve_desk(catalog, root=root, store=store, detail=detail, host=host, port=port)


cli.add_command(feed)
cli.add_command(live)
cli.add_command(stations)


if __name__ == "__main__":
    main()
