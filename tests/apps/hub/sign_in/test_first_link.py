"""The first administrator is made by a link that the server prints, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from apps.hub.sign_in.users import read_users
from tests.apps.hub.sign_in.people import browser, hub_of, sign_in

GOOD = "nine brown otters"
FIRST = "first-sign-in"


@pytest.fixture
async def hub(small_basin: Path, tmp_path: Path) -> Hub:
    return hub_of(small_basin, tmp_path / "users.toml", tmp_path)


@pytest.fixture
async def url(hub: Hub) -> AsyncIterator[str]:
    async with TestServer(hub.app) as server:
        yield str(server.make_url("/"))


async def test_the_link_makes_one_administrator_and_is_over(hub: Hub, url: str, tmp_path: Path) -> None:
    assert hub.sign_in is not None
    address = hub.sign_in.first_link.address
    token = address.partition("key=")[2]
    async with browser() as session:
        async with session.get(url) as answer:
            assert "twin user add" in await answer.text()
        async with session.get(url + address) as answer:
            assert answer.status == 200 and "第一位管理员" in await answer.text()
        for user, password, again, words in [
            ("admin", GOOD, "other", "不同"),
            ("admin", "short", "short", "10 至 256"),
            ("admin", "aaaaaaaaaaaa", "aaaaaaaaaaaa", "容易被猜到"),
            ("admin", "administrator", "administrator", "容易被猜到"),
            ("陈", GOOD, GOOD, "用户名须为"),
        ]:
            answer = await sign_in(session, url, user, password, again=again, key=token, to=FIRST)
            assert answer.status == 400 and words in await answer.text()
        answer = await sign_in(session, url, "chen", GOOD, again=GOOD, to=FIRST, key=token[:-1] + "!")
        assert answer.status == 403
        assert read_users(tmp_path / "users.toml") == {}
        answer = await sign_in(session, url, "chen", GOOD, again=GOOD, to=FIRST, key=token)
        assert answer.status == 303
        async with session.get(url) as answer:
            assert answer.url.path == "/index.html"
    (user,) = read_users(tmp_path / "users.toml").items()
    assert (user[0], user[1].role, user[1].sees) == ("chen", "administer", "restricted")
    assert (tmp_path / "users.toml").stat().st_mode & 0o777 == 0o600
    async with browser() as thief:
        answer = await sign_in(thief, url, "mallory", GOOD, again=GOOD, to=FIRST, key=token)
        assert answer.status == 403 and "已用过" in await answer.text()
    assert hub.sign_in.first_link.address == ""
    assert len(read_users(tmp_path / "users.toml")) == 1


async def test_the_link_is_good_for_an_hour(hub: Hub, url: str) -> None:
    assert hub.sign_in is not None
    link = hub.sign_in.first_link
    link._clock = lambda: link._until + 1
    async with browser() as session, session.get(url + link.address) as answer:
        assert answer.status == 403 and "已过期" in await answer.text()
