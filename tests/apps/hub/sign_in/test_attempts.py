"""Whoever guesses waits, longer and longer; nobody is locked out by another's guesses for long."""

from __future__ import annotations

import random

import pytest

from apps.hub.sign_in.attempts import LIMITS, MOST, Attempts
from tests.apps.clock import Clock


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(clock=clock)


def tries(attempts: Attempts, user: str, address: str, count: int) -> int:
    """How many of so many tries at once are let through."""
    return sum(attempts.begin(user, address) == 0 for _ in range(count))


def test_a_few_failures_are_free_and_then_each_doubles_the_wait(attempts: Attempts, clock: Clock) -> None:
    assert tries(attempts, "wang", "10.0.0.1", 100) == LIMITS["user from an address"].free
    waits = []
    for _ in range(12):
        waits.append(attempts.begin("wang", "10.0.0.1"))
        clock.now += waits[-1]
        assert attempts.begin("wang", "10.0.0.1") == 0
    assert waits[:4] == [1, 2, 4, 8] and waits[-1] == 900


def test_an_address_that_tries_many_names_is_stopped(attempts: Attempts) -> None:
    passed = sum(attempts.begin(f"user{k}", "10.0.0.1") == 0 for k in range(1000))
    assert passed == LIMITS["address"].free
    assert attempts.begin("wang", "10.0.0.2") == 0


def test_an_office_of_one_ipv6_network_is_one_address(attempts: Attempts) -> None:
    passed = sum(attempts.begin(f"u{k}", f"2001:db8:0:7::{k:x}") == 0 for k in range(1, 1000))
    assert passed == LIMITS["address"].free
    assert attempts.begin("x", "2001:db8:0:8::1") == 0
    assert attempts.begin("x", "::ffff:10.0.0.1") == 0


def test_many_addresses_against_one_user_cost_its_user_a_minute_at_most(
    attempts: Attempts, clock: Clock
) -> None:
    for k in range(20_000):
        attempts.begin("wang", f"10.{k >> 16}.{k >> 8 & 255}.{k & 255}")
    assert 0 < attempts.begin("wang", "192.168.0.9") <= 60
    assert attempts.begin("wang", "192.168.0.9", "device of wang") == 0
    assert attempts.begin("li", "192.168.0.9") == 0
    clock.now += 60.1
    assert attempts.begin("wang", "192.168.0.9") == 0


def test_a_device_is_limited_by_itself(attempts: Attempts) -> None:
    passed = sum(attempts.begin("wang", "10.0.0.1", "stolen") == 0 for _ in range(1000))
    assert passed == LIMITS["device"].free


def test_a_sign_in_of_ones_own_buys_no_guesses(attempts: Attempts) -> None:
    guesses = 0
    for k in range(1000):
        guesses += attempts.begin(f"user{k}", "10.0.0.1") == 0
        if attempts.begin("mallory", "10.0.0.1") == 0:
            attempts.succeeded("mallory", "10.0.0.1")
    assert guesses == LIMITS["address"].free


def test_a_user_who_mistypes_and_then_signs_in_starts_afresh(attempts: Attempts) -> None:
    for _ in range(40):
        for _ in range(2):
            assert attempts.begin("wang", "10.0.0.1") == 0
        attempts.succeeded("wang", "10.0.0.1")
        attempts._failures["address"].clear()  # its failures from this address: an hour later
        attempts._failures["user"].clear()


def test_counts_are_bounded(attempts: Attempts) -> None:
    for k in range(3 * MOST):
        attempts.begin(f"user{k}", f"10.{k >> 16}.{k >> 8 & 255}.{k & 255}")
    assert all(len(counts) <= MOST for counts in attempts._failures.values())


def test_two_thousand_guesses_an_hour_for_a_day_are_a_hundred(clock: Clock) -> None:
    """One address that guesses 2,000 times an hour is let through at most 120 times a day."""
    attempts, chance = Attempts(clock=clock), random.Random(1)
    passed = 0
    for _ in range(24 * 2_000):
        clock.now += 1.8 * chance.uniform(0.5, 1.5)
        passed += attempts.begin("wang", "10.0.0.1") == 0
    assert passed < 120
