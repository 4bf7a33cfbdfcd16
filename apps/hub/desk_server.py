"""Serve a visitor's desk: a page with its own Scene."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from trame.app import TrameApp
from trame.decorators import change
from trame_server import Server

from apps.hub.desk_cover import DeskCover
from apps.hub.desk_papers import DeskPapers
from apps.hub.endpoint import Publisher, connect
from apps.hub.gate import Gate
from apps.hub.generations import Offer, notice
from apps.hub.hub_services import HubServices
from apps.hub.kept_desks_file import Kept
from apps.hub.kept_runs import runs_of
from apps.hub.operations import declared, permitted
from apps.hub.startup import closed, no_picture, step, uncovered
from apps.parts import head
from apps.parts.alarms.alarm_panel import DutyView
from apps.parts.part import writable
from apps.parts.stations.following import follow, unfollow
from apps.parts.triggers import Actions, InputRefusedError, triggers
from apps.parts.trouble import NoticeView
from apps.session.controller import Controller
from apps.session.views import plain
from apps.stream.scene_protocol import SceneProtocol
from apps.stream.scene_view import SceneView
from apps.texts import texts
from twin.access import LEVELS
from twin.scene import MAX_LINK

if TYPE_CHECKING:
    from apps.hub.opened import Opened
    from apps.hub.startup import Cover
    from apps.hub.visitor import Visitor
    from apps.rooms.room import Room
    from apps.stream.pacing import Credit
    from twin.access import NothingToSeeError
    from twin.errors import TwinError

logger = logging.getLogger(__name__)

IS_LINK = re.compile(rf"[A-Za-z0-9._-]{{1,{MAX_LINK}}}")


class DeskHub(HubServices, Protocol):
    """Hub that starts and changes desks; :class:`apps.hub.hub_server.Hub`."""

    async def welcome(self, desk: Desk) -> None: ...
    def show_current(self, desk: Desk) -> None: ...


class Desk(TrameApp):  # type: ignore[misc]  # trame carries no types
    """Trame server with one client, which shows a room."""

    make_view: Callable[..., SceneView] = SceneView

    def __init__(
        self, hub: DeskHub, name: str, visitor: Visitor, *, room: Room, kept: Kept | None = None
    ) -> None:
        super().__init__(Server(name))
        self.server.client_type = "vue3"
        self._hub = hub
        self.cover = DeskCover(hub.startup, hub.catalog, visitor)
        self.name = name
        self._parts = room.parts
        self.visitor = visitor
        self.controller: Controller | None = None
        #: What is shown, once there is a basin.
        self.opened: Opened | None = None
        #: Restricted entries that the audit journal has for this desk.
        self._seen: set[str] = set()
        #: How the generation shown stands to the store's.
        self.offer = Offer()
        self._link: tuple[str, tuple[Any, ...]] = ("", ())
        if kept is not None and kept.link:
            self._link = ("resume", (kept.link,))
        self._following: list[asyncio.Task[None]] = []
        self._unfollow: Callable[[], None] = lambda: None
        self._actions: dict[str, Any] = {}
        self._let(
            open_link=declared("watch", partial(self._keep_link, "open_link")),
            resume=declared("watch", partial(self._keep_link, "resume")),
            open_current=declared("watch", self._open_current),
            open_again=declared("operate", hub.open_again),
        )
        self.gate = Gate(writable(self._parts), self._actions, on_refused=self._show_refused)
        self.pictures = SceneProtocol()
        self.server.add_protocol_to_configure(lambda protocol: protocol.registerLinkProtocol(self.pictures))
        self.state.update(hub.first_states[room.id])
        if kept is not None:
            self.state.update({"language": kept.language, "unit": kept.unit, "panel": kept.panel})
        language = self.state.language
        title = head.view(hub.catalog, None, language)
        duty = DutyView(may=visitor.may("operate"), name=visitor.name)
        own = {"t": texts(language), "head": plain(title), "trame__title": title.title, "duty": plain(duty)}
        who = {"signed_in": visitor.full_name or visitor.name}
        self.state.update({**own, **who, "instance": hub.instance})
        self.area = self.make_view(
            hub.painter,
            name=name,
            budget=hub.pixels,
            on_pick=self._pick,
            on_trouble=self._show_trouble,
            on_rest=self._rested,
        )
        self.pictures.serve(self.area)
        self._papers = DeskPapers(hub, visitor, name=name, opened=lambda: self.opened, publish=self._publish)

    async def connect(self, outbox: Publisher) -> Any:
        """Start the server, and let it publish; see :func:`apps.hub.endpoint.connect`."""
        return await connect(self.server, self.gate, outbox)

    async def begin(self) -> None:
        """Show the hub's basin, or how far it is."""
        await self._hub.welcome(self)

    def gone(self) -> None:
        """Ignore it: the hub keeps and ends desks."""

    @property
    def credit(self) -> Credit:
        """Credit of the pictures on their way."""
        return self.area.stream.credit

    @property
    def light(self) -> bool:
        """Return whether messages are to be compressed.

        The first ones, and all on a slow line.
        """
        return not self.pictures.joined or self.area.stream.credit.line.slow

    @property
    def kept(self) -> Kept:
        """Link and settings of this desk."""
        state = self.state
        # The Scene itself, or the link that it is to come from: the page's waits for a picture at rest.
        if self.controller is None or self._link[0]:
            link = str(next(iter(self._link[1]), ""))  # as the page sent it: it may be anything
            link = link if IS_LINK.fullmatch(link) else ""
        else:
            link = self.controller.session.link
        settings = {"language": state.language, "unit": state.unit, "panel": state.panel}
        return Kept(owner=self.visitor.name, link=link or "", **settings)

    @property
    def generation(self) -> str | None:
        """Generation shown, by its id; None before there is one."""
        return None if self.opened is None else self.opened.basin.generation.id

    # -- what the hub has for everyone ----------------------------------------------------------------

    async def show(self, opened: Opened) -> None:
        """Show a basin: a first one, or another generation of it."""
        await self._stop_following()
        if self.controller is not None:
            self.controller.stop_replay()
            self.controller.close()
            self._link = ("resume", (self.state.link,)) if self.state.link else ("", ())
            self.area.stream.first_picture.clear()
        self.opened = opened
        self.offer = Offer()
        session = opened.session()
        self.area.show(opened.target, session)
        controller = Controller(session, self.area, self._publish, parts=self._parts)
        controller.unit, controller.panel = self.state.unit, self.state.panel
        controller.make_page = partial(self._papers.start, controller)
        if self.controller is not None:
            controller.rem_px = self.controller.rem_px
        self.equip(controller)
        self._offer(*(make(controller) for part in self._parts for make in part.actions))
        self.controller = controller
        await controller.start(self.state.language)
        await self._note_seen(opened)  # not before: models that come meanwhile need a controller
        if self._hub.live is not None and opened.basin.network() is not None:
            feed = self._hub.live
            controller.live = live = follow(controller, feed, shared=self._hub.signs, who=self.visitor.name)
            self._unfollow = partial(unfollow, feed, live)
            self._offer(*(make(controller, live) for part in self._parts for make in part.live_actions))
        if self._link[0]:
            try:
                self._actions[self._link[0]](*self._link[1])
            except InputRefusedError as error:
                controller.show_error(error)
            self._link = ("", ())
            session.untouched = True  # by the visitor: a link that the page brings itself is newer
        self._following.append(asyncio.create_task(self._uncover()))

    def equip(self, controller: Controller) -> None:
        """Give a new controller what only some visitors have."""
        controller.runs = runs_of(self.visitor, self._hub.shelf)
        if self.visitor.may("operate"):
            by = self.visitor.full_name or self.visitor.name
            controller.send_to_wall = lambda scene: self._hub.wall.show(scene, by=by)

    async def _note_seen(self, opened: Opened) -> None:
        """Write restricted entries that this desk is given to the audit journal, once each."""
        restricted = {e.id for e in opened.basin.catalog.entries.values() if e.access == LEVELS[-1]}
        if new := sorted(restricted - self._seen):
            self._seen.update(new)
            generation = opened.basin.generation.id
            try:
                await asyncio.to_thread(
                    self._hub.audit.record, self.visitor, "saw", entries=new, generation=generation
                )
            except OSError:
                logger.exception("restricted data that was seen is not in the audit journal")

    async def _uncover(self) -> None:
        """Take the cover away once a picture was drawn."""
        self._show_cover(step("loading_scene"))
        await self.area.stream.first_picture.wait()
        self._show_cover(uncovered)

    def grown(self, grown: Opened) -> None:
        """Show the models of a generation published by a build."""
        if self.opened is not None and self.controller is not None:
            self.opened = replace(self.opened, models=grown.models, lacks=grown.lacks)
            self.area.retarget(self.opened.target)
            self.controller.models_grown(grown.models, grown.lacks)

    def refuse(self, error: NothingToSeeError) -> None:
        """Show nothing but why."""
        self._show_cover(closed(error))

    def show_startup(self) -> None:
        """Show how far the opening is, and what is built behind it."""
        language = self.state.language
        self._publish(loading=self.cover.view(language), behind=self.cover.behind(language))

    def _show_cover(self, cover: Cover) -> None:
        self.cover.own = cover
        self.show_startup()

    def show_offer(self, found: Offer) -> None:
        """Show that the store holds other data than the desk."""
        self.offer = found
        self._publish(notice=self._notice())

    def _notice(self) -> NoticeView:
        zone = ZoneInfo(self._hub.catalog.site.time_zone)
        return notice(self.offer, self._hub.shelf, zone, self.state.language)

    def _open_current(self) -> None:
        """Change this desk to the store\'s present generation; where that fails, what was shown stays."""
        self._hub.show_current(self)

    async def close(self) -> None:
        """End the tasks and the server of this desk."""
        await self._stop_following()
        await self._papers.close()
        if self.controller is not None:
            self.controller.stop_replay()
            self.controller.close()
        await self.area.close()
        await self.server.stop()

    async def _stop_following(self) -> None:
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        self._following.clear()
        self._unfollow()

    # -- the page -------------------------------------------------------------------------------------

    def _offer(self, *actions: Actions) -> None:
        """Let the browser do these things from now on."""
        self._let(**triggers(*actions))

    def _let(self, **actions: Callable[..., Any]) -> None:
        for name, action in actions.items():
            allowed = permitted(name, action, visitor=self.visitor, audit=self._hub.audit)
            self._actions[name] = self._as_seen(allowed)
            self.ctrl.trigger(name)(self._actions[name])

    def _as_seen(self, action: Callable[..., Any]) -> Callable[..., Any]:
        """An action on the view that the browser has: the scene's is as old as the last frame."""

        @wraps(action)
        def call(*arguments: Any, **named: Any) -> Any:
            self.area.catch_up()
            return action(*arguments, **named)

        return call

    def _pick(self, x: float, y: float) -> None:
        if self.controller is not None:
            self.controller.pick(x, y)

    def _show_trouble(self, trouble: bool) -> None:
        stream = self.area.stream
        if trouble and stream.error is not None and not stream.first_picture.is_set():
            self._show_cover(no_picture(self.cover.told(stream.error)))
        elif self.controller is not None:
            self.controller.show_trouble(trouble)

    def show_error(self, error: Exception) -> None:
        """Show an error in a sentence for a while."""
        if self.controller is not None:
            self.controller.show_error(error)

    def _show_refused(self, error: TwinError) -> None:
        self.show_error(error)

    def _rested(self) -> None:
        """The page always holds the link of what it shows: to share, and to come back to after a loss."""
        if self.controller is not None:
            self.controller.notify_rest()

    def _keep_link(self, action: str, *arguments: Any) -> None:
        """A link that came while the basin was still being opened."""
        self._link = (action, arguments)

    def _publish(self, **views: Any) -> None:
        with self.state:
            self.state.update({name: plain(view) for name, view in views.items()})

    @change("language")  # type: ignore[untyped-decorator]
    def _set_language(self, language: Any, **_: Any) -> None:
        title = head.view(self._hub.catalog, None, language)
        self._publish(notice=self._notice(), trame__title=title.title)
        self.show_startup()
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
