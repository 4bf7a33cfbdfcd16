"""``twin live``: run a basin's feeds and alarms."""

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
    """Take in what the feeds of site.yaml bring, keep it, watch it, and tell the views."""
    from apps.live.service import run  # noqa: PLC0415

    asyncio.run(run(catalog, root=root, store=store, until_eof=until_eof))
