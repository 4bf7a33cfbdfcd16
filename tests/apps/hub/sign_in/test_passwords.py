"""Passwords are checked one at a time, and unknown users take as long as known ones."""

from __future__ import annotations

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from apps.hub.sign_in.passwords import (
    MOST_WAITING,
    GuessablePasswordError,
    PasswordLengthError,
    Passwords,
    require_strong,
)
from apps.hub.sign_in.users import UsersError


class CountingHasher(PasswordHasher):
    """Checks by hand, and counts."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checks: list[str] = []
        self.at_once = self.most = 0
        self.go = threading.Event()
        self.go.set()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.go.wait(20)
        self.checks.append(str(hash))
        self.at_once -= 1
        return super().verify(hash, password)


def test_hashes_are_argon2id_with_64_mib() -> None:
    assert Passwords().hash("seven quiet herons").startswith("$argon2id$v=19$m=65536,t=3,p=1$")


async def test_an_unknown_user_takes_as_long_as_a_known_one() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    known = passwords.hash("seven quiet herons")
    assert await passwords.check(known, "seven quiet herons")
    assert not await passwords.check(known, "seven quiet heron")
    assert not await passwords.check(None, "seven quiet herons")
    assert not await passwords.check(None, "nobody has this password")
    assert not await passwords.check(known, "x" * 10_000)
    assert not await passwords.check("no hash", "seven quiet herons")
    assert len(hasher.checks) == 6
    parameters = {one.rpartition("$")[0].rpartition("$")[0] for one in hasher.checks[:5]}
    assert parameters == {"$argon2id$v=19$m=8,t=1,p=1"}


async def test_one_input_method_and_another_write_one_password() -> None:
    passwords = Passwords(CountingHasher())
    composed, decomposed, wide = "mot de passé 123", "mot de passe\u0301 123", "mot de passé １２３"
    hashed = passwords.hash(composed)
    assert await passwords.check(hashed, decomposed) and await passwords.check(hashed, wide)


async def test_checks_run_one_at_a_time_and_few_wait() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    hasher.go.clear()
    waiting = [asyncio.create_task(passwords.check(None, "x")) for _ in range(MOST_WAITING)]
    while hasher.at_once == 0:
        await asyncio.sleep(0.001)
    assert passwords.busy
    hasher.go.set()
    assert await asyncio.gather(*waiting) == [False] * MOST_WAITING
    assert hasher.most == 1 and not passwords.busy


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("short", PasswordLengthError),
        ("x" * 257, PasswordLengthError),
        ("aaaaaaaaaaaaaa", GuessablePasswordError),
        ("1212121212", GuessablePasswordError),
        ("Administrator", GuessablePasswordError),
        ("wangwei2026", GuessablePasswordError),
        ("seven quiet herons", None),
        ("密云水库防汛指挥中心", None),
    ],
)
def test_weak_passwords_are_refused(password: str, refused: type[UsersError] | None) -> None:
    if refused is None:
        require_strong(password, "wangwei")
    else:
        with pytest.raises(refused):
            require_strong(password, "wangwei")
