"""A flood plays, pauses, is scrubbed, and stops at its end."""

from __future__ import annotations

import pytest

from apps.session.playback import Playback
from tests.apps.clock import Clock


@pytest.fixture
def flood(clock: Clock) -> Playback:
    return Playback(start=0.0, end=86400.0, clock=clock, speed=3)


def test_it_runs_so_many_hours_a_second(flood: Playback, clock: Clock) -> None:
    flood.play()
    clock.now += 2.0
    assert flood.now == 6 * 3600.0
    assert flood.playing


def test_a_pause_holds_and_going_on_does_not_jump(flood: Playback, clock: Clock) -> None:
    flood.play()
    clock.now += 1.0
    flood.pause()
    clock.now += 50.0
    assert flood.now == 3 * 3600.0
    flood.play()
    clock.now += 1.0
    assert flood.now == 6 * 3600.0


def test_it_stops_at_the_end_and_starts_again_from_the_start(flood: Playback, clock: Clock) -> None:
    flood.play()
    clock.now += 100.0
    assert flood.now == 86400.0
    assert not flood.playing
    flood.play()
    assert flood.now == 0.0


def test_another_speed_does_not_jump(flood: Playback, clock: Clock) -> None:
    flood.play()
    clock.now += 1.0
    flood.set_speed(12)
    assert flood.now == 3 * 3600.0
    clock.now += 1.0
    assert flood.now == 15 * 3600.0


def test_a_speed_that_is_not_offered_is_refused(flood: Playback) -> None:
    with pytest.raises(ValueError, match="no such speed"):
        flood.set_speed(1000)


@pytest.mark.parametrize(("asked", "got"), [(-5.0, 0.0), (7200.0, 7200.0), (1e12, 86400.0)])
def test_scrubbing_stays_inside_the_flood(flood: Playback, asked: float, got: float) -> None:
    flood.seek(asked)
    assert flood.now == got
