"""Command ``twin prune``: remove old generations of a store."""

from __future__ import annotations

from pathlib import Path

import click

from apps.commands.options import basin_options
from twin.catalog import load_catalog_leniently
from twin.store import Store


@click.command()
@basin_options
@click.option("--keep", type=click.IntRange(1), default=3, show_default=True, help="Generations that stay.")
def prune(catalog: Path, root: Path | None, store: Path | None, keep: int) -> None:
    """Remove old generations from the store.

    The one that is served always stays.
    """
    read, _ = load_catalog_leniently(catalog, root=root)  # a mistake in an entry does not fill the disk
    gone = Store.beside(read.path, store).prune(keep=keep)
    what = f"{len(gone.generations)} generations and {gone.products} products"
    click.echo(f"removed {what}, {gone.nbytes / 1e6:,.1f} MB")
