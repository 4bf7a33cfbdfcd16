"""Pages to keep: of what their visitor sees, found again by their id, one at a time."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pypdfium2
import pytest
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from apps.hub.hub_server import Hub
from apps.papers import formats
from tests.apps.hub.bot import Bot
from tests.apps.hub.rest.rest_hub import WHO, RestHub
from tests.apps.hub.test_hub import opened
from tests.guarded import words_of


@pytest.fixture(autouse=True)
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "WIDEST", 320)


def journal(hub: Hub) -> list[dict[str, object]]:
    return [json.loads(line) for line in hub.audit.path.read_text("utf-8").splitlines()]


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return document[0].get_textpage().get_text_range()
    finally:
        document.close()


def test_a_page_names_no_entry_that_its_visitor_may_not_see(rest: RestHub) -> None:
    told = {}
    for sees in ("public", "restricted"):
        reply = rest.get("/page", headers={WHO: f"watch/{sees}"})
        assert reply.status == 200 and reply.headers["Content-Type"] == "application/pdf"
        told[sees] = text_of(reply.body)
        id_ = reply.headers["Twin-Page"]
        assert id_ in told[sees]
        line = next(line for line in journal(rest.hub) if line.get("id") == id_)
        assert (line["act"], line["what"], line["scene"]) == ("exported", "page", reply.headers["Twin-Scene"])
    assert [word for word in words_of("internal", "restricted") if word in told["public"]] == []
    for word in words_of("public", "internal", "restricted"):
        assert word in told["restricted"]


def test_the_same_scene_has_the_same_id_as_page_and_as_picture(rest: RestHub) -> None:
    link = rest.get("/picture", size="64x64").headers["Twin-Scene"]
    page, picture = (
        rest.get("/page", scene=link, format=kind, size="960x540", headers={"Accept-Language": "en"})
        for kind in ("pdf", "png")
    )
    assert Image.open(io.BytesIO(picture.body)).size == (960, 540)
    assert page.headers["Twin-Page"] == picture.headers["Twin-Page"]


def test_the_text_page_needs_a_visitor_and_names_nothing_that_is_withheld(rest: RestHub) -> None:
    assert rest.send("GET", "/text", headers={WHO: "nobody"}).status == 401
    text = rest.send("GET", "/text", headers={WHO: "watch/public"}).body.decode()
    assert "测站" in text
    assert [word for word in words_of("internal", "restricted") if word in text] == []


@pytest.mark.parametrize("size", ["100x100", "9000x9000", "x"])
def test_a_size_that_holds_no_words_is_refused(rest: RestHub, size: str) -> None:
    reply = rest.get("/page", format="png", size=size)
    assert reply.status == 422 and reply.json["code"] == "parameter"


async def test_a_desk_makes_one_page_at_a_time_and_only_its_visitor_fetches_it(small_basin: Path) -> None:
    hub = Hub(small_basin, painters=1)
    async with TestServer(hub.app) as server, TestClient(server) as client:
        url = str(server.make_url("/"))
        async with Bot(url) as bot:
            await opened(bot)
            await bot.trigger("make_page", "pdf", "screen")
            await bot.trigger("make_page", "png", "screen")
            await bot.until(lambda: bool(bot.state["papers"]["busy"]))
            await bot.until(lambda: bool(bot.state["papers"]["href"]))
            papers = bot.state["papers"]
            assert papers["name"].endswith(f"{papers['id']}.pdf"), "the second one was not begun"
            answer = await client.get("/" + papers["href"])
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert papers["id"] in text_of(await answer.read())
            assert (await client.get("/papers/another")).status == 404
            key = papers["href"].partition("/")[2]
            assert hub.papers.kept(key, owner="another") is None
            line = journal(hub)[-1]
            assert (line["by"], line["id"]) == ("desk", papers["id"])


async def test_a_layout_that_fails_is_told_and_the_next_page_is_made(
    small_basin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(small_basin, painters=1)
    async with TestServer(hub.app) as server, Bot(str(server.make_url("/"))) as bot:
        await opened(bot)
        with monkeypatch.context() as broken:
            broken.setattr("apps.hub.rest.paper_orders.COMMAND", ("false",))
            await bot.trigger("make_page", "png", "screen")
            await bot.until(lambda: bool(bot.state["papers"]["error"]))
        assert not bot.state["papers"]["href"]
        await bot.trigger("make_page", "png", "screen")
        await bot.until(lambda: bool(bot.state["papers"]["href"]))
