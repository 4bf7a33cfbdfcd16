"""Command ``twin backup``: write what cannot be built again to one file."""

from __future__ import annotations

from pathlib import Path

import click

from apps.commands.options import basin_options, users_option, users_path


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@basin_options
@users_option
@click.option("--with-products", is_flag=True, help="The present generation too; without, it is built again.")
@click.option("--without-observations", is_flag=True, help="Where a database of its own keeps them.")
def backup(
    target: Path,
    catalog: Path,
    root: Path | None,
    store: Path | None,
    users: Path | None,
    with_products: bool,
    without_observations: bool,
) -> None:
    """Write observations, journals, users and catalog to one file."""
    from apps.backup.taking import take_backup  # noqa: PLC0415

    manifest = take_backup(
        target,
        catalog,
        root=root,
        store=store,
        users=users_path(catalog, store=store, users=users),
        products=with_products,
        observations=not without_observations,
    )
    size = sum(record.nbytes for record in manifest.files.values())
    click.echo(f"{target}: {len(manifest.files)} files, {size / 1e6:,.1f} MB")
    if manifest.observations is None and not without_observations:
        click.echo(f"{catalog}: has no observations yet", err=True)
