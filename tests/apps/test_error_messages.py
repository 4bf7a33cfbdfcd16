"""Every error says in Chinese and in English what is wrong, where, and what to do."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import apps
import layers
import meshes
import twin
from apps.error_messages import say, told, without_folders
from twin.errors import Reason, TwinError
from twin.water.ranges import LevelOutOfRange, StorageOutOfRange


def _every_error() -> Iterator[type[TwinError]]:
    for package in (twin, meshes, layers, apps):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    waiting = [TwinError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += (own for own in kind.__subclasses__() if not own.__module__.startswith("test"))


def test_every_error_has_its_chinese_beside_it() -> None:
    kinds = list(_every_error())
    assert len(kinds) > 90
    without = [kind.__name__ for kind in kinds if not re.search("[\u4e00-\u9fff]", vars(kind).get("zh", ""))]
    assert without == []


def test_a_level_outside_the_range_is_told_with_its_numbers() -> None:
    error = LevelOutOfRange(170.0, lowest_m=126.0, highest_m=160.0)
    assert say(error, "zh") == "水位 170 m 超出可计算范围（126.00 至 160.00 m）"
    assert "170" in say(error, "en") and "126.00" in say(error, "en")


def test_a_storage_is_told_in_hundred_millions() -> None:
    assert "60.00 亿m³" in say(StorageOutOfRange(6e9, lowest_m3=4.37e8, highest_m3=4.4e9), "zh")
    small = say(StorageOutOfRange(26_810_000, lowest_m3=90_477.87, highest_m3=26_808_257.31), "zh")
    assert "0.2681 亿m³" in small
    assert "0.00090478 至 0.26808257 亿m³" in small


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sentence_is_one_line_even_where_data_is_missing(language: str) -> None:
    class SpecialError(LevelOutOfRange):
        def __init__(self) -> None:
            TwinError.__init__(self, "two\nlines")

    words = say(SpecialError(), language)  # type: ignore[arg-type]
    assert "\n" not in words and "two lines" in words


def test_a_reason_that_was_kept_is_told_in_the_readers_language() -> None:
    why = Reason.of(LevelOutOfRange(170.0, lowest_m=126.0, highest_m=160.0))
    assert "170" in told(why, "en")
    assert told(why, "zh") == "水位 170 m 超出可计算范围（126.00 至 160.00 m）"
    none_of_ours = Reason.of(ValueError("odd"))
    assert none_of_ours == Reason("odd")
    assert told(none_of_ours, "zh") == "操作未能完成：odd"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sqlite:////srv/a b/.twin/stations/o.sqlite: is full", "o.sqlite: is full"),
        ("/data/.twin: the disk is full; free some space", ".twin: the disk is full; free some space"),
        ("m³/s, 1/2 of it", "m³/s, 1/2 of it"),
    ],
)
def test_a_browser_is_told_of_no_folder_of_the_server(text: str, shown: str) -> None:
    assert without_folders(text.replace("a b", "a")) == shown
