"""The small arithmetic of the stream: room on the line, moving or resting."""

from __future__ import annotations

from apps.stream.pacing import ACK_TIMEOUT_S, REST_S, Credit, Motion
from tests.apps.clock import Clock


def test_only_two_frames_are_on_their_way(clock: Clock) -> None:
    credit = Credit(clock=clock)
    credit.sent(1)
    assert credit.free
    credit.sent(2)
    assert not credit.free
    credit.acknowledged(1)
    assert credit.free


def test_a_confirmed_frame_confirms_those_before_it(clock: Clock) -> None:
    credit = Credit(clock=clock)
    credit.sent(1)
    credit.sent(2)
    credit.acknowledged(2)
    credit.sent(3)
    assert credit.free


def test_a_lost_confirmation_gives_its_place_back_after_a_while(clock: Clock) -> None:
    credit = Credit(clock=clock)
    credit.sent(1)
    credit.sent(2)
    assert 0 < credit.wait_s <= ACK_TIMEOUT_S
    clock.now += ACK_TIMEOUT_S + 0.01
    assert credit.free


def test_a_confirmation_of_a_frame_never_sent_changes_nothing(clock: Clock) -> None:
    credit = Credit(clock=clock)
    credit.sent(5)
    credit.acknowledged(4)
    credit.sent(6)
    assert not credit.free


def test_it_rests_a_moment_after_the_last_movement(clock: Clock) -> None:
    motion = Motion(clock=clock)
    motion.keep_going()
    assert motion.moving
    clock.now += REST_S / 2
    motion.keep_going()
    clock.now += 0.6 * REST_S
    assert motion.moving
    clock.now += REST_S
    assert not motion.moving
