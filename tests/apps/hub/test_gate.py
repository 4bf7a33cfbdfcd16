"""A browser writes only what it may, and never sees a traceback."""

from __future__ import annotations

from typing import Any

import pytest

from apps.hub.gate import METHODS, MOST_CHANGES, Gate
from apps.parts.part import writable
from apps.rooms import desk


def _gate() -> Gate:
    return Gate(writable(desk.PARTS), {"go": lambda: None})


@pytest.mark.parametrize(
    ("key", "value"), [("language", "en"), ("unit", "level"), ("panel", ""), ("help_open", True)]
)
def test_the_few_writable_keys_take_their_kinds(key: str, value: Any) -> None:
    change = {"key": key, "value": value}
    assert _gate().allowed_changes([change]) == [change]


@pytest.mark.parametrize(
    "change",
    [
        {"key": "trame__template_main", "value": "<script>"},
        {"key": "readout", "value": {}},
        {"key": "language", "value": "de"},
        {"key": "help_open", "value": "yes"},
        {"key": "help_open", "value": 1},
        {"key": ["language"], "value": "en"},
        {"value": "en"},
        "language",
        None,
    ],
)
def test_everything_else_is_refused_and_counted(change: Any) -> None:
    gate = _gate()
    assert gate.allowed_changes([change]) == []
    assert gate.refused.total() == 1


@pytest.mark.parametrize("changes", [None, {}, "x", 3])
def test_changes_that_are_no_list_are_refused(changes: Any) -> None:
    assert _gate().allowed_changes(changes) == []


def test_a_message_with_more_changes_than_there_are_keys_is_one_refusal() -> None:
    gate = _gate()
    assert gate.allowed_changes([{"key": "language", "value": "en"}] * (MOST_CHANGES + 1)) == []
    assert gate.refused.total() == 1


class _Handler:
    """Stands for wslink's."""

    def __init__(self) -> None:
        self.called: list[Any] = []

        def record(thing: Any, *args: Any) -> str:
            self.called.append(args)
            return "done"

        def crash(thing: Any, *args: Any) -> None:
            raise RuntimeError("secret inside")

        self.functionMap: dict[str, Any] = {
            "application.exit.later": (None, record),
            "trame.force.push": (None, record),
            "trame.trigger": (None, record),
            "trame.state.update": (None, record),
            "twin.scene.event": (None, crash),
        }


@pytest.fixture
def handler() -> _Handler:
    it = _Handler()
    _gate().guard(it)
    return it


def test_a_browser_cannot_stop_the_server_or_push_frames_to_others(handler: _Handler) -> None:
    assert set(handler.functionMap) <= METHODS
    assert "application.exit.later" not in handler.functionMap
    assert "trame.force.push" not in handler.functionMap


async def test_only_known_triggers_run(handler: _Handler) -> None:
    _, call = handler.functionMap["trame.trigger"]
    assert await call(None, "go", [], {}) == "done"
    assert await call(None, "__class__", [], {}) is None
    assert handler.called == [("go", [], {})]


async def test_a_failure_is_logged_and_tells_the_browser_nothing(
    handler: _Handler, caplog: pytest.LogCaptureFixture
) -> None:
    _, call = handler.functionMap["twin.scene.event"]
    assert await call(None, "scene", "page", {}) is None
    assert "secret inside" in caplog.text
