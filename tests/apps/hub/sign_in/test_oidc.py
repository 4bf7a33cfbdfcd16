"""An office's own service signs people in; what it says is believed only where it must be true."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse, ClientSession, web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import RSAKey

from apps.hub.hub_server import Hub
from apps.hub.sign_in.oidc import OfficeService
from apps.hub.sign_in.oidc_settings import OidcError, OidcSettings
from apps.hub.sign_in.user_edits import add_user
from apps.hub.sign_in.users import UsersError, read_document
from tests.apps.hub.bot import Bot
from tests.apps.hub.sign_in.people import CHEAP, PASSWORD, accounts_of, browser, hub_of, sign_in
from tests.ports import free_port

STAFF = {
    "sun": {"preferred_username": "Sun", "name": "孙工", "groups": ["hydrology", "all"]},
    "qian": {"preferred_username": "qian", "groups": "all"},
    "wang": {"preferred_username": "wang", "groups": ["hydrology"]},
    "nobody": {"name": "no user name"},
}


def section(issuer: str, **more: str) -> str:
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
    return (
        f'\n[oidc]\nissuer = "{issuer}"\nclient_id = "twin"\n{lines}[oidc.rights]\n'
        'hydrology = {role = "operate", sees = "restricted"}\nall = {role = "watch", sees = "public"}\n'
    )


@pytest.fixture(scope="module")
def issuer() -> str:
    return f"http://127.0.0.1:{free_port()}"


@asynccontextmanager
async def service(issuer: str) -> AsyncIterator[None]:
    """The mock, in a process of its own: its warnings are its own."""
    command = [
        sys.executable,
        "-m",
        "oidc_provider_mock",
        "--port",
        issuer.rpartition(":")[2],
        "--require-nonce",
        "true",
    ]
    for sub, claims in STAFF.items():
        command += ["--user-claims", json.dumps({"sub": sub, **claims})]
    quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
    env = os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"}
    process = await asyncio.create_subprocess_exec(*command, **quiet, env=env)  # type: ignore[arg-type]
    try:
        async with ClientSession() as session, asyncio.timeout(60):
            while True:
                try:
                    async with session.get(issuer + "/.well-known/openid-configuration") as answer:
                        assert answer.status == 200
                        break
                except OSError:
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
        yield
    finally:
        process.kill()
        await process.wait()


@pytest.fixture
def hub(small_basin: Path, tmp_path: Path, issuer: str, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("TWIN_TEST_SECRET", "the client's")
    users = tmp_path / "users.toml"
    add_user(users, "wang", password=CHEAP.hash(PASSWORD), role="administer")
    with users.open("a") as file:
        file.write(section(issuer, client_secret_env="TWIN_TEST_SECRET"))
    return hub_of(small_basin, users, tmp_path)


async def sent_to_service(session: ClientSession, url: str, then: str = "") -> str:
    async with session.get(f"{url}oidc", params={"next": then}, allow_redirects=False) as answer:
        assert answer.status == 302
        return answer.headers["Location"]


async def sent_back(session: ClientSession, address: str, sub: str) -> str:
    """Say who one is at the service's page."""
    async with session.post(address, data={"sub": sub}, allow_redirects=False) as answer:
        assert answer.status == 302, await answer.text()
        return answer.headers["Location"]


async def got(session: ClientSession, address: str) -> tuple[ClientResponse, str]:
    async with session.get(address, allow_redirects=False) as answer:
        return answer, await answer.text()


