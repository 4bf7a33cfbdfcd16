"""Places are found by Chinese, pinyin, initials, English and code; the one that is meant stands first."""

from __future__ import annotations

import pytest

from twin.bilingual import in_both
from twin.search.gazetteer import Toponym
from twin.search.pinyin import spelling, syllables
from twin.search.place_index import PlaceIndex

NAMES = [
    ("v1", "village", "重阳沟", "Chongyanggou", ""),
    ("v2", "village", "绿杨台", "Lüyangtai", ""),
    ("v3", "village", "北重阳", "North Chongyang", ""),
    ("r", "river", "重阳河", "Chongyang River", ""),
    ("s", "station", "重阳沟雨量站", "Chongyanggou rain gauge", "30912345"),
    ("l", "lake", "示例水库", "Sample reservoir", ""),
]
INDEX = PlaceIndex(
    lambda: [
        Toponym(id=id_, kind=kind, name=in_both(zh, en), east=0.0, north=0.0, group=in_both("x"), code=code)
        for id_, kind, zh, en, code in NAMES
    ]
)


def found(text: str) -> list[str]:
    return [place.id for place in INDEX.find(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("重阳沟", "v1"),
        ("chongyanggou", "v1"),
        ("Chóngyánggōu", "v1"),
        ("chong yang gou", "v1"),
        ("cyg", "v1"),
        ("zhongyanggou", "v1"),  # another reading of its first sign
        ("chongyg", "v1"),
        ("lvyang", "v2"),
        ("lüyangtai", "v2"),
        ("lyt", "v2"),
        ("chongyang river", "r"),
        ("30912345", "s"),
        ("3091", "s"),
        ("rain", "s"),
        ("slsk", "l"),
        ("水库", "l"),
        ("sample", "l"),
    ],
)
def test_what_is_meant_stands_first(text: str, first: str) -> None:
    assert found(text)[0] == first


def test_a_name_that_begins_so_comes_before_one_that_holds_it() -> None:
    assert found("重阳") == ["v1", "r", "s", "v3"]
    assert found("chongyang")[-1] == "v3"


@pytest.mark.parametrize("text", ["", "  ", "…", "qqq", "沟沟"])
def test_nothing_is_found_by_nothing(text: str) -> None:
    assert found(text) == []


def test_a_list_is_in_the_order_of_its_pinyin() -> None:
    assert [place.id for place in INDEX.listed("village")] == ["v3", "v2", "v1"]


def test_letters_spell_a_name_whole_by_its_beginning_or_by_initials() -> None:
    name = syllables("惊蛰沟")
    words = ["jingzhegou", "jingz", "jzg", "jinzg", "zhegou", "jingzhegoux", "gz"]
    assert [spelling(word, name) for word in words] == [
        "whole",
        "start",
        "initials",
        "mixed",
        "inside",
        None,
        None,
    ]
