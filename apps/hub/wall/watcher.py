"""Serve one browser that watches the wall."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from apps.boot_clock import boot_clock_s
from apps.error_messages import say
from apps.hub.endpoint import Publisher
from apps.hub.gate import Gate
from apps.hub.outbox import PICTURE, STATE
from apps.parts.alarms.alarm_panel import DutyView
from apps.session.views import plain
from apps.stream.pacing import Credit
from apps.stream.scene_protocol import TOPIC as PICTURES

if TYPE_CHECKING:
    from apps.hub.visitor import Visitor
    from twin.bilingual import Language

TOAST_S = 10.0


class Watched(Protocol):
    """Wall as a watcher uses it.

    :class:`apps.hub.wall.wall_server.Wall`.
    """

    @property
    def language(self) -> Language: ...
    async def state(self) -> Mapping[str, Any]: ...
    def latest(self) -> list[Mapping[str, Any]]: ...
    def joined(self) -> None: ...
    def left(self, watcher: Watcher) -> None: ...
    def do(self, action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any: ...


class Watcher:
    """Page of one browser, which receives the wall and writes nothing.

    ``first_state`` is its room's, whose keys are all that it is sent; ``actions`` are what its visitor may do
    to the wall. It is an endpoint as :class:`apps.hub.gate.Gate` guards one.
    """

    def __init__(
        self,
        wall: Watched,
        first_state: Mapping[str, Any],
        visitor: Visitor,
        actions: Mapping[str, Any],
        *,
        instance: str,
    ) -> None:
        self.name = secrets.token_hex(8)
        self.credit = Credit(clock=time.monotonic)
        self.gate = Gate({}, actions, on_refused=self.refuse)
        self.is_joined = False
        self._wall, self._first, self._actions = wall, first_state, actions
        duty = DutyView(may=visitor.may("operate"), name=visitor.name)
        who = visitor.full_name or visitor.name
        self._own = {"signed_in": who, "duty": plain(duty), "instance": instance}
        self._outbox: Publisher | None = None
        self.functionMap: dict[str, Any] = {
            "trame.state.get": (self, Watcher._state),
            "trame.state.update": (self, Watcher._nothing),
            "trame.error.client": (self, Watcher._nothing),
            "trame.lifecycle.update": (self, Watcher._nothing),
            "trame.trigger": (self, Watcher._trigger),
            "twin.scene.size": (self, Watcher._nothing),
            "twin.scene.event": (self, Watcher._event),
            "twin.scene.reset": (self, Watcher._join),
        }
        self.gate.guard(self)

    @property
    def light(self) -> bool:
        """Return whether messages are compressed: those before the first picture."""
        return not self.is_joined

    async def connect(self, outbox: Publisher) -> Watcher:
        """Take the wall's messages from now on."""
        self._outbox = outbox
        return self

    async def begin(self) -> None:
        """Ignore it: the wall is there already."""

    def gone(self) -> None:
        """End: the browser has gone."""
        self._outbox = None
        self._wall.left(self)

    def publish(self, topic: str, content: Any) -> None:
        """Pass a message of the wall on to this browser."""
        if self._outbox is None:
            return
        if topic == STATE:
            own = {key: value for key, value in content.items() if self._is_own(key)}
            if own:
                self._outbox.publish(topic, own)
        elif topic != PICTURES:
            return
        elif self.is_joined:
            meta = content["meta"]
            if meta.get("type") == PICTURE:
                self.credit.sent(meta["n"], len(content["content"]))
            told = {key: value for key, value in meta.get("told", {}).items() if self._is_own(key)}
            self._outbox.publish(topic, {**content, "meta": {**meta, "told": told}})

    def refuse(self, error: Exception) -> None:
        """Show an error on this page alone, for a while."""
        self._toast(say(error, self._wall.language))
        asyncio.get_running_loop().call_later(TOAST_S, self._toast, "")

    def _toast(self, text: str) -> None:
        if self._outbox is not None:
            self._outbox.publish(STATE, {"toast": text})

    def _is_own(self, key: str) -> bool:
        """Whether the wall's value of a key is for this page: not its template, nor who has signed in."""
        ours = key.startswith("trame__") and key != "trame__title"
        return key in self._first and key not in self._own and not ours

    # -- what a browser calls -------------------------------------------------------------------------

    async def _state(self) -> Mapping[str, Any]:
        found = await self._wall.state()
        shown = {key: value for key, value in found["state"].items() if self._is_own(key)}
        return {**found, "state": {**self._first, **shown, **self._own}}

    def _nothing(self, *args: Any) -> None:
        del args

    def _trigger(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return self._wall.do(self._actions[name], *args, **kwargs)

    def _event(self, event: Any) -> float | None:
        if not isinstance(event, dict):
            return None
        if event.get("type") == "painted" and type(event.get("n")) is int:
            self.credit.acknowledged(event["n"])
        return boot_clock_s() if event.get("type") == "hello" else None

    def _join(self, bytes_per_s: Any = None) -> None:
        del bytes_per_s
        self.is_joined = True
        for content in self._wall.latest():
            self.publish(PICTURES, content)
        self._wall.joined()
