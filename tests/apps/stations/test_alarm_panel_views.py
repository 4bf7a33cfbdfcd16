"""What the panel of alarms says. No browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from apps.parts.alarms import alarm_rows as alarms
from apps.parts.alarms.alarm_rows import AlarmsView
from apps.parts.stations import panel, station_card
from apps.session import station_signs
from tests.apps.flat import scene_in
from tests.apps.stations.station_samples import (
    AT,
    LEVEL,
    MAINS,
    NOW,
    STATIONS,
    ZONE,
    alarm,
    stand,
)
from twin.stations.filter import Filter
from twin.stations.snapshot import Now
from twin.stations.status import statuses


def test_alarms_of_one_cause_are_one_group_and_what_waits_comes_first() -> None:
    found = alarms.view(
        (
            alarm("x", "1", rank=1, state="acknowledged", by="王工"),
            alarm("a", "2", rank=3, group="storm"),
            alarm("b", "3", rank=2, group="storm", raised_at=AT + timedelta(minutes=1)),
        ),
        STATIONS,
        ZONE,
        "zh",
    )
    assert [(g.id, g.rank, g.open) for g in found.groups] == [("storm", 2, 2), ("x", 1, 0)]
    assert [row.id for row in found.groups[0].rows] == ["b", "a"]
    assert found.groups[1].rows[0].state == "已确认 · 王工"
    assert (found.tone, found.count, found.open, found.aside) == ("red", 3, 2, 0)


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("signal", "word"),
    [("blue", "蓝色"), ("yellow", "黄色"), ("orange", "橙色"), ("red", "红色")],
)
def test_a_warning_has_the_colour_it_is_named_by_whatever_its_rank(signal: str, word: str, rank: int) -> None:
    warned = alarm("a", "3", rank=rank, signal=signal, group="storm")
    other = replace(warned, id="b", station="2")
    now = replace(NOW, alarms=(warned, other))
    panel_ = alarms.view(now.alarms, STATIONS, ZONE, "zh")
    assert (panel_.tone, panel_.groups[0].tone, panel_.groups[0].rows[0].tone) == (signal,) * 3
    assert panel_.groups[0].title.endswith(f"最高{word}")
    shown = stand(now)["3"]
    sign = station_signs.sign(shown, "zh", shown=True, zone=ZONE)
    assert (sign.tone, sign.detail.partition(" · ")[0]) == (signal, f"暴雨{word}")
    view = station_card.view(shown, (), now, lambda stream: 0.0, ZONE, "zh")
    assert [row.tone for row in view.rows if row.label == "报警"] == [f"warn-{signal}"]


def test_another_alarm_has_the_colour_of_its_grade() -> None:
    assert [alarm("a", "1", rank=rank).tone for rank in (1, 2, 3, 4)] == ["red", "orange", "yellow", "blue"]


def test_a_shelved_alarm_does_not_count() -> None:
    found = alarms.view((alarm("a", "2", state="shelved"),), STATIONS, ZONE, "zh")
    assert (found.tone, found.count, found.open, found.aside) == ("", 0, 0, 1)


def test_before_anything_was_told_nothing_reads_as_none() -> None:
    """An empty list that is not known must not look like an all-clear."""
    unknown = statuses(MAINS, None, lambda stream: 0.0)
    for language, words, no_alarm in (("zh", "尚不清楚", "没有报警"), ("en", "not known", "No alarm")):
        found = alarms.view(None, STATIONS, ZONE, language)
        assert (found.known, found.count, found.groups) == (False, 0, [])
        assert words.lower() in found.note.lower()
        assert no_alarm not in found.note
        listed = panel.view(unknown, Filter(), (), scene_in(language), away="x", zone=ZONE)
        assert listed.total == len(STATIONS)
        assert {row.value for row in listed.rows} == {words if language == "zh" else "not known yet"}
        shown = station_signs.sign(unknown["1"], language, shown=True, zone=ZONE)
        assert (shown.state, shown.detail) == ("unknown", listed.rows[0].value)
        seen = station_card.view(unknown["1"], [LEVEL], None, lambda stream: 0.0, ZONE, language)
        assert listed.rows[0].value in {row.value for row in seen.rows}
        assert seen.note == ""


def test_what_was_heard_last_is_marked_with_its_time() -> None:
    heard = datetime(2026, 7, 28, 6, 40, tzinfo=UTC)
    then = alarms.view(NOW.alarms, STATIONS, ZONE, "zh", last_heard=heard)
    assert (then.known, then.count) == (False, 1)
    assert "14:40" in then.note
    none = alarms.view((), STATIONS, ZONE, "en", last_heard=heard)
    assert not none.known
    assert "14:40" in none.note
    assert "since then are not known" in none.note
    assert alarms.view((), STATIONS, ZONE, "zh").known
    assert not AlarmsView().known, "a page that has heard nothing knows nothing"


@pytest.mark.parametrize(
    ("now", "doubt", "words"),
    [
        (replace(NOW, alarms=()), "", ""),
        (replace(NOW, alarms=(), trouble="store_full"), "unkept", "新的报警可能未列出"),
        (replace(NOW, alarms=(), trouble="store_stuck"), "unkept", "新的报警可能未列出"),
        (replace(NOW, alarms=(), trouble="clock"), "", ""),
        (
            replace(NOW, alarms=(), feeds=(replace(NOW.feeds[0], state="waiting"),)),
            "unfed",
            "没有一个数据来源",
        ),
        (None, "", ""),
    ],
)
def test_an_empty_list_is_an_all_clear_only_where_values_come_and_are_judged(
    now: Now | None, doubt: str, words: str
) -> None:
    found = alarms.doubt_of(now)
    assert found == doubt
    shown = alarms.view((), STATIONS, ZONE, "zh", doubt=found)
    assert shown.known is (doubt == "")
    assert words in shown.note
