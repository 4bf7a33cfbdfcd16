"""Command ``twin live``: run a basin's feeds and alarms."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from apps.commands.options import basin_options


@click.command()
@basin_options
@click.option(
    "--until-eof", is_flag=True, help="End when standard input ends (for a program that starts this)."
)
def live(catalog: Path, root: Path | None, store: Path | None, until_eof: bool) -> None:
    """Receive, store and watch what the feeds bring, and serve views.

    The feeds are those of site.yaml.
    """
    from apps.live.service import run  # noqa: PLC0415

    asyncio.run(run(catalog, root=root, store=store, until_eof=until_eof))
