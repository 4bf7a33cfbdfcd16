"""Restrict what browsers may request, and what is sent to them.

trame by itself lets every client write any state, stop the server and read tracebacks. Here a client may
call the methods in ``METHODS``, write the state in :func:`apps.parts.part.writable` with values of the
declared kinds, and is told of a failure only that there was one.
"""

from __future__ import annotations

import inspect
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from apps.hub.refusal_counter import browser_errors, refusals
from apps.parts.triggers import InputRefusedError
from apps.stream import scene_protocol as stream
from twin.errors import TwinError

logger = logging.getLogger(__name__)

METHODS = frozenset(
    {
        "trame.state.get",
        "trame.state.update",
        "trame.trigger",
        "trame.error.client",
        "trame.lifecycle.update",
        *stream.METHODS,
    }
)
"""Of all methods that wslink, trame and the stream register, the ones the page needs."""


MOST_CHANGES = 100
"""Of one message; there are fewer keys that a browser may write."""


class Gate:
    """Filter between a browser and everything that wslink registered."""

    def __init__(
        self,
        writable: Mapping[str, TypeAdapter[Any]],
        triggers: Mapping[str, Any],
        *,
        on_refused: Callable[[TwinError], None] = lambda error: None,
    ) -> None:
        self.refused: Counter[str] = Counter()
        self._on_refused = on_refused
        self._writable = writable
        self._triggers = triggers

    def guard(self, endpoint: Any) -> None:
        """Put the gate before the methods of a wslink endpoint."""
        endpoint.functionMap = {
            name: (thing, self._guarded(name, method))
            for name, (thing, method) in endpoint.functionMap.items()
            if name in METHODS
        }

    def allowed_changes(self, changes: Any) -> list[dict[str, Any]]:
        """Return the state changes a browser may make, checked.

        The rest is counted and dropped.
        """
        if not isinstance(changes, list) or len(changes) > MOST_CHANGES:
            self._refuse("state", "" if isinstance(changes, list) else changes)
            return []
        kept = []
        for change in changes:
            key = change.get("key") if isinstance(change, dict) else None
            kind = self._writable.get(key) if isinstance(key, str) else None
            if kind is None:
                self._refuse("state", key)
                continue
            try:
                kept.append({"key": key, "value": kind.validate_python(change.get("value"), strict=True)})
            except ValidationError:
                self._refuse("value", key)
        return kept

    def _guarded(self, name: str, method: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        shape = inspect.signature(method)

        async def call(thing: Any, /, *args: Any, **kwargs: Any) -> Any:
            try:
                if name == "trame.state.update":
                    args, kwargs = (self.allowed_changes(args[0] if args else None),), {}
                if not self._passes(name, shape, (thing, *args), kwargs):
                    return None
                result = method(thing, *args, **kwargs)
                return await result if inspect.isawaitable(result) else result
            except InputRefusedError as error:
                self._refuse("argument", f"{error.data.get('argument')} of {error.data.get('trigger')}")
                self._on_refused(error)
                return None
            except Exception:
                logger.exception("%s failed", name)
                return None

        return call

    def _passes(
        self, name: str, shape: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> bool:
        """Whether a call is carried out; what is refused is counted."""
        if name == "trame.error.client":
            browser_errors.refuse("an error", args[1] if len(args) > 1 else "")
            return False
        if name == "trame.lifecycle.update":
            return False  # nothing here hangs on what a browser says of its life
        if not fits(shape, args, kwargs):
            self._refuse("arguments", name)
            return False
        return name != "trame.trigger" or self._is_trigger(*args[1:], **kwargs)

    def _is_trigger(self, name: Any = None, args: Any = (), kwargs: Any = None) -> bool:
        """Whether a browser may call a trigger; a trigger of a part checks its arguments itself."""
        if not isinstance(name, str) or name not in self._triggers:
            self._refuse("trigger", name)
            return False
        action = self._triggers[name]
        whole = isinstance(args, list) and isinstance(kwargs, dict)
        if not whole or not (hasattr(action, "is_trigger") or fits(inspect.signature(action), args, kwargs)):
            self._refuse("arguments of a trigger", name)
            return False
        return True

    def _refuse(self, kind: str, detail: object = "") -> None:
        self.refused[kind] += 1
        refusals.refuse(kind, detail)


def fits(shape: inspect.Signature, args: Iterable[Any], kwargs: Mapping[str, Any]) -> bool:
    """Return whether a function of that shape takes these arguments."""
    try:
        shape.bind(*args, **kwargs)
    except TypeError:
        return False
    return True
