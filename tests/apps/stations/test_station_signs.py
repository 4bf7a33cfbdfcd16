"""What stations' signs say over the scene. No browser."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.session import station_signs
from tests.apps.flat import SCENE
from tests.apps.stations.station_samples import (
    AT,
    LEVEL,
    MAINS,
    NOW,
    ZONE,
    stand,
    told,
)
from twin.bilingual import Language
from twin.moment import Moment, what_if
from twin.stations.snapshot import Now
from twin.stations.status import statuses


@pytest.mark.parametrize(
    ("quality", "detail"),
    [
        ("suspect", "122.31 m ↑ · 存疑 · 1分前"),
        ("estimate", "122.31 m ↑ · 估算 · 1分前"),
        ("good", "122.31 m ↑ · 1分前"),
    ],
)
def test_a_value_in_doubt_says_so_over_the_scene(quality: str, detail: str) -> None:
    now = replace(NOW, values={"1.level": told(LEVEL, 122.31, quality=quality, trend="rising")})
    assert station_signs.sign(stand(now)["1"], "zh", shown=True, zone=ZONE).detail == detail


@pytest.mark.parametrize(("language", "word"), [("zh", "实况 "), ("en", "Live ")])
def test_over_another_moment_a_sign_says_that_its_value_is_live(language: Language, word: str) -> None:
    now = replace(NOW, values={"1.level": told(LEVEL, 122.31)})
    here = station_signs.sign(stand(now)["1"], language, shown=True, zone=ZONE)
    beside = station_signs.sign(stand(now)["1"], language, shown=True, reach="live", zone=ZONE)
    assert beside.detail == word + here.detail


def test_over_a_past_moment_a_sign_says_what_was_observed_then_and_of_when() -> None:
    now = Now(values={"1.level": told(LEVEL, 122.31)})
    shown = station_signs.sign(stand(now)["1"], "zh", shown=True, reach="then", zone=ZONE)
    assert shown.detail == f"122.31 m · {AT.astimezone(ZONE):%Y-%m-%d %H:%M}"


def test_over_another_moment_what_is_not_known_is_not_called_live() -> None:
    for now, words in ((None, "尚不清楚"), (Now(values={}), "无数据")):
        status = statuses(MAINS, now, lambda _: 0.0)["1"]
        assert station_signs.sign(status, "zh", shown=True, reach="live", zone=ZONE).detail == words


@pytest.mark.parametrize(("language", "words"), [("zh", "当时无记录"), ("en", "no record then")])
def test_over_a_past_moment_without_a_record_a_sign_says_so(language: Language, words: str) -> None:
    none = station_signs.sign(stand(Now(values={}))["1"], language, shown=True, reach="then", zone=ZONE)
    long_before = Now(values={"1.level": told(LEVEL, 122.31, age_s=40 * 86_400.0)})
    old = station_signs.sign(stand(long_before)["1"], language, shown=True, reach="then", zone=ZONE)
    assert none.detail == old.detail == words


def test_where_live_values_are_off_a_sign_is_a_name_alone() -> None:
    shown = station_signs.sign(stand()["1"], "zh", shown=True, reach="off", zone=ZONE)
    assert (shown.detail, shown.rank, shown.tone) == ("", 0, "")


MOMENTS = {
    "live": Moment(mode="live", level_m=150.0, highest_m=150.0, valid_at=AT),
    "history": Moment(mode="history", level_m=150.0, highest_m=150.0, valid_at=AT),
    "forecast": Moment(mode="forecast", level_m=150.0, highest_m=150.0, valid_at=AT, run="f1"),
    "drill": Moment(mode="drill", level_m=150.0, highest_m=150.0, valid_at=AT, run="d1"),
    "what-if": what_if(150.0),
}


@pytest.mark.parametrize(
    ("mode", "shown", "switched_off"),
    [
        ("live", "now", "now"),
        ("history", "then", "then"),
        ("forecast", "live", "off"),
        ("drill", "live", "off"),
        ("what-if", "live", "off"),
    ],
)
def test_of_when_stations_show_values_follows_the_scene(mode: str, shown: str, switched_off: str) -> None:
    scene = SCENE.changed(moment=MOMENTS[mode])
    assert station_signs.reach(scene) == shown
    assert station_signs.reach(scene.changed(live_values=False)) == switched_off
