"""Make pages of a desk's view, and send them to its visitor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from aiohttp import web

from apps.error_messages import say
from apps.hub.permissions import needs
from apps.hub.rest.paper_orders import TYPES, Paper, PaperOrder, Papers, journalled, page_size, values_of
from apps.hub.visitor import visitor_of
from apps.parts.paper_sheet import sheet_of
from apps.parts.papers import PapersView
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.hub.audit import AuditJournal
    from apps.hub.opened import Opened
    from apps.hub.visitor import Visitor
    from apps.live.live_feed import LiveFeed
    from apps.papers.sheet import Kind
    from apps.session.controller import Controller

logger = logging.getLogger(__name__)

NARROWEST, WIDEST = 1280, 3840
"""Of a picture in the screen's size."""


class PageServices(Protocol):
    """Services that make pages; :class:`apps.hub.hub_server.Hub` has them."""

    audit: AuditJournal
    live: LiveFeed | None
    papers: Papers


class DeskPapers:
    """Pages of one desk, one at a time."""

    def __init__(
        self,
        hub: PageServices,
        visitor: Visitor,
        *,
        name: str,
        opened: Callable[[], Opened | None],
        publish: Callable[..., None],
    ) -> None:
        self._hub, self._visitor, self._name = hub, visitor, name
        self._opened, self._publish = opened, publish
        self._task: asyncio.Task[None] | None = None

    def start(self, controller: Controller, kind: Kind, wanted: str) -> None:
        """Make a page of the desk's view, unless one is being made."""
        opened = self._opened()
        if opened is None or (self._task is not None and not self._task.done()):
            return
        session, scene = controller.session, controller.session.scene
        size = page_size(wanted) if wanted != "screen" else _screen(controller)
        sheet = sheet_of(
            session,
            controller.layers,
            scene=scene,
            values=values_of(scene, self._hub.live),
            made_at=datetime.now(UTC),
            by=self._visitor.full_name or self._visitor.name,
            language=controller.language,
        )
        signs = controller.area.signs(scene)
        order = PaperOrder(kind=kind, size=size, sheet=sheet, scene=scene, signs=signs, target=opened.target)
        self._task = asyncio.create_task(self._make(order))

    async def close(self) -> None:
        """End what is being made."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _make(self, order: PaperOrder) -> None:
        language = order.sheet.language

        def step(share: float) -> None:
            self._publish(papers=PapersView(busy=order.kind, share=round(100 * share)))

        step(0.0)
        try:
            paper = await self._hub.papers.make(
                order, owner=self._visitor.name, who=self._visitor.name or self._name, on_step=step
            )
            await self._journal(order, paper)
        except (TwinError, OSError) as error:
            if not isinstance(error, TwinError):
                logger.exception("a page was not made")
            self._publish(papers=PapersView(error=say(error, language)))
        else:
            href = f"papers/{self._hub.papers.keep(paper)}"
            done = PapersView(href=href, name=paper.name, id=order.sheet.id, complete=paper.complete)
            self._publish(papers=done)

    async def _journal(self, order: PaperOrder, paper: Paper) -> None:
        await asyncio.to_thread(
            self._hub.audit.record, self._visitor, "exported", by="desk", **journalled(order, paper)
        )


def _screen(controller: Controller) -> tuple[int, int]:
    """A picture of the view's shape, as wide as it, within what can be read and drawn."""
    aspect = min(3.0, max(1.0, controller.area.aspect))
    width = min(WIDEST, max(NARROWEST, round(controller.area.width)))
    return width, round(width / aspect)


def add_routes(app: web.Application, hub: PageServices) -> None:
    """Add the route at which finished pages are fetched."""

    @needs("watch")
    async def fetch(request: web.Request) -> web.StreamResponse:
        paper = hub.papers.kept(request.match_info["key"], owner=visitor_of(request).name)
        if paper is None:
            raise web.HTTPNotFound(text="this page is not kept any more: make it again")
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(paper.name)}",
        }
        return web.Response(body=paper.content, content_type=TYPES[paper.kind], headers=headers)

    app.router.add_get("/papers/{key}", fetch)