async def test_people_of_an_office_sign_in_by_its_service(hub: Hub, issuer: str) -> None:
    async with service(issuer), TestServer(hub.app) as server:
        url = str(server.make_url("/"))
        async with browser() as session:
            _, text = await got(session, url + "sign-in?next=index.html")
            assert "统一身份登录" in text and 'href="oidc?next=index.html"' in text
            address = await sent_to_service(session, url, "index.html?scene=2.abc")
            asked = parse_qs(urlsplit(address).query)
            assert asked["code_challenge_method"] == ["S256"] and asked["state"] and asked["nonce"]
            assert asked["redirect_uri"] == [url + "oidc-done"] and "secret" not in address
            back = await sent_back(session, address, "sun")
            answer, _ = await got(session, back)
            assert (answer.status, answer.headers["Location"]) == (303, "index.html?scene=2.abc")
            cookie = next(f"{m.key}={m.value}" for k, m in answer.cookies.items() if "twin-sign-in" in k)
            answer, text = await got(session, back)  # a second time: not begun in this browser any more
            assert answer.status == 401 and "统一登录未成功" in text
        async with Bot(url, headers={"Cookie": cookie}) as bot:
            await bot.hello()
            (desk,) = hub._desks
            who = desk.visitor
            assert (who.name, who.role, who.sees, who.full_name) == ("sun", "operate", "restricted", "孙工")
        async with browser() as thief:  # the answer to another browser's sign-in
            address = await sent_to_service(thief, url)
            async with browser() as victim:
                await sent_to_service(victim, url)
                answer, _ = await got(victim, await sent_back(victim, address, "sun"))
                assert answer.status == 401 and not any("sign-in" in name for name in answer.cookies)
        for sub, status, words in (
            ("qian", 303, ""),
            ("nobody", 401, "统一登录未成功"),
            ("wang", 401, "统一登录未成功"),  # a local user's name
            ("someone", 401, "统一登录未成功"),
        ):
            async with browser() as session:
                back = await sent_back(session, await sent_to_service(session, url), sub)
                answer, text = await got(session, back)
                assert answer.status == status and words in text, sub
        async with browser() as session:
            address = await sent_to_service(session, url)
            async with session.post(address, data={"action": "deny"}, allow_redirects=False) as refused:
                answer, _ = await got(session, refused.headers["Location"])
            assert answer.status == 401
        users = accounts_of(hub).users.path
        users.write_text(
            users.read_text("utf-8").replace('all = {role = "watch"', 'all = {role = "operate"'), "utf-8"
        )
    lines = [json.loads(line) for line in hub.audit.path.read_text("utf-8").splitlines()]
    assert [(line["who"], line.get("via")) for line in lines if line["act"] == "signed_in"] == [
        ("sun", "oidc"),
        ("qian", "oidc"),
    ]
    assert sum(line["act"] == "sign_in_refused" for line in lines) == 6


async def test_a_sign_in_ends_when_the_services_settings_change(
    hub: Hub, issuer: str, tmp_path: Path
) -> None:
    accounts = accounts_of(hub)
    office = accounts.users.oidc
    assert office is not None
    rights: dict[str, Any] = {"via": "oidc", "role": "operate", "sees": "public", "full_name": ""}
    token = accounts.sign_ins.start("sun", stamp=office.stamp, **rights)
    found = accounts.sign_ins.find(token)
    assert found is not None and accounts._visitor(found) is not None
    users = tmp_path / "users.toml"
    users.write_text(
        users.read_text("utf-8").replace('"watch", sees = "public"', '"watch", sees = "internal"'), "utf-8"
    )
    assert accounts._visitor(found) is None
    users.write_text(users.read_text("utf-8").partition("\n[oidc]")[0], "utf-8")
    assert accounts._visitor(found) is None
    accounts.sign_ins.close()


@pytest.mark.parametrize(
    "told", ["closed", None, {"issuer": "https://other.example"}, {"issuer": ""}, "hello", []]
)
async def test_a_service_that_does_not_work_leaves_the_local_way(
    small_basin: Path, tmp_path: Path, told: Any
) -> None:
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"

    async def metadata(request: web.Request) -> web.Response:
        del request
        return web.json_response({"issuer": issuer} if told == {"issuer": ""} else told)

    other = web.Application()
    if told is not None:
        other.router.add_get("/.well-known/openid-configuration", metadata)
    users = tmp_path / "users.toml"
    add_user(users, "wang", password=CHEAP.hash(PASSWORD), role="administer")
    users.write_text(users.read_text("utf-8") + section(issuer), "utf-8")
    hub = hub_of(small_basin, users, tmp_path)
    async with TestServer(other, port=port) as service, TestServer(hub.app) as server, browser() as session:
        if told == "closed":
            await service.close()
        url = str(server.make_url("/"))
        answer, text = await got(session, url + "oidc")
        assert (
            answer.status == 503 and issuer in text and "使用本地账号" in text and 'name="password"' in text
        )
        assert "Traceback" not in text
        assert (await sign_in(session, url, "wang")).status == 303


