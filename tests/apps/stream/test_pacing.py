"""The small arithmetic of the stream: room on the line, moving or resting."""

from __future__ import annotations

import pytest

from apps.stream.pacing import ACK_LONGEST_S, ACK_TIMEOUT_S, REST_S, Credit, Motion, Thrift
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


def test_confirmations_show_what_the_line_carries(clock: Clock) -> None:
    credit = Credit(clock=clock)
    for number in range(20):
        credit.sent(number, 10_000)
        clock.now += 0.4
        credit.acknowledged(number)
    assert credit.line.seconds_per_byte == pytest.approx(1 / 25_000)
    credit.sent(50, 10_000)
    credit.sent(51, 10_000)  # waits for the one before it
    clock.now += 0.4
    credit.acknowledged(50)
    clock.now += 0.4
    credit.acknowledged(51)
    assert credit.line.seconds_per_byte == pytest.approx(1 / 25_000)


def test_a_slow_line_gets_coarser_pictures_and_a_quick_one_all(clock: Clock) -> None:
    line = Credit(clock=clock).line
    assert (line.thrift(still=False), line.slow) == (Thrift(), False), "nothing is known"
    line.seconds_per_byte = 1 / 5e6
    assert (line.thrift(still=False), line.thrift(still=True), line.slow) == (Thrift(), Thrift(), False)
    line.seconds_per_byte = 1 / 25e3
    moving, still, fine = (
        line.thrift(still=False),
        line.thrift(still=True),
        line.thrift(still=True, fine=True),
    )
    assert line.slow and moving.cost * 100e3 <= 0.5 * 25e3
    assert still.scale == fine.scale == 1.0, "another resolution would ask for other tiles"
    assert 0 < still.quality < fine.quality


def test_what_pictures_weigh_decides_how_much_is_saved(clock: Clock) -> None:
    line = Credit(clock=clock).line
    line.seconds_per_byte = 1 / 150e3
    assert line.slow
    for _ in range(20):
        line.drawn(30_000, Thrift(), still=False)
    assert not line.slow


def test_a_slow_line_takes_longer_before_a_frame_is_lost(clock: Clock) -> None:
    credit = Credit(clock=clock)
    credit.line.seconds_per_byte = 1 / 25e3
    credit.sent(1, 60_000)
    credit.sent(2, 60_000)
    clock.now += 2 * ACK_TIMEOUT_S
    assert not credit.free
    clock.now += ACK_LONGEST_S
    assert credit.free
