"""Two hubs behind one address, as docs/operations.md has it: one live service, one wall, the same users."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import psutil
import pytest
import trustme
import yaml
from aiohttp import ClientSession, CookieJar, TCPConnector
from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from apps.hub.store_lease import require_one_machine
from apps.hub.wall.wall_server import WallElsewhereError
from tests.apps.flat import SCENE
from tests.apps.hub.bot import Bot
from tests.apps.hub.sign_in.people import hub_of, sign_in, write_users
from tests.apps.hub.sign_in.test_nginx import LOOPBACK, nginx, pytestmark  # noqa: F401  (skips without nginx)
from tests.browser.live_basin import feeding, write_live_basin
from tests.ports import free_port
from tests.shared_store import SharedStore
from tests.twin.stations import postgres
from twin.alarms.operating import AlarmOperation
from twin.store import StoreError

DATABASE = "TWIN_TEST_OBSERVATIONS"


@pytest.fixture
def catalog(shared_store: SharedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A basin with a river above its warning level, whose observations are kept in PostgreSQL."""
    (tmp_path / "feed").mkdir()
    rows = (("30500001", "level", 150.0, 1.0), ("31000001", "level", 3.5, 1.0))
    with postgres.server() as url, feeding(tmp_path / "feed", *rows) as (_, feed):
        monkeypatch.setenv(DATABASE, url)
        catalog = write_live_basin(tmp_path / "basin", url=feed)
        site = catalog.parent / yaml.safe_load(catalog.read_text("utf-8"))["site"]
        site.write_text(site.read_text("utf-8") + f"observations: {{url_env: {DATABASE}}}\n", "utf-8")
        yield shared_store.build(catalog)


async def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


def live_services() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "live" in one.cmdline()]


def alarm(hub: Hub) -> tuple[str, str]:
    """State of the river's alarm in a hub, and by whom."""
    now = None if hub.live is None else hub.live.client.now
    return next(((one.state, one.by) for one in (now.alarms if now else ())), ("", ""))


class Address:
    """The one address of both hubs, with somebody signed in."""

    def __init__(self, url: str, trust: ssl.SSLContext, cookie: str) -> None:
        self.url, self.trust, self.cookie = url, trust, cookie

    @asynccontextmanager
    async def bot(self, agent: str, room: str = "desk") -> AsyncIterator[Bot]:
        headers = {"Cookie": self.cookie, "Origin": self.url.rstrip("/"), "User-Agent": agent}
        async with Bot(self.url, room=room, headers=headers, trust=self.trust) as bot:
            await bot.hello()
            yield bot


@asynccontextmanager
async def address(project: Path, folder: Path, ports: list[int]) -> AsyncIterator[Address]:
    ca, port = trustme.CA(), free_port()
    trust = ssl.create_default_context()
    ca.configure_trust(trust)
    documented = (project / "docs/operations.md").read_text("utf-8")
    (text,) = re.findall(r"```nginx\n(.*?)```", documented, re.DOTALL)
    own = {"127.0.0.1:8081": f"127.0.0.1:{ports[0]}", "127.0.0.1:8082": f"127.0.0.1:{ports[1]}"}
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(nginx(text, folder, port=port, own=own, ca=ca))
        url = f"https://127.0.0.1:{port}/"
        session = await stack.enter_async_context(
            ClientSession(
                connector=TCPConnector(ssl=trust),
                cookie_jar=CookieJar(unsafe=True),
                headers={"Accept": "text/html", "Origin": url.rstrip("/")},
            )
        )
        answer = await sign_in(session, url, "wang")
        assert answer.status == 303
        lines = answer.headers.getall("Set-Cookie")
        yield Address(url, trust, "; ".join(line.partition(";")[0] for line in lines))


async def test_sign_in_live_values_alarms_and_the_wall_are_the_same_on_both(
    catalog: Path, project: Path, tmp_path: Path
) -> None:
    users = write_users(tmp_path / "users.toml")
    hubs = [hub_of(catalog, users, tmp_path, proxies=LOOPBACK, painters=1) for _ in range(2)]
    async with AsyncExitStack() as stack:
        servers = [TestServer(hub.app) for hub in hubs]
        for server in servers:
            await server.start_server()
            stack.push_async_callback(server.close)
        site = await stack.enter_async_context(address(project, tmp_path, [one.port or 0 for one in servers]))

        # One sign-in is good at both: browsers differ by their name only.
        met = set()
        for k in range(20):
            async with site.bot(f"browser {k}") as bot:
                assert bot.state["signed_in"] == "王工"
                met.add(bot.state["instance"])
            if len(met) == 2:
                break
        assert met == {hub.instance for hub in hubs}

        # One live service, the same alarm; what is acknowledged at one is so at the other.
        await until(lambda: all(alarm(hub)[0] == "unacknowledged" for hub in hubs))
        await until(lambda: len(live_services()) == 1)
        first, second = sorted(hubs, key=lambda hub: hub.wall.is_elsewhere)
        assert first.live is not None and second.live is not None and second.live.client.now is not None
        (standing,) = second.live.client.now.alarms
        await second.live.client.operate(AlarmOperation(act="acknowledge", alarms=(standing.id,), by="王工"))
        await until(lambda: all(alarm(hub) == ("acknowledged", "王工") for hub in hubs))

        # One wall, whoever looks, and a refusal where it is not.
        for room in ("wall", "wall-control"):
            for k in range(2):
                async with site.bot(f"screen {k}", room) as bot:
                    assert bot.state["instance"] == first.instance
        with pytest.raises(WallElsewhereError, match="/wall/control"):
            second.wall.show(SCENE, by="王工")

        # The hub that had all that ends: the other has it.
        await servers[hubs.index(first)].close()
        await until(lambda: second.wall.controller is not None)
        async with site.bot("screen 0", "wall") as bot:
            assert bot.state["instance"] == second.instance
        await until(lambda: second.live is not None and second.live.client.connected)
        assert alarm(second) == ("acknowledged", "王工")
        async with site.bot("browser 0") as bot:
            assert (bot.state["instance"], bot.state["signed_in"]) == (second.instance, "王工")


def test_a_store_that_another_machine_serves_is_refused(tmp_path: Path) -> None:
    require_one_machine(tmp_path, machine="one")
    require_one_machine(tmp_path, machine="one")
    with pytest.raises(StoreError, match="the machine one serves it"):
        require_one_machine(tmp_path, machine="two")
