"""Nobody comes in unasked, nobody reads along, and only a proxy that is named is believed."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from apps.hub.permissions import needs
from apps.hub.sign_in.certificate import Certificate, CertificateError
from apps.hub.sign_in.listening import Listening, is_loopback
from apps.hub.sign_in.transport import transport
from tests.apps.command import one_line, twin
from tests.apps.hub.sign_in.people import write_users


def written(folder: Path, name: str, ca: trustme.CA, **kwargs: object) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key."""
    certificate = ca.issue_cert("127.0.0.1", **kwargs)  # type: ignore[arg-type]
    files = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.cert_chain_pems[0].write_to_path(files[0])
    certificate.private_key_pem.write_to_path(files[1])
    return files


def test_an_address_that_others_reach_needs_users_and_tls(small_basin: Path, tmp_path: Path) -> None:
    users, others = tmp_path / "users.toml", ("--host", "0.0.0.0", "--port", 0)
    pem, key = written(tmp_path, "twin", trustme.CA())
    serve = ("serve", small_basin, "--users", users)
    one_line(twin("serve", small_basin, "--open", *others), "--open", "0.0.0.0")
    one_line(twin("serve", small_basin, "--open", "--behind-proxy", "--port", 0), "--open", "proxy")
    one_line(twin("serve", small_basin, "--open", "--users", users), "--users", code=2)
    one_line(twin(*serve, *others, "--behind-proxy"), "no users", "twin user add")
    write_users(users)
    one_line(twin(*serve, *others), "--certificate", "--behind-proxy")
    one_line(twin(*serve, *others, "--certificate", pem), "--key", code=2)
    one_line(twin(*serve, *others, "--certificate", pem, "--key", tmp_path / "no.key"), "no.key")
    one_line(twin(*serve, *others, "--certificate", key, "--key", pem), "PEM")
    other = written(tmp_path, "other", trustme.CA())[1]
    one_line(twin(*serve, *others, "--certificate", pem, "--key", other), "other.key", "not the key of")
    one_line(twin(*serve, "--proxy", "my-proxy"), "my-proxy", "10.0.0.5", code=2)
    for good in (
        Listening(host="0.0.0.0", port=0, certificate=Certificate(pem, key)),
        Listening(host="0.0.0.0", port=0, proxies=(ipaddress.ip_network("10.0.0.5"),)),
        Listening(port=0),
    ):
        good.check(users)
    Listening(port=0).check(None)


def test_a_file_of_users_that_cannot_be_used_is_one_line(small_basin: Path, tmp_path: Path) -> None:
    users = tmp_path / "users.toml"
    users.write_text("[users.wang]\nrole = 'boss'\n", "utf-8")
    one_line(twin("serve", small_basin, "--users", users, "--port", 0), "users.wang.role")
    users.unlink()
    (tmp_path / "users.key").write_text("x" * 64, "ascii")
    one_line(twin("serve", small_basin, "--users", users, "--port", 0), "users.key", "chmod 600")
    (tmp_path / "users.key").chmod(0o600)
    (tmp_path / "users.sqlite").write_text("no database", "ascii")
    one_line(twin("serve", small_basin, "--users", users, "--port", 0), "users.sqlite")


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.8.8.8", True), ("0.0.0.0", False),
     ("::", False), ("", False), ("twin.example.org", False), ("192.168.1.5", False)],
)  # fmt: skip
def test_only_loopback_is_of_this_machine(host: str, only_here: bool) -> None:
    assert is_loopback(host) == only_here


@asynccontextmanager
async def echo(*proxies: str) -> AsyncIterator[str]:
    """A server that answers with what it takes a request for."""

    @needs(None)
    async def show(request: web.Request) -> web.Response:
        return web.json_response([request.remote, request.scheme, request.host])

    app = web.Application(middlewares=[transport([ipaddress.ip_network(proxy) for proxy in proxies])])
    app.router.add_get("/", show)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def asked(url: str, **headers: str) -> list[str]:
    names = {key.replace("_", "-"): value for key, value in headers.items()}
    async with ClientSession() as session, session.get(url, headers=names) as answer:
        return [*await answer.json(), answer.headers.get("Strict-Transport-Security", "")[:7]]


async def test_only_a_named_proxy_is_believed() -> None:
    forged = {"X_Forwarded_For": "9.9.9.9", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "evil.example"}
    async with echo() as url:
        assert await asked(url, **forged) == ["127.0.0.1", "http", url[7:-1], ""]
    async with echo("10.0.0.5") as url:  # loopback is let in, but not believed
        assert await asked(url, **forged) == ["127.0.0.1", "http", url[7:-1], ""]
    async with echo("127.0.0.1", "10.0.0.0/8") as url:
        assert await asked(url, **forged) == ["9.9.9.9", "https", "evil.example", "max-age"]
        here = await asked(url, **{**forged, "X_Forwarded_Host": "localhost:8443"})
        assert here == ["9.9.9.9", "https", "localhost:8443", ""]
        chain = {**forged, "X_Forwarded_For": "1.1.1.1, 9.9.9.9, 10.0.0.5", "X_Forwarded_Proto": "http,https"}
        assert await asked(url, **chain) == ["9.9.9.9", "https", "evil.example", "max-age"]
        for odd in ("", "unknown", "<script>", "1.1.1.1, x", "," * 1000):
            assert (await asked(url, X_Forwarded_For=odd, X_Forwarded_Proto="ftp"))[:2] == [
                "127.0.0.1",
                "http",
            ]


async def test_a_renewed_certificate_is_used_without_a_restart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = trustme.CA(), trustme.CA()
    pem, key = written(tmp_path, "twin", old)
    certificate = Certificate(pem, key)
    certificate.check()
    assert certificate.context.minimum_version == ssl.TLSVersion.TLSv1_2

    async def trusted(ca: trustme.CA) -> bool:
        context = ssl.create_default_context()
        ca.configure_trust(context)
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        except ssl.SSLError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    server = await asyncio.start_server(
        lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=certificate.context
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await trusted(old) and not await trusted(new)
        pem.write_text("half a certificate", "ascii")
        with caplog.at_level(logging.ERROR):
            certificate.reload()
            certificate.reload()
        assert len(caplog.records) == 1 and "stays" in caplog.text
        assert await trusted(old)
        written(tmp_path, "twin", new)
        certificate.reload()
        assert await trusted(new) and not await trusted(old)


def test_a_certificate_that_ends_soon_or_has_ended_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for days, words in ((-1, "not now"), (5, "renew it"), (100, "")):
        caplog.clear()
        files = written(tmp_path, "twin", trustme.CA(), not_after=datetime.now(UTC) + timedelta(days=days))
        Certificate(*files).check()
        assert words in caplog.text if words else not caplog.records


def test_a_folder_or_nothing_is_no_certificate(tmp_path: Path) -> None:
    pem, key = written(tmp_path, "twin", trustme.CA())
    for files in ((tmp_path, key), (pem, tmp_path / "none"), (key, key), (pem, pem)):
        with pytest.raises(CertificateError) as refused:
            Certificate(*files).check()
        assert "\n" not in str(refused.value)
