"""Command ``twin user``: add, change and remove who may sign in."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from apps.commands.options import PROJECT_CATALOG, users_option, users_path
from apps.commands.printing import console, to_json
from apps.hub.visitor import ACCESS, ROLES
from twin.store import Store

if TYPE_CHECKING:
    from apps.hub.sign_in.sign_ins import SignIns


@click.group()
def user() -> None:
    """Add, change and remove users, and end their sign-ins.

    A running server follows at once.
    """


class UserPlace:
    """File of users, and journal, of a catalog's server."""

    def __init__(self, catalog: Path, store: Path | None, users: Path | None) -> None:
        if users is None and store is None and not catalog.is_file():
            raise click.UsageError(
                f"no catalog at {catalog}: name it with --catalog, or the users with --users"
            )
        self.users = users_path(catalog, store=store, users=users)
        self._journal = Store.beside(catalog, store).folder / "audit.jsonl"

    def record(self, what: str, **details: object) -> None:
        """Append a change to the audit journal, before it is made.

        Raises OSError.
        """
        from apps.hub.audit import AuditJournal  # noqa: PLC0415

        who = f"{getpass.getuser()} (command line)"
        given = {key: value for key, value in details.items() if value is not None}
        AuditJournal(self._journal).record(who, "administered", what=what, **given)

    def sign_ins(self) -> SignIns:
        """Open the list of sign-ins."""
        from apps.hub.sign_in.sign_ins import SignIns  # noqa: PLC0415

        return SignIns(self.users)


def place_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --catalog, --store and --users, the same on every command."""
    for option in (
        users_option,
        click.option("--store", type=click.Path(path_type=Path), help="Folder of products (default: .twin)."),
        click.option(
            "--catalog", type=click.Path(path_type=Path), default=PROJECT_CATALOG, help="The basin's catalog."
        ),
    ):
        command = option(command)
    return command


def settings_options(*, role: str | None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the options for a user's settings."""

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for option in (
            click.option(
                "--stay-days", type=click.IntRange(1, 3650), help="A sign-in lasts so long: for walls."
            ),
            click.option("--full-name", help="What others read, such as 王工."),
            click.option(
                "--sees", type=click.Choice(ACCESS), help="Highest access of data shown (default: internal)."
            ),
            click.option(
                "--role", type=click.Choice(ROLES), default=role, help=f"Default: {role or 'as it is'}."
            ),
        ):
            command = option(command)
        return command

    return add


@user.command()
@click.argument("name")
@settings_options(role="watch")
@place_options
def add(name: str, catalog: Path, store: Path | None, users: Path | None, **settings: Any) -> None:
    """Add a user.

    The password is asked for, or read from standard input.
    """
    from apps.hub.sign_in.user_edits import add_user, require_new  # noqa: PLC0415

    place = UserPlace(catalog, store, users)
    require_new(place.users, name)
    password = _new_password(name)
    place.record("user added", user=name, **settings)
    add_user(place.users, name, password=password, **settings)
    click.echo(f"{name} may sign in: {place.users}")


@user.command("set")
@click.argument("name")
@settings_options(role=None)
@click.option("--disabled/--enabled", default=None, help="Whether signing in is refused.")
@place_options
def set_(name: str, catalog: Path, store: Path | None, users: Path | None, **settings: Any) -> None:
    """Change a user's rights and settings."""
    from apps.hub.sign_in.user_edits import change_user, require_known  # noqa: PLC0415

    if all(value is None for value in settings.values()):
        raise click.UsageError(
            "nothing to change: name --role, --sees, --full-name, --stay-days or --disabled"
        )
    place = UserPlace(catalog, store, users)
    require_known(place.users, name)
    place.record("user changed", user=name, **settings)
    change_user(place.users, name, **settings)
    click.echo(f"{name} is changed")


@user.command()
@click.argument("name")
@place_options
def passwd(name: str, catalog: Path, store: Path | None, users: Path | None) -> None:
    """Set a user's password; sign-ins made with the old one end."""
    from apps.hub.sign_in.user_edits import change_user, require_known  # noqa: PLC0415

    place = UserPlace(catalog, store, users)
    require_known(place.users, name)
    password = _new_password(name)
    place.record("password set", user=name)
    change_user(place.users, name, password=password)
    click.echo(f"the password of {name} is set; who had signed in as {name} signs in anew")


@user.command()
@click.argument("name")
@place_options
def remove(name: str, catalog: Path, store: Path | None, users: Path | None) -> None:
    """Remove a user, who is signed out at once."""
    from apps.hub.sign_in.user_edits import remove_user, require_known  # noqa: PLC0415

    place = UserPlace(catalog, store, users)
    require_known(place.users, name)
    place.record("user removed", user=name)
    remove_user(place.users, name)
    click.echo(f"{name} is removed")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@place_options
def list_(catalog: Path, store: Path | None, users: Path | None, as_json: bool) -> None:
    """List users and their rights."""
    from apps.hub.sign_in.users import read_users  # noqa: PLC0415

    place = UserPlace(catalog, store, users)
    known = read_users(place.users)
    if as_json:
        rows = {name: one.model_dump(exclude={"password"}) for name, one in known.items()}
        click.echo(to_json(rows))
        return
    if not known:
        click.echo(f"no users in {place.users}: add one with 'twin user add NAME --role administer'")
        return
    table = Table("name", "role", "sees", "full name", "", box=None)
    for name, one in sorted(known.items()):
        table.add_row(name, one.role, one.sees, one.full_name, "disabled" if one.disabled else "")
    console().print(table)


@user.command()
@click.option("--end", "ids", metavar="ID", multiple=True, help="End this one, as the list names it.")
@click.option("--end-of", "names", metavar="NAME", multiple=True, help="End all of a user.")
@click.option("--end-all", is_flag=True, help="End all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@place_options
def sessions(
    catalog: Path,
    store: Path | None,
    users: Path | None,
    ids: tuple[str, ...],
    names: tuple[str, ...],
    end_all: bool,
    as_json: bool,
) -> None:
    """List who is signed in where, or end that."""
    place = UserPlace(catalog, store, users)
    sign_ins = place.sign_ins()
    try:
        if ids or names or end_all:
            place.record("sign-ins ended", ids=ids, users=names, all=end_all)
            count = sum(sign_ins.end(id_=id_) for id_ in ids) + sum(sign_ins.end(user=name) for name in names)
            count += sign_ins.end(everybody=True) if end_all else 0
            click.echo(f"{count} ended")
            return
        rows = [
            {
                "id": one.id,
                "user": one.user,
                "address": one.address,
                "since": _time(one.started),
                "used": _time(one.used),
                "browser": one.browser,
            }
            for one in sign_ins.open_ones()
        ]
    finally:
        sign_ins.close()
    if as_json:
        click.echo(to_json(rows))
        return
    if not rows:
        click.echo("nobody is signed in")
        return
    table = Table(*rows[0], box=None)
    for row in rows:
        table.add_row(*row.values())
    console().print(table)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _new_password(name: str) -> str:
    """The hash of a password that is typed twice, or comes in a line of standard input."""
    from apps.hub.sign_in.passwords import Passwords, require_strong  # noqa: PLC0415

    if sys.stdin.isatty():
        password = getpass.getpass("New password: ")
        require_strong(password, name)
        if getpass.getpass("Once more: ") != password:
            raise click.UsageError("the two passwords differ; nothing is changed")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise click.UsageError(
                "no password: type it at a terminal, or send it in a line of standard input"
            )
        require_strong(password, name)
    return Passwords().hash(password)
