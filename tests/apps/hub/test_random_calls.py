"""Whatever a browser calls and writes, nothing but what the lists allow changes, and no traceback leaves."""

from __future__ import annotations

import asyncio
import copy
import logging
import os
import random
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgpack
import psutil
import pytest
from aiohttp.test_utils import TestServer

from apps.hub import sockets
from apps.hub.gate import METHODS
from apps.hub.hub_server import Hub
from apps.hub.refusal_counter import refusals
from tests.apps.hub.bot import Bot
from tests.apps.hub.test_hub import opened

CALLS = 100_000 if os.environ.get("TWIN_ENDURANCE") == "1" else 3_000
EVIL = "a value that no page writes"
FOREIGN = (
    "wslink.hello",
    "application.exit.later",
    "trame.force.push",
    "trame.error.client",
    "trame.lifecycle.update",
    "trame.rca.push",
    "file.server.directory.list",
    "publish",
    "__init__",
    "",
    "x" * 5000,
)
KEYS = ("trame__template_main", "trame__title", "t", "readout", "link", "head", "keys", "views", "loading")


@pytest.fixture
def hub(small_basin: Path) -> Hub:
    return Hub(small_basin)


@pytest.fixture
async def url(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setattr(sockets, "SHARE", 100.0)
    async with TestServer(hub.app) as server:
        yield str(server.make_url("/"))


def anything(chance: random.Random, depth: int = 0) -> Any:
    """A value that msgpack carries."""
    plain = (
        EVIL,
        "",
        "en",
        "level",
        None,
        True,
        False,
        0,
        -1,
        2**63,
        -(2**63),
        1e308,
        float("nan"),
        float("inf"),
        b"bytes",
        "\x00\n\x1b[31m",
        msgpack.ExtType(5, b"ext"),
        msgpack.Timestamp(1, 2),
        chance.random(),
        chance.randint(-1000, 1000),
    )
    kind = chance.random()
    if depth > 3 or kind < 0.6:
        return chance.choice(plain)
    if kind < 0.8:
        return [anything(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    keys = ("key", "value", "type", "camera", "page", "n", "x", "y", "w", "h", "panels", "attachments", EVIL)
    return {key: anything(chance, depth + 1) for key in chance.sample(keys, chance.randint(0, 6))}


def deep() -> Any:
    found: Any = EVIL
    for _ in range(400):
        found = [found]
    return found


def a_call(chance: random.Random, state: list[str], triggers: list[str]) -> dict[str, Any]:
    """A call of one of our methods or of a foreign one, with arguments of any kind."""
    kind = chance.random()
    if kind < 0.5:
        key = chance.choice((*state, *KEYS, EVIL, 7, None))
        return {"method": "trame.state.update", "args": [[{"key": key, "value": anything(chance)}]]}
    if kind < 0.7:
        name = chance.choice((*triggers, EVIL, 7, None, ["set_water"], "__class__"))
        args: Any = [anything(chance) for _ in range(chance.randint(0, 3))]
        return {"method": "trame.trigger", "args": [name, chance.choice((args, args, EVIL, None)), {}]}
    args = [anything(chance) for _ in range(chance.randint(0, 3))]
    if kind > 0.99:
        args = [deep()]
    return {
        "method": chance.choice((*sorted(METHODS), *FOREIGN)),
        "args": args,
        "kwargs": chance.choice(({}, {}, {"thing": 1}, {EVIL: 2}, {"self": 3})),
    }


async def test_random_calls_change_nothing_that_is_not_allowed(
    hub: Hub, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    logging.getLogger("apps.hub.refusal_counter").setLevel(logging.ERROR)
    chance = random.Random(18)
    first = copy.deepcopy(dict(hub.first_states["desk"]))
    refused = refusals.counts.total()
    async with Bot(url) as other, Bot(url) as evil:
        await asyncio.gather(opened(other), opened(evil))
        before = {key: other.state[key] for key in ("t", "readout", "head", "views", "language")}
        [desk] = [one for one in hub._desks if one.state.link == evil.state["link"]][:1]
        triggers = sorted(set(desk._actions) - {"open_current"})
        held = psutil.Process().memory_info().rss
        for k in range(CALLS):
            call = {"wslink": "1.0", "id": f"rpc:e{k}", **a_call(chance, sorted(evil.state), triggers)}
            packed = msgpack.packb(call)
            await evil._socket.send_bytes(struct.pack("<III", k, 0, len(packed)) + packed)
            if k % 50 == 49:
                await evil.call("twin.scene.event", {"type": "hello"})
        assert psutil.Process().memory_info().rss - held < 100e6
        for bot in (evil, other):
            await bot.call("twin.scene.event", {"type": "hello"})
            now = (await bot.call("trame.state.get"))["state"]
            assert EVIL not in str({key: now.get(key) for key in (*KEYS, "language", "unit", "help_open")})
        count = len(other.pictures)
        await other.call("twin.scene.reset")
        await other.until(lambda: len(other.pictures) > count)
        assert {key: other.state[key] for key in before} == before, "nothing of it is the other's"
        assert now["trame__template_main"] == first["trame__template_main"]
    assert dict(hub.first_states["desk"]) == first
    assert refusals.counts.total() - refused > CALLS // 4
    assert len(refusals.counts) < 50
    assert [record.getMessage() for record in caplog.records] == []
