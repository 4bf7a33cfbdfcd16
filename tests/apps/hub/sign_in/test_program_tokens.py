"""A program is let in by its token, as far as that goes and as long as it is there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from apps.hub.sign_in.tokens import ProgramTokens, add_token, read_tokens, remove_token
from apps.hub.sign_in.users import UsersError
from tests.apps.command import one_line, twin
from tests.apps.hub.sign_in.people import hub_of, write_users


async def test_a_token_opens_what_its_role_may_and_nothing_else(small_basin: Path, tmp_path: Path) -> None:
    users = write_users(tmp_path / "users.toml")
    path = ProgramTokens.beside(users).path
    token = add_token(path, "scada", role="watch", sees="public", days=1)
    hub = hub_of(small_basin, users, tmp_path)
    async with TestServer(hub.app) as server, ClientSession() as session:

        async def status(method: str, address: str, told: str | None) -> int:
            headers = {} if told is None else {"Authorization": told}
            async with session.request(method, server.make_url(address), json={}, headers=headers) as answer:
                await answer.read()
                return answer.status

        version, acknowledge = "/api/v1/version", "/api/v1/alarms/x/acknowledge"
        assert await status("GET", version, f"Bearer {token}") == 200
        assert await status("GET", version, f"bearer  {token} ") == 200
        assert await status("POST", acknowledge, f"Bearer {token}") == 403
        for wrong in (None, "Bearer ", "Bearer twin_", f"Bearer {token[:-1]}", f"Basic {token}", token):
            assert await status("GET", version, wrong) == 401
        remove_token(path, "scada")
        assert await status("GET", version, f"Bearer {token}") == 401


def test_a_token_expires_and_is_not_in_its_file(tmp_path: Path) -> None:
    tokens = ProgramTokens.beside(tmp_path / "users.toml")
    token = add_token(tokens.path, "gis", role="operate", sees="restricted", days=2)
    assert token not in tokens.path.read_text("utf-8") and tokens.path.stat().st_mode & 0o077 == 0
    now = datetime.now(UTC)
    visitor = tokens.visitor(token, now=now + timedelta(days=1))
    assert visitor is not None and (visitor.name, visitor.role, visitor.sees) == (
        "gis (token)",
        "operate",
        "restricted",
    )
    assert tokens.visitor(token, now=now + timedelta(days=3)) is None


@pytest.mark.parametrize("text", ["{", "[]", '{"a": {}}', '{"a": 1, "a": 2}', "\x00"])
def test_a_file_that_cannot_be_used_lets_nobody_in(tmp_path: Path, text: str) -> None:
    tokens = ProgramTokens.beside(tmp_path / "users.toml")
    token = add_token(tokens.path, "gis", role="watch", sees="public", days=None)
    assert tokens.visitor(token) is not None
    tokens.path.write_text(text, "utf-8")
    assert tokens.visitor(token) is None
    with pytest.raises(UsersError, match="is no file of tokens"):
        add_token(tokens.path, "other", role="watch", sees="public", days=None)


def test_the_command_makes_lists_and_removes_tokens(small_catalog: Path, tmp_path: Path) -> None:
    where = ("--catalog", small_catalog, "--users", tmp_path / "users.toml")
    made = twin("token", "add", "scada", "--role", "operate", "--days", "3", *where)
    token = made.stdout.strip()
    assert made.returncode == 0 and token.startswith("twin_")
    one_line(twin("token", "add", "scada", *where), "has a token already")
    one_line(twin("token", "add", "Who?", *where), "cannot be a program's name")
    listed = json.loads(twin("token", "list", "--json", *where).stdout)
    assert listed["scada"]["role"] == "operate" and "digest" not in listed["scada"]
    assert twin("token", "remove", "scada", *where).returncode == 0
    assert read_tokens(tmp_path / "users.tokens.json") == {}
    one_line(twin("token", "remove", "scada", *where), "there are: none")
    journal = (small_catalog.parent / ".twin" / "audit.jsonl").read_text("utf-8")
    told = [json.loads(line)["what"] for line in journal.splitlines()]
    assert told == ["token added", "token removed"] and token not in journal
