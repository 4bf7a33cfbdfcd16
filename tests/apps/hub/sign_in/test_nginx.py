"""Behind nginx, by the configuration that docs/sign-in.md gives."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import shutil
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from aiohttp import ClientSession, CookieJar, TCPConnector
from aiohttp.test_utils import TestServer

from apps.hub.hub_server import Hub
from tests.apps.hub.bot import Bot
from tests.apps.hub.sign_in.people import hub_of, sign_in, write_users
from tests.ports import free_port

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)

pytestmark = pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed: script/bootstrap")


@asynccontextmanager
async def nginx(
    documented: str, folder: Path, *, port: int, own: Mapping[str, str], ca: trustme.CA
) -> AsyncIterator[None]:
    """Run nginx with a documented configuration; only addresses and files are a test's ``own``."""
    certificate = ca.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(folder / "twin.pem")
    certificate.private_key_pem.write_to_path(folder / "twin.key")
    text = documented
    for words, mine in {
        "listen 443": f"listen 127.0.0.1:{port}",
        "/etc/nginx/": f"{folder}/",
        "server_name twin.example.org": "server_name 127.0.0.1",
        **own,
    }.items():
        assert words in text, words
        text = text.replace(words, mine)
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{text} }}\n"
    )
    process = await asyncio.create_subprocess_exec(NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"))
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    assert process.returncode is None, (folder / "error.log").read_text()
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    await writer.wait_closed()
                    break
        yield
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
def hub(small_basin: Path, tmp_path: Path) -> Hub:
    return hub_of(small_basin, write_users(tmp_path / "users.toml"), tmp_path, proxies=LOOPBACK)


async def test_sign_in_and_a_desk_come_through_nginx(hub: Hub, project: Path, tmp_path: Path) -> None:
    ca, port, plain = trustme.CA(), free_port(), free_port()
    trust = ssl.create_default_context()
    ca.configure_trust(trust)
    (text,) = re.findall(r"```nginx\n(.*?)```", (project / "docs/sign-in.md").read_text("utf-8"), re.DOTALL)
    own = {"listen 80": f"listen 127.0.0.1:{plain}"}
    async with (
        TestServer(hub.app) as server,
        nginx(text, tmp_path, port=port, own=own | {"127.0.0.1:8080": f"127.0.0.1:{server.port}"}, ca=ca),
        ClientSession(
            connector=TCPConnector(ssl=trust),
            cookie_jar=CookieJar(unsafe=True),
            headers={"Accept": "text/html"},
        ) as session,
    ):
        url = f"https://127.0.0.1:{port}/"
        async with session.get(f"http://127.0.0.1:{plain}/index.html", allow_redirects=False) as answer:
            assert answer.status == 301 and answer.headers["Location"].startswith("https://")
        async with session.get(f"{url}?scene=2.abc") as answer:
            assert answer.url.path == "/sign-in" and answer.url.scheme == "https"
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        origin = {"Origin": url.rstrip("/")}
        session.headers.update(origin)
        answer = await sign_in(session, url, "wang", next="?scene=2.abc")
        assert answer.status == 303
        lines = answer.headers.getall("Set-Cookie")
        assert all("Secure" in line and line.startswith("__Host-") for line in lines)
        cookie = "; ".join(line.partition(";")[0] for line in lines)
        async with Bot(url, headers={"Cookie": cookie, **origin}, trust=trust) as bot:
            await bot.hello()
            await bot.until(lambda: not bot.state["loading"]["active"] and bool(bot.pictures))
            assert bot.state["signed_in"] == "王工"
        forged = {"X-Forwarded-For": "1.2.3.4", "Cookie": cookie}
        async with session.post(url + "sign-out", headers=forged, allow_redirects=False) as answer:
            assert answer.status == 303
    lines = [json.loads(line) for line in hub.audit.path.read_text("utf-8").splitlines()]
    assert {line["address"] for line in lines} == {"127.0.0.1"}  # of two the one that nginx has seen
