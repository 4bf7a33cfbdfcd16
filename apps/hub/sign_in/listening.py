"""Refuse to listen where others could come in unasked."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from apps.hub.sign_in.users import read_users
from twin.errors import TwinError


class ExposedError(TwinError):
    """Address that others reach, without sign-in; ``host``."""

    zh = "{host} 可被他人访问：请先用 twin user add 添加用户，且不要用 --open"


def check_exposure(host: str, users: Path | None) -> None:
    """Raise ExposedError for an address that others reach without sign-in.

    ``users`` is the file of users; None where the server is open. Raises UsersError where it cannot be read.
    """
    if is_loopback(host):
        return
    if users is None:
        raise ExposedError(
            f"--open is for this machine only, and others reach {host}: leave out --open or --host", host=host
        )
    if not read_users(users):
        raise ExposedError(
            f"others reach {host}, and {users} has no users: add one with 'twin user add', or drop --host",
            host=host,
        )


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
