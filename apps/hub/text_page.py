"""Serve the text page, for small screens and screen readers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from aiohttp import web

from apps.error_messages import say
from apps.hub.permissions import needs
from apps.hub.rest.declared import Ask, RestServices, tagged
from apps.hub.rest.problems import NotReadyError, language_of, problem_of
from apps.hub.rest.scene_operations import asked_session, layers_of, signs_of
from apps.hub.static_files import StaticFile
from apps.hub.text_html import document, main
from apps.hub.visitor import visitor_of
from apps.parts.text_view import picture_mark, text_page
from apps.session.live_level import Obstacle
from apps.texts import texts
from twin.access import LEVELS
from twin.errors import TwinError
from twin.scene import MAX_LINK

if TYPE_CHECKING:
    from apps.hub.opened import Opened
    from apps.live.client import LiveClient
    from apps.parts.text_view import TextPage
    from apps.session.session import Session
    from apps.session.shared_signs import SharedSigns
    from twin.bilingual import Language

_WWW = Path(__file__).parents[1] / "browser" / "www"
KEPT_S, PICTURE_KEPT_S = 2.0, 30.0
"""All who ask for the same within so long are given the same."""
MOST_KEPT = 32
PICTURE = (780, 440)
WAIT_S = 8.0


class TextServices(RestServices, Protocol):
    """Services of the text page; :class:`apps.hub.hub_server.Hub` has them."""

    signs: SharedSigns | None


@dataclass(frozen=True, kw_only=True)
class _TextRequest:
    """Request for the page: its language, its scene's link, whether a live one follows the present."""

    language: Language
    link: str
    follow: bool

    @property
    def query(self) -> str:
        """Query by which the same page is asked for."""
        told: dict[str, str] = {"lang": self.language}
        told |= {"scene": self.link} if self.link else {}
        return urlencode(told | ({"live": "1"} if self.follow else {}))


class _SharedResults:
    """Results that several ask for at once, each made once and kept for a while."""

    def __init__(self, kept_s: float) -> None:
        self._kept_s = kept_s
        self._made: dict[object, tuple[float, asyncio.Task[Any]]] = {}

    async def get(self, key: object, make: Callable[[], Awaitable[Any]]) -> Any:
        now = time.monotonic()
        for old, (since, made) in list(self._made.items()):
            if made.done() and now - since > self._kept_s:
                del self._made[old]
        if key not in self._made:
            if len(self._made) >= MOST_KEPT:
                self._made.pop(next(iter(self._made)))
            self._made[key] = (now, asyncio.ensure_future(make()))
        _, task = self._made[key]
        try:
            return await asyncio.shield(task)
        except Exception:
            self._made.pop(key, None)
            raise


