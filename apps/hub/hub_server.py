"""Serve pages, and a desk of their own to every visitor.

One process, which draws nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp import web

from apps import counters
from apps.hub import desk_papers, metrics, product_files, store_mirror, text_page
from apps.hub.audit import AuditJournal
from apps.hub.browser_socket import SocketWatch
from apps.hub.desk_server import Desk
from apps.hub.edge import LARGEST_BODY, edge, put_headers
from apps.hub.generations import LOOK_EVERY_S, Offer, offer
from apps.hub.kept_desks import KeptDesks
from apps.hub.kept_desks_file import FILE, KeptDesksFile
from apps.hub.opened_levels import OpenedLevels
from apps.hub.permissions import Identify, everybody, needs, permissions
from apps.hub.rest import routes as rest
from apps.hub.rest.paper_orders import Papers
from apps.hub.rest.problems import problems
from apps.hub.rest.still_pictures import StillPictures
from apps.hub.sign_in.sign_in_server import SignIn
from apps.hub.sign_in.tokens import ProgramTokens
from apps.hub.sign_in.transport import transport
from apps.hub.sockets import talk
from apps.hub.startup import Startup
from apps.hub.studio.studio_server import Studio
from apps.hub.visitor import visitor_of
from apps.hub.wall.wall_server import ELSEWHERE, Wall
from apps.hub.web import Web
from apps.live.live_feed import LiveFeed
from apps.painter.errors import PainterGoneError
from apps.painter.painter_client import COMMAND
from apps.painter.pool import PainterPool, usual_count
from apps.rooms import page
from apps.rooms.every_room import ROOMS
from apps.session.shared_signs import SharedSigns
from apps.stream.pixel_budget import PixelBudget
from twin.access import NothingToSeeError
from twin.catalog import load_catalog_leniently
from twin.store import Store

if TYPE_CHECKING:
    from apps.hub.opened import Opened
    from apps.hub.sign_in.listening import Network
    from apps.hub.visitor import Visitor
    from apps.rooms.room import Room
    from meshes.pipeline import Detail
    from twin.store import Generation

logger = logging.getLogger(__name__)

AGAIN_S = 1.0
"""Pause before a basin is opened again for which no painter had started in time: a wall has no hand."""


class Hub:
    """Basin, painter, live feed and generations that all desks share.

    ``users`` is the file of those who may sign in; without it ``identify`` names each request's visitor.
    ``proxies`` are the networks of proxies that are believed.
    """

    def __init__(
        self,
        catalog: Path,
        *,
        root: Path | None = None,
        store: Path | None = None,
        detail: Detail | None = None,
        identify: Identify = everybody,
        painters: int | None = None,
        painter_command: Sequence[str] = COMMAND,
        users: Path | None = None,
        proxies: Sequence[Network] = (),
    ) -> None:
        """``painters`` is how many may draw at once, by itself :func:`apps.painter.pool.usual_count`."""
        self.catalog, _ = load_catalog_leniently(catalog, root=root)
        self._where: dict[str, Any] = {"root": root, "store": store}
        #: Names this run: by it a page that comes back knows whether its desk may still be here.
        self.instance = secrets.token_hex(8)
        self.shelf = Store.beside(self.catalog.path, store)
        self.painter = PainterPool(
            catalog, **self._where, most=painters or usual_count(), command=painter_command
        )
        self.papers = Papers(self.painter, StillPictures())
        self.startup = Startup(catalog, **self._where, detail=detail, on_change=self._show_startup)
        self.live: LiveFeed | None = None
        self.signs: SharedSigns | None = None
        self.kept = KeptDesks(KeptDesksFile(self.shelf.folder / FILE))
        self.watch = SocketWatch()
        self.pixels = PixelBudget()
        self.wall = Wall(self)
        self.studio = Studio(self.catalog.path, self.shelf.folder, root=root)
        self._desks: set[Desk] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._levels = OpenedLevels()
        self._offers: dict[str, Offer] = {}
        self._again = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._changing: asyncio.Task[None] | None = None
        # A room's page is the same for all: it is built once, and each desk begins with a copy of its state.
        prototypes = {room.id: page.prototype(room) for room in ROOMS.values()}
        self.first_states: Mapping[str, Mapping[str, Any]] = {
            id_: prototype.state.to_dict() for id_, prototype in prototypes.items()
        }
        self.audit = AuditJournal(self.shelf.folder / "audit.jsonl")
        self.sign_in: SignIn | None = None
        led = []
        if users is not None:
            self.sign_in = SignIn(users, head=self.catalog.head, audit=self.audit)
            identify = ProgramTokens.beside(users).identify(self.sign_in.identify)
            led = [self.sign_in.middleware]
        self.identify = identify
        self.app = web.Application(
            middlewares=[transport(proxies), problems, edge, *led, permissions(identify)],
            client_max_size=LARGEST_BODY,
        )
        self.app.on_response_prepare.append(put_headers)
        self.app.router.add_get("/ws", self._talk)
        self.app.router.add_get("/wall/ready", self._wall_ready)
        store_mirror.add_routes(self.app, self)
        product_files.add_routes(self.app, self)
        desk_papers.add_routes(self.app, self)
        text_page.add_routes(self.app, self)
        self.studio.add_routes(self.app)
        metrics.add_routes(self.app, self)
        if self.sign_in is not None:
            self.sign_in.add_routes(self.app)
        rest.add_routes(self.app, self)
        Web(self.instance, ROOMS.values(), check=self.check_entry).serve(
            self.app, files=prototypes["desk"].serve
        )
        self.app.cleanup_ctx.append(self._run)

    async def _run(self, app: web.Application) -> AsyncIterator[None]:
        del app
        always = (
            self.painter.run(),
            self._open(),
            self._watch(),
            self._grow(),
            self.watch.run(),
            self.wall.run(),
            self.kept.run(),
            self.studio.jobs.run(),
            counters.watch_loop(),
        )
        tasks = [asyncio.create_task(task) for task in always]
        for task in tasks:
            task.add_done_callback(_log_fault)
        yield
        tasks += [task for task in (self._following, self._changing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.kept.close()

    @needs("watch")
    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        room = ROOMS.get(request.query.get("room", "desk"))
        if room is None:
            raise web.HTTPNotFound(text="there is no such room")
        self.check_entry(room, visitor_of(request))
        return await talk(self, request, room)

    @needs(None)
    async def _wall_ready(self, request: web.Request) -> web.Response:
        """Answer whether the wall has something to show: until then its pages keep what they show."""
        del request
        return web.Response(status=204 if self.wall.controller is not None else 503)

    def check_entry(self, room: Room, visitor: Visitor) -> None:
        """Refuse a room that a visitor may not open; raises HTTPForbidden.

        And the wall where another hub of the store has it: HTTPServiceUnavailable, so that a proxy asks that.
        The wall shows entries of one access to all: who sees less may not see it.
        """
        if not visitor.may(room.needs):
            raise web.HTTPForbidden(text=f"this needs the role {room.needs}")
        if room.shared and self.wall.is_elsewhere:
            raise web.HTTPServiceUnavailable(text=ELSEWHERE)
        access = self.catalog.site.wall.access
        if room.shared and not visitor.may_see(access):
            raise web.HTTPForbidden(
                text=f"the wall shows data for {access} use, which your account does not see"
            )

    @property
    def open_desks(self) -> int:
        """Number of desks whose page is there."""
        return len(self._desks)

    @property
    def _shown(self) -> tuple[Desk, ...]:
        """Every desk, the wall's among them."""
        return (*self._desks, *([] if self.wall.desk is None else [self.wall.desk]))

    @property
    def generation(self) -> Generation | None:
        """Generation that new desks show, or None."""
        return None if self._levels.whole is None else self._levels.whole.basin.generation

    # -- desks ----------------------------------------------------------------------------------------

    async def welcome(self, desk: Desk) -> None:
        """Start a desk."""
        if desk is not self.wall.desk:
            self._desks.add(desk)
        desk.show_startup()
        await self._show(desk)

    def leave(self, desk: Desk) -> None:
        """End a desk whose page has gone.

        In a task of its own: the one that carried its messages may be cancelled meanwhile.
        """
        self._desks.discard(desk)
        task = asyncio.create_task(desk.close())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    # -- the basin ------------------------------------------------------------------------------------

    async def _open(self) -> None:
        while (opened := await self.startup.run(self.painter)) is None:
            self._again.clear()
            gone = isinstance(self.startup.error, PainterGoneError)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S if gone else None):
                    await self._again.wait()
        await self._took(opened)
        for desk in self._shown:
            try:
                await self._show(desk)
            except Exception:  # one visitor's fault leaves the others their desks
                logger.exception("a desk could not be shown")

    async def opened_for(self, visitor: Visitor) -> Opened | None:
        """Return the opened basin filtered by a visitor's access, or None.

        None before it is open. Raises NothingToSeeError where the ground or every curve is withheld.
        """
        return await self._levels.seen_by(visitor.sees)

    async def _show(self, desk: Desk) -> None:
        try:
            opened = await self.opened_for(desk.visitor)
        except NothingToSeeError as error:
            desk.refuse(error)
            return
        if opened is not None:
            await desk.show(opened)

    async def _took(self, opened: Opened) -> None:
        """New desks show this basin from now on, and the live feed is of it."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        self._levels.take(opened)
        self.live = LiveFeed.of(opened.basin, catalog=self.catalog.path, **self._where)
        self._following = self.signs = None
        if self.live is not None:
            zone = ZoneInfo(opened.basin.site.time_zone)
            self.signs = SharedSigns(self.live.network, self.live.client, zone=zone)
            self._following = asyncio.create_task(self.live.run())

    def open_again(self) -> None:
        """Try once more to open the basin."""
        self._again.set()

    def show_current(self, desk: Desk) -> None:
        """Change a desk to the store's current generation.

        Where that fails it stays as it is.
        """
        if self._changing is None or self._changing.done():
            self._changing = asyncio.create_task(self._change(desk))

    async def _change(self, desk: Desk) -> None:
        current = self._offers.get(desk.generation or "", Offer()).current
        if self.generation is None or current is None:
            return
        if self.generation.id != current.id:
            opened = await self.startup.run(self.painter, build=False)
            if opened is None:
                if self.startup.error is not None:
                    desk.show_error(desk.cover.told(self.startup.error))
                return
            await self._took(opened)
        await self._show(desk)

    async def _grow(self) -> None:
        """Show models as they are built, those that came while the basin was being opened among them."""
        async for models in self.startup.growth():
            try:
                await self._levels.grow(models)
            except Exception:  # what is shown stays, and the next generation is tried
                logger.exception("new models could not be read")
                continue
            for desk in self._shown:
                if (grown := self._levels.known(desk.visitor.sees)) is not None:
                    desk.grown(grown)

    async def _watch(self) -> None:
        """Tell each desk how the generation it shows stands to the store, when that has changed."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            shown = {opened.basin.generation.id: opened.basin.generation for opened in self._all_opened()}
            for id_, generation in shown.items():
                self._offers[id_] = await asyncio.to_thread(
                    offer, self.shelf, generation, own=self.startup.published
                )
            for desk in self._shown:
                found = self._offers.get(desk.generation or "")
                if found is not None and found != desk.offer:
                    desk.show_offer(found)

    def _all_opened(self) -> list[Opened]:
        return [desk.opened for desk in self._shown if desk.opened is not None]

    def _show_startup(self) -> None:
        for desk in self._shown:
            desk.show_startup()


def _log_fault(task: asyncio.Task[None]) -> None:
    """Log what ended a task that runs as long as the hub."""
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("a task of the hub ended", exc_info=error)
