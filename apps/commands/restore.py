"""Command ``twin restore``: unpack a backup into an empty folder."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path))
def restore(source: Path, folder: Path) -> None:
    """Unpack a backup into a folder that is empty or new."""
    from apps.backup.restoring import restore_backup  # noqa: PLC0415

    manifest = restore_backup(source, folder)
    click.echo(f"{folder / manifest.catalog}: {manifest.basin}, as it was at {manifest.made}")
