"""Serve the one wall of a hub to all watchers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from apps.hub.desk_server import DeskHub
from apps.hub.operations import permitted
from apps.hub.outbox import PICTURE
from apps.hub.store_lease import WALL, StoreLease
from apps.hub.wall.drilling import Drilling, DrillRunsError
from apps.hub.wall.operating import Operator
from apps.hub.wall.touring import Touring
from apps.hub.wall.wall_desk import WallDesk
from apps.hub.wall.wall_journal import WallJournal
from apps.hub.wall.watcher import Watcher
from apps.parts.part import Part
from apps.parts.timebar import FloodActions
from apps.parts.triggers import triggers
from apps.parts.wall.showing import show_scene
from apps.session.wall_state import WallState
from apps.stream.frame_stream import OVERLAY
from apps.stream.scene_protocol import TOPIC as PICTURES
from twin.errors import TwinError

if TYPE_CHECKING:
    from apps.hub.visitor import Visitor
    from apps.rooms.room import Room
    from apps.session.controller import Controller
    from twin.bilingual import Language
    from twin.scene import Scene

logger = logging.getLogger(__name__)

STEP_S = 0.5


LEASE_S = 1.0
"""So often a hub without the wall tries to become the one that serves it."""


class NoWallYetError(TwinError):
    """Scene for the wall before there is a basin."""

    zh = "大屏尚未就绪，请稍候再发送"


class WallElsewhereError(TwinError):
    """Scene for the wall where another hub of this store serves it."""

    zh = "大屏由另一个服务进程提供，请在大屏控制页 /wall/control 操作"


ELSEWHERE = "another hub of this store serves the wall: use its control, /wall/control"


class Wall:
    """Wall that any number of browsers watch and operators change.

    ``clock`` is monotonic seconds, ``now`` the time of day.
    """

    def __init__(
        self,
        hub: DeskHub,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._hub = hub
        self.state_of = WallState(clock=clock, now=now)
        self.state_of.touring = hub.catalog.site.wall.tour.at_first
        self._touring = Touring(hub.catalog.site.wall.tour, self.state_of, clock=clock)
        self._watchers: set[Watcher] = set()
        #: Its own desk; None before it is served.
        self.desk: WallDesk | None = None
        self._endpoint: Any = None
        self._lease = StoreLease(hub.shelf.folder / WALL)
        #: Another hub of this store serves the wall.
        self.is_elsewhere = False
        self._journal = WallJournal(hub.shelf.folder, now=now)
        files, store = hub.catalog.path.parent, hub.shelf.folder
        self.drilling = Drilling(self, self._journal, files=files, store=store, now=now)
        self._picture: Mapping[str, Any] | None = None
        self._overlay: Mapping[str, Any] | None = None

    async def run(self) -> None:
        """Serve the wall until cancelled.

        From when on no other hub of the store does.
        """
        while not self._lease.take():
            self.is_elsewhere = True
            await asyncio.sleep(LEASE_S)
        self.is_elsewhere = False
        self.desk = desk = WallDesk(self._hub, self.state_of, on_shown=self._shown)
        desk.area.watched = self._is_watched
        desk.area.on_flight = lambda flight: self._journal.flight(flight.start, flight.end, flight.seconds)
        self._endpoint = await desk.connect(self)
        await self._hub.welcome(desk)
        try:
            while True:
                await asyncio.sleep(STEP_S)
                try:
                    self.step()
                    await asyncio.to_thread(self._flush)
                except Exception:  # the wall goes on, whatever one step met
                    logger.exception("a step of the wall failed")
        finally:
            self.drilling.stop()
            self._flush()
            self._lease.release()
            await desk.close()

    def _flush(self) -> None:
        self._journal.flush()
        self.drilling.flush()

    def step(self) -> None:
        """Apply what is due: drill, return to live, tour."""
        self.drilling.step()
        if self.state_of.due:
            self.go_live()
        if (controller := self.controller) is not None:
            self._touring.step(controller)

    @property
    def controller(self) -> Controller | None:
        """Controller of the wall; None before there is a basin."""
        return None if self.desk is None else self.desk.controller

    @property
    def replay(self) -> FloodActions | None:
        """Replay of the flood; None before there is a basin."""
        return None if self.desk is None else self.desk.replay

    @property
    def language(self) -> Language:
        """Language of the wall."""
        return self._hub.catalog.site.wall.language if self.controller is None else self.controller.language

    # -- what it shows --------------------------------------------------------------------------------

    def show(self, scene: Scene, *, by: str) -> None:
        """Show a Scene in its author's name.

        The only way by which anything comes onto the wall.
        What is not live leaves it after a while. Raises NoWallYetError, WallElsewhereError, DrillRunsError,
        and what :meth:`apps.session.session.Session.restore` raises; nothing has changed then.
        """
        if self.is_elsewhere:
            raise WallElsewhereError(ELSEWHERE)
        if self.controller is None:
            raise NoWallYetError("the wall is not ready yet")
        if self.drilling.run is not None:
            raise DrillRunsError("the wall runs a drill: end it first")
        show_scene(self.controller, scene)
        if self.controller.session.scene.moment.is_live:  # nothing else would hold the camera there
            self.state_of.touring = False
        self.presented(by)

    def presented(self, by: str) -> None:
        """Mark what an author has changed, unless it is live."""
        if (controller := self.controller) is None:
            return
        if controller.session.scene.moment.is_live:
            self.state_of.end()
        else:
            self.state_of.present(by)
        self.refresh()

    def go_live(self) -> None:
        """Show the present again, and tour as before."""
        self.state_of.end()
        if (controller := self.controller) is not None:
            controller.stop_replay()
            session = controller.session
            if session.live is None and self.desk is not None:
                session.show_what_if(
                    "level", self.desk.start_level_m, basis="start"
                )  # until something is known of the present
            session.follow()
            controller.area.changed(moving=False)
            controller.publish_moment()
        self.refresh()

    def refresh(self) -> None:
        """Publish message, tour and mark as they are now."""
        if (controller := self.controller) is not None:
            controller.publish_part("wall_message")
            controller.area.recaption()

    def set_language(self, language: Language) -> None:
        """Set the language of the wall and its control."""
        if self.desk is not None and self.controller is not None:
            self.desk.state.language = language
            self.controller.set_language(language)

    def _shown(self) -> None:
        self._touring.begin()
        self.refresh()

    # -- watchers -------------------------------------------------------------------------------------

    def watch(self, room: Room, visitor: Visitor) -> Watcher:
        """Add a browser that shows one of the wall's rooms."""
        operator = Operator(self, visitor)
        actions = _actions(room.parts, operator, visitor, self._hub)
        first = self._hub.first_states[room.id]
        watcher = Watcher(self, first, visitor, actions, instance=self._hub.instance)
        operator.refuse = watcher.refuse
        self._watchers.add(watcher)
        return watcher

    def left(self, watcher: Watcher) -> None:
        """Remove a browser that has gone.

        After the last one nothing is drawn: its picture is none for those who come later.
        """
        self._watchers.discard(watcher)
        if not self._is_watched():
            self._picture = self._overlay = None

    def _is_watched(self) -> bool:
        return any(watcher.is_joined for watcher in self._watchers)

    async def state(self) -> Mapping[str, Any]:
        """Return the page's state for a browser."""
        assert self._endpoint is not None
        thing, method = self._endpoint.functionMap["trame.state.get"]
        return cast("Mapping[str, Any]", await method(thing))

    def joined(self) -> None:
        """Draw for one who has just joined, where nothing is drawn yet."""
        if self._picture is None and self.desk is not None:
            self.desk.area.stream.schedule_render()

    def latest(self) -> list[Mapping[str, Any]]:
        """Return the present messages for a browser that joins."""
        found = [self._picture, self._overlay]
        flight = None if self.desk is None else self.desk.area.flight_message()
        found.append(None if flight is None else {"meta": flight, "content": b""})
        return [content for content in found if content is not None]

    def do(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run an operator's action, and publish what it changed."""
        assert self.desk is not None
        with self.desk.state:
            return action(*args, **kwargs)

    def publish(self, topic: str, content: Any) -> None:
        """Publish a message to every browser.

        The newest picture is kept for those who join.
        """
        if topic == PICTURES:
            meta = content["meta"]
            if meta.get("type") == PICTURE:
                self._picture, self._overlay = content if self._is_watched() else None, None
                if self.desk is not None:
                    self.desk.area.sent(meta["n"], still=meta["still"])
                    if meta["still"] and (drawn := self.desk.area.drawn) is not None:
                        mark = meta["told"]["wall_mode"]
                        self._journal.picture(drawn, content["content"], mark, smooth=meta["smooth"])
            elif meta.get("type") == OVERLAY:
                self._overlay = content
        for watcher in tuple(self._watchers):
            watcher.publish(topic, content)


def _actions(parts: Sequence[Part], operator: Operator, visitor: Visitor, hub: DeskHub) -> dict[str, Any]:
    """Actions of a room on the wall, each checked and written down for its visitor."""
    made = triggers(*(make(operator) for part in parts for make in part.wall_actions))
    return {name: permitted(name, action, visitor=visitor, audit=hub.audit) for name, action in made.items()}
