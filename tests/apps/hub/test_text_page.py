"""The text page: the scene in words, live, of what its visitor sees; the picture drawn once for all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.apps.hub.rest.rest_hub import Reply, RestHub, rest_hub
from twin.moment import what_if
from twin.scene import Scene


@pytest.fixture(scope="module")
def hub(small_basin: Path) -> Iterator[RestHub]:
    with rest_hub(small_basin) as found:
        yield found


def get(hub: RestHub, path: str, **headers: str) -> Reply:
    return hub.send("GET", path, headers=headers)


def at(hub: RestHub, level_m: float) -> str:
    """Link of the fresh scene at a level."""
    fresh = Scene.from_link(get(hub, "/api/v1/picture?size=64x64").headers["Twin-Scene"])
    return fresh.changed(moment=what_if(level_m)).to_link()


class Outline(HTMLParser):
    """Elements that are open at the end, and the words of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids += [told["id"] or ""] if "id" in told else []
        if tag not in ("meta", "link", "img", "br", "!doctype"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += [data.strip()] if data.strip() else []


def test_it_says_level_mode_and_what_is_invented_in_both_languages(hub: RestHub) -> None:
    link = at(hub, 151.25)
    for language, words in (
        ("zh", ("情景推演", "非实况", "151.25 m", "受影响村庄", "三维桌面", "English")),
        ("en", ("What-if", "not live", "151.25 m", "Villages affected", "3D desk", "中文")),
    ):
        reply = get(hub, f"/text?lang={language}&scene={link}")
        found = Outline(reply.body.decode())
        assert reply.status == 200 and found.open == []
        assert [one for one in words if one not in found.words] == []
        assert len(set(found.ids)) == len(found.ids)


def test_what_is_renewed_is_the_page_s_own_main_and_unchanged_is_not_sent_again(hub: RestHub) -> None:
    link = at(hub, 150.0)
    whole = get(hub, f"/text?lang=zh&scene={link}").body.decode()
    fragment = get(hub, f"/text/now?lang=zh&scene={link}")
    assert fragment.body.decode() in whole
    again = get(hub, f"/text/now?lang=zh&scene={link}", **{"If-None-Match": fragment.headers["ETag"]})
    assert again.status == 304


def test_the_picture_s_address_changes_with_the_water_alone(hub: RestHub) -> None:
    def picture(level_m: float) -> str:
        text = get(hub, f"/text/now?lang=zh&scene={at(hub, level_m)}").body.decode()
        found = re.search(r"of=([0-9a-f]+)", text)
        assert found is not None
        return found[1]

    assert picture(150.0) == picture(150.0) == picture(150.001) != picture(150.02)


async def test_many_who_see_the_same_get_one_picture(hub: RestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    stills, drawn = hub.hub.papers.stills, []
    draw = stills.draw

    async def counted(*args: object, **kwargs: object) -> object:
        drawn.append(kwargs["size"])
        return await draw(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(stills, "draw", counted)
    link = await asyncio.to_thread(at, hub, 149.0)
    drawn.clear()
    asked = [asyncio.to_thread(get, hub, f"/text/picture?lang=zh&scene={link}&of={k}") for k in range(12)]
    replies = await asyncio.gather(*asked)
    assert {reply.status for reply in replies} == {200} and len({reply.body for reply in replies}) == 1
    assert replies[0].headers["Content-Type"] == "image/jpeg" and len(drawn) == 1


def test_words_of_a_link_are_no_html(hub: RestHub) -> None:
    reply = get(hub, "/text?scene=%3Cscript%3Ealert(1)%3C/script%3E")
    assert reply.status == 422 and b"<script>" not in reply.body
    assert get(hub, "/text/now?scene=%3Cscript%3E").status == 422
