"""The life of alarms: closed cases, no chattering, and a fold that gives the lifecycle again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.alarms.lifecycle import AlarmError, AlarmLifecycle, Change, Evaluation
from twin.comparing import above_level

START = datetime(2026, 7, 28, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def says(
    holds: bool | None, minute: float, *, rank: int = 3, on: float = 0, off: float = 0, key: str = "s"
) -> Evaluation:
    return Evaluation(
        rule="level",
        station=key,
        datastream=f"{key}.level",
        holds=holds,
        at=START + minute * MINUTE,
        rank=rank,
        text={"zh": "高", "en": "high"},
        on_delay=on * MINUTE,
        off_delay=off * MINUTE,
    )


def state(lifecycle: AlarmLifecycle) -> str | None:
    alarm = lifecycle.standing.get("level@s")
    return None if alarm is None else alarm.state


def test_seen_and_then_over_it_is_gone() -> None:
    lifecycle = AlarmLifecycle()
    lifecycle.update(says(True, 0))
    assert state(lifecycle) == "unacknowledged"
    lifecycle.acknowledge("level@s", by="王工", at=START + MINUTE)
    assert (state(lifecycle), lifecycle.standing["level@s"].by) == ("acknowledged", "王工")
    lifecycle.update(says(False, 2))
    assert state(lifecycle) is None


def test_over_before_it_was_seen_it_waits_to_be_seen() -> None:
    lifecycle = AlarmLifecycle()
    lifecycle.update(says(True, 0))
    lifecycle.update(says(False, 1))
    assert state(lifecycle) == "returned"
    lifecycle.acknowledge("level@s", by="王工", at=START + 2 * MINUTE)
    assert state(lifecycle) is None


def test_it_comes_back_while_it_waits_to_be_seen() -> None:
    lifecycle = AlarmLifecycle()
    for holds, minute in ((True, 0), (False, 1), (True, 2)):
        lifecycle.update(says(holds, minute))
    assert state(lifecycle) == "unacknowledged"
    assert lifecycle.standing["level@s"].raised_at == START + 2 * MINUTE


def test_delays_are_in_the_time_of_the_data() -> None:
    lifecycle = AlarmLifecycle()
    assert [lifecycle.update(says(True, m, on=10)) is not None for m in (0, 5, 9, 10)] == [False] * 3 + [True]
    assert [lifecycle.update(says(False, m, off=30)) is not None for m in (11, 40, 41)] == [
        False,
        False,
        True,
    ]


def test_a_moment_below_starts_the_delay_anew() -> None:
    lifecycle = AlarmLifecycle()
    for minute, holds in ((0, True), (5, False), (6, True), (12, True)):
        assert lifecycle.update(says(holds, minute, on=10)) is None
    assert lifecycle.update(says(True, 16, on=10)) is not None


def test_what_nobody_can_tell_neither_raises_nor_ends() -> None:
    lifecycle = AlarmLifecycle()
    assert lifecycle.update(says(None, 0)) is None
    lifecycle.update(says(True, 1))
    assert lifecycle.update(says(None, 2)) is None
    assert state(lifecycle) == "unacknowledged"


def test_one_that_becomes_graver_must_be_seen_again_and_one_less_grave_keeps_its_rank() -> None:
    lifecycle = AlarmLifecycle()
    lifecycle.update(says(True, 0, rank=4))
    lifecycle.acknowledge("level@s", by="王工", at=START)
    lifecycle.update(says(True, 1, rank=2))
    assert (state(lifecycle), lifecycle.standing["level@s"].rank) == ("unacknowledged", 2)
    assert lifecycle.update(says(True, 2, rank=4)) is None


def test_put_aside_it_comes_back_when_its_time_is_over_if_there_is_still_a_reason() -> None:
    lifecycle = AlarmLifecycle()
    lifecycle.update(says(True, 0))
    lifecycle.shelve("level@s", by="王工", at=START, until=START + 60 * MINUTE)
    assert state(lifecycle) == "shelved"
    assert lifecycle.tick(START + 59 * MINUTE) == []
    assert [c.what for c in lifecycle.tick(START + 60 * MINUTE)] == ["unshelved"]
    assert state(lifecycle) == "unacknowledged"
    lifecycle.shelve("level@s", by="王工", at=START + 61 * MINUTE, until=START + 90 * MINUTE)
    lifecycle.update(says(False, 70))
    lifecycle.tick(START + 90 * MINUTE)
    assert state(lifecycle) is None


def test_what_is_not_there_cannot_be_acknowledged_and_nothing_twice() -> None:
    lifecycle = AlarmLifecycle()
    with pytest.raises(AlarmError, match="no alarm"):
        lifecycle.acknowledge("level@s", by="x", at=START)
    lifecycle.update(says(True, 0))
    lifecycle.acknowledge("level@s", by="x", at=START)
    with pytest.raises(AlarmError, match="acknowledged already"):
        lifecycle.acknowledge("level@s", by="y", at=START)
    with pytest.raises(AlarmError, match="time to come"):
        lifecycle.shelve("level@s", by="y", at=START, until=START)
    lifecycle.shelve("level@s", by="x", at=START, until=START + MINUTE)
    with pytest.raises(AlarmError, match="shelved already"):
        lifecycle.shelve("level@s", by="y", at=START, until=START + 60 * MINUTE)
    assert [c.what for c in lifecycle.tick(START + MINUTE)] == ["unshelved"]


acts = st.lists(
    st.one_of(
        st.tuples(st.just("judge"), st.sampled_from(["a", "b"]), st.sampled_from([True, False, None])),
        st.tuples(st.just("ack"), st.sampled_from(["a", "b"]), st.none()),
        st.tuples(st.just("shelve"), st.sampled_from(["a", "b"]), st.none()),
        st.tuples(st.just("unshelve"), st.sampled_from(["a", "b"]), st.none()),
        st.tuples(st.just("tick"), st.none(), st.none()),
    ),
    max_size=40,
)


@given(acts, st.integers(0, 40))
def test_a_book_cut_at_any_record_and_folded_again_stands_the_same(
    todo: list[tuple[str, str | None, bool | None]], cut: int
) -> None:
    lifecycle = AlarmLifecycle()
    log: list[Change] = []
    for minute, (what, key, holds) in enumerate(todo):
        at = START + minute * MINUTE
        changes: list[Change | None] = []
        try:
            if what == "judge":
                changes = [lifecycle.update(says(holds, minute, key=str(key), rank=1 + minute % 3))]
            elif what == "ack":
                changes = [lifecycle.acknowledge(f"level@{key}", by="x", at=at)]
            elif what == "shelve":
                until = at + timedelta(minutes=7)
                changes = [lifecycle.shelve(f"level@{key}", by="x", at=at, until=until)]
            elif what == "unshelve":
                changes = [lifecycle.unshelve(f"level@{key}", by="x", at=at)]
            else:
                changes = list(lifecycle.tick(at))
        except AlarmError:
            continue
        log += [change for change in changes if change is not None]
    again = AlarmLifecycle()
    again.fold(log)
    assert dict(again.standing) == dict(lifecycle.standing)
    k = min(cut, len(log))
    part = AlarmLifecycle()
    part.fold(log[:k])
    part.fold(log[k:])
    assert dict(part.standing) == dict(lifecycle.standing)


@given(st.lists(st.integers(1_400_000, 1_600_000).map(lambda tenths: tenths / 1e4), min_size=1, max_size=60))
def test_within_the_dead_band_nothing_chatters(levels: list[float]) -> None:
    """An oracle by brute force: raised above the limit, over at or below the band, whatever is between."""
    limit, band = 150.0, 0.5
    lifecycle, raised, expected, active = AlarmLifecycle(), 0, 0, False
    for minute, level in enumerate(levels):
        change = lifecycle.update(says(above_level(level, limit, hysteresis_m=band), minute))
        raised += change is not None and change.what == "raised"
        if level > limit and not active:
            active, expected = True, expected + 1
        elif level <= limit - band:
            active = False
    assert raised == expected
