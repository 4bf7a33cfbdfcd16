"""What is not live leaves the wall by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apps.session.wall_state import BACK, WallState
from tests.apps.clock import Clock

START = datetime(2026, 7, 1, 8, tzinfo=UTC)


def wall_at(clock: Clock) -> WallState:
    return WallState(clock=clock, now=lambda: START + timedelta(seconds=clock()))


def test_what_is_shown_is_due_after_fifteen_minutes_and_not_before(clock: Clock) -> None:
    wall = wall_at(clock)
    assert not wall.due
    wall.present("Li")
    assert wall.presentation is not None
    assert wall.presentation.back_at - wall.presentation.since == BACK == timedelta(minutes=15)
    clock.now += 899.0
    assert not wall.due
    clock.now += 1.0
    assert wall.due
    wall.end()
    assert not wall.due and wall.presentation is None


def test_renewing_gives_the_whole_time_again_and_keeps_author_and_beginning(clock: Clock) -> None:
    wall = wall_at(clock)
    wall.present("Li")
    first = wall.presentation
    clock.now += 800.0
    wall.renew()
    clock.now += 800.0
    assert not wall.due
    assert wall.presentation is not None and first is not None
    assert (wall.presentation.by, wall.presentation.since) == (first.by, first.since)
    assert wall.presentation.back_at == START + timedelta(seconds=900) + BACK


def test_nothing_is_renewed_while_the_wall_is_live(clock: Clock) -> None:
    wall = wall_at(clock)
    wall.renew()
    clock.now += 10_000.0
    assert not wall.due and wall.presentation is None


def test_an_empty_message_takes_the_one_before_away(clock: Clock) -> None:
    wall = wall_at(clock)
    wall.write("gates open at noon", "Li")
    assert wall.notice is not None and wall.notice.by == "Li"
    wall.write("", "Li")
    assert wall.notice is None
