"""Command ``twin feed``: simulate stations against a centre."""

from __future__ import annotations

import asyncio
import re

import click

from twin.stations.feeds.sl651.simulator import Simulator, addresses


@click.group()
def feed() -> None:
    """Try feeds."""


@feed.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the centre listens.")
@click.option("--port", type=click.IntRange(1, 65_535), required=True)
@click.option(
    "--stations", type=click.IntRange(1, 5_000), default=20, show_default=True, help="How many play."
)
@click.option(
    "--first", type=click.IntRange(1, 99_999_999), default=31_000_001, show_default=True, help="Code."
)
@click.option("--reports", type=click.IntRange(1, 100_000), default=1, show_default=True, help="Of each.")
@click.option(
    "--every", "every_s", type=click.FloatRange(0, 86_400), default=0.0, help="Seconds between them."
)
@click.option("--password", default="0000", show_default=True, help="Four hexadecimal digits.")
@click.option("--faults", type=click.FloatRange(0, 1), default=0.0, help="Share of frames that are spoilt.")
@click.option("--packets", type=click.FloatRange(0, 1), default=0.0, help="Share of messages in packets.")
def simulate(
    host: str,
    port: int,
    stations: int,
    first: int,
    reports: int,
    every_s: float,
    password: str,
    faults: float,
    packets: float,
) -> None:
    """Simulate SL 651 stations that report hourly values to a centre.

    Prints what became of it.
    """
    if not re.fullmatch(r"[0-9A-Fa-f]{4}", password):
        raise click.UsageError(f"--password is four hexadecimal digits, not {password!r}")
    word = int(password, 16)
    play = Simulator(
        host, port, addresses(stations, first=first), password=word, faults=faults, packets=packets
    )
    tally = asyncio.run(play.run(reports=reports, every_s=every_s))
    click.echo(
        f"{tally.sent} reports sent, {tally.acknowledged} acknowledged, {tally.again} repeated, "
        f"{tally.lost} lost"
    )
    if tally.refused_connections:
        raise click.ClickException(
            f"{tally.refused_connections} of {stations} stations could not connect to {host}:{port}; "
            "is a feed of the driver sl651 running there?"
        )
    if tally.lost:
        raise click.ClickException(f"{tally.lost} reports were never acknowledged")
