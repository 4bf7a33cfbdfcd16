"""What a browser sends is taken as it is or refused in words; nothing is changed, nothing vanishes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from apps.hub.gate import Gate
from apps.parts.card_actions import QuestionActions
from apps.parts.level_slider_actions import WaterActions
from apps.parts.link_actions import LinkActions
from apps.parts.stations_actions import StationActions
from apps.parts.timebar_actions import FloodActions
from apps.parts.triggers import InputRefusedError, triggers
from apps.parts.viewpoints_actions import SceneActions
from twin.errors import TwinError
from twin.stations.filter import Filter
from twin.stations.model import Freshness, Station
from twin.stations.status import StationStatus


class Nobody:
    """A board and a live desk that must not be asked for anything."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


def offered() -> dict[str, Callable[..., Any]]:
    nobody: Any = Nobody()
    flood = FloodActions(nobody)
    return triggers(
        flood,
        WaterActions(nobody, flood),
        SceneActions(nobody),
        LinkActions(nobody, flood, QuestionActions(nobody)),
        StationActions(nobody, nobody),
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
        ("shelve", [["a"], "王工", 0.0]),
        ("shelve", [["a"], "王工", 73.0]),
        ("open_link", ["x" * 7000]),
    ],
)
async def test_an_argument_that_cannot_be_used_is_told_and_changes_nothing(
    name: str, arguments: list[Any]
) -> None:
    told: list[TwinError] = []
    actions = offered()
    gate = Gate({}, actions, on_refused=told.append)

    async def call(_: object, name: str, arguments: list[Any]) -> Any:
        return actions[name](*arguments)

    assert await gate._guarded("trame.trigger", call)(None, name, arguments) is None
    (error,) = told
    assert isinstance(error, InputRefusedError)
    assert error.in_chinese() == "输入或请求的内容无法使用，画面与数值未变"


class Shelf:
    """Remembers by whom alarms were put aside."""

    def __init__(self) -> None:
        self.by = ""

    def shelve(self, alarms: object, by: str, hours: float) -> None:
        self.by = by


def test_a_name_stands_in_the_journal_without_its_rims() -> None:
    shelf: Any = Shelf()
    StationActions(shelf, shelf).shelve(["a"], "\u3000王工 ", 8.0)
    assert shelf.by == "王工"


STATION = Station(
    id="30510101", name={"zh": "主坝水位站", "en": "Main dam"}, kind="reservoir", lon=116.9, lat=40.5
)
STANDING = StationStatus(
    station=STATION, main=None, value=None, elapsed_s=0.0, freshness=Freshness.NEVER, rank=0
)


@pytest.mark.parametrize("text", ["", "3051", "３０５１", " 主坝\u3000", "ＭＡＩＮ", "main DAM"])
def test_a_station_is_found_however_its_name_or_code_is_typed(text: str) -> None:
    assert Filter(text=text).passes(STANDING)


@pytest.mark.parametrize("text", ["3052", "副坝", "main  dam"])
def test_no_other_is(text: str) -> None:
    assert not Filter(text=text).passes(STANDING)