async def test_a_token_that_is_not_the_services_own_for_us_is_refused() -> None:
    ours, foreign, claims, header = RSAKey.generate_key(2048), RSAKey.generate_key(2048), {}, {"alg": "RS256"}
    key = ours

    async def metadata(request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": issuer,
                "authorization_endpoint": issuer + "/authorize",
                "token_endpoint": issuer + "/token",
                "jwks_uri": issuer + "/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            }
        )

    async def keys(request: web.Request) -> web.Response:
        return web.json_response({"keys": [ours.as_dict(private=False)]})

    async def token(request: web.Request) -> web.Response:
        if header["alg"] == "none":
            parts = (json.dumps(part).encode() for part in (header, claims))
            text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        else:
            text = jwt.encode(header, claims, key)
        return web.json_response({"access_token": "a", "token_type": "Bearer", "id_token": text})

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", metadata)
    app.router.add_get("/jwks", keys)
    app.router.add_post("/token", token)
    async with TestServer(app) as server:
        issuer = str(server.make_url("")).rstrip("/")
        rights = {"*": {"role": "watch", "sees": "public"}}
        service = OfficeService(
            OidcSettings.model_validate({"issuer": issuer, "client_id": "twin", "rights": rights})
        )
        now = time.time()
        good = {
            "iss": issuer,
            "aud": "twin",
            "sub": "s",
            "iat": now,
            "exp": now + 60,
            "preferred_username": "sun",
        }
        cases: list[tuple[dict[str, Any], dict[str, str], RSAKey, bool]] = [
            ({}, {"alg": "RS256"}, ours, True),
            ({"nonce": "another"}, {"alg": "RS256"}, ours, False),
            ({"aud": "another client"}, {"alg": "RS256"}, ours, False),
            ({"aud": ["another", "third"], "azp": "twin"}, {"alg": "RS256"}, ours, False),
            ({"iss": "https://evil.example"}, {"alg": "RS256"}, ours, False),
            ({"exp": now - 1000}, {"alg": "RS256"}, ours, False),
            ({}, {"alg": "RS256"}, foreign, False),
            ({}, {"alg": "none"}, ours, False),
            ({"preferred_username": "two words"}, {"alg": "RS256"}, ours, False),
            ({"preferred_username": "a\nb"}, {"alg": "RS256"}, ours, False),
            ({"preferred_username": "x" * 65}, {"alg": "RS256"}, ours, False),
        ]
        for changed, header, key, believed in cases:  # noqa: B007  (the service reads them)
            _, begun = await service.begin("http://twin.example/oidc-done")
            claims = {**good, "nonce": begun["nonce"], **changed}
            answer = {"state": begun["state"], "code": "c"}
            if believed:
                assert (await service.finish(answer, begun, "http://twin.example/oidc-done")).name == "sun"
            else:
                with pytest.raises(OidcError):
                    await service.finish(answer, begun, "http://twin.example/oidc-done")
        for odd in ({}, {"state": "x"}, {**answer, "iss": "https://evil.example"}, {**answer, "error": "no"}):
            with pytest.raises(OidcError):
                await service.finish(odd, begun, "http://twin.example/oidc-done")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (section("http://login.example.org"), ["oidc.issuer", "https"]),
        (section("https://x.example", client_secret_env="a b"), ["oidc.client_secret_env", "environment"]),
        (section("https://x.example", client_secret_env="A", client_secret_file="b"), ["not both"]),
        (section("https://x.example", scope="profile"), ["openid"]),
        (section("https://x.example", clientid="x"), ["oidc.clientid", "client_id"]),
        ('[oidc]\nissuer = "https://x.example"\nclient_id = "twin"\nrights = {}', ["oidc.rights", "empty"]),
    ],
)
def test_settings_that_cannot_be_used_are_one_line(tmp_path: Path, text: str, words: list[str]) -> None:
    (tmp_path / "users.toml").write_text(text, "utf-8")
    with pytest.raises(UsersError) as refused:
        read_document(tmp_path / "users.toml")
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_rights_are_the_widest_of_ones_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = OidcSettings.model_validate(
        {
            "issuer": "https://x.example",
            "client_id": "twin",
            "client_secret_env": "TWIN_TEST_SECRET",
            "rights": {
                "a": {"role": "operate", "sees": "public"},
                "b": {"role": "watch", "sees": "restricted"},
            },
        }
    )
    both = settings.rights_of(["a", "b", 3, None])
    assert both is not None and (both.role, both.sees) == ("operate", "restricted")
    assert settings.rights_of("b") is not None
    for nothing in (None, [], {}, 5, "c", ["A"], {"a": 1}, "*"):
        assert settings.rights_of(nothing) is None, nothing
    with pytest.raises(KeyError):
        settings.secret()
    monkeypatch.setenv("TWIN_TEST_SECRET", "s")
    assert settings.secret() == "s"
    (tmp_path / "secret").write_text("t\n", "ascii")
    other = settings.model_copy(
        update={"client_secret_env": None, "client_secret_file": str(tmp_path / "secret")}
    )
    assert other.secret() == "t"
