"""Only who has signed in, and has not been signed out, gets anything."""

from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import WSServerHandshakeError
from aiohttp.test_utils import TestServer
from yarl import URL

from apps.hub import browser_socket
from apps.hub.hub_server import Hub
from apps.hub.sign_in import sign_ins
from apps.hub.sign_in.accounts import HOME
from apps.hub.sign_in.user_edits import change_user, remove_user
from tests.apps.hub.bot import Bot
from tests.apps.hub.sign_in.people import CHEAP, PASSWORD, accounts_of, browser, hub_of, sign_in, write_users
from twin.scene import Scene


@pytest.fixture
async def hub(small_basin: Path, tmp_path: Path) -> Hub:
    return hub_of(small_basin, write_users(tmp_path / "users.toml"), tmp_path)


@pytest.fixture
async def url(hub: Hub) -> AsyncIterator[str]:
    async with TestServer(hub.app) as server:
        yield str(server.make_url("/"))


def journal(hub: Hub) -> list[dict[str, Any]]:
    return [json.loads(line) for line in hub.audit.path.read_text("utf-8").splitlines()]


def cookie(answer: Any) -> str:
    """Name and value of the sign-in's cookie."""
    morsel = next(morsel for name, morsel in answer.cookies.items() if "twin-sign-in" in name)
    return f"{morsel.key}={morsel.value}"


async def status(url: str, **headers: str) -> int:
    async with (
        browser() as nobody,
        nobody.get(url + "index.html", headers=headers, allow_redirects=False) as a,
    ):
        return a.status


async def test_a_page_leads_to_sign_in_and_from_there_to_what_was_asked_for(url: str) -> None:
    async with browser() as session:
        async with session.get(f"{url}?scene=2.a-b_c&live=1") as answer:
            assert answer.status == 200 and answer.url.path == "/sign-in"
            assert answer.url.query["next"] == "?scene=2.a-b_c&live=1"
            text = await answer.text()
        assert 'lang="zh-CN"' in text and "小流域" in text and "合成数据" in text and "<script" not in text
        answer = await sign_in(session, url, "Wang ", next="?scene=2.a-b_c&live=1")
        assert (answer.status, answer.headers["Location"]) == (303, "index.html?scene=2.a-b_c&live=1")
        async with session.get(f"{url}?scene=2.a-b_c") as answer:
            assert answer.status == 200 and answer.url.path == "/index.html"
        async with session.get(f"{url}sign-in?next=index.html", allow_redirects=False) as answer:
            assert answer.status == 303


async def test_a_program_is_told_401_and_a_socket_is_refused(url: str) -> None:
    assert await status(url, Accept="application/json") == 401
    with pytest.raises(WSServerHandshakeError) as refused:
        async with Bot(url):
            pass
    assert refused.value.status == 401
    async with browser() as session, session.get(url + "alive") as answer:
        assert answer.status == 200  # by it a page finds that the server is back


async def test_what_a_page_shows_hangs_on_who_it_is(url: str, hub: Hub) -> None:
    async with browser() as session:
        answer = await sign_in(session, url, "wang")
    async with Bot(url, headers={"Cookie": cookie(answer)}) as bot:
        await bot.hello()
        assert bot.state["signed_in"] == "王工"
        (desk,) = hub._desks
        assert (desk.visitor.name, desk.visitor.role, desk.visitor.sees) == (
            "wang",
            "administer",
            "restricted",
        )


