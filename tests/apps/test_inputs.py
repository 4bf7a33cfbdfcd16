"""What a browser sends is taken as it is or refused in words; nothing is changed, nothing vanishes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from apps.hub.gate import Gate
from apps.parts.triggers import InputRefusedError, triggers
from apps.rooms import desk
from twin.alarms.operating import AlarmOperation
from twin.errors import TwinError
from twin.stations.filter import Filter
from twin.stations.freshness import Freshness
from twin.stations.model import Station
from twin.stations.status import StationStatus


class Live:
    """A live desk that must not be asked for anything but by whom alarms were put aside."""

    by = who = ""
    charts = draw_charts = client = None

    def operate(self, operation: AlarmOperation) -> None:
        self.by = operation.by

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


class FakeController:
    """A controller that must not be asked for anything."""

    def __init__(self) -> None:
        self.live = Live()
        self.on_language: list[object] = []
        self.on_moment: list[object] = []
        self.on_panel: list[object] = []
        self.on_selection: list[object] = []
        self.on_rest: list[object] = []

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


def offered(controller: Any) -> dict[str, Callable[..., Any]]:
    """All that a browser may call on the desk."""
    basic = [make(controller) for part in desk.PARTS for make in part.actions]
    return triggers(
        *basic, *(make(controller, controller.live) for part in desk.PARTS for make in part.live_actions)
    )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("set_water", ["level", math.nan]),
        ("set_water", ["level", math.inf]),
        ("set_water", ["level", "150"]),
        ("set_water", ["depth", 150.0]),
        ("type_water", ["level", 150.0]),
        ("type_water", ["level", "1" * 5000]),
        ("scrub", [math.nan]),
        ("speed", ["3"]),
        ("exaggerate", [0.5]),
        ("exaggerate", [math.inf]),
        ("layer_opacity", ["water", 130.0]),
        ("go_to_number", [0]),
        ("find_station", ["x" * 201]),
        ("acknowledge", [["a"], ""]),
        ("acknowledge", [["a"], " \u3000 "]),
        ("acknowledge", [["a"], "王\n工"]),
        ("acknowledge", [["a"], "x" * 41]),
        ("shelve", [["a"], "王工", "", 0.0]),
        ("shelve", [["a"], "王工", "", 73.0]),
        ("open_link", ["x" * 7000]),
    ],
)
async def test_an_argument_that_cannot_be_used_is_told_and_changes_nothing(
    name: str, arguments: list[Any]
) -> None:
    told: list[TwinError] = []
    actions = offered(FakeController())
    gate = Gate({}, actions, on_refused=told.append)

    async def call(_: object, name: str, arguments: list[Any], options: dict[str, Any]) -> Any:
        return actions[name](*arguments, **options)

    assert await gate._guarded("trame.trigger", call)(None, name, arguments, {}) is None
    (error,) = told
    assert isinstance(error, InputRefusedError)
    assert error.in_chinese() == "输入或请求的内容无法使用，画面与数值未变"


def test_a_name_stands_in_the_journal_without_its_rims() -> None:
    controller = FakeController()
    offered(controller)["shelve"](["a"], "\u3000王工 ", "", 8.0)
    assert controller.live.by == "王工"


def test_who_has_signed_in_stands_in_the_journal_whatever_is_typed() -> None:
    controller = FakeController()
    controller.live.who = "wang"
    actions = offered(controller)
    for typed in ("", "somebody else"):
        actions["shelve"](["a"], typed, "", 8.0)
        assert controller.live.by == "wang"


STATION = Station(
    id="30510101", name={"zh": "主坝水位站", "en": "Main dam"}, kind="reservoir", lon=116.9, lat=40.5
)
STATUS = StationStatus(
    station=STATION, main=None, value=None, elapsed_s=0.0, freshness=Freshness.NEVER, rank=0
)


@pytest.mark.parametrize("text", ["", "3051", "３０５１", " 主坝\u3000", "ＭＡＩＮ", "main DAM"])
def test_a_station_is_found_however_its_name_or_code_is_typed(text: str) -> None:
    assert Filter(text=text).passes(STATUS)


@pytest.mark.parametrize("text", ["3052", "副坝", "main  dam"])
def test_no_other_is(text: str) -> None:
    assert not Filter(text=text).passes(STATUS)
