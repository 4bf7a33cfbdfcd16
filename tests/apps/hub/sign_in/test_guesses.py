"""Whoever guesses passwords at the page is stopped, costs little, and locks nobody out.

A sample in script/test, with passwords that cost nothing to check; 10,000 guesses at the real cost, from many
addresses, in script/endurance.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import random
import time
from collections import Counter
from pathlib import Path

from aiohttp.test_utils import TestServer

from apps.hub.sign_in.attempts import LIMITS
from apps.hub.sign_in.passwords import Passwords
from apps.hub.sign_in.user_edits import change_user
from tests.apps.hub.sign_in.people import PASSWORD, browser, hub_of, sign_in, write_users

FULL = os.environ.get("TWIN_ENDURANCE") == "1"
GUESSES = 10_000 if FULL else 400
ADDRESSES = 500 if FULL else 20
NAMES = ("wang", "admin", "root", "li", "gone", "administrator", "")


async def test_guesses_are_stopped_and_lock_nobody_out(small_basin: Path, tmp_path: Path) -> None:
    users = write_users(tmp_path / "users.toml")
    hub = hub_of(small_basin, users, tmp_path, proxies=(ipaddress.ip_network("127.0.0.1"),))
    assert hub.sign_in is not None
    chance, answers, waits = random.Random(18), Counter[int](), list[float]()
    if FULL:
        hub.sign_in._passwords._hasher = Passwords()._hasher
        for name in ("wang", "li", "gone"):
            change_user(users, name, password=hub.sign_in._passwords.hash(PASSWORD))
    async with TestServer(hub.app) as server, browser() as own:
        url = str(server.make_url("/"))
        if not FULL:
            assert (await sign_in(own, url, "wang")).status == 303  # a browser that wang has used

        async def guess(count: int) -> None:
            async with browser() as session:
                for _ in range(count):
                    k = chance.randrange(ADDRESSES)
                    session.headers["X-Forwarded-For"] = f"10.1.{k // 250}.{k % 250}"
                    word = chance.choice(("password", "123456", "water", "miyun")) + str(
                        chance.randrange(9999)
                    )
                    answer = await sign_in(session, url, chance.choice(NAMES), word)
                    answers[answer.status] += 1
                    assert not answer.cookies

        async def look() -> None:
            """Pages of others go on meanwhile."""
            async with browser() as session:
                while True:
                    begun = time.monotonic()
                    async with session.get(url + "sign-in") as answer:
                        assert answer.status == 200
                    waits.append(time.monotonic() - begun)
                    await asyncio.sleep(0.02)

        looking = asyncio.create_task(look())
        await asyncio.gather(*(guess(GUESSES // 8) for _ in range(8)))
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        if not FULL:
            assert (await sign_in(own, url, "wang")).status == 303
            async with browser() as other:  # a new browser waits with the others, a minute at most
                answer = await sign_in(other, url, "wang")
                assert answer.status in (303, 429) and int(answer.headers.get("Retry-After", 0)) <= 60
    assert set(answers) <= {401, 429, 503}
    assert answers[401] <= ADDRESSES * LIMITS["address"].free
    assert answers[401] >= 50 and answers[429] > 0
    assert sorted(waits)[int(0.95 * len(waits))] < 0.5
    lines = [json.loads(line) for line in hub.audit.path.read_text("utf-8").splitlines()]
    assert sum(line["act"] == "sign_in_refused" for line in lines) == answers[401]
    print(dict(answers), f"{len(waits)} looks, longest {max(waits):.3f} s")