async def test_cookies_are_kept_from_scripts_and_other_sites(url: str) -> None:
    async with browser() as session:
        answer = await sign_in(session, url, "li")
        lines = answer.headers.getall("Set-Cookie")
        assert len(lines) == 2
        assert all("HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line for line in lines)
        assert all("Secure" not in line for line in lines)  # a server without TLS
        assert "Max-Age" not in next(line for line in lines if "twin-sign-in" in line)
    async with browser() as wall:
        answer = await sign_in(wall, url, "wall")
        line = next(line for line in answer.headers.getall("Set-Cookie") if "twin-sign-in" in line)
        assert f"Max-Age={300 * 86400}" in line


WRONG = (
    ("wang", "wrong"),
    ("wang", ""),
    ("", ""),
    ("nobody", PASSWORD),
    ("admin", "admin"),
    ("wang", "wslink-secret"),
    ("wang' OR '1'='1", PASSWORD),
    ("w" * 100_000, PASSWORD),
    ("wang", "x" * 100_000),
    ("wang\x00", PASSWORD),
)


async def test_wrong_missing_and_default_passwords_are_refused(url: str) -> None:
    async with browser() as session:
        for user, password in WRONG:
            answer = await sign_in(session, url, user, password)
            assert answer.status == 401 and not answer.cookies
            assert "用户名或密码不正确" in await answer.text()


async def test_a_refused_name_that_is_no_users_is_not_written_down(url: str, hub: Hub) -> None:
    async with browser() as session:
        await sign_in(session, url, "my-secret-password", "x")
        await sign_in(session, url, "wang", "x")
        await sign_in(session, url, "gone")
        await sign_in(session, url, "wang")
        async with session.post(url + "sign-out") as answer:
            assert answer.status == 200
    acts = [(line["who"], line["act"], line.get("reason", "")) for line in journal(hub)]
    assert acts == [
        ("", "sign_in_refused", "unknown user"),
        ("wang", "sign_in_refused", "wrong password"),
        ("gone", "sign_in_refused", "disabled"),
        ("wang", "signed_in", ""),
        ("wang", "signed_out", ""),
    ]
    assert all(line["address"] == "127.0.0.1" for line in journal(hub))


async def test_a_forged_a_foreign_and_a_replayed_cookie_are_refused(url: str, tmp_path: Path) -> None:
    async with browser() as session:
        first = cookie(await sign_in(session, url, "wang"))
        assert await status(url, Cookie=first) == 200
        name, value = first.split("=", 1)
        token, signature = value.rsplit(".", 1)
        for forged in (
            token,
            f"{token}.",
            f"{token[:-1]}{'B' if token[-1] == 'A' else 'A'}.{signature}",
            f"{token}.{signature[:-2]}xx",
            "",
            ".",
        ):
            assert await status(url, Cookie=f"{name}={forged}") == 302
        second = cookie(await sign_in(session, url, "wang"))  # a new sign-in: a new secret, the old one ends
        assert second != first
        assert await status(url, Cookie=first) == 302
        assert await status(url, Cookie=second) == 200
        async with session.post(url + "sign-out", allow_redirects=False) as answer:
            assert answer.status == 303
        assert await status(url, Cookie=second) == 302


async def test_bytes_that_are_no_text_are_refused_without_a_fault(
    hub: Hub, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = accounts_of(hub).cookies._mark
    host = url.removeprefix("http://").rstrip("/")
    forms = [
        (b"application/x-www-form-urlencoded; charset=nonsense", b"user=wang&password=x"),
        (b"application/x-www-form-urlencoded; charset=utf-16", b"user=wang&password=x"),
        (b"application/x-www-form-urlencoded", b"user=%ff&password=%00%ff%fe&next=%ff&language=%ff"),
        (b"application/x-www-form-urlencoded", bytes(range(256))),
        (b"application/x-www-form-urlencoded", b"&".join(b"a=b" for _ in range(5000))),
        (b"multipart/form-data", b"x"),
        (
            b"multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=user\r\n\r\n\xff\r\n--x--",
        ),
        (b"multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: \xff\r\n\r\n\xff"),
        (b"application/json", b'{"user": "wang"}'),
    ]
    paths = [
        b"/sign-in?next=%ff%00",
        b"/first-sign-in?key=%ff",
        b"/index.html",
    ]
    requests = [
        b"POST %s HTTP/1.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n" % (path, kind, len(body))
        + b"{}"
        + body
        for kind, body in forms
        for path in (b"/sign-in", b"/first-sign-in", b"/sign-out")
    ] + [
        b"GET %s HTTP/1.1\r\nCookie: twin-%s-%s=%s\r\n{}" % (path, kind, name.encode(), value)
        for path in paths
        for kind in (b"sign-in", b"device", b"oidc")
        for value in (b"\xff\xfe.\xff", b"a.b", b"\xed\xa0\x80.x", b".", b"x" * 4000)
    ]
    for request in requests:
        head, _, body = request.partition(b"{}")
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(head + f"Host: {host}\r\nConnection: close\r\n\r\n".encode() + body)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        status = int(answer.split(b" ", 2)[1])
        assert status < 500 and b"Traceback" not in answer, (request[:200], answer[:300])
    assert [record for record in caplog.records if record.exc_info] == []


async def test_a_cookie_that_a_thief_has_set_is_not_signed_in(url: str) -> None:
    """Fixation: what a browser brings to the sign-in is never what it is signed in by."""
    async with browser() as thief, browser() as victim:
        planted = cookie(await sign_in(thief, url, "zhao"))
        name, value = planted.split("=", 1)
        victim.cookie_jar.update_cookies({name: value}, URL(url))
        own = cookie(await sign_in(victim, url, "wang"))
        assert own != planted
        assert await status(url, Cookie=planted) == 302


async def test_an_expired_sign_in_is_refused_and_one_in_use_goes_on(hub: Hub, url: str) -> None:
    now = time.time()
    accounts_of(hub).sign_ins._clock = lambda: now
    async with browser() as session:
        kept = cookie(await sign_in(session, url, "wang"))
        for _ in range(13):
            now += 11 * 3600
            assert await status(url, Cookie=kept) == 200
        now += 13 * 3600
        assert await status(url, Cookie=kept) == 302
        kept = cookie(await sign_in(session, url, "wang"))
        for _ in range(15):
            now += 11 * 3600
            await status(url, Cookie=kept)
        now += 6 * 3600  # in use all the time, for seven days and more
        assert await status(url, Cookie=kept) == 302
        wall = cookie(await sign_in(session, url, "wall"))
        now += 299 * 86400
        assert await status(url, Cookie=wall) == 200


async def test_forms_of_other_sites_are_refused(url: str) -> None:
    origins = ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"]
    async with browser() as session:
        kept = cookie(await sign_in(session, url, "wang"))
        for origin, path in itertools.product(origins, ("sign-in", "sign-out")):
            headers = {"Origin": origin, "Cookie": kept}
            data = {"user": "wang", "password": PASSWORD}
            async with session.post(url + path, data=data, headers=headers, allow_redirects=False) as answer:
                assert answer.status == 403 and not answer.cookies
        assert await status(url, Cookie=kept) == 200


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/..//evil.example",
    "a//evil.example",
    "./sign-out",
    "../x",
    "index.html\r\nSet-Cookie: a=b",
    "index.html?\x00",
    "data:text/html,x",
    "x" * 8000,
)


async def test_nothing_leads_to_another_site(url: str) -> None:
    async with browser() as session:
        for then in ELSEWHERE:
            answer = await sign_in(session, url, "wang", next=then)
            assert answer.headers["Location"] == "index.html"
            async with session.get(f"{url}sign-in?next={quote(then[:7500])}", allow_redirects=False) as again:
                assert again.status in (303, 400) and again.headers.get("Location", HOME) == HOME


async def test_a_changed_user_is_out_at_the_next_request_and_the_desk_closes(
    hub: Hub, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_socket, "SIGNED_IN_EVERY", 1)
    users = accounts_of(hub).users.path
    changes: list[tuple[str, Callable[[], None], int]] = [
        ("li", lambda: remove_user(users, "li"), 302),
        ("wang", lambda: change_user(users, "wang", disabled=True), 302),
        ("zhao", lambda: change_user(users, "zhao", password=CHEAP.hash("another good one")), 302),
        ("wall", lambda: change_user(users, "wall", role="operate"), 200),
    ]
    for name, change, after in changes:
        async with browser() as session:
            kept = cookie(await sign_in(session, url, name))
        async with Bot(url, headers={"Cookie": kept}) as bot:
            await bot.hello()
            change()
            assert await status(url, Cookie=kept) == after
            async with asyncio.timeout(10):
                await bot.closed.wait()


async def test_sign_ins_outlive_the_hub_and_an_administrator_ends_them(
    small_basin: Path, hub: Hub, tmp_path: Path
) -> None:
    async with TestServer(hub.app) as server, browser() as session:
        kept = cookie(await sign_in(session, str(server.make_url("/")), "wang"))
    again = hub_of(small_basin, tmp_path / "users.toml", tmp_path)
    async with TestServer(again.app) as server:
        url = str(server.make_url("/"))
        assert await status(url, Cookie=kept) == 200
        (one,) = accounts_of(again).sign_ins.open_ones()
        assert (one.user, one.address) == ("wang", "127.0.0.1")
        assert accounts_of(again).sign_ins.end(id_=one.id) == 1
        assert await status(url, Cookie=kept) == 302


async def test_nobody_signs_in_where_it_cannot_be_written_down(hub: Hub, url: str, tmp_path: Path) -> None:
    async with browser() as session:
        kept = cookie(await sign_in(session, url, "zhao"))
        hub.audit.path = tmp_path  # a folder: cannot be written
        answer = await sign_in(session, url, "wang")
        assert answer.status == 503 and not answer.cookies and "无法记录登录" in await answer.text()
        assert await status(url, Cookie=kept) == 200  # whoever is in stays in


async def test_who_signs_out_is_out_even_where_that_cannot_be_written_down(
    hub: Hub, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sign_ins, "BUSY_S", 0.02)
    async with browser() as session:
        kept = cookie(await sign_in(session, url, "zhao"))
        with closing(sqlite3.connect(tmp_path / "users.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert await status(url, Cookie=kept) == 200
            assert (await sign_in(session, url, "wang")).status == 503
            async with session.post(url + "sign-out", allow_redirects=False) as answer:
                assert answer.status == 303
            other.execute("ROLLBACK")
        assert await status(url, Cookie=kept) == 302


async def test_a_desk_begins_in_the_language_of_the_sign_in_page(url: str) -> None:
    name = "f" * 31 + "0"
    async with browser() as session:
        async with session.get(url + "sign-in?language=en") as answer:
            assert "User name" in await answer.text()
        async with session.get(url + "sign-in") as answer:
            assert "User name" in await answer.text(), "the page remembers it too"
        async with session.get(url + "sign-in?language=fr", headers={"Cookie": "twin-language=fr"}) as answer:
            assert not answer.cookies
        await sign_in(session, url, "wang")
        jar = session.cookie_jar.filter_cookies(URL(url))
        headers = {"Cookie": "; ".join(f"{key}={morsel.value}" for key, morsel in jar.items())}
    async with Bot(url, session=name, headers=headers) as bot:
        await bot.hello()
        assert (bot.state["language"], bot.state["t"]["language_other"]) == ("en", "中文")
        await bot.until(lambda: bool(bot.state.get("link")))
        await bot.call("trame.state.update", [{"key": "language", "value": "zh"}])
        await bot.until(lambda: Scene.from_link(bot.state["link"]).language == "zh")
        chinese = bot.state["link"]
    async with Bot(url, session=name, headers=headers) as bot:
        await bot.hello()
        assert bot.state["language"] == "zh", "as the desk was kept"
    async with Bot(url, headers=headers) as bot:
        await bot.hello()
        await bot.trigger("open_link", chinese)
        await bot.until(lambda: bot.state["language"] == "zh")  # as the link says


async def test_a_desk_is_not_given_to_the_next_one_who_signs_in(hub: Hub, url: str) -> None:
    session_name = "0123456789abcdef" * 2
    cookies = []
    for name in ("wang", "li"):
        async with browser() as session:
            cookies.append(cookie(await sign_in(session, url, name)))
    for kept, language in zip([cookies[0], cookies[1], cookies[0]], ["zh", "zh", "en"], strict=True):
        async with Bot(url, session=session_name, headers={"Cookie": kept}) as bot:
            await bot.hello()
            assert bot.state["language"] == language
            await bot.call("trame.state.update", [{"key": "language", "value": "en"}])
        async with asyncio.timeout(10):
            while hub._leaving or hub._desks:
                await asyncio.sleep(0.01)
