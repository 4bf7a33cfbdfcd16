"""Each address has its room, and each room the role that it needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from apps.hub.visitor import OPEN, Visitor
from tests.apps.hub.bot import Bot


def watcher_or_operator(request: web.Request) -> Visitor:
    return replace(OPEN, name="w", role="watch" if "X-Watch" in request.headers else "operate")


@pytest.fixture
async def url(small_basin: Path) -> AsyncIterator[str]:
    async with TestServer(Hub(small_basin, painters=1, identify=watcher_or_operator).app) as server:
        yield str(server.make_url("/"))


@pytest.mark.parametrize(
    ("path", "room", "base"),
    [
        ("index.html", "desk", "."),
        ("wall", "wall", "."),
        ("wall/control", "wall-control", "../"),
        ("studio", "studio", "."),
    ],
)
async def test_each_page_names_its_room_and_its_base(url: str, path: str, room: str, base: str) -> None:
    async with ClientSession() as session, session.get(url + path) as answer:
        page = await answer.text()
        assert answer.status == 200 and f'data-room="{room}"' in page
        assert page.count("<base") == 1 and f'<base href="{base}" />' in page


async def test_who_only_watches_sees_the_wall_and_neither_page_nor_socket_of_its_control_or_a_studio(
    url: str,
) -> None:
    watches = {"X-Watch": "1"}
    async with ClientSession(headers=watches) as session:
        for path, status in {"wall": 200, "wall/control": 403, "studio": 403}.items():
            async with session.get(url + path) as answer:
                assert answer.status == status, path
    for room in ("wall-control", "studio"):
        with pytest.raises(WSServerHandshakeError) as refused:
            async with Bot(url, room=room, headers=watches):
                pass
        assert refused.value.status == 403


async def test_a_socket_of_no_room_is_refused(url: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        async with Bot(url, room="cellar"):
            pass
    assert refused.value.status == 404


async def test_a_rooms_page_has_the_state_of_its_own_parts(url: str) -> None:
    async with Bot(url, room="wall") as bot:
        await bot.hello()
        assert "loading" in bot.state and "gauge" not in bot.state
