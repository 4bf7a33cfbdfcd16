"""Limit how often passwords are tried."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST = 10_000
"""Counts that are kept of each kind; the oldest go first."""
FORGET_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class AttemptLimit:
    """Limit of failures.

    ``free`` ones cost nothing, each further one doubles the wait, up to ``longest_s``.
    """

    free: int
    longest_s: float


LIMITS = {
    "device": AttemptLimit(free=10, longest_s=900.0),
    "address": AttemptLimit(free=20, longest_s=900.0),
    "user from an address": AttemptLimit(free=5, longest_s=900.0),
    "user": AttemptLimit(free=50, longest_s=60.0),
}
"""A browser in which the user has signed in before is limited by itself alone, so that nobody who guesses
elsewhere locks its user out. From all others a user's wait is at most a minute, whoever guesses."""


class Attempts:
    """Failures by address, by user and by both.

    In memory: a restart forgets them. ``clock`` gives seconds that never go back.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, OrderedDict[str, tuple[int, float]]] = {
            kind: OrderedDict() for kind in LIMITS
        }

    def begin(self, user: str, address: str, device: str = "") -> float:
        """Return seconds to wait until the next attempt.

        Where it is 0, a failure is counted in advance.
        ``device`` is the id of a browser in which the user has signed in before, or ''.
        """
        keys = _keys(user, address, device)
        wait = max(self._wait(kind, key) for kind, key in keys.items())
        if wait <= 0:
            for kind, key in keys.items():
                self._count(kind, key, self._failed(kind, key) + 1)
        return max(0.0, wait)

    def succeeded(self, user: str, address: str, device: str = "") -> None:
        """Take back what :meth:`begin` counted.

        Failures of other users from the same address stay: a sign-in of one's own buys no more guesses.
        """
        for kind, key in _keys(user, address, device).items():
            own = kind in ("device", "user from an address")
            self._count(kind, key, 0 if own else self._failed(kind, key) - 1)

    def _failed(self, kind: str, key: str) -> int:
        failed, at = self._failures[kind].get(key, (0, 0.0))
        return failed if self._clock() - at < FORGET_S else 0

    def _wait(self, kind: str, key: str) -> float:
        at = self._failures[kind].get(key, (0, 0.0))[1]
        over = self._failed(kind, key) - LIMITS[kind].free
        if over < 0:
            return 0.0
        return at + min(2.0 ** min(over, 30), LIMITS[kind].longest_s) - self._clock()

    def _count(self, kind: str, key: str, failed: int) -> None:
        counts = self._failures[kind]
        counts.pop(key, None)
        if failed > 0:
            counts[key] = failed, self._clock()
            while len(counts) > MOST:
                counts.popitem(last=False)


def _keys(user: str, address: str, device: str) -> dict[str, str]:
    if device:
        return {"device": f"{user} {device}"}
    place = _network(address)
    return {"address": place, "user from an address": f"{user} {place}", "user": user}


def _network(address: str) -> str:
    """An IPv4 address; of an IPv6 address the 64 bits that a provider gives one customer."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
