"""Users whose passwords cost nothing to check, and a hub that they sign in to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar
from argon2 import PasswordHasher

from apps.hub.hub_server import Hub
from apps.hub.sign_in.accounts import Accounts
from apps.hub.sign_in.passwords import Passwords
from apps.hub.sign_in.user_edits import add_user

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "seven quiet herons"
PEOPLE: dict[str, dict[str, Any]] = {
    "wang": {"role": "administer", "sees": "restricted", "full_name": "王工"},
    "li": {"role": "operate", "sees": "internal"},
    "zhao": {"role": "watch", "sees": "public"},
    "gone": {"role": "administer", "sees": "restricted", "disabled": True},
    "wall": {"role": "watch", "sees": "internal", "stay_days": 300},
}


def write_users(path: Path) -> Path:
    """A file of users, all with one password."""
    for name, settings in PEOPLE.items():
        add_user(path, name, password=CHEAP.hash(PASSWORD), **settings)
    return path


def hub_of(catalog: Path, users: Path, tmp_path: Path, **options: Any) -> Hub:
    """A hub with cheap passwords, whose journal is a test's own."""
    hub = Hub(catalog, users=users, **options)
    hub.audit.path = tmp_path / "audit.jsonl"
    assert hub.sign_in is not None
    hub.sign_in._passwords._hasher = CHEAP._hasher
    return hub


def accounts_of(hub: Hub) -> Accounts:
    assert hub.sign_in is not None
    return hub.sign_in.accounts


def browser() -> ClientSession:
    """A browser: keeps cookies of 127.0.0.1 too."""
    return ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Accept": "text/html"})


async def sign_in(
    session: ClientSession, url: str, user: str, password: str = PASSWORD, *, to: str = "sign-in", **form: str
) -> ClientResponse:
    """Send the form; what it leads to is not followed."""
    data = {"user": user, "password": password, **form}
    async with session.post(url + to, data=data, allow_redirects=False) as answer:
        await answer.read()
        return answer
