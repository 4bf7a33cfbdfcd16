"""Command ``twin stations``: read observations, and replay files."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from apps.commands.observations import Observations
from apps.commands.options import basin_options
from twin.basin import Basin
from twin.live import NoStationsError, open_database
from twin.stations.model import STATION_KINDS, Observation
from twin.stations.replay import Replay, to_json_line
from twin.stations.store import Writer


@click.group()
def stations() -> None:
    """List stations and their observations."""


@stations.command("list")
@basin_options
@click.option("--kind", type=click.Choice(STATION_KINDS), help="Only stations of this kind.")
@click.option("--as-known-at", metavar="T", help="As it was known then (ISO 8601; the site's zone if none).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(
    catalog: Path,
    root: Path | None,
    store: Path | None,
    kind: str | None,
    as_known_at: str | None,
    as_json: bool,
) -> None:
    """List all stations with their newest value."""
    with Observations.open(catalog, root=root, store=store, as_known_at=as_known_at) as observations:
        observations.list_stations(kind=kind, as_json=as_json)


@stations.command()
@click.argument("station")
@basin_options
@click.option("--as-known-at", metavar="T", help="As it was known then.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(
    station: str,
    catalog: Path,
    root: Path | None,
    store: Path | None,
    as_known_at: str | None,
    as_json: bool,
) -> None:
    """Show a station, and the newest value of each datastream."""
    with Observations.open(catalog, root=root, store=store, as_known_at=as_known_at) as observations:
        observations.show_station(station, as_json=as_json)


def _window(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--until", "end", metavar="T", help="Up to this time (default: all newer)."),
        click.option("--from", "start", metavar="T", help="From this time on (default: 72 hours before)."),
    ):
        command = option(command)
    return command


@stations.command()
@click.argument("datastream")
@basin_options
@_window
@click.option("--as-known-at", metavar="T", help="As it was known then.")
@click.option("--revisions", is_flag=True, help="Every row, also those that were corrected.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def history(
    datastream: str,
    catalog: Path,
    root: Path | None,
    store: Path | None,
    start: str | None,
    end: str | None,
    as_known_at: str | None,
    revisions: bool,
    as_json: bool,
) -> None:
    """Show the past of a datastream (STATION.PROPERTY)."""
    with Observations.open(catalog, root=root, store=store, as_known_at=as_known_at) as observations:
        observations.show_history(datastream, start=start, end=end, revisions=revisions, as_json=as_json)


@stations.command()
@basin_options
@_window
@click.option(
    "--to", "out", type=click.Path(path_type=Path), required=True, help="New .csv or .parquet file."
)
@click.option("--as-known-at", metavar="T", help="As it was known then.")
@click.option("--datastream", "datastreams", multiple=True, help="Only these (default: all).")
def export(
    catalog: Path,
    root: Path | None,
    store: Path | None,
    start: str | None,
    end: str | None,
    out: Path,
    as_known_at: str | None,
    datastreams: tuple[str, ...],
) -> None:
    """Write observations with units and origin to a new file."""
    if out.suffix not in (".csv", ".parquet"):
        raise click.UsageError(f"--to writes .csv or .parquet, not {out.name!r}")
    with Observations.open(catalog, root=root, store=store, as_known_at=as_known_at) as observations:
        written = observations.export(out, start=start, end=end, datastreams=datastreams)
    click.echo(f"{written} written to {out}", file=sys.stdout)


@stations.command()
@click.argument("file", type=click.Path(path_type=Path))
@basin_options
@click.option("--run", required=True, help="A name for the run.")
@click.option("--author", required=True, help="Who replays it.")
@click.option("--speed", type=click.FloatRange(0.001, 1e6), help="Print as it goes, so many times as fast.")
def replay(
    file: Path,
    catalog: Path,
    root: Path | None,
    store: Path | None,
    run: str,
    author: str,
    speed: float | None,
) -> None:
    """Replay a CSV or JSON lines of observations as a run.

    The live ones are not touched.
    """
    basin = Basin.open(catalog, root=root, store=store)
    network = basin.network()
    if network is None:
        raise NoStationsError(f"{basin.catalog.path}: declares no stations")
    database = open_database(basin, write=True)
    try:
        play = Replay(run, network, Writer(database))

        def watch(many: Sequence[Observation]) -> None:
            for o in many if speed is not None else ():
                click.echo(to_json_line(o))

        zone = ZoneInfo(basin.site.time_zone)
        count = asyncio.run(play.play(file, author=author, zone=zone, speed=speed, watch=watch))
    finally:
        database.close()
    reasons = ", ".join(f"{n} {reason}" for reason, n in play.refused.items())
    click.echo(f"run {run}: {count:,} observations" + (f"; refused: {reasons}" if reasons else ""), err=True)
