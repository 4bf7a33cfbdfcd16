"""Command ``twin token``: give programs tokens, and take them back."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from apps.commands.printing import console, to_json
from apps.commands.user import UserPlace, place_options
from apps.hub.visitor import ACCESS, ROLES, Role
from twin.catalog.types import Access


@click.group()
def token() -> None:
    """Give tokens to programs that use the REST interface.

    A running server follows at once.
    """


@token.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="watch", show_default=True, help="What it may do.")
@click.option(
    "--sees", type=click.Choice(ACCESS), default="internal", show_default=True, help="Highest access of data."
)
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="Valid so long.")
@click.option("--for-ever", is_flag=True, help="Valid until it is removed.")
@place_options
def add(
    name: str,
    role: Role,
    sees: Access,
    days: int,
    for_ever: bool,
    catalog: Path,
    store: Path | None,
    users: Path | None,
) -> None:
    """Make a token for a program and print it, once."""
    from apps.hub.sign_in.tokens import ProgramTokens, add_token, read_tokens, require_unknown  # noqa: PLC0415

    place = UserPlace(catalog, store, users)
    path = ProgramTokens.beside(place.users).path
    require_unknown(name, read_tokens(path), path)
    place.record("token added", token=name, role=role, sees=sees, days=None if for_ever else days)
    made = add_token(path, name, role=role, sees=sees, days=None if for_ever else days)
    click.echo(f"The token of {name}, which is shown once and kept nowhere:", err=True)
    click.echo(made)


@token.command()
@click.argument("name")
@place_options
def remove(name: str, catalog: Path, store: Path | None, users: Path | None) -> None:
    """Remove a program's token, which is refused at once."""
    from apps.hub.sign_in.tokens import ProgramTokens, read_tokens, remove_token, require_token  # noqa: PLC0415

    place = UserPlace(catalog, store, users)
    path = ProgramTokens.beside(place.users).path
    require_token(name, read_tokens(path), path)
    place.record("token removed", token=name)
    remove_token(path, name)
    click.echo(f"the token of {name} is removed")


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@place_options
def list_(catalog: Path, store: Path | None, users: Path | None, as_json: bool) -> None:
    """List programs that have tokens, and their rights."""
    from apps.hub.sign_in.tokens import ProgramTokens, read_tokens  # noqa: PLC0415

    place = UserPlace(catalog, store, users)
    known = read_tokens(ProgramTokens.beside(place.users).path)
    rows = {name: one.model_dump(mode="json", exclude={"digest"}) for name, one in sorted(known.items())}
    if as_json:
        click.echo(to_json(rows))
        return
    if not rows:
        click.echo("no tokens: make one with 'twin token add NAME'")
        return
    table = Table("name", "role", "sees", "made", "expires", box=None)
    for name, row in rows.items():
        table.add_row(name, row["role"], row["sees"], row["made"], row["expires"] or "never")
    console().print(table)
