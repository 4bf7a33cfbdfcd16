"""A browser that takes nothing is cut; a slow one, a hidden one and an idle one are not."""

from __future__ import annotations

from typing import Any

from apps.hub.liveness import QUIET_PATIENCE_S, QUIET_S, Liveness
from tests.apps.clock import Clock

TICK_S = 0.5


def _until(liveness: Liveness, clock: Clock, what: str, *, most_s: float = 60.0, **look: Any) -> float | None:
    """Seconds until something is to be done; None where it never is."""
    look = {"taken": 1, "waiting": False, "unconfirmed_s": 0.0, "slowest_s": 0.3} | look
    unconfirmed, began = look["unconfirmed_s"], clock.now
    while clock.now - began < most_s:
        clock.now += TICK_S
        if unconfirmed:
            look["unconfirmed_s"] = clock.now - began
        if liveness.look(**look) == what:
            return clock.now - began
    return None


def test_one_that_takes_nothing_of_what_waits_is_cut(clock: Clock) -> None:
    seconds = _until(Liveness(clock=clock), clock, "cut", waiting=True)
    assert seconds is not None and seconds <= 3.0


def test_one_whose_system_took_two_pictures_and_stopped_is_pinged_and_cut_within_five_seconds(
    clock: Clock,
) -> None:
    seconds = _until(Liveness(clock=clock), clock, "cut", unconfirmed_s=0.1)
    assert seconds is not None and seconds <= 5.0


def test_a_slow_one_that_goes_on_taking_is_neither_pinged_nor_cut(clock: Clock) -> None:
    liveness = Liveness(clock=clock)
    for k in range(200):
        clock.now += TICK_S
        assert liveness.look(taken=k, waiting=True, unconfirmed_s=5.0, slowest_s=5.0) == ""


def test_a_hidden_page_that_answers_pings_but_confirms_no_picture_stays(clock: Clock) -> None:
    liveness = Liveness(clock=clock)
    pings = 0
    for k in range(200):
        clock.now += TICK_S
        found = liveness.look(taken=1, waiting=False, unconfirmed_s=k * TICK_S, slowest_s=0.1)
        assert found != "cut"
        if found == "ping":
            pings += 1
            liveness.answered()
    assert 10 < pings < 80


def test_a_line_that_needed_seconds_for_pictures_has_them_for_a_ping(clock: Clock) -> None:
    seconds = _until(Liveness(clock=clock), clock, "cut", unconfirmed_s=0.1, slowest_s=4.0)
    assert seconds is not None and 9.0 < seconds < 12.0


def test_a_quiet_one_is_pinged_now_and_then_and_cut_where_it_is_gone(clock: Clock) -> None:
    liveness = Liveness(clock=clock)
    assert _until(liveness, clock, "ping") == QUIET_S
    liveness.answered()
    assert _until(liveness, clock, "ping") == QUIET_S
    assert _until(liveness, clock, "cut") == QUIET_PATIENCE_S


def test_one_at_rest_is_not_looked_at_and_what_is_sent_next_has_its_full_time(clock: Clock) -> None:
    liveness = Liveness(clock=clock)
    while liveness.rests(waiting=False, unconfirmed_s=0.0):
        clock.now += TICK_S
    assert clock.now - 100.0 >= QUIET_S  # then it is pinged
    liveness.heard()
    clock.now += 0.9 * QUIET_S
    assert liveness.rests(waiting=False, unconfirmed_s=0.0)
    clock.now += TICK_S
    assert not liveness.rests(waiting=True, unconfirmed_s=0.1)
    assert liveness.look(taken=1, waiting=True, unconfirmed_s=0.1, slowest_s=0.3) == ""