class TextPages:
    """Text pages of a hub's visitors."""

    def __init__(self, hub: TextServices) -> None:
        self._hub = hub
        self._pages, self._pictures = _SharedResults(KEPT_S), _SharedResults(PICTURE_KEPT_S)
        self._noted: set[tuple[str, str]] = set()

    @needs("watch")
    async def whole(self, request: web.Request) -> web.StreamResponse:
        """Return the document."""
        asked = _asked(request)
        t = texts(asked.language)
        try:
            page = await self._page(request, asked)
        except TwinError as error:
            return _refused(error, asked.language)
        told = {"full": "1"} | ({"scene": asked.link} if asked.link else {})
        full = f"index.html?{urlencode(told | ({'live': '1'} if asked.follow else {}))}"
        text = document(page, t, asked.language, query=asked.query, full=full)
        return tagged(text.encode(), request, "text/html")

    @needs("watch")
    async def now(self, request: web.Request) -> web.StreamResponse:
        """Return what is renewed."""
        asked = _asked(request)
        try:
            page = await self._page(request, asked)
        except TwinError as error:
            return problem_of(error, request)
        return tagged(main(page, texts(asked.language), query=asked.query).encode(), request, "text/html")

    @needs("watch")
    async def picture(self, request: web.Request) -> web.StreamResponse:
        """Return the scene's picture, drawn once for all who see the same."""
        asked = _asked(request)
        try:
            found = await self._picture(request, asked)
        except TwinError as error:
            return problem_of(error, request)
        return tagged(found, request, "image/jpeg")

    async def _page(self, request: web.Request, asked: _TextRequest) -> TextPage:
        ask = Ask(hub=self._hub, request=request)
        opened = await ask.opened()
        await self._note(request, opened)
        key = (ask.visitor.sees, asked, opened.basin.generation.id)
        found: TextPage = await self._pages.get(key, partial(self._make, ask, opened, asked))
        return found

    async def _make(self, ask: Ask, opened: Opened, asked: _TextRequest) -> TextPage:
        session = await self._session(ask, opened, asked, {})
        feed, network = self._hub.live, await ask.work(opened.basin.network)
        if feed is not None and session.live is None and not asked.link:
            session.obstacle = _obstacle(feed.client)
        seen = {} if network is None else network.stations
        shared = {} if self._hub.signs is None else self._hub.signs.statuses()
        return await ask.work(
            partial(
                text_page,
                session,
                now=None if feed is None or network is None else feed.client.now,
                connected=feed is not None and feed.client.connected,
                heard_at=None if feed is None else feed.client.heard_at,
                statuses={id_: one for id_, one in shared.items() if id_ in seen},
                stations=seen,
                day=(session.scene.moment.valid_at or datetime.now(UTC)).astimezone(session.zone).date(),
                language=asked.language,
            )
        )

    async def _picture(self, request: web.Request, asked: _TextRequest) -> bytes:
        ask = Ask(hub=self._hub, request=request)
        opened = await ask.opened()
        session = await self._session(ask, opened, asked, await layers_of(ask))
        scene = session.scene
        key = (ask.visitor.sees, asked.language, picture_mark(session))

        async def draw() -> bytes:
            still = await self._hub.papers.stills.draw(
                self._hub.painter,
                opened.target,
                scene,
                signs=await signs_of(ask, opened, scene),
                size=PICTURE,
                kind="jpeg",
                wait_s=WAIT_S,
            )
            return still.picture.content

        found: bytes = await self._pictures.get(key, draw)
        return found

    async def _session(self, ask: Ask, opened: Opened, asked: _TextRequest, layers: Any) -> Session:
        session = await asked_session(
            ask, asked.link or None, opened, layers, follow=asked.follow, stale=True
        )
        session.do(lambda scene: scene.changed(language=asked.language))
        return session

    async def _note(self, request: web.Request, opened: Opened) -> None:
        """Write restricted entries that a visitor is given to the audit journal, once a run."""
        visitor, generation = visitor_of(request), opened.basin.generation.id
        entries = sorted(e.id for e in opened.basin.catalog.entries.values() if e.access == LEVELS[-1])
        if entries and (visitor.name, generation) not in self._noted:
            self._noted.add((visitor.name, generation))
            await asyncio.to_thread(
                self._hub.audit.record, visitor, "saw", entries=entries, generation=generation, page="text"
            )


def _obstacle(client: LiveClient) -> Obstacle | None:
    """Why a fresh page has no live level, where that is the service's fault."""
    if client.now is None:
        return Obstacle(cause="starting")
    return None if client.connected else Obstacle(cause="away")


def _asked(request: web.Request) -> _TextRequest:
    told = request.query
    language: Language = language_of(request)
    if told.get("lang") in ("zh", "en"):
        language = "en" if told["lang"] == "en" else "zh"
    link = told.get("scene", "")[: MAX_LINK + 1]
    return _TextRequest(language=language, link=link, follow=bool(link) and "live" in told)


def _refused(error: TwinError, language: Language) -> web.Response:
    """A page that says why there is none; while the basin is being opened it is tried again by itself."""
    t, waits = texts(language), isinstance(error, NotReadyError)
    again = '<meta http-equiv="refresh" content="5">' if waits else ""
    text = (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><meta charset="utf-8">{again}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{t["text_page"]}</title><link rel="stylesheet" href="text.css">'
        f"<main><h1>{t['text_page']}</h1><p>{escape(say(error, language))}</p>"
        f'<p><a href="text">{t["text_present"]}</a></p></main></html>'
    )
    return web.Response(status=503 if waits else 422, text=text, content_type="text/html")


def add_routes(app: web.Application, hub: TextServices) -> None:
    """Add the page, what renews it, its picture and its files."""
    pages = TextPages(hub)
    app.router.add_get("/text", pages.whole)
    app.router.add_get("/text/now", pages.now)
    app.router.add_get("/text/picture", pages.picture)
    for name in ("text.css", "text.js"):
        app.router.add_get(f"/{name}", StaticFile((_WWW / name).read_bytes(), name=name, fixed=False).get)
