"""Serve the desk: one decision-maker's view of a basin in a browser.

Connects page, session, painter and startup, and replaces the view when the store has another generation.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
from trame.app import TrameApp, get_server
from trame.decorators import change, life_cycle
from wslink.websocket import LinkProtocol

from apps.hub.gate import Gate
from apps.hub.generations import Offer, notice, watch
from apps.hub.port import check_free
from apps.hub.startup import Opened, Startup
from apps.hub.visitors import Visitors
from apps.hub.web import Web
from apps.memory import set_malloc_thresholds
from apps.painter.painter_client import PainterClient
from apps.parts import head, language
from apps.parts.part import writable
from apps.parts.stations.following import follow
from apps.parts.triggers import Actions, InputRefusedError, triggers
from apps.parts.trouble import NoticeView
from apps.rooms import desk, page
from apps.session.controller import Controller
from apps.session.views import plain
from apps.stream.scene_protocol import SceneProtocol
from apps.stream.scene_view import SceneView
from apps.texts import texts
from layers.gl.offscreen import require_opengl
from twin.bilingual import Language
from twin.catalog import load_catalog_leniently
from twin.store import Store

if TYPE_CHECKING:
    from apps.painter.messages import Target
    from meshes.pipeline import Detail
    from twin.errors import TwinError

logger = logging.getLogger(__name__)


class Desk(TrameApp):  # type: ignore[misc]  # trame carries no types
    """Page of the desk, and the view behind it."""

    def __init__(
        self,
        catalog: Path,
        *,
        root: Path | None = None,
        store: Path | None = None,
        detail: Detail | None = None,
    ) -> None:
        super().__init__(get_server("desk"))
        self.catalog, _ = load_catalog_leniently(catalog, root=root)
        self._root, self._store = root, store
        self.controller: Controller | None = None
        self._visitors = 0
        self._startup = Startup(
            catalog,
            root=root,
            store=store,
            detail=detail,
            publish=lambda view: self._publish(loading=view),
            on_behind=lambda words: self._publish(behind=words),
        )
        self._painter = PainterClient(catalog, root=root, store=store)
        self._again = asyncio.Event()
        self._actions: dict[str, Any] = {
            **{name: partial(self._keep_link, name) for name in ("open_link", "resume")},
            "open_again": self._again.set,
            "open_current": self._ask_for_current,
        }
        self._shelf = Store.beside(self.catalog.path, store)
        self._offer_now = Offer()
        self._changing: asyncio.Task[None] | None = None
        self._link: tuple[str, tuple[Any, ...]] = ("", ())
        for name, action in self._actions.items():
            self.ctrl.trigger(name)(action)
        self._gate = Gate(writable(desk.PARTS), self._actions, on_refused=self._show_refused)
        self._web = Web()
        self.ui = page.build(self.server, desk.PARTS)
        title = head.view(self.catalog, None, language.FIRST, visitors=0)
        self._publish(head=title, instance=self._web.instance)
        self.state.trame__title = title.title
        self._pictures = SceneProtocol()
        for link in (self._pictures, Visitors(self._count_visitors)):
            self.server.add_protocol_to_configure(partial(_register, link))

    @life_cycle.server_bind  # type: ignore[untyped-decorator]
    def _bound(self, server: Any) -> None:
        server.config["ws_compress"] = False  # nearly all that goes out is JPEG, which does not get smaller
        self._web.serve(server.app)
        self._gate.guard(server)

    @life_cycle.server_ready  # type: ignore[untyped-decorator]
    def _ready(self, **_: Any) -> None:
        self._task = asyncio.gather(self._painter.run(), self._open())

    async def _open(self) -> None:
        self.area = SceneView(
            self._painter, on_pick=self._pick, on_trouble=self._show_trouble, on_rest=self._rested
        )
        self._pictures.serve(self.area)
        while (opened := await self._startup.run(self._painter)) is None:
            self._again.clear()
            await self._again.wait()
        await self._show(opened)

    def _ask_for_current(self) -> None:
        """A browser asks for the generation that the store has now."""
        if self._offer_now.current is not None and (self._changing is None or self._changing.done()):
            self._changing = asyncio.create_task(self._open_current())

    async def _open_current(self) -> None:
        """Change this view to the store's present generation; where that fails, what was shown stays."""
        controller, link = self.controller, self.state.link
        opened = await self._startup.run(self._painter, build=False)
        if opened is None:
            self._startup.uncover()
            if controller is not None and self._startup.error is not None:
                controller.show_error(self._startup.error)
            return
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        if controller is not None:
            controller.stop_replay()
            controller.close()
        self._link = ("resume", (link,)) if link else ("", ())
        self.area.stream.first_picture.clear()
        await self._show(opened)

    def _notice(self, language: Language) -> NoticeView:
        zone = ZoneInfo(self.catalog.site.time_zone)
        return notice(self._offer_now, self._shelf, zone, language)

    def _show_offer(self, found: Offer) -> None:
        self._offer_now = found
        self._publish(notice=self._notice(self.state.language))

    async def _show(self, opened: Opened) -> None:
        self.area.show(opened.target, opened.session)
        controller = Controller(opened.session, self.area, self._publish, parts=desk.PARTS)
        controller.visitors, controller.unit = self._visitors, self.state.unit
        controller.panel = self.state.panel
        if self.controller is not None:
            controller.rem_px = self.controller.rem_px
        self._offer(*(make(controller) for part in desk.PARTS for make in part.actions))
        self.controller = controller
        await controller.start(self.state.language)
        self._following = [
            asyncio.create_task(self._follow_growth(controller, opened.target)),
            asyncio.create_task(
                watch(
                    self._shelf,
                    opened.session.basin.generation,
                    own=self._startup.published,
                    on_offer=self._show_offer,
                )
            ),
        ]
        if (
            following := follow(controller, catalog=self.catalog.path, root=self._root, store=self._store)
        ) is not None:
            live, tasks = following
            controller.live = live
            self._offer(*(make(controller, live) for part in desk.PARTS for make in part.live_actions))
            self._following += tasks
        if self._link[0]:
            try:
                self._actions[self._link[0]](*self._link[1])
            except InputRefusedError as error:
                controller.show_error(error)
        await self._startup.shown(self.area.stream)

    def _offer(self, *actions: Actions) -> None:
        """Let browsers do these things from now on."""
        for name, action in triggers(*actions).items():
            self._actions[name] = action
            self.ctrl.trigger(name)(action)

    async def _follow_growth(self, controller: Controller, target: Target) -> None:
        """Show models as they are built, those that came while the scene was being opened among them."""
        async for generation, lacks in self._startup.growth():
            self.area.retarget(replace(target, models=generation))
            controller.models_grown(lacks)

    def _pick(self, x: float, y: float) -> None:
        if self.controller is not None:
            self.controller.pick(x, y)

    def _show_trouble(self, trouble: bool) -> None:
        stream = self.area.stream
        if trouble and stream.error is not None and not stream.first_picture.is_set():
            self._startup.cannot_draw(stream.error)
        elif self.controller is not None:
            self.controller.show_trouble(trouble)

    def _show_refused(self, error: TwinError) -> None:
        if self.controller is not None:
            self.controller.show_error(error)

    def _rested(self) -> None:
        """The page always holds the link of what it shows: to share, and to come back to after a loss."""
        if self.controller is not None:
            self.controller.notify_rest()

    def _keep_link(self, action: str, *told: Any) -> None:
        """A link that came while the basin was still being opened."""
        self._link = (action, told)

    def _publish(self, **views: Any) -> None:
        with self.state:
            self.state.update({name: plain(view) for name, view in views.items()})

    def _count_visitors(self, visitors: int) -> None:
        self._visitors = visitors
        if self.controller is not None:
            self.controller.set_visitors(visitors)

    @change("language")  # type: ignore[untyped-decorator]
    def _set_language(self, language: Any, **_: Any) -> None:
        title = head.view(self.catalog, None, language, visitors=0)
        self._publish(notice=self._notice(language), trame__title=title.title)
        self._startup.set_language(language)
        if self.controller is None:
            self._publish(t=texts(language), head=title)
        elif self.controller.language != language:
            self.controller.set_language(language)

    @change("panel")  # type: ignore[untyped-decorator]
    def _open_panel(self, panel: Any, **_: Any) -> None:
        if self.controller is not None and panel != self.controller.panel:
            self.controller.open_panel(panel)

    @change("unit")  # type: ignore[untyped-decorator]
    def _show_unit(self, unit: Any, **_: Any) -> None:
        if self.controller is not None:
            self.controller.show_unit(unit)


def _register(link: LinkProtocol, protocol: Any) -> None:
    protocol.registerLinkProtocol(link)


def serve(
    catalog: Path,
    *,
    root: Path | None = None,
    store: Path | None = None,
    detail: Detail | None = None,
    host: str = "127.0.0.1",
    port: int = 8080,
) -> None:
    """Serve a basin until the process is ended.

    Builds first what is missing. Raises CatalogError where the catalog cannot be used, PortBusyError where
    the port is taken, NoOpenGLError where this machine cannot draw.
    """
    check_free(host, port)
    set_malloc_thresholds()
    with ThreadPoolExecutor(1) as trial:
        can_draw = trial.submit(require_opengl)  # a second, beside the making of the page
        desk = Desk(catalog, root=root, store=store, detail=detail)
        can_draw.result()
    desk.ctrl.on_server_ready.add(lambda **_: click.echo(f"http://{host}:{desk.server.port}/"))
    desk.server.start(
        host=host, port=port, open_browser=False, show_connection_info=False, disable_logging=True, timeout=0
    )
